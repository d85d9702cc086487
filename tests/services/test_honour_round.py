"""Rounds and standings as written: decided once, named only with consent, never by id."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from suishou.domain.deadline import CalendarEnds
from suishou.domain.errors import Invalid, Lost, NotFound
from suishou.domain.points import LedgerLine
from suishou.domain.programme import HonourRule
from suishou.services import people
from suishou.services.honour_round import (
    Round,
    decide,
    open_round,
    propose,
    republish_rounds,
    rounds,
    watch_notices,
)
from suishou.services.points_ledger import line_actions
from suishou.services.round_objections import object_to, objections, settle_objection
from suishou.services.standings import publish_standings
from suishou.services.system import System
from suishou.storage import public_keys
from suishou.storage.table import query_all
from suishou.wiring import close
from tests.services.local_systems import real_system

MAY = datetime(2026, 5, 13, 4, tzinfo=UTC)
JUNE = datetime(2026, 6, 2, 4, tzinfo=UTC)  # a Tuesday; five working days after it is the 9th
AFTER = datetime(2026, 6, 10, 4, tzinfo=UTC)
RULE = HonourRule("star", "治理之星", "month", "points", 2, "share", "进入后备人才库")


@pytest.fixture
def system(tmp_path: Path) -> Iterator[System]:
    made = real_system(tmp_path, now=lambda: MAY)
    yield replace(made, programme=replace(made.programme, honours=(RULE,)))
    close(made)


def rider(
    system: System, name: str, points: int, display: str = "full", consent: str = "v1"
) -> str:
    by = people.operator(system)
    enrolled = people.enrol_rider(
        system, by, name, "", display, "小蜜蜂" if display == "alias" else "", consent=consent
    )
    give(system, enrolled.id, points)
    return enrolled.id


def give(system: System, rider_id: str, points: int, at: datetime = MAY) -> None:
    line = LedgerLine(f"c{rider_id}:{at:%d}:resolved", "resolved", points, at)
    system.private.write(line_actions(rider_id, line))


def at(system: System, moment: datetime) -> System:
    return replace(system, now=lambda: moment)


def decided_after_notice(system: System, staff_id: str, round_id: str) -> Round:
    propose(at(system, JUNE), "s1", round_id)
    return decide(at(system, AFTER), staff_id, round_id)


def on_notice(system: System) -> Round:
    one = open_round(system, "s1", "star", "2026-05")
    return propose(at(system, JUNE), "s1", one.id)


def notice(system: System) -> Mapping[str, Any] | None:
    item = system.public.get(public_keys.NOTICE, "star-2026-05")
    return item.body if item else None


def shown(system: System) -> list[tuple[str, int]]:
    items = query_all(system.public, public_keys.DISPLAY)
    return sorted((item.body["name"], item.body["points"]) for item in items)


def test_a_round_names_only_those_who_consent_each_as_they_chose(system: System) -> None:
    ids = [
        rider(system, "赵一", 90),
        rider(system, "欧阳小明", 80, "masked"),
        rider(system, "钱三", 80, "alias"),
        rider(system, "孙四", 80, "full", consent=""),
        rider(system, "李五", 80, "none"),
        rider(system, "周六", 10),
    ]
    one = open_round(system, "s1", "star", "2026-05")
    decided = decided_after_notice(system, "s2", one.id)
    assert {place.rider for place in decided.places} == set(ids[:5])
    public = system.public.get(public_keys.HONOUR, one.id)
    assert public is not None
    assert public.body["places"] == [
        {"place": 1, "name": "赵一", "figure": 90},
        {"place": 2, "name": "小蜜蜂", "figure": 80},
        {"place": 2, "name": "欧阳**", "figure": 80},
    ]
    assert public.body["unnamed"] == 2
    assert public.body["decided_on"] == "2026-06-10"
    assert (public.body["opens_on"], public.body["closes_on"]) == ("2026-06-02", "2026-06-09")
    assert (public.body["considered"], public.body["objections"]) == (6, 0)
    assert notice(system) is None
    text = json.dumps(public.body, ensure_ascii=False)
    assert not any(rider_id in text for rider_id in ids)


def test_a_round_cannot_be_proposed_before_its_period_is_over(system: System) -> None:
    one = open_round(system, "s1", "star", "2026-05")
    with pytest.raises(Lost) as refused:
        propose(system, "s1", one.id)
    assert refused.value.code == "period_not_over"
    assert [each.state for each in rounds(system)] == ["open"]


def test_a_decided_round_stands_whatever_comes_later(system: System) -> None:
    first = rider(system, "赵一", 90)
    one = open_round(system, "s1", "star", "2026-05")
    decided = decided_after_notice(system, "s1", one.id)
    give(system, rider(system, "钱二", 500), 1, MAY + timedelta(days=1))
    assert decide(at(system, AFTER), "s9", one.id) == decided
    assert [place.rider for place in decided.places] == [first]
    assert open_round(system, "s1", "star", "2026-05") == decided


def test_points_of_another_month_do_not_count(system: System) -> None:
    give(system, rider(system, "赵一", 10), 500, JUNE)
    one = open_round(system, "s1", "star", "2026-05")
    assert [place.figure for place in decided_after_notice(system, "s1", one.id).places] == [10]


def test_withdrawn_consent_takes_the_name_off_a_decided_round(system: System) -> None:
    rider_id = rider(system, "赵一", 90)
    one = open_round(system, "s1", "star", "2026-05")
    decided_after_notice(system, "s1", one.id)
    people.set_display(system, rider_id, "full", "", "")
    assert republish_rounds(system) == 0
    public = system.public.get(public_keys.HONOUR, one.id)
    assert public is not None
    assert (public.body["places"], public.body["unnamed"]) == ([], 1)


@pytest.mark.parametrize(
    ("honour", "period", "code", "field"),
    [("sun", "2026-05", "unknown_honour", "honour"), ("star", "2026", "bad_period", "period")],
)
def test_a_round_needs_a_configured_honour_and_its_kind_of_period(
    system: System, honour: str, period: str, code: str, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        open_round(system, "s1", honour, period)
    assert (refused.value.code, refused.value.field) == (code, field)


def test_an_unknown_round(system: System) -> None:
    with pytest.raises(NotFound):
        decide(system, "s1", "star-2031-01")


def test_the_public_list_holds_consenting_riders_alone(system: System) -> None:
    first = rider(system, "赵一", 90)
    rider(system, "孙四", 80, consent="")
    rider(system, "李五", 80, "none")
    rider(system, "钱三", 70, "alias")
    system = at(system, JUNE)
    assert publish_standings(system) == 2
    assert publish_standings(system) == 0
    assert shown(system) == [("小蜜蜂", 70), ("赵一", 90)]
    rows = list(query_all(system.public, public_keys.DISPLAY))
    assert first not in json.dumps([[row.sort, dict(row.body)] for row in rows])
    assert all(set(row.body) == {"name", "points", "reports_resolved"} for row in rows)


def test_the_public_list_waits_for_the_month_to_end(system: System) -> None:
    """Or the points would tell, from one night to the next, whose case was closed that day."""
    first = rider(system, "赵一", 90)
    assert publish_standings(system) == 0
    publish_standings(at(system, JUNE))
    give(system, first, 5, JUNE)
    assert publish_standings(at(system, JUNE)) == 0
    assert shown(system) == [("赵一", 90)]


def test_the_public_list_follows_every_change(system: System) -> None:
    first = rider(system, "赵一", 90)
    second = rider(system, "钱二", 50)
    system = at(system, JUNE)
    publish_standings(system)
    give(system, second, 5, MAY + timedelta(days=1))
    assert publish_standings(system) == 1
    assert shown(system) == [("赵一", 90), ("钱二", 55)]
    people.set_display(system, first, "full", "", "")
    assert shown(system) == [("钱二", 55)]
    people.revoke(system, people.operator(system), second)
    assert shown(system) == []
    assert publish_standings(system) == 0


def test_a_notice_names_who_consents_and_says_its_days(system: System) -> None:
    rider(system, "赵一", 90)
    rider(system, "李五", 80, "none")
    on_notice(system)
    body = notice(system)
    assert body is not None
    assert [place["name"] for place in body["places"]] == ["赵一"]
    assert (body["unnamed"], body["considered"], body["notice_days"]) == (1, 2, 5)
    assert (body["opens_on"], body["closes_on"]) == ("2026-06-02", "2026-06-09")
    assert system.public.get(public_keys.HONOUR, "star-2026-05") is None


@pytest.mark.parametrize(
    ("moment", "state", "public"),
    [
        (datetime(2026, 6, 3, 15, 59, 59, tzinfo=UTC), "proposed", False),
        (datetime(2026, 6, 3, 16, 0, tzinfo=UTC), "notice", True),  # midnight in China
        (datetime(2026, 6, 11, 15, 59, 59, tzinfo=UTC), "notice", True),
        (datetime(2026, 6, 11, 16, 0, tzinfo=UTC), "noticed", False),
    ],
)
def test_a_notice_opens_and_closes_by_itself(
    system: System, moment: datetime, state: str, public: bool
) -> None:
    one = open_round(system, "s1", "star", "2026-05")
    propose(at(system, JUNE), "s1", one.id, "2026-06-04")
    watch_notices(at(system, moment))
    assert [each.state for each in rounds(system)] == [state]
    assert (notice(system) is not None) is public
    assert watch_notices(at(system, moment)) == 0


def test_working_days_count_make_up_days_and_holidays(system: System) -> None:
    one = open_round(system, "s1", "star", "2026-05")
    proposed = propose(at(system, JUNE), "s1", one.id, "2026-06-17")
    assert proposed.closes_on == "2026-06-25"  # 端午: Friday the 19th to Sunday the 21st are off


@pytest.mark.parametrize("day", ["2026-06-01", "2026-09-01", "soon"])
def test_a_notice_cannot_open_in_the_past_or_far_ahead(system: System, day: str) -> None:
    one = open_round(system, "s1", "star", "2026-05")
    with pytest.raises(Invalid):
        propose(at(system, JUNE), "s1", one.id, day)


def test_a_notice_stays_up_where_the_calendar_ends_and_is_not_decided(system: System) -> None:
    class Ends:
        def is_workday(self, day: date) -> bool:
            raise CalendarEnds("not announced")

    rider(system, "赵一", 90)
    one = open_round(system, "s1", "star", "2026-05")
    unknowing = replace(at(system, JUNE), calendar=Ends())
    assert propose(unknowing, "s1", one.id).closes_on == ""
    with pytest.raises(Lost, match="notice_not_over"):
        decide(replace(at(system, AFTER), calendar=Ends()), "s1", one.id)
    assert watch_notices(at(system, JUNE)) == 1  # the calendar has been brought up to date
    body = notice(system)
    assert body is not None
    assert body["closes_on"] == "2026-06-09"


@pytest.mark.parametrize(
    ("moment", "code"),
    [(JUNE, "notice_not_over"), (datetime(2026, 6, 9, 15, 59, tzinfo=UTC), "notice_not_over")],
)
def test_no_decision_before_the_notice_is_over(system: System, moment: datetime, code: str) -> None:
    one = on_notice(system)
    with pytest.raises(Lost, match=code):
        decide(at(system, moment), "s1", one.id)


def test_no_decision_without_a_notice(system: System) -> None:
    one = open_round(system, "s1", "star", "2026-05")
    with pytest.raises(Lost, match="not_on_notice"):
        decide(at(system, AFTER), "s1", one.id)


def test_an_open_objection_keeps_a_round_from_being_decided(system: System) -> None:
    rider(system, "赵一", 90)
    one = on_notice(system)
    made = object_to(at(system, JUNE), "s3", one.id, "张三代赵一上报")
    with pytest.raises(Lost, match="objections_open"):
        decide(at(system, AFTER), "s1", one.id)
    settle = {"upheld": False, "answer": "经核实，系本人上报"}
    settled = settle_objection(at(system, AFTER), "s1", one.id, made.number, **settle)
    assert settle_objection(at(system, AFTER), "s1", one.id, made.number, **settle) == settled
    assert decide(at(system, AFTER), "s1", one.id).state == "decided"
    public = system.public.get(public_keys.HONOUR, one.id)
    assert public is not None
    assert public.body["objections"] == 1
    assert "张三" not in json.dumps(dict(public.body), ensure_ascii=False)
    assert [each.state for each in objections(system, one.id)] == ["dismissed"]


def test_an_upheld_objection_sends_the_round_back_to_a_new_notice(system: System) -> None:
    first, second = rider(system, "赵一", 90), rider(system, "钱二", 50)
    one = on_notice(system)
    made = object_to(at(system, JUNE), "s3", one.id, "冒名上报")
    settle_objection(at(system, AFTER), "s1", one.id, made.number, upheld=True, answer="属实")
    with pytest.raises(Lost, match="objection_upheld"):
        decide(at(system, AFTER), "s1", one.id)
    again = propose(at(system, AFTER), "s1", one.id, without=[first])
    assert [place.rider for place in again.places] == [second]
    assert again.closes_on == "2026-06-17"
    body = notice(system)
    assert body is not None
    assert [place["name"] for place in body["places"]] == ["钱二"]


def test_an_objection_is_settled_once(system: System) -> None:
    one = on_notice(system)
    made = object_to(at(system, JUNE), "s3", one.id, "有异议")
    settle_objection(at(system, JUNE), "s1", one.id, made.number, upheld=True, answer="属实")
    with pytest.raises(Lost, match="already_settled"):
        settle_objection(at(system, JUNE), "s1", one.id, made.number, upheld=False, answer="不属实")
    with pytest.raises(NotFound):
        settle_objection(at(system, JUNE), "s1", one.id, 9, upheld=True, answer="属实")


def test_objections_are_taken_on_notice_alone(system: System) -> None:
    one = open_round(system, "s1", "star", "2026-05")
    with pytest.raises(Lost, match="not_on_notice"):
        object_to(system, "s3", one.id, "太早")
    decided_after_notice(system, "s1", one.id)
    with pytest.raises(Lost, match="not_on_notice"):
        object_to(at(system, AFTER), "s3", one.id, "太晚")
    with pytest.raises(Invalid, match="missing"):
        object_to(system, "s3", one.id, "  ")


def test_withdrawn_consent_takes_the_name_off_an_open_notice(system: System) -> None:
    rider_id = rider(system, "赵一", 90)
    on_notice(system)
    people.set_display(system, rider_id, "full", "", "")
    body = notice(system)
    assert body is not None
    assert (body["places"], body["unnamed"]) == ([], 1)


def test_a_rule_changed_later_changes_no_decided_round(system: System) -> None:
    rider_id = rider(system, "赵一", 90)
    one = open_round(system, "s1", "star", "2026-05")
    decided_after_notice(system, "s1", one.id)
    bare = replace(system, programme=replace(system.programme, honours=()))
    people.set_display(bare, rider_id, "masked", "", "v1")
    public = system.public.get(public_keys.HONOUR, one.id)
    assert public is not None
    assert public.body["places"][0]["name"] == "赵*"
    assert (public.body["name"], public.body["places_max"]) == ("治理之星", 2)


def test_proposing_again_changes_nothing(system: System) -> None:
    rider(system, "赵一", 90)
    one = on_notice(system)
    assert propose(at(system, JUNE), "s1", one.id) == one
