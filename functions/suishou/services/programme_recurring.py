"""Reads `recurring` of `activities.yaml`: fixed windows, monthly fairs, lunar market days.

In: the file's top section. Out: `Recurring`s by code; every fault goes on the findings with its
line. A rule says its days in exactly one way.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from suishou.domain.programme import Recurring
from suishou.domain.recurrence import LUNAR_DAYS, LUNAR_ENDINGS, WEEKDAYS, lunar_days_ending
from suishou.services.programme_reading import CODE, Section

WAYS = ("weekly", "monthly", "lunar_ending", "lunar_days")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_WEEKDAY_NUMBERS = {word: number for number, word in enumerate(WEEKDAYS, 1)}
_MONTH_DAY_NUMBERS = {str(number): number for number in range(1, 32)}
_LUNAR_NUMBERS = {word: number for number, word in enumerate(LUNAR_DAYS, 1)}
_ENDING_NUMBERS = {word: number for number, word in enumerate(LUNAR_ENDINGS, 1)}


def read_recurring(top: Section, taken: set[str]) -> tuple[Recurring, ...]:
    """The rules, sorted by code; the list may be missing. `taken` are codes of activities."""
    found: list[Recurring] = []
    codes = set(taken)
    for part in top.sections("recurring", required=False):
        code = part.text("code", pattern=CODE)
        if code in codes:
            part.problem("code", "duplicate_code", f"代码“{code}”已经用过。")
        codes.add(code)
        found.append(_recurring(part, code))
    return tuple(sorted(found, key=lambda rule: rule.code))


def _recurring(part: Section, code: str) -> Recurring:
    ways = [way for way in WAYS if part.has(way)]
    if len(ways) != 1:
        detail = "weekly、monthly、lunar_ending、lunar_days 应当写一项，也只写一项。"
        part.problem(ways[1] if ways else "code", "one_of", detail)
    endings = _days(part, "lunar_ending", _ENDING_NUMBERS, "三")
    lunar = _days(part, "lunar_days", _LUNAR_NUMBERS, "初三")
    starts = part.text("starts", "", pattern=_TIME)
    ends = part.text("ends", "", pattern=_TIME)
    if bool(starts) != bool(ends):
        part.problem("ends" if ends else "starts", "missing_key", "开始、结束时间要写就都写。")
    elif starts and ends <= starts:
        part.problem("ends", "bad_date", "结束时间应当晚于开始时间。")
    since, until = _day(part, "since"), _day(part, "until")
    if since and until and until < since:
        part.problem("until", "bad_date", "截止日期早于开始日期。")
    return Recurring(
        code=code,
        name=part.text("name"),
        weekdays=_days(part, "weekly", _WEEKDAY_NUMBERS, "四"),
        month_days=_days(part, "monthly", _MONTH_DAY_NUMBERS, "15"),
        lunar_days=lunar or lunar_days_ending(tuple(LUNAR_ENDINGS[n - 1] for n in endings)),
        starts=starts,
        ends=ends,
        place=part.text("place"),
        description=part.text("description", ""),
        workdays_only=part.flag("workdays_only", False),
        since=since,
        until=until,
        assumed=part.finish(),
    )


def _days(part: Section, key: str, known: Mapping[str, int], example: str) -> tuple[int, ...]:
    """The numbers of the words in a list, sorted, each once; () where the key is missing."""
    if not part.has(key):
        part.texts(key, ())
        return ()
    words: Sequence[str] = part.texts(key)
    if not words:
        part.problem(key, "empty", f"“{key}”至少写一个，例如 [{example}]。")
    for word in words:
        if word not in known:
            part.problem(key, "bad_date", f"不认识“{word}”，应当写成 {example} 这样。")
    return tuple(sorted({known[word] for word in words if word in known}))


def _day(part: Section, key: str) -> str:
    value = part.text(key, "")
    try:
        return date.fromisoformat(value).isoformat() if value else ""
    except ValueError:
        part.problem(key, "bad_date", f"“{value}”应当写成 2026-10-01 这样的日期。")
        return ""
