"""When something that comes again (固定安排) takes place: Thursdays, the 15th, lunar days.

In: a programme's `Recurring`, the first and last day to list, which lunar day a day is, which days
are worked. Out: days. Never looks at the clock and never guesses: where the calendar of working
days ends, a window that keeps to working days is listed as `unsure`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from suishou.domain.deadline import CalendarEnds, WorkCalendar
from suishou.domain.programme import Recurring

_DAY = timedelta(days=1)
WEEKDAYS = "一二三四五六日"  # 1 Monday … 7 Sunday, as they are written after 星期
_DIGITS = "一二三四五六七八九十"
# Lunar days as they are written, in order from the first.
LUNAR_DAYS: tuple[str, ...] = (
    *(f"初{digit}" for digit in _DIGITS),
    *(f"十{digit}" for digit in _DIGITS[:9]),
    "二十",
    *(f"廿{digit}" for digit in _DIGITS[:9]),
    "三十",
)
LUNAR_ENDINGS: tuple[str, ...] = tuple(_DIGITS)  # 逢三 is 初三, 十三, 廿三; 逢十 初十, 二十, 三十


@dataclass(frozen=True)
class Occurrence:
    """One day on which it takes place. `unsure`: whether that day is worked is not known yet."""

    day: date
    unsure: bool = False


def lunar_days_ending(endings: tuple[str, ...]) -> tuple[int, ...]:
    """The lunar days of 逢三、八: 3, 8, 13, 18, 23, 28. Endings are of LUNAR_ENDINGS."""
    numbers = {LUNAR_ENDINGS.index(ending) + 1 for ending in endings}
    return tuple(sorted(start + number for number in numbers for start in (0, 10, 20)))


def occurrences(
    rule: Recurring,
    first: date,
    last: date,
    lunar_day: Callable[[date], int],
    calendar: WorkCalendar,
) -> Iterator[Occurrence]:
    """The days from `first` to `last`, both included, in order. `lunar_day` answers 1 to 30."""
    day = max(first, date.fromisoformat(rule.since)) if rule.since else first
    end = min(last, date.fromisoformat(rule.until)) if rule.until else last
    while day <= end:
        if _falls_on(rule, day, lunar_day):
            found = _worked(day, calendar) if rule.workdays_only else Occurrence(day)
            if found is not None:
                yield found
        day += _DAY


def rule_words(rule: Recurring) -> str:
    """每周四 · 每月1日、15日 · 每月农历初三、初八 · with 逢三、八 for a whole ending."""
    if rule.weekdays:
        return "每周" + "、".join(WEEKDAYS[number - 1] for number in rule.weekdays)
    if rule.month_days:
        return "每月" + "、".join(f"{number}日" for number in rule.month_days)
    endings = tuple(e for e in LUNAR_ENDINGS if set(lunar_days_ending((e,))) <= {*rule.lunar_days})
    if endings and len(rule.lunar_days) == 3 * len(endings):
        return "农历逢" + "、".join(endings)
    return "每月农历" + "、".join(LUNAR_DAYS[number - 1] for number in rule.lunar_days)


def _falls_on(rule: Recurring, day: date, lunar_day: Callable[[date], int]) -> bool:
    if rule.weekdays:
        return day.isoweekday() in rule.weekdays
    if rule.month_days:
        return day.day in rule.month_days
    return lunar_day(day) in rule.lunar_days


def _worked(day: date, calendar: WorkCalendar) -> Occurrence | None:
    try:
        return Occurrence(day) if calendar.is_workday(day) else None
    except CalendarEnds:
        return Occurrence(day, unsure=True)
