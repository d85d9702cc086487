"""What a county configures about its stations: map tiles, and how far «within reach» is.

Part of the programme's frozen values, read by `services/programme_stations.py`. Never measures
anything itself: that is `coverage.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Tiles:
    """Map tiles of another host, in WGS-84 web Mercator. `url` holds {z}, {x}, {y}, and {s} where
    `subdomains` has one letter or digit for each of its hosts."""

    url: str
    attribution: str
    subdomains: str = ""

    @property
    def origins(self) -> tuple[str, ...]:
        """Every host that the page's policy must allow pictures from, sorted."""
        addresses = (self.url.replace("{s}", letter) for letter in self.subdomains or " ")
        parts = [urlsplit(address) for address in addresses]
        return tuple(sorted({f"{part.scheme}://{part.netloc}" for part in parts}))


@dataclass(frozen=True)
class TravelMode:
    """A way to get to a station; `source` says where the speed comes from."""

    code: str
    name: str
    metres_per_minute: int
    source: str


@dataclass(frozen=True)
class CoverageRules:
    """Which streets should have a station within `minutes`, by each mode, the headline first.

    `detour_percent`: how long the way is when the straight line is 100. `areas` are street codes;
    () means the county town.
    """

    areas: tuple[str, ...]
    minutes: int
    detour_percent: int
    modes: tuple[TravelMode, ...]
    assumed: bool = False

    def reach_metres(self, mode: TravelMode) -> int:
        """How far a station reaches in a straight line, whole metres, rounded down."""
        return self.minutes * mode.metres_per_minute * 100 // self.detour_percent
