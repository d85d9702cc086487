"""What is on, as the public reads it: activities, fixed windows, fairs and market days ahead.

In: the programme and the day of the data (YYYY-MM-DD, "" for none). Out: `Entry`s by day. The day
of the data stands for «today», so the same data give the same calendar; with no data there is no
today, and what comes again is told by its rule alone. Never looks at the clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby

from build_scripts.phrase import DAY_OF_MONTH, MONTH, Phrase
from suishou.domain.deadline import CHINA
from suishou.domain.programme import Activity, Programme, Recurring
from suishou.domain.recurrence import WEEKDAYS, occurrences
from suishou.services.lunar_day import lunar_day
from suishou.services.work_calendar import work_calendar

DAYS_AHEAD = 92  # three months: as far ahead as a county sets its dates


@dataclass(frozen=True)
class Entry:
    """Something on a day. `uid` is the same in every build. `starts` and `ends` are aware, or, for
    whole days, the first day and the day after the last. `unsure`: may fall away for a holiday."""

    uid: str
    name: str
    starts: datetime | date
    ends: datetime | date
    when: str
    place: str
    description: str
    recurring: bool
    unsure: bool
    assumed: bool

    @property
    def day(self) -> date:
        return first_day(self.starts)


@dataclass(frozen=True)
class DayView:
    """`lunar` is the day in the lunar month: 8 is 初八."""

    day: str
    words: str
    weekday: str
    lunar: int
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class MonthView:
    words: str
    days: tuple[DayView, ...]


@dataclass(frozen=True)
class RuleView:
    """A fixed arrangement: 每周四 14:30—17:00; `days` says on which days."""

    name: str
    days: Recurring
    hours: str
    place: str
    description: str
    workdays_only: bool
    assumed: bool


def entries(programme: Programme, data_day: str) -> list[Entry]:
    """Everything from the day of the data on, in order; with no such day, all activities."""
    found = [_activity(programme, activity) for activity in programme.activities]
    if data_day:
        today = date.fromisoformat(data_day)
        found = [entry for entry in found if _last_day(entry) >= today]
        calendar = work_calendar(programme)
        last = today + timedelta(days=DAYS_AHEAD)
        for rule in programme.recurring:
            for one in occurrences(rule, today, last, lunar_day, calendar):
                found.append(_occurrence(programme, rule, one.day, one.unsure))
    return sorted(found, key=lambda entry: (entry.day, _clock(entry.starts), entry.uid))


def months(found: Sequence[Entry]) -> tuple[MonthView, ...]:
    """The entries under their months and days."""
    return tuple(
        MonthView(Phrase(MONTH, year, month), tuple(_days(list(of_month))))
        for (year, month), of_month in groupby(found, lambda e: (e.day.year, e.day.month))
    )


def rules(programme: Programme) -> tuple[RuleView, ...]:
    """Fixed arrangements in words, by code."""
    return tuple(
        RuleView(
            name=rule.name,
            days=rule,
            hours=f"{rule.starts}—{rule.ends}" if rule.starts else "",
            place=rule.place,
            description=rule.description,
            workdays_only=rule.workdays_only,
            assumed=rule.assumed,
        )
        for rule in programme.recurring
    )


def first_day(moment: datetime | date) -> date:
    """The day in Asia/Shanghai of a moment, or the day itself."""
    return moment.astimezone(CHINA).date() if isinstance(moment, datetime) else moment


def _activity(programme: Programme, activity: Activity) -> Entry:
    starts = datetime.fromisoformat(activity.starts).astimezone(CHINA)
    ends = datetime.fromisoformat(activity.ends).astimezone(CHINA)
    when = f"{starts:%H:%M}—{ends:%H:%M}"
    if starts.date() != ends.date():
        moments = ((_day_words(one.date()), f"{one:%H:%M}") for one in (starts, ends))
        when = Phrase("{} {} 至 {} {}", *(part for moment in moments for part in moment))
    return Entry(
        uid=f"activity-{activity.code}@{programme.name}.suishou",
        name=activity.name,
        starts=starts,
        ends=ends,
        when=when,
        place=activity.place,
        description=activity.description,
        recurring=False,
        unsure=False,
        assumed=activity.assumed,
    )


def _occurrence(programme: Programme, rule: Recurring, day: date, unsure: bool) -> Entry:
    starts: datetime | date = day
    ends: datetime | date = day + timedelta(days=1)
    if rule.starts:
        starts = datetime.combine(day, time.fromisoformat(rule.starts), CHINA)
        ends = datetime.combine(day, time.fromisoformat(rule.ends), CHINA)
    return Entry(
        uid=f"{rule.code}-{day:%Y%m%d}@{programme.name}.suishou",
        name=rule.name,
        starts=starts,
        ends=ends,
        when=f"{rule.starts}—{rule.ends}" if rule.starts else "全天",
        place=rule.place,
        description=rule.description,
        recurring=True,
        unsure=unsure,
        assumed=rule.assumed,
    )


def _days(found: Sequence[Entry]) -> list[DayView]:
    return [
        DayView(
            day=day.isoformat(),
            words=_day_words(day),
            weekday=f"星期{WEEKDAYS[day.isoweekday() - 1]}",
            lunar=lunar_day(day),
            entries=tuple(of_day),
        )
        for day, of_day in groupby(found, lambda entry: entry.day)
    ]


def _last_day(entry: Entry) -> date:
    if isinstance(entry.ends, datetime):
        return first_day(entry.ends)
    return entry.ends - timedelta(days=1)


def _clock(moment: datetime | date) -> str:
    return f"{moment.astimezone(CHINA):%H:%M}" if isinstance(moment, datetime) else ""


def _day_words(day: date) -> Phrase:
    return Phrase(DAY_OF_MONTH, day.month, day.day)
