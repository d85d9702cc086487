"""The area in which a point lies, and how far outside the county it is.

Comes in: areas with outlines (WGS-84, longitude first) and points. Goes out: the deepest area, or
None. A hash grid in plain Python: shapely would cost 68 MB for the same answer.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise

from suishou.domain.programme import Area

Ring = Sequence[tuple[float, float]]
METRES_PER_DEGREE = 111_195.0  # of latitude, on a sphere of the mean radius 6,371,009 m
BUCKETS_PER_SIDE = 64  # over the whole county: some 600 m a bucket in a county of 40 km


class GridIndex:
    """Areas by place. Build it once; look-ups change nothing.

    A point on the edge between two areas belongs to exactly one of them.
    """

    def __init__(self, areas: Iterable[Area]) -> None:
        drawn = [area for area in areas if area.rings]
        drawn.sort(key=lambda area: (-len(area.code), area.code))
        self._county = next((area for area in drawn if area.level == "county"), None)
        points = [point for area in drawn for ring in area.rings for point in ring]
        self._west = min((lon for lon, _ in points), default=0.0)
        self._south = min((lat for _, lat in points), default=0.0)
        width = max((lon for lon, _ in points), default=1.0) - self._west
        height = max((lat for _, lat in points), default=1.0) - self._south
        self._step_lon = width / BUCKETS_PER_SIDE or 1.0
        self._step_lat = height / BUCKETS_PER_SIDE or 1.0
        self._buckets: dict[tuple[int, int], list[Area]] = {}
        for area in drawn:
            self._place(area)

    def find(self, lat: float, lon: float) -> Area | None:
        """The deepest area whose outline holds the point (degrees, WGS-84), or None."""
        for area in self._buckets.get(self._bucket(lat, lon), ()):
            if inside(area.rings, lat, lon):
                return area
        return None

    def metres_outside(self, lat: float, lon: float) -> int:
        """Whole metres, rounded up, from the point to the county's outline; 0 inside it, and 0 when
        no county outline is drawn, since there is then nothing to be outside of."""
        if self._county is None or inside(self._county.rings, lat, lon):
            return 0
        return max(1, math.ceil(metres_to_outline(self._county.rings, lat, lon)))

    def _bucket(self, lat: float, lon: float) -> tuple[int, int]:
        column = math.floor((lon - self._west) / self._step_lon)
        return column, math.floor((lat - self._south) / self._step_lat)

    def _place(self, area: Area) -> None:
        lons = [lon for ring in area.rings for lon, _ in ring]
        lats = [lat for ring in area.rings for _, lat in ring]
        first_column, first_row = self._bucket(min(lats), min(lons))
        last_column, last_row = self._bucket(max(lats), max(lons))
        for column in range(first_column, last_column + 1):
            for row in range(first_row, last_row + 1):
                self._buckets.setdefault((column, row), []).append(area)


def inside(rings: Iterable[Ring], lat: float, lon: float) -> bool:
    """Whether the point lies within the rings by the even-odd rule, which takes holes and separate
    parts alike."""
    odd = False
    for ring in rings:
        for start, end in pairwise(ring):
            # An edge is always worked from south to north: neighbours that share it, each in its
            # own direction, round alike, and a point on it falls to exactly one of them.
            low, high = (start, end) if start[1] <= end[1] else (end, start)
            if low[1] <= lat < high[1]:
                crossing = low[0] + (lat - low[1]) / (high[1] - low[1]) * (high[0] - low[0])
                odd ^= lon < crossing
    return odd


def metres_to_outline(rings: Iterable[Ring], lat: float, lon: float) -> float:
    """Metres from the point to the nearest edge, on a plane around the point: exact to about 1 %
    within 100 km, enough for a rule of some hundred metres. Infinity without edges."""
    east = METRES_PER_DEGREE * math.cos(math.radians(lat))
    nearest = math.inf
    for ring in rings:
        metres = [((x - lon) * east, (y - lat) * METRES_PER_DEGREE) for x, y in ring]
        for (ax, ay), (bx, by) in pairwise(metres):
            along_x, along_y = bx - ax, by - ay
            length = along_x * along_x + along_y * along_y
            share = -(ax * along_x + ay * along_y) / length if length else 0.0
            share = min(1.0, max(0.0, share))
            nearest = min(nearest, math.hypot(ax + share * along_x, ay + share * along_y))
    return nearest
