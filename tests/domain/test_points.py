"""Which ledger entries a history earns."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suishou.domain.case import Actor, Case, Event
from suishou.domain.points import LedgerLine, entries_due, line_from_json, line_to_json
from suishou.domain.programme import PointsRules

START = datetime(2026, 5, 13, 4, tzinfo=UTC)
RULES = PointsRules(
    registered=5,
    resolved={"major": 100, "everyday": 10},
    verified=3,
    duplicate=2,
    cap_day=200,
    cap_month=1000,
    severities={"major": "重大隐患", "everyday": "日常事项"},
    default_severity="everyday",
)


def case(reporter: str = "r1", entered_by: str = "") -> Case:
    return Case(
        id="c1",
        kind="hazard",
        category="manhole",
        dictionary="test-1",
        national_code="0101",
        urgency="ordinary",
        source="rider",
        area="360926001",
        place_in_review=False,
        reporter=reporter,
        entered_by=entered_by,
        stage="reported",
        reported_at=START,
        clocks={},
        version=1,
        changed_at=START,
    )


def history(*kinds: str, **data: Any) -> tuple[Event, ...]:
    """Events of these kinds, a minute apart; `severity` goes with `registered`."""
    return tuple(
        Event(
            number,
            kind,
            START + timedelta(minutes=number),
            Actor("s1", "dispatcher"),
            data if kind == "registered" else {},
        )
        for number, kind in enumerate(kinds, start=1)
    )


def earned(*kinds: str, **data: Any) -> list[tuple[str, int]]:
    return [(e.id, e.points) for e in entries_due(case(), history(*kinds, **data), RULES)]


def test_the_upload_alone_earns_nothing() -> None:
    assert earned("reported") == []


def test_registration_resolution_and_verification_earn_once_each() -> None:
    assert earned("reported", "registered", "dispatched", "resolved", "verified", "closed") == [
        ("c1:2:registered", 5),
        ("c1:4:resolved", 10),
        ("c1:5:verified", 3),
    ]


@pytest.mark.parametrize(
    ("severity", "points"), [("major", 100), ("everyday", 10), ("dropped-since", 10), ("", 10)]
)
def test_a_resolution_earns_by_severity(severity: str, points: int) -> None:
    found = earned("reported", "registered", "resolved", severity=severity)
    assert found[-1] == ("c1:3:resolved", points)


def test_a_second_solution_earns_nothing_more() -> None:
    kinds = ("reported", "registered", "resolved", "verification_failed", "resolved", "verified")
    again = (*kinds, "closed", "reopened", "dispatched", "resolved", "verified")
    assert earned(*again) == earned(*kinds)
    assert [points for _, points in earned(*kinds)] == [5, 10, 3]


@pytest.mark.parametrize("end", ["rejected", "withdrawn"])
def test_a_registered_case_that_comes_to_nothing_gives_its_points_back(end: str) -> None:
    due = entries_due(case(), history("reported", "registered", end), RULES)
    assert [(e.id, e.points, e.reverses) for e in due] == [
        ("c1:2:registered", 5, ""),
        ("c1:3:reversal-registered", -5, "c1:2:registered"),
    ]


def test_a_case_rejected_before_registration_owes_nothing() -> None:
    assert earned("reported", "rejected") == []


def test_a_merged_case_earns_as_a_duplicate_in_place_of_what_it_had() -> None:
    assert earned("reported", "registered", "merged") == [
        ("c1:2:registered", 5),
        ("c1:3:reversal-registered", -5),
        ("c1:3:duplicate", 2),
    ]


def test_a_case_merged_into_ones_own_earns_nothing() -> None:
    events = history("reported", "merged")
    assert entries_due(case(), events, RULES, own_duplicate=True) == ()


def test_a_resident_without_an_account_has_no_ledger() -> None:
    assert entries_due(case(reporter=""), history("reported", "registered"), RULES) == ()


def test_a_case_entered_for_a_rider_earns_for_the_rider() -> None:
    events = history("reported", "registered")
    assert entries_due(case(entered_by="s9"), events, RULES) == entries_due(case(), events, RULES)


KINDS = st.lists(
    st.sampled_from(
        "registered dispatched resolved verified verification_failed closed reopened merged "
        "rejected withdrawn noted".split()
    ),
    max_size=14,
)


@given(KINDS, st.integers(0, 14))
def test_a_longer_history_keeps_every_entry_of_the_shorter(kinds: list[str], cut: int) -> None:
    events = history("reported", *kinds)
    whole = entries_due(case(), events, RULES)
    part = entries_due(case(), events[:cut], RULES)
    assert whole[: len(part)] == part


@given(KINDS)
def test_ids_are_unique_and_reversals_take_back_exactly_what_was_earned(kinds: list[str]) -> None:
    due = entries_due(case(), history("reported", *kinds), RULES)
    by_id = {entry.id: entry for entry in due}
    assert len(by_id) == len(due)
    reversed_ids = [entry.reverses for entry in due if entry.reverses]
    assert len(set(reversed_ids)) == len(reversed_ids)
    for entry in due:
        if entry.reverses:
            assert entry.points == -by_id[entry.reverses].points


def test_a_ledger_line_survives_its_json_form() -> None:
    line = LedgerLine("c1:2:registered", "registered", 3, START, capped=True, case="c1")
    assert line_from_json(line_to_json(line)) == line
