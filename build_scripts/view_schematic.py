"""A plain schematic of the streets: outlines with names, and dots; not a map.

In: the programme's areas, links, and dots. Out: `Schematic`, in units of an SVG's view box. Drawn
only when the administrator switched schematic maps on or entered a map approval number (审图号);
otherwise None, and the lists say the same.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from suishou.domain.grid import METRES_PER_DEGREE
from suishou.domain.programme import Programme, Station

Ring = tuple[tuple[float, float], ...]
WIDTH = 360  # of the view box: as wide as a small telephone, so that labels keep their size
_MARGIN = 6


@dataclass(frozen=True)
class SchematicArea:
    """A street; `path` is its link from the site's root or "", `outline` an SVG path."""

    name: str
    outline: str
    x: str
    y: str
    path: str
    count: str


@dataclass(frozen=True)
class Dot:
    """A station: `rank` is its level's place in the programme's order, from 0."""

    name: str
    x: str
    y: str
    rank: int


@dataclass(frozen=True)
class Schematic:
    """`approval` is the map approval number, "" where there is none."""

    width: int
    height: int
    areas: tuple[SchematicArea, ...]
    dots: tuple[Dot, ...]
    approval: str


def schematic(
    programme: Programme,
    links: Mapping[str, tuple[str, int]] | None = None,
    stations: Iterable[Station] = (),
) -> Schematic | None:
    """The streets that have outlines; `links` gives a street's path and count by code. None when
    maps are off or nothing can be drawn."""
    drawn = [street for street in programme.streets if street.rings]
    if not programme.site.maps_allowed or not drawn:
        return None
    place = Projection([point for street in drawn for ring in street.rings for point in ring])
    areas = []
    for street in drawn:
        x, y = middle(street.rings[0])
        path, count = (links or {}).get(street.code, ("", 0))
        areas.append(
            SchematicArea(
                name=street.name,
                outline="".join(place.outline(ring) for ring in street.rings),
                x=place.x(x),
                y=place.y(y),
                path=path,
                count=str(count) if path else "",
            )
        )
    ranks = {level: rank for rank, level in enumerate(programme.station_levels)}
    dots = [
        Dot(s.name, place.x(float(s.lon)), place.y(float(s.lat)), ranks.get(s.level, len(ranks)))
        for s in stations
        if s.lat and s.lon
    ]
    dots.sort(key=lambda dot: (-dot.rank, dot.name))  # the first level is drawn on top
    return Schematic(WIDTH, place.height, tuple(areas), tuple(dots), programme.site.map_approval)


class Projection:
    """Longitude and latitude to the view box, north up, true at the middle latitude."""

    def __init__(self, points: list[tuple[float, float]]) -> None:
        longitudes = [lon for lon, _ in points]
        latitudes = [lat for _, lat in points]
        self._west, self._north = min(longitudes), max(latitudes)
        span = max(max(longitudes) - self._west, 1e-9)
        self._across = (WIDTH - 2 * _MARGIN) / span
        middle = (self._north + min(latitudes)) / 2
        self._down = self._across / math.cos(math.radians(middle))
        self.height = math.ceil((self._north - min(latitudes)) * self._down) + 2 * _MARGIN

    def x(self, longitude: float) -> str:
        return f"{_MARGIN + (longitude - self._west) * self._across:.1f}"

    def y(self, latitude: float) -> str:
        return f"{_MARGIN + (self._north - latitude) * self._down:.1f}"

    def length(self, metres: float) -> str:
        """A length on the ground in units of the view box."""
        return f"{metres / METRES_PER_DEGREE * self._down:.1f}"

    def outline(self, ring: Ring) -> str:
        return "M" + "L".join(f"{self.x(lon)} {self.y(lat)}" for lon, lat in ring) + "Z"


def middle(ring: Ring) -> tuple[float, float]:
    """The centre of gravity of a closed ring; of its points where it encloses nothing."""
    doubled = x = y = 0.0
    x0, y0 = ring[0]  # sums about the first point keep their digits
    for (ax, ay), (bx, by) in pairwise(ring):
        cross = (ax - x0) * (by - y0) - (bx - x0) * (ay - y0)
        doubled += cross
        x += (ax + bx - 2 * x0) * cross
        y += (ay + by - 2 * y0) * cross
    if abs(doubled) < 1e-12:
        return sum(p[0] for p in ring) / len(ring), sum(p[1] for p in ring) / len(ring)
    return x0 + x / (3 * doubled), y0 + y / (3 * doubled)
