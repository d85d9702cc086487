"""Deadlines at their boundaries: the autumn of 2026, with National Day and its make-up Saturday.

The calendar here is written by hand from the State Council's notice for 2026 (off: 25-27 September,
1-7 October; worked: Sunday 20 September, Saturday 10 October), so that the rule is tested apart
from the package that knows the days.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suishou.domain.deadline import (
    CHINA,
    CalendarEnds,
    Due,
    after_hold,
    due_at,
    nth_working_day,
)
from suishou.domain.programme import Limit

DAY_ENDS_AT = time(17, 30)
SAME_DAY = Limit(0, "same_day")
OFF = {date(2026, 9, 25)} | {date(2026, 10, d) for d in range(1, 8)}
WORKED = {date(2026, 9, 20), date(2026, 10, 10)}


class Year2026:
    def is_workday(self, day: date) -> bool:
        if day.year != 2026:
            raise CalendarEnds(str(day.year))
        return day in WORKED or (day.weekday() < 5 and day not in OFF)


def china(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=CHINA)


def days(amount: int) -> Limit:
    return Limit(amount, "working_days")


def due(start: datetime, limit: Limit) -> Due:
    return due_at(start, limit, Year2026(), DAY_ENDS_AT)


@pytest.mark.parametrize(
    ("start", "limit", "end"),
    [
        # working days: the day itself does not count, whatever the hour
        ("09-15 00:00", days(1), "09-16 17:30"),
        ("09-15 17:29", days(1), "09-16 17:30"),
        ("09-15 17:30", days(1), "09-16 17:30"),
        ("09-15 17:31", days(1), "09-16 17:30"),
        ("09-15 23:59:59", days(1), "09-16 17:30"),
        ("09-16 00:00", days(1), "09-17 17:30"),
        # a weekend that is worked on its Sunday
        ("09-18 10:00", days(1), "09-20 17:30"),
        ("09-19 10:00", days(1), "09-20 17:30"),
        ("09-20 10:00", days(1), "09-21 17:30"),
        # Mid-Autumn: Friday 25 off
        ("09-24 10:00", days(1), "09-28 17:30"),
        # National Day week, and the Saturday that makes up for it
        ("09-29 10:00", days(1), "09-30 17:30"),
        ("09-30 10:00", days(1), "10-08 17:30"),
        ("09-30 10:00", days(3), "10-10 17:30"),
        ("09-30 10:00", days(4), "10-12 17:30"),
        ("10-03 10:00", days(1), "10-08 17:30"),
        ("10-09 18:00", days(1), "10-10 17:30"),
        ("10-10 09:00", days(1), "10-12 17:30"),
        ("12-30 09:00", days(1), "12-31 17:30"),
        # the same day: by the end of the working day, else the next one
        ("09-15 00:00", SAME_DAY, "09-15 23:59:59"),
        ("09-15 17:29", SAME_DAY, "09-15 23:59:59"),
        ("09-15 17:30", SAME_DAY, "09-15 23:59:59"),
        ("09-15 17:30:59", SAME_DAY, "09-15 23:59:59"),
        ("09-15 17:31", SAME_DAY, "09-16 23:59:59"),
        ("09-19 10:00", SAME_DAY, "09-20 23:59:59"),
        ("09-20 10:00", SAME_DAY, "09-20 23:59:59"),
        ("09-30 17:31", SAME_DAY, "10-08 23:59:59"),
        ("10-05 10:00", SAME_DAY, "10-08 23:59:59"),
        ("10-10 10:00", SAME_DAY, "10-10 23:59:59"),
        # minutes run through holidays and nights
        ("10-01 23:50", Limit(30, "minutes"), "10-02 00:20"),
        ("12-31 23:50", Limit(5, "minutes"), "12-31 23:55"),
    ],
)
def test_a_clock_runs_out_when_the_rule_says(start, limit, end):
    assert due(china(start), limit) == Due(china(end).astimezone(UTC))


@pytest.mark.parametrize(
    ("start", "limit"),
    [
        ("12-31 10:00", days(1)),
        ("12-28 10:00", days(4)),
        ("12-31 17:31", SAME_DAY),
    ],
)
def test_past_the_last_known_year_a_deadline_is_pending_and_not_guessed(start, limit):
    assert due(china(start), limit) == Due(None, pending=True)


def test_a_report_of_an_unknown_year_still_has_its_minutes():
    start = datetime(2027, 1, 1, tzinfo=UTC)
    assert due(start, Limit(30, "minutes")) == Due(start + timedelta(minutes=30))
    assert due(start, SAME_DAY).pending


def test_the_day_is_the_day_in_china():
    # 16:30 UTC on the 15th is already half past midnight on the 16th in China.
    start = datetime(2026, 9, 15, 16, 30, tzinfo=UTC)
    assert due(start, days(1)).at == china("09-17 17:30")
    assert due(start, SAME_DAY).at == china("09-16 23:59:59")


def test_a_naive_start_is_refused():
    with pytest.raises(ValueError, match="aware"):
        due(datetime(2026, 9, 15), days(1))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("old", "held", "resumed", "limit", "new"),
    [
        ("09-16 17:30", "09-15 10:00", "09-16 10:00", days(1), "09-17 17:30"),
        # would end on Saturday 12 September's rest: ends with Monday instead
        ("09-11 17:30", "09-10 10:00", "09-11 10:00", days(1), "09-14 17:30"),
        ("09-11 23:59:59", "09-10 10:00", "09-11 10:00", SAME_DAY, "09-14 23:59:59"),
        # a Sunday that is worked is no day of rest
        ("09-18 17:30", "09-15 10:00", "09-17 10:00", days(3), "09-20 17:30"),
        ("09-11 17:30", "09-10 10:00", "09-11 10:00", Limit(90, "minutes"), "09-12 17:30"),
        ("09-16 17:30", "09-15 10:00", "09-15 10:00", days(1), "09-16 17:30"),
    ],
)
def test_the_clock_stands_still_during_a_hold(old, held, resumed, limit, new):
    moved = after_hold(Due(china(old)), china(held), china(resumed), limit, Year2026(), DAY_ENDS_AT)
    assert moved.at == china(new)


def test_a_hold_over_the_end_of_the_calendar_leaves_the_deadline_pending():
    moved = after_hold(
        Due(china("12-31 17:30")),
        china("12-30 10:00"),
        china("12-31 10:00"),
        days(1),
        Year2026(),
        DAY_ENDS_AT,
    )
    assert moved == Due(None, pending=True)


def test_a_pending_deadline_stays_pending():
    pending = Due(None, pending=True)
    now = china("09-15 10:00")
    assert after_hold(pending, now, now, days(1), Year2026(), DAY_ENDS_AT) == pending


def test_a_hold_cannot_end_before_it_began():
    start = china("09-15 10:00")
    with pytest.raises(ValueError, match="before"):
        after_hold(
            Due(start), start, start - timedelta(seconds=1), days(1), Year2026(), DAY_ENDS_AT
        )


starts = st.datetimes(datetime(2026, 1, 1), datetime(2026, 11, 30)).map(  # noqa: DTZ001
    lambda moment: moment.replace(tzinfo=CHINA)
)
limits = st.one_of(
    st.integers(1, 15).map(days),
    st.just(SAME_DAY),
    st.integers(1, 5000).map(lambda amount: Limit(amount, "minutes")),
)


@given(starts, limits)
def test_a_deadline_lies_after_its_start_and_on_a_working_day(start, limit):
    end = due(start, limit).at
    assert end is not None
    assert end >= start.replace(microsecond=0)
    if limit.unit != "minutes":
        assert Year2026().is_workday(end.astimezone(CHINA).date())


@given(starts, starts, limits)
def test_a_later_start_never_has_an_earlier_deadline(one, other, limit):
    first, second = due(min(one, other), limit).at, due(max(one, other), limit).at
    assert first is not None
    assert second is not None
    assert first <= second


@given(st.dates(date(2026, 1, 1), date(2026, 6, 30)), st.integers(1, 10), st.integers(1, 10))
def test_working_days_add_up(day, one, other):
    calendar = Year2026()
    there = nth_working_day(nth_working_day(day, one, calendar), other, calendar)
    assert there == nth_working_day(day, one + other, calendar)
