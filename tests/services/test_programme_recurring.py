"""Fixed arrangements in activities.yaml: read whole, faults told with their line; lunar days."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from suishou.services.load_programme import load_programme
from suishou.services.lunar_day import lunar_day
from tests.services.programme_folders import ACTIVITIES, copied, found, replace

FAULTS = [
    ("weekly: [四]", "weekly: [八]", "recurring[1].weekly", "bad_date"),
    ("weekly: [四]", "weekly: []", "recurring[1].weekly", "empty"),
    ("weekly: [四]", "weekly: 四", "recurring[1].weekly", "wrong_type"),
    ("monthly: [15]", "monthly: [32]", "recurring[2].monthly", "bad_date"),
    ("monthly: [15]", "lunar_days: [初零]", "recurring[2].lunar_days", "bad_date"),
    ("monthly: [15]", "lunar_ending: [十三]", "recurring[2].lunar_ending", "bad_date"),
    ('starts: "14:30"', 'starts: "18:30"', "recurring[1].ends", "bad_date"),
    ('starts: "14:30"', 'starts: "2:30pm"', "recurring[1].starts", "bad_format"),
    ("code: tongxinhui-dialogue", "code: law-talk-2026-12", "recurring[2].code", "duplicate_code"),
    ("    workdays_only: true", "    workdays: true", "recurring[1].workdays", "unknown_key"),
]
# Lunar new years and a leap month (闰六月, 2025), as the Hong Kong Observatory publishes them.
LUNAR = [
    (date(2024, 2, 10), 1),
    (date(2025, 1, 29), 1),
    (date(2026, 2, 17), 1),
    (date(2026, 2, 16), 29),
    (date(2025, 7, 25), 1),
    (date(2025, 8, 22), 29),
    (date(2026, 9, 25), 15),
]


@pytest.mark.parametrize(("old", "new", "field", "code"), FAULTS)
def test_a_fault_is_told_with_its_line(
    tmp_path: Path, old: str, new: str, field: str, code: str
) -> None:
    folder = copied(tmp_path)
    line = replace(folder, ACTIVITIES, old, new)
    faults = [(f, n, where, what) for f, n, where, what in found(folder) if where == field]
    assert (field, code) in {(where, what) for _, _, where, what in faults}
    assert all(file == ACTIVITIES and abs(number - line) <= 2 for file, number, _, _ in faults)


@pytest.mark.parametrize("more", ["\n    monthly: [1]", "\n    lunar_ending: [三]"])
def test_days_are_said_in_one_way_only(tmp_path: Path, more: str) -> None:
    folder = copied(tmp_path)
    replace(folder, ACTIVITIES, "weekly: [四]", f"weekly: [四]{more}")
    assert "one_of" in {code for _, _, _, code in found(folder)}


def test_days_must_be_said(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    replace(folder, ACTIVITIES, "    weekly: [四]\n", "")
    assert {code for _, _, _, code in found(folder)} == {"one_of"}


def test_market_days_and_whole_days_are_read(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    replace(folder, ACTIVITIES, "monthly: [15]", "lunar_ending: [三, 八]")
    replace(folder, ACTIVITIES, '    starts: "15:00"\n    ends: "16:30"\n', "")
    rule = {r.code: r for r in load_programme(folder).recurring}["tongxinhui-dialogue"]
    assert rule.lunar_days == (3, 8, 13, 18, 23, 28)
    assert (rule.starts, rule.ends, rule.month_days) == ("", "", ())


def test_a_programme_without_fixed_arrangements_is_whole(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    text = (folder / ACTIVITIES).read_text()
    (folder / ACTIVITIES).write_text(text[: text.index("recurring:")])
    assert load_programme(folder).recurring == ()


@pytest.mark.parametrize(("day", "number"), LUNAR)
def test_known_lunar_days(day: date, number: int) -> None:
    assert lunar_day(day) == number
