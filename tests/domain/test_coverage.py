"""Coverage: every lattice point is counted once, and reach is a circle on the ground."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suishou.domain.coverage import (
    METRES_PER_DEGREE,
    STEP,
    cells,
    county_town,
    coverage,
    place,
)
from suishou.domain.grid import inside
from suishou.domain.programme import Area
from suishou.domain.station_rules import CoverageRules, Tiles, TravelMode
from tests.build.fabricated import programme

WEST, SOUTH = 114.36, 28.51
SIDE = 0.02  # degrees: forty lattice points


def square(west: float = WEST, south: float = SOUTH, code: str = "360926100001") -> Area:
    east, north = west + SIDE, south + SIDE
    ring = ((west, south), (east, south), (east, north), (west, north), (west, south))
    return Area(code, "方块", "community", (ring,))


def test_a_square_holds_as_many_points_as_it_is_wide_and_high() -> None:
    found = coverage([square()], [], 1000)
    assert found.points == 40 * 40
    assert found.within == 0


def test_neighbours_share_no_point_and_lose_none() -> None:
    slanted = ((WEST, SOUTH), (WEST + SIDE, SOUTH + SIDE), (WEST, SOUTH + SIDE), (WEST, SOUTH))
    rest = (
        (WEST, SOUTH),
        (WEST + SIDE, SOUTH),
        (WEST + SIDE, SOUTH + SIDE),
        (WEST, SOUTH),
    )
    halves = [
        replace(square(), code="360926100001", rings=(slanted,)),
        replace(square(), code="360926100002", rings=(rest,)),
    ]
    assert coverage(halves, [], 1000).points == 40 * 40


def test_a_hole_is_not_counted() -> None:
    hole = tuple(
        (WEST + SIDE / 4 + x * SIDE / 2, SOUTH + SIDE / 4 + y * SIDE / 2)
        for x, y in ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))
    )
    area = replace(square(), rings=(*square().rings, hole))
    assert coverage([area], [], 1000).points == 40 * 40 - 20 * 20


def test_two_stations_at_one_place_reach_no_further_than_one() -> None:
    middle = place(WEST + SIDE / 2, SOUTH + SIDE / 2)
    one, two = coverage([square()], [middle], 500), coverage([square()], [middle, middle], 500)
    assert one == two
    assert 0 < one.within < one.points


def test_a_far_station_reaches_nothing_and_a_wide_reach_everything() -> None:
    far = place(WEST + 1, SOUTH + 1)
    assert coverage([square()], [far], 500).within == 0
    whole = coverage([square()], [far], 300_000)
    assert whole.within == whole.points


def test_an_area_too_small_for_the_lattice_has_no_points() -> None:
    tiny = 0.0001
    ring = ((WEST, SOUTH), (WEST + tiny, SOUTH), (WEST, SOUTH + tiny), (WEST, SOUTH))
    assert coverage([replace(square(), rings=(ring,))], [], 500).points == 0


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 30_000), st.integers(0, 30_000)),
        min_size=3,
        max_size=7,
        unique=True,
    ),
    st.lists(st.tuples(st.integers(-5_000, 35_000), st.integers(-5_000, 35_000)), max_size=4),
    st.integers(1, 2_500),
)
def test_runs_count_what_asking_every_point_counts(
    corners: list[tuple[int, int]], stations: list[tuple[int, int]], reach: int
) -> None:
    west, south = place(WEST, SOUTH)
    points = [(west + x, south + y) for x, y in corners]
    ring = tuple((x / 1e6, y / 1e6) for x, y in [*points, points[0]])
    placed = [(west + x, south + y) for x, y in stations]
    found = coverage([replace(square(), rings=(ring,))], placed, reach)
    counted = within = 0
    exact = tuple((float(x), float(y)) for x, y in [*points, points[0]])
    for column in range(west // STEP - 1, (west + 30_000) // STEP + 2):
        for row in range(south // STEP - 1, (south + 30_000) // STEP + 2):
            x, y = column * STEP + STEP // 2, row * STEP + STEP // 2
            if inside([exact], y, x):
                counted += 1
                within += any(_metres(station, (x, y)) <= reach for station in placed)
    assert abs(found.points - counted) <= 1  # a centre on an edge: floats may round it over
    assert abs(found.within - within) <= 1


def _metres(station: tuple[int, int], point: tuple[int, int]) -> float:
    east = round(METRES_PER_DEGREE * math.cos(math.radians(station[1] / 1e6)))
    return (
        math.hypot((point[0] - station[0]) * east, (point[1] - station[1]) * METRES_PER_DEGREE)
        / 1e6
    )


def test_the_finest_outlines_below_a_street_are_counted_and_no_ground_twice() -> None:
    within = programme()
    found = cells(within, ("360926100",))
    codes = [area.code for area in found]
    assert codes == sorted(codes)
    assert all(code.startswith("360926100") for code in codes)
    assert not [c for c in codes for other in codes if c != other and other.startswith(c)]


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (("360926001", "360926002", "360926100"), ("360926001", "360926002")),
        (("360926100", "360926101", "360926200"), ("360926100",)),
        ((), ()),
    ],
)
def test_the_county_town_is_its_subdistricts_or_else_its_first_town(
    codes: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    areas = {code: Area(code, code, "street") for code in codes}
    assert county_town(replace(programme(), areas=areas)) == expected


def test_reach_is_the_way_ridden_shortened_by_the_detour() -> None:
    mode = TravelMode("walking", "步行", 75, "假定")
    rules = CoverageRules((), 15, 130, (mode,))
    assert rules.reach_metres(mode) == 865  # 15 × 75 ÷ 1.3 = 865.4


def test_tiles_name_every_host_that_pictures_may_come_from() -> None:
    tiles = Tiles("https://t{s}.example.cn/{z}/{x}/{y}.png?a=1", "测绘", "01")
    assert tiles.origins == ("https://t0.example.cn", "https://t1.example.cn")
    assert Tiles("https://map.example.cn:8443/{z}/{x}/{y}", "测绘").origins == (
        "https://map.example.cn:8443",
    )
