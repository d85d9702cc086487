"""Open data: the tables that belong to no month, and the outlines as GeoJSON.

In: the programme, the stations, decided rounds and standings. Out: lines for the tables `WHOLE`,
GeoJSON texts. Outlines of areas are given only where the site may draw maps. GeoJSON wants numbers:
coordinates there are the only ones that are not whole, printed as they were configured.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from build_scripts.open_frozen import correction_lines
from build_scripts.open_tables import (
    AREAS,
    CATEGORIES,
    CORRECTIONS,
    HONOURS,
    ROUNDS,
    STANDINGS,
    STATIONS,
    UNITS,
)
from build_scripts.site_data import SiteData
from build_scripts.table_files import Line, Table
from build_scripts.view_honour import STANDINGS_SHOWN
from suishou.domain.programme import CLOCKS, Area, Category, Programme, Station

Ring = Sequence[tuple[float, float]]


def whole_lines(data: SiteData) -> dict[str, list[Line]]:
    """The lines of every table that is one file, by the table's name."""
    programme = data.programme
    rounds = sorted(data.honours, key=lambda one: str(one["id"]))
    return {
        CORRECTIONS.name: correction_lines(data.frozen),
        CATEGORIES.name: [_category(one) for one in programme.categories.values()],
        UNITS.name: [[one.code, one.name] for _, one in sorted(programme.units.items())],
        AREAS.name: [_area(one) for _, one in sorted(programme.areas.items())],
        STATIONS.name: [_station(one) for one in data.stations],
        ROUNDS.name: [_round(one) for one in rounds],
        HONOURS.name: [
            [one["id"], place["place"], place["name"], place["figure"]]
            for one in rounds
            for place in one["places"]
        ],
        STANDINGS.name: _standings(data.standings),
    }


def stations_geojson(stations: Iterable[Station]) -> bytes:
    """The stations that have coordinates, as points."""
    return _collection(
        _feature(
            one.code, STATIONS, _station(one), f'{{"type":"Point","coordinates":{_point(one)}}}'
        )
        for one in stations
        if one.lat and one.lon
    )


def areas_geojson(programme: Programme) -> bytes | None:
    """Every area with its outline; None where maps are off or nothing is outlined."""
    drawn = [area for _, area in sorted(programme.areas.items()) if area.rings]
    if not programme.site.maps_allowed or not drawn:
        return None
    return _collection(
        _feature(area.code, AREAS, _area(area), json.dumps(multipolygon(area.rings)))
        for area in drawn
    )


def multipolygon(rings: Sequence[Ring]) -> dict[str, Any]:
    """Rings under the even-odd rule as a GeoJSON MultiPolygon: a ring inside an odd number of
    others is a hole of the innermost of them; outlines run anticlockwise, holes clockwise."""
    around = [
        [n for n, other in enumerate(rings) if n != at and _inside(ring[0], other)]
        for at, ring in enumerate(rings)
    ]
    outlines = [at for at in range(len(rings)) if len(around[at]) % 2 == 0]
    polygons = []
    for at in outlines:
        holes = [
            rings[n]
            for n in range(len(rings))
            if at in around[n] and len(around[n]) == len(around[at]) + 1
        ]
        polygons.append([_turned(rings[at], 1), *(_turned(hole, -1) for hole in holes)])
    return {"type": "MultiPolygon", "coordinates": polygons}


def _category(one: Category) -> Line:
    limits: list[str | int | None] = []
    for clock in CLOCKS:
        limit = one.limits.get(clock)
        limits += [limit.amount, limit.unit] if limit else [None, None]
    return [
        one.code,
        one.name,
        one.kind,
        one.urgency,
        one.dictionary or None,
        one.national_code or None,
        one.publication,
        one.lead_unit or None,
        " ".join(one.assisting_units) or None,
        *limits,
        one.description or None,
        one.assumed,
    ]


def _area(one: Area) -> Line:
    parent = {"street": 6, "community": 9, "grid_cell": 12}.get(one.level, 0)
    return [one.code, one.name, one.level, one.code[:parent] or None, one.assumed]


def _station(one: Station) -> Line:
    return [
        one.code,
        one.name,
        one.level,
        one.area or None,
        one.address or None,
        one.lat or None,
        one.lon or None,
        " ".join(one.amenities) or None,
        one.hours or None,
        one.phone or None,
        one.discount or None,
        one.assumed,
    ]


def _round(one: Mapping[str, Any]) -> Line:
    names = ("id", "rule", "name", "period", "measure", "decided_on")
    return [*(one[name] or None for name in names), one["unnamed"]]


def _standings(documents: Iterable[Mapping[str, Any]]) -> list[Line]:
    """As many as the page of honours lists: all who stand level with the last of them included."""
    found = sorted(documents, key=lambda one: (-one["points"], one["name"]))
    last = found[:STANDINGS_SHOWN][-1]["points"] if found else 0
    return [[one["name"], one["points"]] for one in found if one["points"] >= last]


def _point(one: Station) -> str:
    return f"[{float(one.lon)},{float(one.lat)}]"


def _feature(code: str, table: Table, line: Line, geometry: str) -> str:
    properties = {n: v for n, v in zip(table.names, line, strict=True) if n not in ("lat", "lon")}
    said = json.dumps(properties, ensure_ascii=False, separators=(",", ":"))
    return f'{{"type":"Feature","id":"{code}","properties":{said},"geometry":{geometry}}}'


def _collection(features: Iterator[str]) -> bytes:
    found = ",\n".join(features)
    return f'{{"type":"FeatureCollection","features":[\n{found}\n]}}\n'.encode()


def _inside(point: tuple[float, float], ring: Ring) -> bool:
    """Even-odd: how often a ray to the east crosses the ring."""
    x, y = point
    crossed = False
    for (ax, ay), (bx, by) in pairwise(ring):
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            crossed = not crossed
    return crossed


def _turned(ring: Ring, wanted: int) -> list[list[float]]:
    doubled = sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairwise(ring))
    points = [list(point) for point in ring]
    return points if doubled * wanted >= 0 else points[::-1]
