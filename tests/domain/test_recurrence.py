"""Fixed windows and market days: which days they fall on, in any way a county may say it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suishou.domain.deadline import CalendarEnds
from suishou.domain.programme import Recurring
from suishou.domain.recurrence import (
    LUNAR_DAYS,
    lunar_days_ending,
    occurrences,
    rule_words,
)

WINDOW = Recurring("window", "窗口", (4,), (), (), "14:30", "17:00", "驿站")
DAYS = st.dates(date(2024, 1, 1), date(2030, 1, 1))


class Weekdays:
    """Monday to Friday until the end of 2026, nothing known after."""

    def is_workday(self, day: date) -> bool:
        if day.year > 2026:
            raise CalendarEnds("not announced")
        return day.isoweekday() < 6


def a_thirty_day_moon(day: date) -> int:
    return day.toordinal() % 30 + 1


def days(rule: Recurring, first: date, last: date) -> list[date]:
    return [o.day for o in occurrences(rule, first, last, a_thirty_day_moon, Weekdays())]


def test_every_thursday_from_the_first_day_to_the_last_both_included() -> None:
    first, last = date(2026, 11, 19), date(2026, 12, 3)
    assert days(WINDOW, first, last) == [first, date(2026, 11, 26), last]


def test_a_rule_keeps_to_its_own_first_and_last_day() -> None:
    rule = replace(WINDOW, since="2026-11-20", until="2026-12-02")
    assert days(rule, date(2026, 11, 1), date(2026, 12, 31)) == [date(2026, 11, 26)]


def test_a_month_without_the_day_has_none() -> None:
    rule = replace(WINDOW, weekdays=(), month_days=(31,))
    found = days(rule, date(2026, 1, 1), date(2026, 4, 30))
    assert found == [date(2026, 1, 31), date(2026, 3, 31)]


def test_days_off_are_passed_over_and_unknown_years_are_not_guessed() -> None:
    rule = replace(WINDOW, weekdays=(6, 7), workdays_only=True)
    assert not days(rule, date(2026, 1, 1), date(2026, 12, 31))
    found = occurrences(rule, date(2027, 1, 1), date(2027, 1, 9), a_thirty_day_moon, Weekdays())
    assert [(one.day.day, one.unsure) for one in found] == [(2, True), (3, True), (9, True)]


@pytest.mark.parametrize(
    ("endings", "numbers"),
    [
        (("三", "八"), (3, 8, 13, 18, 23, 28)),
        (("十",), (10, 20, 30)),
        (("一",), (1, 11, 21)),
    ],
)
def test_market_days_by_their_ending(endings: tuple[str, ...], numbers: tuple[int, ...]) -> None:
    assert lunar_days_ending(endings) == numbers


def test_lunar_days_are_written_as_people_say_them() -> None:
    assert len(LUNAR_DAYS) == 30
    assert [LUNAR_DAYS[n - 1] for n in (1, 10, 11, 20, 21, 29, 30)] == [
        "初一", "初十", "十一", "二十", "廿一", "廿九", "三十",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "每周四"),
        ({"weekdays": (), "month_days": (1, 15)}, "每月1日、15日"),
        ({"weekdays": (), "lunar_days": (3, 8, 13, 18, 23, 28)}, "农历逢三、八"),
        ({"weekdays": (), "lunar_days": (15,)}, "每月农历十五"),
        ({"weekdays": (), "lunar_days": (3, 13, 23, 24)}, "每月农历初三、十三、廿三、廿四"),
    ],
)
def test_a_rule_in_words(changes: dict[str, tuple[int, ...]], words: str) -> None:
    assert rule_words(replace(WINDOW, **changes)) == words  # type: ignore[arg-type]


@given(first=DAYS, cut=st.integers(0, 90), length=st.integers(0, 120))
def test_a_span_cut_in_two_has_the_same_days(first: date, cut: int, length: int) -> None:
    rule = replace(WINDOW, weekdays=(), lunar_days=(3, 8))
    middle, last = first + timedelta(days=cut), first + timedelta(days=cut + length)
    halves = days(rule, first, middle) + days(rule, middle + timedelta(days=1), last)
    assert halves == days(rule, first, last)
