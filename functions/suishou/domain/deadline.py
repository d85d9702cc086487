"""When a clock of a case runs out (办理时限): minutes, the same day, or working days.

Comes in: a start, a limit of the programme, a calendar of working days and the end of the working
day. Goes out: a `Due`. Never looks at the clock, and never guesses: past the calendar's last known
year a deadline is `pending`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Protocol

from suishou.domain.errors import SuishouError
from suishou.domain.programme import Limit

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")  # no daylight saving since 1991
_DAY = timedelta(days=1)
_LAST_SECOND = time(23, 59, 59)


class CalendarEnds(SuishouError):
    """The calendar does not know whether a day is worked: its year has not been announced."""


class WorkCalendar(Protocol):
    """Which days are worked, make-up days (调休上班) included."""

    def is_workday(self, day: date) -> bool:
        """Raises CalendarEnds for a day outside the years that are known."""


@dataclass(frozen=True)
class Due:
    """A deadline in UTC, or None: `pending` when the calendar ends before it."""

    at: datetime | None
    pending: bool = False


def due_at(start: datetime, limit: Limit, calendar: WorkCalendar, day_ends_at: time) -> Due:
    """The deadline of a clock that starts at `start` (aware).

    - `minutes` run around the clock, holidays included.
    - `same_day`: until 23:59:59 (China) of the day of `start`, if that is a working day and not
      yet past `day_ends_at`; otherwise until 23:59:59 of the next working day.
    - `working_days`: the day of `start` does not count (民法典第二百零一条); due at `day_ends_at`
      of the n-th working day after it, whatever the hour of `start`.

    Raises ValueError for a naive `start`.
    """
    if start.tzinfo is None:
        raise ValueError("start must be aware")
    if limit.unit == "minutes":
        return Due(_utc(start + timedelta(minutes=limit.amount)))
    local = start.astimezone(CHINA)
    try:
        if limit.unit == "working_days":
            day = nth_working_day(local.date(), limit.amount, calendar)
            return Due(_at(day, day_ends_at))
        # To the minute, as people read it: reported at 17:30:20 is still «at 17:30».
        in_hours = local.time().replace(second=0, microsecond=0) <= day_ends_at
        today = in_hours and calendar.is_workday(local.date())
        day = local.date() if today else nth_working_day(local.date(), 1, calendar)
        return Due(_at(day, _LAST_SECOND))
    except CalendarEnds:
        return Due(None, pending=True)


def after_hold(
    due: Due,
    held_since: datetime,
    resumed_at: datetime,
    limit: Limit,
    calendar: WorkCalendar,
    day_ends_at: time,
) -> Due:
    """The deadline after a hold (暂缓办理), during which the clock stood still.

    It moves by the time held. A limit in days that would then end on a day of rest ends with the
    next working day instead, so that a hold never costs the unit working time. A pending deadline
    stays pending. Raises ValueError when `resumed_at` is before `held_since`.
    """
    if resumed_at < held_since:
        raise ValueError("a hold cannot end before it began")
    if due.at is None:
        return due
    moved = _utc(due.at + (resumed_at - held_since))
    if limit.unit == "minutes":
        return Due(moved)
    day = moved.astimezone(CHINA).date()
    end = _LAST_SECOND if limit.unit == "same_day" else day_ends_at
    try:
        if calendar.is_workday(day):
            return Due(moved)
        return Due(_at(nth_working_day(day, 1, calendar), end))
    except CalendarEnds:
        return Due(None, pending=True)


def nth_working_day(after: date, count: int, calendar: WorkCalendar) -> date:
    """The `count`-th (from 1) working day after a day. Raises CalendarEnds."""
    day = after
    for _ in range(count):
        day += _DAY
        while not calendar.is_workday(day):
            day += _DAY
    return day


def _at(day: date, at: time) -> datetime:
    return datetime.combine(day, at, CHINA).astimezone(UTC)


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
