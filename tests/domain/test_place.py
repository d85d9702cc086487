"""Coordinates from Chinese maps: against independent figures, and as round trips."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suishou.domain import place
from suishou.domain.errors import Invalid

METRES_PER_DEGREE = 111_195

# Source of the figures: geocoordinates-rs 0.14.2 (PyPI), functions wgs84_to_gcj02 and
# wgs84_to_bd09; prcoords 1.0.2 agrees on GCJ-02 to the last bit.
REFERENCE = [
    # WGS-84, GCJ-02, BD-09
    (
        (28.521, 114.371),
        (28.51788485225571, 114.37636535438347),
        (28.524105633368556, 114.38279370362041),
    ),
    (
        (39.9087, 116.3975),
        (39.91010349934476, 116.40374357265176),
        (39.91644274963076, 116.4101165864734),
    ),
    (
        (39.4704, 75.9898),
        (39.470627026037526, 75.99275499023025),
        (39.47658990909995, 75.99926364705559),
    ),
    (
        (18.2528, 109.5119),
        (18.25109479173564, 109.51598429482667),
        (18.256876553759117, 109.52253179173881),
    ),
    (
        (36.0158, 106.2426),
        (36.015615582864065, 106.24679525774228),
        (36.021374723611004, 106.25339231010278),
    ),
]

# The inverse of a GCJ-02 point, from gcj02_to_wgs84_refined of the same package.
REFERENCE_INVERSE = [
    ((28.521, 114.371), (28.524120870604808, 114.36563947691445)),
    ((39.4704, 75.9898), (39.47018183066091, 75.98685469227331)),
    ((18.2528, 109.5119), (18.254493577437124, 109.50780390175717)),
]

# Both sides of 105 E, where the published formula has a kink (the root of |x|).
in_china = st.tuples(
    st.floats(18.0, 53.5), st.one_of(st.floats(73.5, 104.9999), st.floats(105.0001, 135.0))
)


def metres_apart(one: tuple[float, float], other: tuple[float, float]) -> float:
    return math.hypot(one[0] - other[0], one[1] - other[1]) * METRES_PER_DEGREE


@pytest.mark.parametrize(("wgs84", "gcj02", "bd09"), REFERENCE)
def test_forward_shifts_agree_with_an_independent_library(wgs84, gcj02, bd09):
    assert metres_apart(place.wgs84_to_gcj02(*wgs84), gcj02) < 1e-8
    assert metres_apart(place.wgs84_to_bd09(*wgs84), bd09) < 1e-8


@pytest.mark.parametrize(("wgs84", "gcj02", "bd09"), REFERENCE)
def test_every_crs_of_a_place_gives_the_same_wgs84(wgs84, gcj02, bd09):
    assert place.to_wgs84(*wgs84, "wgs84") == wgs84
    assert metres_apart(place.to_wgs84(*gcj02, "gcj02"), wgs84) < 1e-8
    assert metres_apart(place.to_wgs84(*bd09, "bd09"), wgs84) < 1e-8


@pytest.mark.parametrize(("gcj02", "wgs84"), REFERENCE_INVERSE)
def test_the_inverse_agrees_with_an_independent_library(gcj02, wgs84):
    assert metres_apart(place.gcj02_to_wgs84(*gcj02), wgs84) < 1e-5


@given(in_china)
def test_gcj02_round_trips_to_a_few_nanometres(point):
    assert metres_apart(place.gcj02_to_wgs84(*place.wgs84_to_gcj02(*point)), point) < 1e-8


@given(in_china)
def test_bd09_round_trips_to_a_few_nanometres(point):
    assert metres_apart(place.to_wgs84(*place.wgs84_to_bd09(*point), "bd09"), point) < 1e-8


@given(st.floats(18.0, 53.5), st.floats(104.9999, 105.0001))
def test_even_at_the_kink_of_the_formula_nothing_is_off_by_more_than_a_micrometre(lat, lon):
    assert metres_apart(place.gcj02_to_wgs84(*place.wgs84_to_gcj02(lat, lon)), (lat, lon)) < 1e-6


@given(in_china)
def test_the_shift_in_china_is_some_hundred_metres(point):
    assert 10 < metres_apart(place.wgs84_to_gcj02(*point), point) < 1500


@pytest.mark.parametrize("point", [(51.5, -0.1), (-33.9, 151.2), (0.0, 0.0)])
def test_outside_china_nothing_is_shifted(point):
    assert place.wgs84_to_gcj02(*point) == point
    assert place.to_wgs84(*point, "gcj02") == point


@pytest.mark.parametrize("crs", ["", "WGS84", "epsg:4326"])
def test_an_unknown_crs_is_refused(crs):
    with pytest.raises(Invalid) as caught:
        place.to_wgs84(28.5, 114.4, crs)
    assert (caught.value.code, caught.value.field) == ("unknown_crs", "crs")


@pytest.mark.parametrize(
    ("lat", "lon", "field"),
    [
        (90.000001, 114.0, "lat"),
        (-90.000001, 114.0, "lat"),
        (28.5, 180.000001, "lon"),
        (math.nan, 114.0, "lat"),
        (28.5, math.inf, "lon"),
    ],
)
@pytest.mark.parametrize("crs", place.CRS)
def test_a_coordinate_off_the_globe_is_refused(lat, lon, field, crs):
    with pytest.raises(Invalid) as caught:
        place.to_wgs84(lat, lon, crs)
    assert (caught.value.code, caught.value.field) == ("not_a_coordinate", field)


@pytest.mark.parametrize(("lat", "lon"), [(90.0, 180.0), (-90.0, -180.0)])
def test_the_edges_of_the_globe_are_taken(lat, lon):
    assert place.to_wgs84(lat, lon, "wgs84") == (lat, lon)
