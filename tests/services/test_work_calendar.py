"""The official calendar with a programme's own days."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from suishou.domain.deadline import CHINA, CalendarEnds, Due, due_at
from suishou.domain.programme import Limit
from suishou.services import work_calendar
from suishou.services.work_calendar import PACKAGE_LAST_YEAR, ProgrammeCalendar

# 国务院办公厅关于2026年部分节假日安排的通知
HOLIDAYS_2026 = ["01-01", "01-02", "02-17", "04-06", "05-01", "06-19", "09-25", "10-01", "10-07"]
MADE_UP_2026 = ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"]
NEXT = PACKAGE_LAST_YEAR + 1


@pytest.mark.parametrize("day", HOLIDAYS_2026)
def test_a_holiday_is_not_worked(day):
    assert not ProgrammeCalendar().is_workday(date.fromisoformat(f"2026-{day}"))


@pytest.mark.parametrize("day", MADE_UP_2026)
def test_a_make_up_day_at_the_weekend_is_worked(day):
    made_up = date.fromisoformat(f"2026-{day}")
    assert made_up.weekday() >= 5
    assert ProgrammeCalendar().is_workday(made_up)


@pytest.mark.parametrize(
    ("day", "worked"), [("09-30", True), ("10-08", True), ("10-11", False), ("11-21", False)]
)
def test_ordinary_days_follow_the_week(day, worked):
    assert ProgrammeCalendar().is_workday(date.fromisoformat(f"2026-{day}")) is worked


def test_the_programmes_own_days_come_before_the_official_ones():
    off, worked = date(2026, 10, 8), date(2026, 10, 11)
    calendar = ProgrammeCalendar([off], [worked])
    assert not calendar.is_workday(off)
    assert calendar.is_workday(worked)


@pytest.mark.parametrize("year", [2003, NEXT])
def test_an_unknown_year_is_not_guessed(year):
    with pytest.raises(CalendarEnds):
        ProgrammeCalendar().is_workday(date(year, 6, 15))


def test_a_single_extra_day_does_not_make_its_year_known():
    calendar = ProgrammeCalendar([date(NEXT, 1, 1)])
    with pytest.raises(CalendarEnds):
        calendar.is_workday(date(NEXT, 1, 1))


def test_a_year_given_in_full_is_known():
    # Weekdays do not matter to this test: it takes the first Monday and Saturday of March.
    march = [date(NEXT, 3, day) for day in range(1, 8)]
    monday = next(day for day in march if day.weekday() == 0)
    saturday = next(day for day in march if day.weekday() == 5)
    calendar = ProgrammeCalendar([monday], [], [NEXT])
    assert calendar.last_known_year == NEXT
    assert not calendar.is_workday(monday)
    assert not calendar.is_workday(saturday)
    assert calendar.is_workday(date.fromordinal(monday.toordinal() + 1))


def test_a_year_beyond_a_gap_is_not_known():
    assert ProgrammeCalendar([], [], [NEXT + 1]).last_known_year == PACKAGE_LAST_YEAR


def test_deadlines_over_the_end_of_the_calendar_are_pending():
    start = datetime(PACKAGE_LAST_YEAR, 12, 31, 10, tzinfo=CHINA)
    limit = Limit(3, "working_days")
    assert due_at(start, limit, ProgrammeCalendar(), time(18)) == Due(None, pending=True)


def test_the_golden_week_of_2026_is_passed_over():
    start = datetime(2026, 9, 30, 10, tzinfo=CHINA)
    due = due_at(start, Limit(3, "working_days"), ProgrammeCalendar(), time(18))
    assert due.at == datetime(2026, 10, 10, 18, tzinfo=CHINA)


@pytest.mark.parametrize(
    ("now", "warned"),
    [
        (datetime(PACKAGE_LAST_YEAR, 10, 31, 15, 59, 59, tzinfo=UTC), False),  # 23:59:59 in China
        (datetime(PACKAGE_LAST_YEAR, 10, 31, 16, 0, tzinfo=UTC), True),  # 1 November in China
        (datetime(NEXT, 5, 1, tzinfo=UTC), True),
    ],
)
def test_administrators_are_warned_from_sixty_days_ahead(now, warned):
    assert work_calendar.WARN_DAYS == 60
    assert ProgrammeCalendar().warn_from(now) is warned
