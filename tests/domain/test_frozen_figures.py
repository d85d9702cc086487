"""What of a finished month is frozen, when, and what is published as a correction of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from suishou.domain.frozen_figures import (
    Entry,
    FrozenMonth,
    MonthTallies,
    Value,
    entry_from_json,
    entry_json,
    folded,
    is_over,
    next_entry,
)
from suishou.domain.measures import FORMAT, Tally

CAME, WENT = "month=2026-05", "closed_month=2026-05"
TALLIES = MonthTallies(
    reported=Tally(reported=40, taken_on=38, closed=38, due=38, on_time=30),
    closed=Tally(
        closed=30,
        due=30,
        on_time=24,
        answered=12,
        satisfied=9,
        resolution_minutes={60: 15, 90: 15},
    ),
    by_street={"360926001": 31, "360926002": 9},
    by_category={"road": 40},
)


def frozen(tallies: MonthTallies = TALLIES, known: FrozenMonth | None = None) -> Entry | None:
    return next_entry("2026-05", known, tallies, sample_min=10, data_day="2026-06-16")


def after(entry: Entry | None, *others: Entry | None) -> FrozenMonth:
    return folded("2026-05", [one for one in (entry, *others) if one])


@pytest.mark.parametrize(
    ("data_day", "over"),
    [("2026-05-31", False), ("2026-06-15", False), ("2026-06-16", True), ("", False)],
)
def test_a_month_is_over_once_the_days_after_it_have_passed(data_day: str, over: bool) -> None:
    assert is_over("2026-05", data_day, 15) is over


def test_what_was_reported_and_what_was_closed_is_frozen() -> None:
    month = after(frozen())
    assert month.frozen[CAME, "reported"] == Value("40")
    assert month.frozen[WENT, "closed"] == Value("30")
    assert month.frozen[WENT, "on_time_rate"] == Value("80.0", "24", "30")
    assert month.frozen[WENT, "resolution_median"] == Value("75", "", "30")
    assert month.on[WENT, "closed"] == "2026-06-16"


def test_how_the_cases_of_a_month_fared_waits_until_none_is_open() -> None:
    running = replace(TALLIES, reported=replace(TALLIES.reported, open=2))
    first = frozen(running)
    assert (CAME, "reported") in after(first).frozen
    assert (CAME, "close_rate") not in after(first).frozen
    later = frozen(TALLIES, after(first))
    assert later is not None and not later.corrections
    assert (CAME, "close_rate") in later.frozen


def test_less_than_the_sample_is_not_frozen() -> None:
    few = replace(TALLIES, closed=replace(TALLIES.closed, answered=9, satisfied=9))
    found = after(frozen(few)).frozen
    assert (WENT, "satisfaction") not in found
    assert (f"{CAME};street=360926001", "reported") in found
    assert (f"{CAME};street=360926002", "reported") not in found


def test_the_same_rows_add_nothing() -> None:
    assert frozen(TALLIES, after(frozen())) is None


def test_a_change_is_a_correction_of_what_was_last_published() -> None:
    first = frozen()
    fewer = replace(TALLIES, closed=replace(TALLIES.closed, closed=29))
    second = frozen(fewer, after(first))
    assert second is not None
    (one,) = second.corrections
    assert (one.scope, one.figure, one.old, one.new) == (WENT, "closed", Value("30"), Value("29"))
    assert one.reason == "reopened"
    month = after(first, second)
    assert month.frozen[WENT, "closed"] == Value("30")
    assert month.latest[WENT, "closed"] == Value("29")
    assert frozen(fewer, month) is None
    back = frozen(TALLIES, month)
    assert back is not None
    assert (back.number, back.corrections[0].old, back.corrections[0].new) == (
        2,
        Value("29"),
        Value("30"),
    )


@pytest.mark.parametrize(
    ("change", "figure", "reason"),
    [
        ({"closed": {"answered": 13, "satisfied": 9}}, "satisfaction", "late_feedback"),
        ({"closed": {"closed": 31}}, "closed", ""),
        ({"closed": {"on_time": 23}}, "on_time_rate", ""),
        ({"reported": {"reported": 41}}, "reported", "entered_late"),
        ({"reported": {"reported": 39}}, "reported", ""),
    ],
)
def test_a_correction_says_the_kind_of_its_reason_where_the_counts_tell(
    change: dict[str, dict[str, int]], figure: str, reason: str
) -> None:
    changed = TALLIES
    for part, counts in change.items():
        changed = replace(changed, **{part: replace(getattr(changed, part), **counts)})
    entry = frozen(changed, after(frozen()))
    assert entry is not None
    assert {one.figure: one.reason for one in entry.corrections}[figure] == reason


def test_a_case_that_moved_to_another_street_is_reclassified() -> None:
    moved = replace(TALLIES, by_street={"360926001": 30, "360926002": 10})
    entry = frozen(moved, after(frozen()))
    assert entry is not None
    (one,) = entry.corrections
    assert (one.old.value, one.new.value, one.reason) == ("31", "30", "reclassified")
    assert (f"{CAME};street=360926002", "reported") in entry.frozen


def test_a_share_that_fell_below_the_sample_is_corrected_to_its_counts() -> None:
    fewer = replace(TALLIES, closed=replace(TALLIES.closed, answered=9, satisfied=8))
    entry = frozen(fewer, after(frozen()))
    assert entry is not None
    assert [one.new for one in entry.corrections] == [Value("", "8", "9")]


def test_other_measures_are_the_reason_of_what_they_change() -> None:
    first = frozen()
    assert first is not None
    older = replace(first, format=FORMAT - 1)
    entry = frozen(replace(TALLIES, closed=replace(TALLIES.closed, closed=29)), after(older))
    assert entry is not None and entry.corrections[0].reason == "rule_changed"


def test_an_entry_survives_being_stored() -> None:
    first = frozen()
    second = frozen(replace(TALLIES, closed=replace(TALLIES.closed, closed=29)), after(first))
    for entry in (first, second):
        assert entry is not None
        assert entry_from_json(entry.month, entry.number, entry_json(entry)) == entry
