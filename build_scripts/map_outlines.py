"""The outlines under the stations map, made light: one GeoJSON file for streets and what is below.

In: the programme's areas. Out: GeoJSON bytes. Borders that two areas share stay shared: each
stretch between two meeting points is thinned once, the same for both sides. Never used for counting
or for deciding where a case lies.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

from suishou.domain.programme import Area

DECIMALS = 5  # of a degree: about a metre
TOLERANCE_METRES = 15  # half the width of a line at the closest zoom that the map needs
METRES_PER_DEGREE = 111_195.0

Point = tuple[float, float]
Line = tuple[Point, ...]


def outlines_geojson(areas: Iterable[Area]) -> bytes:
    """Every area with an outline, by code; `level` and `name` are its properties."""
    drawn = sorted((a for a in areas if a.rings), key=lambda area: area.code)
    rings = {area.code: [_rounded(ring) for ring in area.rings] for area in drawn}
    meeting = _meeting_points(rings)
    thinned: dict[Line, Line] = {}
    features = [
        {
            "type": "Feature",
            "properties": {"code": area.code, "name": area.name, "level": area.level},
            "geometry": {
                "type": "Polygon",
                "coordinates": [_thin_ring(ring, meeting, thinned) for ring in rings[area.code]],
            },
        }
        for area in drawn
    ]
    collection = {"type": "FeatureCollection", "features": features}
    return json.dumps(collection, ensure_ascii=False, separators=(",", ":")).encode()


def _rounded(ring: Sequence[Point]) -> Line:
    """Without the closing point and without repeated ones."""
    points = [(round(x, DECIMALS), round(y, DECIMALS)) for x, y in ring]
    kept = [point for n, point in enumerate(points) if point != points[n - 1]]
    return tuple(kept[:-1]) if len(kept) > 1 and kept[0] == kept[-1] else tuple(kept)


def _meeting_points(rings: dict[str, list[Line]]) -> frozenset[Point]:
    """Points where other neighbours begin: more than two different points lie beside them."""
    beside: dict[Point, set[Point]] = defaultdict(set)
    for of_area in rings.values():
        for ring in of_area:
            for n, point in enumerate(ring):
                beside[point] |= {ring[n - 1], ring[(n + 1) % len(ring)]}
    return frozenset(point for point, others in beside.items() if len(others) > 2)


def _thin_ring(ring: Line, meeting: frozenset[Point], thinned: dict[Line, Line]) -> list[Point]:
    """The ring, closed, as its thinned stretches one after another."""
    fixed = [n for n, point in enumerate(ring) if point in meeting]
    if len(fixed) < 2:  # an outline of its own: cut at its first and its farthest point
        start = ring.index(min(ring))
        far = max(range(len(ring)), key=lambda n: (math.dist(ring[start], ring[n]), ring[n]))
        fixed = sorted({start, far, *fixed})
    around = ring[fixed[0] :] + ring[: fixed[0] + 1]
    cuts = [n - fixed[0] for n in fixed] + [len(around) - 1]
    whole: list[Point] = [around[0]]
    for first, last in pairwise(cuts):
        whole += _thin_stretch(around[first : last + 1], thinned)[1:]
    return whole if len(whole) > 3 else [*ring, ring[0]]


def _thin_stretch(line: Line, thinned: dict[Line, Line]) -> Line:
    """A stretch between meeting points, thinned in the direction that both sides agree on."""
    backwards = line[::-1] < line
    key = line[::-1] if backwards else line
    if key not in thinned:
        thinned[key] = tuple(_thin(key))
    return thinned[key][::-1] if backwards else thinned[key]


def _thin(line: Line) -> list[Point]:
    """Douglas and Peucker's way, on a plane around the line's first point."""
    if len(line) < 3:
        return list(line)
    distances = [_metres_from_chord(point, line[0], line[-1]) for point in line[1:-1]]
    farthest = max(range(len(distances)), key=distances.__getitem__)
    if distances[farthest] <= TOLERANCE_METRES:
        return [line[0], line[-1]]
    at = farthest + 1
    return [*_thin(line[: at + 1])[:-1], *_thin(line[at:])]


def _metres_from_chord(point: Point, start: Point, end: Point) -> float:
    east = METRES_PER_DEGREE * math.cos(math.radians(start[1]))
    px, py = (point[0] - start[0]) * east, (point[1] - start[1]) * METRES_PER_DEGREE
    cx, cy = (end[0] - start[0]) * east, (end[1] - start[1]) * METRES_PER_DEGREE
    length = math.hypot(cx, cy)
    return abs(px * cy - py * cx) / length if length else math.hypot(px, py)
