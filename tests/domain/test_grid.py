"""The area of a point, and its distance to the county."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suishou.domain.grid import GridIndex, inside
from suishou.domain.programme import LEVEL_BY_LENGTH, Area


def square(code: str, west: float, south: float, east: float, north: float, *holes) -> Area:
    ring = ((west, south), (east, south), (east, north), (west, north), (west, south))
    return Area(code, code, LEVEL_BY_LENGTH[len(code)], (ring, *holes))


# A county of 0.4 by 0.2 degrees: two streets side by side, the western one with two cells.
COUNTY = square("360926", 114.2, 28.4, 114.6, 28.6)
WEST = square("360926100", 114.2, 28.4, 114.4, 28.6)
EAST = square("360926101", 114.4, 28.4, 114.6, 28.6)
COMMUNITY = square("360926100001", 114.2, 28.4, 114.4, 28.5)
CELL_WEST = square("360926100001001", 114.2, 28.4, 114.3, 28.5)
CELL_EAST = square("360926100001002", 114.3, 28.4, 114.4, 28.5)
UNDRAWN = Area("360926101001", "未画边界", "community")
AREAS = [COUNTY, WEST, EAST, COMMUNITY, CELL_WEST, CELL_EAST, UNDRAWN]
INDEX = GridIndex(AREAS)


@pytest.mark.parametrize(
    ("lat", "lon", "code"),
    [
        (28.45, 114.25, CELL_WEST.code),
        (28.45, 114.35, CELL_EAST.code),
        (28.55, 114.25, WEST.code),  # no community is drawn there
        (28.45, 114.50, EAST.code),
        (28.45, 114.30, CELL_EAST.code),  # on the shared edge: one of the two, always the same
        (28.40, 114.20, CELL_WEST.code),  # the county's own south-western corner
    ],
)
def test_the_deepest_area_is_found(lat, lon, code):
    found = INDEX.find(lat, lon)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize(
    ("lat", "lon"), [(28.39, 114.3), (28.5, 114.7), (0.0, 0.0), (-91.0, 400.0)]
)
def test_outside_the_county_nothing_is_found(lat, lon):
    assert INDEX.find(lat, lon) is None


def test_the_order_of_the_areas_does_not_matter():
    shuffled = GridIndex(random.Random(1).sample(AREAS, len(AREAS)))
    assert shuffled.find(28.45, 114.30) == INDEX.find(28.45, 114.30)


def test_a_hole_is_not_part_of_an_area():
    hole = ((114.3, 28.45), (114.4, 28.45), (114.4, 28.5), (114.3, 28.5), (114.3, 28.45))
    index = GridIndex([square("360926", 114.2, 28.4, 114.6, 28.6, hole)])
    assert index.find(28.47, 114.35) is None
    assert index.metres_outside(28.47, 114.35) > 0
    assert index.find(28.47, 114.25) is not None


def test_an_area_in_two_parts_holds_points_of_both():
    exclave = ((115.0, 28.4), (115.1, 28.4), (115.1, 28.5), (115.0, 28.5), (115.0, 28.4))
    index = GridIndex([square("360926", 114.2, 28.4, 114.6, 28.6, exclave)])
    assert index.find(28.45, 115.05) is not None
    assert index.find(28.45, 114.8) is None


@pytest.mark.parametrize(
    ("lat", "lon", "metres"),
    [
        (28.5, 114.4, 0),
        (28.4 - 1e-9, 114.4, 1),  # just outside is never 0
        (28.4 - 500 / 111_195, 114.4, 500),
        (28.6 + 1000 / 111_195, 114.4, 1000),
        (28.5, 114.6 + 0.01, 977),  # 0.01 degree at 28.5 N: 1,111.95 m times cos 28.5
        (28.4 - 0.01, 114.2 - 0.01, 1481),  # the nearest point is the corner
    ],
)
def test_metres_outside_are_to_the_nearest_edge(lat, lon, metres):
    assert abs(INDEX.metres_outside(lat, lon) - metres) <= 2


def test_without_a_county_outline_nothing_is_outside():
    index = GridIndex([Area("360926", "铜鼓县", "county"), WEST])
    assert index.metres_outside(0.0, 0.0) == 0
    assert GridIndex([]).find(28.5, 114.4) is None


@st.composite
def lattice_and_point(draw):
    """A skewed lattice of 3 by 3 cells that share their corners, and a point well inside it."""
    offset = st.integers(-30, 30).map(lambda thousandths: thousandths / 1000)
    corners = {
        (i, j): (114 + i / 10 + draw(offset), 28 + j / 10 + draw(offset))
        for i in range(4)
        for j in range(4)
    }
    cells = []
    for i in range(3):
        for j in range(3):
            ring = [corners[i, j], corners[i + 1, j], corners[i + 1, j + 1], corners[i, j + 1]]
            code = f"36092610000{i + 1}00{j + 1}"
            cells.append(Area(code, code, "grid_cell", ((*ring, ring[0]),)))
    return cells, (draw(st.floats(28.05, 28.25)), draw(st.floats(114.05, 114.25)))


@given(lattice_and_point())
def test_cells_that_tile_leave_no_gap_and_share_no_point(case):
    cells, (lat, lon) = case
    holders = [cell.code for cell in cells if inside(cell.rings, lat, lon)]
    assert len(holders) == 1
    found = GridIndex(cells).find(lat, lon)
    assert found is not None
    assert found.code == holders[0]


@given(lattice_and_point(), st.integers(0, 3), st.integers(0, 3))
def test_a_shared_corner_or_edge_belongs_to_one_cell(case, i, j):
    cells, _ = case
    ring = cells[4].rings[0]
    (ax, ay), (bx, by) = ring[i], ring[i + 1]
    share = j / 3
    lon, lat = ax + (bx - ax) * share, ay + (by - ay) * share
    (holder,) = [cell for cell in cells if inside(cell.rings, lat, lon)]
    assert GridIndex(cells).find(lat, lon) is holder
