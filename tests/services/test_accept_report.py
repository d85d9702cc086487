from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from local_systems import demonstration_system
from loop_parts import RIDER, Clock, community, report, reported

from suishou.domain.errors import Invalid, KeyReused, NotAllowed
from suishou.domain.people import ANONYMOUS, Post, Principal
from suishou.services.accept_report import Landmark, Point, accept_report
from suishou.services.case_store import find_case, get_case, read_events
from suishou.services.system import System
from suishou.storage import private_keys as keys
from suishou.storage.table import query_all


@pytest.fixture
def system(tmp_path: Path) -> System:
    return demonstration_system(tmp_path, now=Clock())


def test_a_report_becomes_a_case_with_running_clocks(system: System) -> None:
    receipt = accept_report(system, RIDER, report(system), "key-1")
    case = get_case(system.private, receipt.case_id).case
    assert (case.stage, case.reporter, case.category) == ("reported", "rider-1", "manhole")
    assert receipt.due == {n: case.clocks[n].due for n in ("first_response", "resolution")}
    assert all(receipt.due.values())
    assert [event.kind for event in read_events(system.private, case)] == ["reported"]


def test_the_same_key_and_content_give_the_same_receipt(system: System) -> None:
    first = accept_report(system, RIDER, report(system), "key-1")
    again = accept_report(system, RIDER, report(system), "key-1")
    assert (again.case_id, again.tracking_token) == (first.case_id, first.tracking_token)
    assert (first.repeated, again.repeated) == (False, True)


def test_the_same_key_with_another_content_is_refused(system: System) -> None:
    accept_report(system, RIDER, report(system), "key-1")
    with pytest.raises(KeyReused):
        accept_report(system, RIDER, report(system, description="另一件事"), "key-1")


def test_two_people_may_use_the_same_key(system: System) -> None:
    mine = accept_report(system, RIDER, report(system), "key-1")
    other = accept_report(system, Principal("rider-2", "rider"), report(system), "key-1")
    assert mine.case_id != other.case_id


def test_without_a_key_a_second_tap_makes_no_second_case(system: System) -> None:
    first = accept_report(system, ANONYMOUS, report(system), "")
    second = accept_report(system, ANONYMOUS, report(system), "")
    assert first.case_id == second.case_id


def test_without_a_key_the_same_words_on_another_day_are_another_case(tmp_path: Path) -> None:
    clock = Clock()
    system = demonstration_system(tmp_path, now=clock)
    first = accept_report(system, ANONYMOUS, report(system), "")
    clock.pass_(days=1)
    assert accept_report(system, ANONYMOUS, report(system), "").case_id != first.case_id


def test_fifty_at_once_with_one_key_make_one_case(system: System) -> None:
    with ThreadPoolExecutor(50) as pool:
        receipts = list(
            pool.map(lambda _: accept_report(system, RIDER, report(system), "key-1"), range(50))
        )
    assert len({(r.case_id, r.tracking_token) for r in receipts}) == 1
    assert [r.repeated for r in receipts].count(False) == 1
    events = query_all(system.private, keys.case(receipts[0].case_id), prefix="EVENT#")
    assert len(list(events)) == 1


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"category": "nothing"}, "unknown_category", "category"),
        ({"category": ""}, "required", "category"),
        ({"description": "  "}, "required", "description"),
        ({"description": "长" * 2001}, "too_long", "description"),
        ({"place": None}, "required", "location"),
        ({"place": Point(28.5, 114.4, "mars")}, "unknown_crs", "location.crs"),
        ({"place": Point(float("nan"), 114.4, "wgs84")}, "not_a_coordinate", "location.lat"),
        ({"place": Point(39.9, 116.4, "wgs84")}, "outside_county", "location"),
        ({"place": Landmark("nowhere", "东门")}, "unknown_community", "location.community"),
        ({"kind": "wish"}, "kind_does_not_fit", "kind"),
        ({"severity": "dreadful"}, "unknown_severity", "severity"),
        ({"photos": ("0" * 64,)}, "unknown_photo", "photos"),
        ({"photos": ("../../secret",)}, "unknown_photo", "photos"),
    ],
)
def test_a_field_that_cannot_be_taken_is_named_and_nothing_is_stored(
    system: System, changes: dict[str, object], code: str, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        accept_report(system, RIDER, report(system, **changes), "key-1")
    assert (refused.value.code, refused.value.field) == (code, field)
    assert not list(query_all(system.private, keys.rider("rider-1")))
    assert system.raw_photos.list() == []


def test_a_point_just_outside_the_boundary_goes_to_review(system: System) -> None:
    ring = system.programme.county.rings[0]
    west = min(ring)
    place = Point(west[1], west[0] - 0.002, "wgs84")
    case = get_case(system.private, reported(system, place=place)).case
    assert (case.area, case.place_in_review) == (system.programme.county.code, True)


def test_a_point_inside_finds_its_grid_cell_and_keeps_what_came_in(system: System) -> None:
    cell = next(a for a in system.programme.areas.values() if a.level == "grid_cell")
    lon = sum(p[0] for p in cell.rings[0][:-1]) / (len(cell.rings[0]) - 1)
    lat = sum(p[1] for p in cell.rings[0][:-1]) / (len(cell.rings[0]) - 1)
    case_id = reported(system, place=Point(lat, lon, "wgs84"))
    assert get_case(system.private, case_id).case.area == cell.code
    text = system.private.get(keys.case(case_id), keys.TEXT)
    assert text is not None
    assert text.body["place"]["came_in"] == {"lat": repr(lat), "lon": repr(lon), "crs": "wgs84"}


def test_a_clerk_may_enter_a_report_for_somebody(system: System) -> None:
    clerk = Principal("clerk-1", "staff", (Post("clerk", community(system)),))
    made = replace(report(system), for_name="某人", for_phone="00000000000")
    case = get_case(system.private, accept_report(system, clerk, made, "k").case_id).case
    assert (case.source, case.entered_by, case.reporter) == ("window", "clerk-1", "")


def test_only_staff_enter_for_others(system: System) -> None:
    with pytest.raises(NotAllowed):
        accept_report(system, RIDER, replace(report(system), for_name="某人"), "k")


def test_no_personal_text_is_in_head_or_events(system: System) -> None:
    case_id = reported(system, description="独特的描述", contact="00000000000", address="独特路")
    for item in query_all(system.private, keys.case(case_id)):
        if item.sort != keys.TEXT:
            assert "独特" not in str(item.body)
            assert "00000000000" not in str(item.body)
    assert find_case(system.private, case_id) is not None
