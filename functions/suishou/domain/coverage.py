"""How much of an area has a station within reach: exact counting on a fixed lattice of points.

In: areas with outlines, stations' places, how far a station reaches in a straight line. Out: for
each area, how many lattice points it holds and how many are within reach. Whole numbers throughout
(millionths of a degree, square metres), so that every machine counts the same.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from suishou.domain.programme import Area, Programme

# The lattice: points at odd multiples of half a step, the same for every county. 0.0005 degrees are
# 56 m from north to south and 49 m from east to west at 28° north.
STEP = 500  # millionths of a degree
METRES_PER_DEGREE = 111_195  # of latitude, on a sphere of the mean radius 6,371,009 m
_UNITS = 1_000_000  # millionths of a degree in a degree

Place = tuple[int, int]  # longitude, latitude, in millionths of a degree
Run = tuple[int, int]  # columns of the lattice, the second not included


@dataclass(frozen=True)
class AreaCoverage:
    """`points` of the lattice lie in the area, `within` of them in reach of a station."""

    code: str
    points: int
    within: int


@dataclass(frozen=True)
class Coverage:
    """The areas, by code, and their sums. An area too small for the lattice has no points."""

    areas: tuple[AreaCoverage, ...]
    points: int
    within: int


def place(longitude: float, latitude: float) -> Place:
    """A point in millionths of a degree."""
    return round(longitude * _UNITS), round(latitude * _UNITS)


def coverage(areas: Iterable[Area], stations: Iterable[Place], reach_metres: int) -> Coverage:
    """Counts for every area that has an outline."""
    within = _Reach(stations, reach_metres)
    counted = [
        _counted(area, within) for area in sorted(areas, key=lambda area: area.code) if area.rings
    ]
    return Coverage(
        tuple(counted), sum(area.points for area in counted), sum(area.within for area in counted)
    )


def cells(programme: Programme, streets: Sequence[str]) -> tuple[Area, ...]:
    """The finest outlines at or below each street (grid cells, where none is drawn the community,
    else the street itself), by code."""
    drawn = sorted(a.code for a in programme.areas.values() if a.rings and a.code[:9] in streets)
    finer = {code[:length] for code in drawn for length in (9, 12) if len(code) > length}
    return tuple(programme.areas[code] for code in drawn if code not in finer)


def county_town(programme: Programme) -> tuple[str, ...]:
    """The streets that make up the county town, by the national division codes: all 街道 (the last
    three digits 001 to 099), or, where there are none, the town with the lowest code."""
    codes = [street.code for street in programme.streets]
    urban = tuple(code for code in codes if 1 <= int(code[6:9]) <= 99)
    return urban or tuple(codes[:1])


def _counted(area: Area, within: _Reach) -> AreaCoverage:
    rings = [[place(*point) for point in ring] for ring in area.rings]
    latitudes = [latitude for ring in rings for _, latitude in ring]
    points = reached = 0
    for row in range(min(latitudes) // STEP - 1, max(latitudes) // STEP + 1):
        runs = _runs_inside(rings, _centre(row))
        points += sum(end - start for start, end in runs)
        reached += _overlap(runs, within.runs(row))
    return AreaCoverage(area.code, points, reached)


def _centre(index: int) -> int:
    return index * STEP + STEP // 2


def _runs_inside(rings: Sequence[Sequence[Place]], latitude: int) -> list[Run]:
    """The columns whose centres lie within the rings at this latitude, by the even-odd rule."""
    crossings = sorted(
        _first_column(start, end, latitude)
        for ring in rings
        for start, end in pairwise(ring)
        if (start[1] <= latitude) != (end[1] <= latitude)
    )
    return [run for run in zip(crossings[::2], crossings[1::2], strict=True) if run[0] < run[1]]


def _first_column(start: Place, end: Place, latitude: int) -> int:
    """The first column whose centre lies on or east of the edge; an edge is worked from south to
    north, so that neighbours that share it round alike."""
    (x0, y0), (x1, y1) = sorted((start, end), key=lambda point: (point[1], point[0]))
    rise = y1 - y0
    east = x0 * rise + (latitude - y0) * (x1 - x0)  # the crossing, times `rise`
    return -((STEP // 2 * rise - east) // (STEP * rise))


def _overlap(runs: Sequence[Run], others: Sequence[Run]) -> int:
    """How many columns two lists of runs share; `others` is sorted and disjoint."""
    shared = 0
    ends = [end for _, end in others]
    for start, end in runs:
        for other_start, other_end in others[bisect_left(ends, start + 1) :]:
            if other_start >= end:
                break
            shared += min(end, other_end) - max(start, other_start)
    return shared


class _Reach:
    """The columns within reach of any station, by row, reckoned once."""

    def __init__(self, stations: Iterable[Place], reach_metres: int) -> None:
        self._stations = sorted(set(stations))
        self._reach = reach_metres * _UNITS  # in millionths of a metre, as the products below
        self._rows: dict[int, list[Run]] = {}

    def runs(self, row: int) -> list[Run]:
        if row not in self._rows:
            found = sorted(filter(None, (self._run(station, row) for station in self._stations)))
            self._rows[row] = _joined(found)
        return self._rows[row]

    def _run(self, station: Place, row: int) -> Run | None:
        longitude, latitude = station
        north = (_centre(row) - latitude) * METRES_PER_DEGREE
        if abs(north) > self._reach:
            return None
        # Metres in a degree of longitude at the station: whole, so that no machine rounds its own.
        east = round(METRES_PER_DEGREE * math.cos(math.radians(latitude / _UNITS)))
        half = math.isqrt(self._reach**2 - north**2) // east
        first = -((STEP // 2 - (longitude - half)) // STEP)
        last = (longitude + half - STEP // 2) // STEP
        return (first, last + 1) if last >= first else None


def _joined(runs: Sequence[Run]) -> list[Run]:
    """Sorted runs, those that meet made one."""
    joined: list[Run] = []
    for start, end in runs:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
