"""The calendar of working days: the official one, corrected by the programme's own lists.

Comes in: a programme. Goes out: a `WorkCalendar` for `domain/deadline.py`. Source: the package
`chinesecalendar`, which copies the State Council's yearly notice on public holidays
(国务院办公厅关于部分节假日安排的通知), make-up days (调休上班) included. To refresh: each November
`uv lock --upgrade-package chinesecalendar`, or list the new year in the programme
(`calendar.complete_years`). Never guesses a year.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

import chinese_calendar  # type: ignore[import-untyped]
from chinese_calendar.constants import holidays  # type: ignore[import-untyped]

from suishou.domain.deadline import CHINA, CalendarEnds
from suishou.domain.programme import Programme

WARN_DAYS = 60  # the notice for a year comes out in November of the year before
PACKAGE_LAST_YEAR: int = max(day.year for day in holidays)
PACKAGE_FIRST_YEAR: int = min(day.year for day in holidays)
_SATURDAY = 5


class ProgrammeCalendar:
    """Working days of one programme. `complete_years` are years that the package does not know yet
    and whose holidays the two lists give in full; other days of such a year follow the week."""

    def __init__(
        self,
        extra_days_off: Iterable[date] = (),
        extra_workdays: Iterable[date] = (),
        complete_years: Iterable[int] = (),
    ) -> None:
        self._off = frozenset(extra_days_off)
        self._worked = frozenset(extra_workdays)
        self._complete = frozenset(complete_years)

    @property
    def last_known_year(self) -> int:
        """The last year before the first gap: a later one, if listed, does not bridge it."""
        year = PACKAGE_LAST_YEAR
        while year + 1 in self._complete:
            year += 1
        return year

    def is_workday(self, day: date) -> bool:
        """Raises CalendarEnds outside the known years, whatever the lists say of single days."""
        if not PACKAGE_FIRST_YEAR <= day.year <= self.last_known_year:
            raise CalendarEnds(f"working days of {day.year} are not known")
        if day in self._off:
            return False
        if day in self._worked:
            return True
        if day.year > PACKAGE_LAST_YEAR:
            return day.weekday() < _SATURDAY
        return bool(chinese_calendar.is_workday(day))

    def warn_from(self, now: datetime) -> bool:
        """Whether administrators must be told that the calendar ends: from WARN_DAYS before the
        last day of the last known year (China), and after it. Raises ValueError for a naive time.
        """
        if now.tzinfo is None:
            raise ValueError("now must be aware")
        last_day = date(self.last_known_year, 12, 31)
        return now.astimezone(CHINA).date() >= last_day - timedelta(days=WARN_DAYS)


def work_calendar(programme: Programme) -> ProgrammeCalendar:
    """The calendar of a programme."""
    return ProgrammeCalendar(
        programme.extra_days_off, programme.extra_workdays, programme.calendar_years
    )
