"""From the script's working days to moments: the history ends before the real present.

In: a calendar and the real time. Out: moments, aware, all of them past. A day that the official
calendar does not know yet is taken for a working day from Monday to Friday.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from suishou.domain.deadline import CHINA, CalendarEnds, WorkCalendar
from suishou.local.demo_client import DemonstrationFailed
from suishou.local.demo_script import Begin

_DAY = timedelta(days=1)
_SATURDAY = 5


class DemonstrationCalendar:
    """Counts working days backwards from today and forwards from a report's day."""

    def __init__(self, calendar: WorkCalendar, now: datetime) -> None:
        self._calendar = calendar
        self._now = now
        self._today = now.astimezone(CHINA).date()

    def begin(self, begin: Begin) -> datetime:
        """When a report comes in."""
        return self._past(self.first_day(begin), begin.at)

    def first_day(self, begin: Begin) -> date:
        """The day of a report: a working day, the one before where the script names a day off."""
        if begin.last_year:
            day = date.fromisoformat(f"{self._today.year - 1}-{begin.last_year}")
            return day if self._worked(day) else self._moved(day, 1, -_DAY)
        return self._moved(self._today, begin.workdays_ago, -_DAY)

    def later(self, begin: Begin, workdays: int, at: time) -> datetime:
        """The same hour so many working days after a report's day. Must be past."""
        return self._past(self._moved(self.first_day(begin), workdays, _DAY), at)

    def until(self, begin: Begin, workdays: int, at: time) -> datetime:
        """Like `later`, but may lie in the future: what somebody asks for."""
        return _at(self._moved(self.first_day(begin), workdays, _DAY), at)

    def is_past(self, moment: datetime) -> bool:
        return moment < self._now

    @property
    def last_year(self) -> str:
        return str(self._today.year - 1)

    def _past(self, day: date, at: time) -> datetime:
        moment = _at(day, at)
        if not self.is_past(moment):
            raise DemonstrationFailed(f"演示的时间 {moment:%Y-%m-%d %H:%M} 还没有到。")
        return moment

    def _moved(self, day: date, count: int, step: timedelta) -> date:
        for _ in range(count):
            day += step
            while not self._worked(day):
                day += step
        return day

    def _worked(self, day: date) -> bool:
        try:
            return self._calendar.is_workday(day)
        except CalendarEnds:
            return day.weekday() < _SATURDAY


def _at(day: date, at: time) -> datetime:
    return datetime.combine(day, at, CHINA)
