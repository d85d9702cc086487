"""Rounds and standings as written: decided once, named only with consent, never by id."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from suishou.domain.errors import Invalid, Lost, NotFound
from suishou.domain.points import LedgerLine
from suishou.domain.programme import HonourRule
from suishou.services import people
from suishou.services.honour_round import decide, open_round, republish_rounds, rounds
from suishou.services.points_ledger import line_actions
from suishou.services.standings import publish_standings
from suishou.services.system import System
from suishou.storage import public_keys
from suishou.storage.table import query_all
from suishou.wiring import close
from tests.services.local_systems import real_system

MAY = datetime(2026, 5, 13, 4, tzinfo=UTC)
JUNE = datetime(2026, 6, 2, 4, tzinfo=UTC)
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


def later(system: System) -> System:
    return replace(system, now=lambda: JUNE)


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
    decided = decide(later(system), "s2", one.id)
    assert {place.rider for place in decided.places} == set(ids[:5])
    public = system.public.get(public_keys.HONOUR, one.id)
    assert public is not None
    assert public.body["places"] == [
        {"place": 1, "name": "赵一", "figure": 90},
        {"place": 2, "name": "小蜜蜂", "figure": 80},
        {"place": 2, "name": "欧阳**", "figure": 80},
    ]
    assert public.body["unnamed"] == 2
    assert public.body["decided_on"] == "2026-06-02"
    text = json.dumps(public.body, ensure_ascii=False)
    assert not any(rider_id in text for rider_id in ids)


def test_a_round_cannot_be_decided_before_its_period_is_over(system: System) -> None:
    one = open_round(system, "s1", "star", "2026-05")
    with pytest.raises(Lost) as refused:
        decide(system, "s1", one.id)
    assert refused.value.code == "period_not_over"
    assert [each.state for each in rounds(system)] == ["open"]


def test_a_decided_round_stands_whatever_comes_later(system: System) -> None:
    first = rider(system, "赵一", 90)
    one = open_round(system, "s1", "star", "2026-05")
    decided = decide(later(system), "s1", one.id)
    give(system, rider(system, "钱二", 500), 1, MAY + timedelta(days=1))
    assert decide(later(system), "s9", one.id) == decided
    assert [place.rider for place in decided.places] == [first]
    assert open_round(system, "s1", "star", "2026-05") == decided


def test_points_of_another_month_do_not_count(system: System) -> None:
    give(system, rider(system, "赵一", 10), 500, JUNE)
    one = open_round(system, "s1", "star", "2026-05")
    assert [place.figure for place in decide(later(system), "s1", one.id).places] == [10]


def test_withdrawn_consent_takes_the_name_off_a_decided_round(system: System) -> None:
    rider_id = rider(system, "赵一", 90)
    one = open_round(system, "s1", "star", "2026-05")
    decide(later(system), "s1", one.id)
    people.set_display(system, rider_id, "full", "", "")
    assert republish_rounds(system) == 1
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
    assert publish_standings(system) == 2
    assert publish_standings(system) == 0
    assert shown(system) == [("小蜜蜂", 70), ("赵一", 90)]
    rows = list(query_all(system.public, public_keys.DISPLAY))
    assert first not in json.dumps([[row.sort, dict(row.body)] for row in rows])
    assert all(set(row.body) == {"name", "points", "reports_resolved"} for row in rows)


def test_the_public_list_follows_every_change(system: System) -> None:
    first = rider(system, "赵一", 90)
    second = rider(system, "钱二", 50)
    publish_standings(system)
    give(system, second, 5, MAY + timedelta(days=1))
    assert publish_standings(system) == 1
    assert shown(system) == [("赵一", 90), ("钱二", 55)]
    people.set_display(system, first, "full", "", "")
    assert shown(system) == [("钱二", 55)]
    people.revoke(system, people.operator(system), second)
    assert shown(system) == []
    assert publish_standings(system) == 0
