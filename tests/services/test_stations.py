"""Stations: the programme's list, changed by admins, read by the build from the public table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from suishou.domain.errors import Invalid, NotAllowed
from suishou.domain.people import ANONYMOUS
from suishou.services.people import operator
from suishou.services.stations import keep_station, stations
from suishou.services.system import System
from tests.services.local_systems import demonstration_system


@pytest.fixture
def system(tmp_path: Path) -> System:
    return demonstration_system(tmp_path)


def fields(system: System, **changes: Any) -> dict[str, Any]:
    first = system.programme.stations[0]
    location = {"lat": float(first.lat), "lon": float(first.lon), "crs": "wgs84"}
    given = {"code": "new", "name": "新驿站", "level": first.level, "area": first.area}
    return {**given, "location": location, "amenities": [], **changes}


def test_the_programmes_stations_stand_from_the_start(system: System) -> None:
    assert stations(system) == tuple(sorted(system.programme.stations, key=lambda s: s.code))


def test_a_kept_station_is_listed_and_can_be_changed_and_closed(system: System) -> None:
    by = operator(system)
    before = stations(system)
    made = keep_station(system, by, fields(system))
    assert made in stations(system)
    changed = keep_station(system, by, fields(system, name="改名"))
    assert [s.name for s in stations(system) if s.code == "new"] == ["改名"]
    keep_station(system, by, {"code": changed.code, "closed": True})
    assert stations(system) == before


def test_a_station_of_the_programme_is_replaced(system: System) -> None:
    code = system.programme.stations[0].code
    keep_station(system, operator(system), fields(system, code=code, hours="全天"))
    assert len(stations(system)) == len(system.programme.stations)
    assert next(s for s in stations(system) if s.code == code).hours == "全天"


def test_only_admins_keep_stations(system: System) -> None:
    with pytest.raises(NotAllowed):
        keep_station(system, ANONYMOUS, fields(system))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": "../x"}, "code"),
        ({"name": ""}, "name"),
        ({"level": "palace"}, "level"),
        ({"area": "999999"}, "area"),
        ({"location": None}, "location"),
        ({"location": {"lat": "28", "lon": 114.3, "crs": "wgs84"}}, "location.lat"),
        ({"location": {"lat": 28.5, "lon": 114.3}}, "location.crs"),
        ({"location": {"lat": 0, "lon": 0, "crs": "wgs84"}}, "location"),
        ({"amenities": ["throne"]}, "amenities"),
        ({"code": "nobody", "closed": True}, "code"),
        ({"closed": "yes"}, "closed"),
    ],
)
def test_a_bad_field_is_named_and_nothing_is_kept(
    system: System, changes: dict[str, Any], field: str
) -> None:
    before = stations(system)
    with pytest.raises(Invalid) as refused:
        keep_station(system, operator(system), fields(system, **changes))
    assert refused.value.field == field
    assert stations(system) == before
