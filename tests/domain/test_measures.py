"""Measures: what counts where, sums, and the rates made from them."""

from __future__ import annotations

import json
import statistics
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suishou.domain.measures import Measures, Tally, add, measure, total
from suishou.domain.public_row import PublicClock, PublicRow
from suishou.domain.rates import Median, Rate, median, published, summary, summary_json

RUNNING = PublicClock("2026-05-09", None, None, False)
PENDING = PublicClock("", None, None, True)


def met(minutes: int, on_time: bool = True) -> PublicClock:
    return PublicClock("2026-05-09", minutes, on_time, False)


def overdue() -> PublicClock:
    return PublicClock("2026-05-09", None, False, False)


def row(
    case_id: str = "c1",
    stage: str = "closed",
    *,
    street: str = "360926001",
    category: str = "manhole",
    month: str = "2026-05",
    unit: str = "urban",
    response: PublicClock = RUNNING,
    resolution: PublicClock = RUNNING,
    **changes: Any,
) -> PublicRow:
    values: dict[str, Any] = {
        "id": case_id,
        "version": 1,
        "kind": "hazard",
        "category": category,
        "dictionary": "test-1",
        "national_code": "0101",
        "urgency": "ordinary",
        "source": "rider",
        "street": street,
        "community": "",
        "grid_cell": "",
        "month": month,
        "reported_on": f"{month}-01",
        "changed_on": f"{month}-01",
        "resolved_on": "",
        "closed_on": "",
        "stage": stage,
        "lead_unit": unit,
        "assisting_units": (),
        "clocks": {"first_response": response, "resolution": resolution},
        "outcome": "",
        "satisfied": None,
        "escalation_level": 0,
        "returned_count": 0,
        "reopened_count": 0,
        "extended_count": 0,
        "rework_count": 0,
        "merged_into": "",
        "duplicates": (),
        "timeline": (),
        "shown": False,
    }
    return PublicRow(**{**values, **changes})


@pytest.mark.parametrize(
    ("stage", "taken_on", "is_open", "closed"),
    [
        ("reported", 0, 1, 0),
        ("registered", 1, 1, 0),
        ("accepted", 1, 1, 0),
        ("on_hold", 1, 1, 0),
        ("resolved", 1, 1, 0),
        ("transferred", 1, 1, 0),
        ("reopened", 1, 1, 0),
        ("closed", 1, 0, 1),
        ("rejected", 0, 0, 0),
        ("merged", 0, 0, 0),
        ("withdrawn", 0, 0, 0),
    ],
)
def test_each_stage_counts_where_the_definition_says(
    stage: str, taken_on: int, is_open: int, closed: int
) -> None:
    tally = measure([row(stage=stage)]).overall
    assert (tally.reported, tally.taken_on, tally.open, tally.closed) == (
        1,
        taken_on,
        is_open,
        closed,
    )


def test_an_open_overdue_case_counts_against_the_on_time_rate() -> None:
    made = summary(
        measure(
            [
                row("a", resolution=met(60)),
                row("b", resolution=met(9000, on_time=False)),
                row("c", "accepted", resolution=overdue()),
                row("d", "accepted", resolution=RUNNING),
                row("e", "accepted", resolution=PENDING),
            ]
        ).overall
    )
    assert made.on_time_rate == Rate(1, 3)
    assert made.tally.overdue == 1
    assert made.close_rate == Rate(2, 5)
    assert made.resolution_median == Median(9060, 2)


def test_a_case_resolved_late_is_no_longer_overdue() -> None:
    tally = measure([row(stage="resolved", resolution=met(9000, on_time=False))]).overall
    assert (tally.open, tally.overdue, tally.due, tally.on_time) == (1, 0, 1, 0)


def test_the_first_response_counts_for_rejected_and_merged_cases_too() -> None:
    made = summary(
        measure(
            [
                row("a", "rejected", response=met(10)),
                row("b", "merged", response=met(30, on_time=False)),
                row("c", "reported", response=overdue()),
                row("d", "withdrawn", response=overdue()),
            ]
        ).overall
    )
    assert made.response_rate == Rate(1, 3)
    assert made.response_median == Median(40, 2)


def test_satisfaction_is_of_those_who_answered() -> None:
    rows = [row("a", satisfied=True), row("b", satisfied=False), row("c")]
    assert summary(measure(rows).overall).satisfaction == Rate(1, 2)


def test_rework_is_of_those_resolved_at_least_once() -> None:
    rows = [
        row("a", resolved_on="2026-05-02"),
        row("b", "claimed", rework_count=1),
        row("c", "reopened", reopened_count=1),
        row("d", "claimed"),
    ]
    assert summary(measure(rows).overall).rework_rate == Rate(2, 3)


def test_extensions_are_of_the_cases_taken_on() -> None:
    rows = [row("a", extended_count=2), row("b"), row("c", "reported")]
    assert summary(measure(rows).overall).extension_rate == Rate(1, 2)


def test_registration_in_time_leaves_out_the_rejected_and_merged() -> None:
    made = summary(
        measure(
            [
                row("a", response=met(10)),
                row("b", "reported", response=overdue()),
                row("c", "rejected", response=met(10)),
                row("d", "merged", response=met(10)),
            ]
        ).overall
    )
    assert made.registration_rate == Rate(1, 2)
    assert made.response_rate == Rate(3, 4)


def test_a_case_that_came_back_was_not_dispatched_right() -> None:
    rows = [
        row("a"),
        row("b", "dispatched", returned_count=1),
        row("c", "returned", unit="", returned_count=1),
        row("d", "registered", unit=""),
    ]
    assert summary(measure(rows).overall).dispatch_rate == Rate(1, 3)


def test_handling_is_of_the_dispatched_and_forgets_what_failed_verification() -> None:
    rows = [
        row("a", resolved_on="2026-05-02"),
        row("b", "accepted", rework_count=1),
        row("c", "registered", unit=""),
    ]
    assert summary(measure(rows).overall).handling_rate == Rate(1, 2)


@pytest.mark.parametrize(
    ("closed_on", "on_time"), [("2026-05-08", 1), ("2026-05-09", 1), ("2026-05-10", 0)]
)
def test_closed_in_time_is_closed_by_the_day_of_the_deadline(closed_on: str, on_time: int) -> None:
    made = summary(measure([row(resolution=met(60), closed_on=closed_on)]).overall)
    assert made.closing_rate == Rate(on_time, 1)


def test_a_case_past_its_deadline_counts_against_closing_in_time() -> None:
    rows = [
        row("a", closed_on="2026-05-02", resolution=met(60)),
        row("b", "accepted", resolution=overdue()),
        row("c", "resolved", resolution=met(9000, on_time=False)),
        row("d", "accepted", resolution=RUNNING),
        row("e", "accepted", resolution=PENDING),
    ]
    assert summary(measure(rows).overall).closing_rate == Rate(1, 3)


def test_solved_is_of_those_closed_as_solved_or_not() -> None:
    rows = [
        row("a", outcome="settled"),
        row("b", outcome="unsettled"),
        row("c", outcome="answered"),
        row("d", "resolved", outcome="settled"),
    ]
    assert summary(measure(rows).overall).solving_rate == Rate(1, 2)


def test_reasons_for_extensions_are_counted_one_by_one() -> None:
    rows = [
        row("a", extended_count=2, extension_reasons=("weather", "weather")),
        row("b", extended_count=1, extension_reasons=("",)),
        row("c", "withdrawn", extended_count=1, extension_reasons=("weather",)),
    ]
    assert measure(rows).overall.extension_reasons == {"": 1, "weather": 2}


def test_a_case_counts_in_the_month_it_was_closed_while_it_is_closed() -> None:
    rows = [
        row("a", closed_on="2026-06-02"),
        row("b", closed_on="2026-06-30", month="2026-06"),
        row("c", "reopened", closed_on=""),
    ]
    by_closing = measure(rows).by("closed_month")
    assert {month: tally.closed for month, tally in by_closing.items()} == {"": 0, "2026-06": 2}


@pytest.mark.parametrize(
    ("numerator", "denominator", "percent"),
    [
        (0, 0, None),
        (0, 7, "0.0"),
        (7, 7, "100.0"),
        (332, 344, "96.5"),
        (1, 3, "33.3"),
        (2, 3, "66.7"),
        (1, 2000, "0.1"),  # 0.05 rounds up
        (1, 2001, "0.0"),
        (9, 800, "1.1"),  # 1.125
        (1999, 2000, "100.0"),
    ],
)
def test_a_percentage_is_rounded_half_up_to_one_decimal(
    numerator: int, denominator: int, percent: str | None
) -> None:
    assert Rate(numerator, denominator).percent == percent


@given(st.lists(st.integers(0, 5000), max_size=30))
def test_the_median_of_a_map_is_the_median_of_the_list(minutes: list[int]) -> None:
    counted = {value: minutes.count(value) for value in minutes}
    expected = statistics.median(minutes) if minutes else None
    found = median(counted)
    assert found.count == len(minutes)
    assert found.twice_minutes == (None if expected is None else int(expected * 2))
    assert found.minutes == (None if expected is None else f"{expected:g}")


CLOCKS = st.one_of(
    st.just(RUNNING),
    st.just(PENDING),
    st.builds(overdue),
    st.builds(met, st.integers(0, 99), st.booleans()),
)
ROWS = st.lists(
    st.builds(
        row,
        case_id=st.just("x"),
        stage=st.sampled_from(
            ["reported", "accepted", "closed", "rejected", "merged", "withdrawn"]
        ),
        street=st.sampled_from(["360926001", "360926002", ""]),
        category=st.sampled_from(["manhole", "lamp"]),
        month=st.sampled_from(["2026-05", "2026-06"]),
        response=CLOCKS,
        resolution=CLOCKS,
        satisfied=st.sampled_from([True, False, None]),
        rework_count=st.integers(0, 2),
        extended_count=st.integers(0, 2),
        returned_count=st.integers(0, 1),
        unit=st.sampled_from(["urban", ""]),
        outcome=st.sampled_from(["settled", "unsettled", "answered", ""]),
        closed_on=st.sampled_from(["2026-05-02", "2026-06-02"]),
        resolved_on=st.sampled_from(["2026-05-02", ""]),
        extension_reasons=st.sampled_from([(), ("",), ("weather", "budget")]),
    ),
    max_size=12,
)


@given(ROWS, ROWS)
def test_measures_of_two_sets_add_up(first: list[PublicRow], second: list[PublicRow]) -> None:
    together = measure([*first, *second])
    assert add(measure(first), measure(second)) == together
    assert add(measure(second), measure(first)) == together
    assert add(together, Measures()) == together


@given(ROWS)
def test_every_breakdown_sums_to_the_whole(rows: list[PublicRow]) -> None:
    measures = measure(rows)
    for dimension in ("street", "community", "category", "month", "unit", "closed_month"):
        assert total(measures.by(dimension).values()) == measures.overall
    assert measures.overall.reported == len(rows)


@given(ROWS)
def test_no_numerator_exceeds_its_denominator(rows: list[PublicRow]) -> None:
    made = summary(measure(rows).overall)
    for rate in (
        made.response_rate,
        made.close_rate,
        made.on_time_rate,
        made.satisfaction,
        made.rework_rate,
        made.extension_rate,
        made.registration_rate,
        made.dispatch_rate,
        made.handling_rate,
        made.closing_rate,
        made.solving_rate,
    ):
        assert 0 <= rate.numerator <= rate.denominator


def test_some_cells_together() -> None:
    rows = [row("a"), row("b", category="lamp"), row("c", month="2026-06")]
    measures = measure(rows)
    assert measures.of(category="manhole", month="2026-05").reported == 1
    assert measures.of(street="360926001").reported == 3
    assert measures.of(street="nowhere") == Tally()


def test_what_is_published_carries_every_denominator_and_no_float() -> None:
    document = published(measure([row(satisfied=True, response=met(5), resolution=met(8))]))
    assert document["overall"]["satisfaction"] == {
        "numerator": 1,
        "denominator": 1,
        "percent": "100.0",
    }
    assert document["by_unit"]["urban"]["response_median"] == {"minutes": "5", "count": 1}
    assert list(document["by_month"]) == ["2026-05"]
    assert "." not in json.dumps(document).replace('"100.0"', "").replace('"0.0"', "")


def test_nothing_measured_is_said_to_be_nothing() -> None:
    empty = summary_json(Tally())
    assert empty["close_rate"] == {"numerator": 0, "denominator": 0, "percent": None}
    assert empty["response_median"] == {"minutes": None, "count": 0}
