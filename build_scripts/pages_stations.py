"""The pages of the stations: a list by level with its map, a page and a poster each, coverage.

In: the stations as the programme and the public table have them. Out: everything below `stations/`.
Maps are drawn only where they are allowed, and the interactive one only where its scripts were
installed; the list says the same.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from build_scripts.map_outlines import outlines_geojson
from build_scripts.pages_writer import PageWriter
from build_scripts.phrase import Phrase
from build_scripts.qr_code import qr_code
from build_scripts.share_cards import Picture
from build_scripts.site_data import SiteData
from build_scripts.vendored_assets import PUBLISHED
from build_scripts.view_coverage import CoverageView, coverage_view
from build_scripts.view_schematic import schematic
from build_scripts.view_station import (
    StationView,
    amenities_offered,
    level_groups,
    station_view,
)
from suishou.domain.coverage import STEP
from suishou.domain.programme import Programme

NEARBY = "stations/nearby.json"  # for scripts: where every station is and when it is open
OUTLINES = "stations/outlines.json"
COVERAGE = "stations/coverage.html"


def write_stations(pages: PageWriter, data: SiteData) -> None:
    """The list, a page and a poster for every station, coverage, and what the scripts fetch."""
    stations = [station_view(station, data.programme) for station in data.stations]
    covered = coverage_view(data.programme, data.stations)
    _write_list(pages, data, stations, covered)
    pages.write(NEARBY, nearby_json(stations, data.programme))
    for station in stations:
        write_station(pages, station)
        write_poster(pages, station)
    if covered:
        write_coverage(pages, covered, stations)


def _write_list(
    pages: PageWriter,
    data: SiteData,
    stations: Sequence[StationView],
    covered: CoverageView | None,
) -> None:
    programme = data.programme
    drawing = schematic(programme, stations=data.stations)
    has_map = drawing is not None and all(f"assets/{n}" in pages.shells.assets for n in PUBLISHED)
    if has_map:
        pages.write(OUTLINES, outlines_geojson(programme.areas.values()))
    pages.both(
        "stations/index.html",
        "stations.html",
        pages.station_title,
        Phrase(
            "{}的{}，共 {} 处：地址、开放时间、设施和电话。",
            programme.title,
            programme.station_title,
            len(stations),
        ),
        groups=level_groups(stations, programme),
        schematic=drawing,
        has_map=has_map,
        tiles=programme.site.tiles,
        amenities=amenities_offered(stations, programme),
        coverage=covered,
        total=len(stations),
    )


def write_station(pages: PageWriter, station: StationView) -> None:
    """`stations/<code>.html`."""
    path = station_path(station.code)
    pages.both(
        path,
        "station.html",
        station.name,
        Phrase(
            "{}：{}。开放时间 {}。", station.name, station.address, station.hours or Phrase("待填")
        ),
        picture=Picture(station.photo, station.photo_alt) if station.photo else None,
        station=station,
        qr=_qr(pages, path),
    )


def write_poster(pages: PageWriter, station: StationView) -> None:
    """`stations/poster/<code>.html`, one sheet of A4 for the station's door."""
    pages.page(
        f"stations/poster/{station.code}.html",
        "station_poster.html",
        f"{station.name}海报",
        f"{station.name}的海报，A4 一张，供打印张贴。",
        station=station,
        qr=_qr(pages, station_path(station.code)),
        address=pages.shells.address + station_path(station.code),
    )


def write_coverage(
    pages: PageWriter, covered: CoverageView, stations: Sequence[StationView]
) -> None:
    """`stations/coverage.html`, and the same with all that it is counted from as JSON."""
    minutes = covered.rules.minutes
    pages.both(
        COVERAGE,
        "coverage.html",
        Phrase("{} 分钟覆盖", minutes),
        Phrase(
            "{}有多大面积在 {} 分钟内能到{}，怎么算的，哪里还没有覆盖。",
            covered.streets,
            minutes,
            pages.programme.station_title,
        ),
        coverage=covered,
        step_degrees=f"{STEP / 1_000_000:.4f}",
    )
    pages.write(COVERAGE.replace(".html", ".json"), coverage_json(covered, stations))


def station_path(code: str) -> str:
    """A station's page, from the site's root."""
    return f"stations/{code}.html"


def nearby_json(stations: Sequence[StationView], programme: Programme) -> bytes:
    """Every station that has a place, by code. `path` is from the site's root; `open` is the code
    of `OpeningHours.encoded`, "" when nothing can be said; `rank` is the level's place in the
    programme's order, from 0."""
    ranks = {level: rank for rank, level in enumerate(programme.station_levels)}
    listed = [
        {
            "code": station.code,
            "name": station.name,
            "level": station.level,
            "rank": ranks.get(station.level_code, len(ranks)),
            "address": station.address,
            "hours": station.hours,
            "open": station.open,
            "lat": float(station.lat),
            "lon": float(station.lon),
            "path": station_path(station.code),
        }
        for station in stations
        if station.lat and station.lon
    ]
    return _json({"stations": listed})


def coverage_json(covered: CoverageView, stations: Sequence[StationView]) -> bytes:
    """All that the figures of coverage follow from, besides the outlines of the open data."""
    return _json(
        {
            "minutes": covered.rules.minutes,
            "detour_percent": covered.rules.detour_percent,
            "lattice_step_degrees": f"{STEP / 1_000_000:.4f}",
            "stations": [
                {"code": station.code, "lat": station.lat, "lon": station.lon}
                for station in stations
                if station.lat and station.lon
            ],
            "modes": [
                {
                    "code": view.mode.code,
                    "metres_per_minute": view.mode.metres_per_minute,
                    "source": view.mode.source,
                    "reach_metres": view.reach_metres,
                    "points": view.points,
                    "within": view.within,
                    "areas": [
                        {"code": cell.code, "points": cell.points, "within": cell.within}
                        for cell in view.cells
                    ],
                }
                for view in covered.modes
            ],
        }
    )


def _qr(pages: PageWriter, path: str) -> object:
    """The code of a page's whole address; None where the site's address is not configured."""
    return qr_code(pages.shells.address + path) if pages.shells.address else None


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
