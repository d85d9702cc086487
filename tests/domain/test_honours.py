"""Rounds of honours: periods, figures, ties."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suishou.domain.honours import Period, Place, Standing, decide_round, period_of, standing_of
from suishou.domain.points import LedgerLine
from suishou.domain.programme import HonourRule

START = datetime(2026, 5, 13, 4, tzinfo=UTC)


def rule(tie: Literal["share", "earlier"], places: int = 2) -> HonourRule:
    return HonourRule("star", "治理之星", "month", "points", places, tie)


def standing(rider: str, figure: int, minute: int = 0) -> Standing:
    return Standing(rider, figure, START + timedelta(minutes=minute))


def line(number: int, points: int, kind: str = "registered", **more: Any) -> LedgerLine:
    return LedgerLine(f"c{number}:2:{kind}", kind, points, START + timedelta(days=number), **more)


@pytest.mark.parametrize(
    ("kind", "text", "starts", "ends"),
    [
        ("month", "2026-05", "2026-04-30T16:00:00+00:00", "2026-05-31T16:00:00+00:00"),
        ("month", "2026-12", "2026-11-30T16:00:00+00:00", "2026-12-31T16:00:00+00:00"),
        ("quarter", "2026-Q1", "2025-12-31T16:00:00+00:00", "2026-03-31T16:00:00+00:00"),
        ("quarter", "2026-Q4", "2026-09-30T16:00:00+00:00", "2026-12-31T16:00:00+00:00"),
        ("year", "2026", "2025-12-31T16:00:00+00:00", "2026-12-31T16:00:00+00:00"),
    ],
)
def test_a_period_runs_from_midnight_to_midnight_in_china(
    kind: Literal["month", "quarter", "year"], text: str, starts: str, ends: str
) -> None:
    period = period_of(kind, text)
    assert (period.starts.isoformat(), period.ends.isoformat()) == (starts, ends)
    assert period.holds(period.starts)
    assert not period.holds(period.ends)


@pytest.mark.parametrize(
    ("kind", "text"),
    [("month", "2026-13"), ("month", "2026"), ("quarter", "2026-Q5"), ("year", "26"), ("year", "")],
)
def test_what_is_no_period_is_refused(kind: Literal["month", "quarter", "year"], text: str) -> None:
    with pytest.raises(ValueError, match="not a"):
        period_of(kind, text)


@pytest.mark.parametrize(
    ("tie", "expected"),
    [
        ("share", [(1, "b"), (2, "a"), (2, "c")]),
        ("earlier", [(1, "b"), (2, "c")]),
    ],
)
def test_riders_level_at_the_last_place(
    tie: Literal["share", "earlier"], expected: list[tuple[int, str]]
) -> None:
    found = decide_round(
        rule(tie), [standing("a", 5, 9), standing("b", 7), standing("c", 5, 3), standing("d", 1)]
    )
    assert [(place.place, place.rider) for place in found] == expected


def test_riders_who_share_the_first_place_leave_the_second_out() -> None:
    found = decide_round(
        rule("share", 3), [standing("a", 5), standing("b", 5), standing("c", 4), standing("d", 4)]
    )
    assert [(place.place, place.rider) for place in found] == [
        (1, "a"),
        (1, "b"),
        (3, "c"),
        (3, "d"),
    ]


def test_fewer_riders_than_places() -> None:
    assert decide_round(rule("share"), [standing("a", 5)]) == (Place(1, "a", 5),)
    assert decide_round(rule("share"), []) == ()


STANDINGS = st.lists(
    st.builds(standing, st.text("abcdefgh", min_size=1), st.integers(1, 4), st.integers(0, 3)),
    unique_by=lambda one: one.rider,
)


@given(STANDINGS, st.sampled_from(["share", "earlier"]), st.integers(1, 4))
def test_nobody_outside_stands_above_somebody_honoured(
    standings: list[Standing], tie: Literal["share", "earlier"], places: int
) -> None:
    found = decide_round(rule(tie, places), standings)
    assert found == decide_round(rule(tie, places), standings[::-1])
    honoured = {place.rider for place in found}
    assert len(honoured) >= min(places, len(standings))
    lowest = min((place.figure for place in found), default=0)
    left_out = [one.figure for one in standings if one.rider not in honoured]
    assert all(figure < lowest or (tie == "earlier" and figure == lowest) for figure in left_out)


def test_redemptions_do_not_lower_a_standing() -> None:
    lines = [line(1, 10), line(2, -8, "redemption"), line(3, -3, "reversal", reverses="c9:2:x")]
    found = standing_of("points", "r1", lines)
    assert found is not None
    assert found.figure == 7


def test_only_the_period_counts() -> None:
    period = Period(START + timedelta(days=2), START + timedelta(days=3))
    found = standing_of("points", "r1", [line(1, 5), line(2, 7), line(3, 9)], period)
    assert found == Standing("r1", 7, START + timedelta(days=2))


def test_reversed_resolutions_are_not_counted() -> None:
    lines = [
        line(1, 10, "resolved"),
        line(2, 0, "resolved", capped=True),
        line(3, 10, "resolved"),
        line(4, -10, "reversal", reverses="c1:2:resolved"),
        line(5, -5, "reversal", reverses="c1:2:registered"),
    ]
    found = standing_of("reports_resolved", "r1", lines)
    assert found is not None
    assert found.figure == 2


def test_nothing_earned_is_no_standing() -> None:
    assert standing_of("points", "r1", []) is None
    assert standing_of("points", "r1", [line(1, 5), line(2, -5, "reversal")]) is None


def test_a_figure_counts_from_when_it_last_was_reached() -> None:
    lines = [line(1, 5), line(2, 5), line(3, -5, "reversal"), line(4, 5)]
    found = standing_of("points", "r1", lines)
    assert found == Standing("r1", 10, START + timedelta(days=4))
