"""What a county configures of its public site's duties, as a frozen value.

Comes from the programme's section `site`, read by `services/programme_rules.py`. Part of
`Programme`.
"""

from __future__ import annotations

from dataclasses import dataclass

from suishou.domain.station_rules import Tiles


@dataclass(frozen=True)
class SiteDuties:
    """What a public body's site in China must carry; empty strings are shown as 待填."""

    organiser: str
    operator: str
    icp: str
    police: str
    site_code: str
    contact_phone: str
    contact_email: str
    accessibility: str
    map_approval: str
    schematic_maps: bool
    tiles: Tiles | None = None
    licence: str = "CC-BY-4.0"  # of the open data, by its SPDX identifier
    english: bool = True  # whether there are English pages beside the Chinese ones
    address: str = ""  # where the site is reached, with a final slash; "" for mkdocs.yml's
    api_root: str = ""  # where forms are sent, a path or a whole address; "" for mkdocs.yml's
    uploads_origin: str = ""  # whither the form may send photos besides the API: a stack says it

    @property
    def maps_allowed(self) -> bool:
        """Whether a map approval number is entered or schematic maps are switched on."""
        return bool(self.map_approval or self.schematic_maps)
