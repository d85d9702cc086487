"""Faults in programme.yaml, each told with its line, its field and a stable code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from suishou.services.load_programme import load_programme
from tests.services.programme_folders import YAML, copied, found, problems, replace

FIRST = "categories[1].limits.first_response"
RESOLUTION = "categories[1].limits.resolution"

# (old text, new text, field, code); the fault is told at the line of `old`
YAML_FAULTS = [
    ("title: 铜城新先锋", "titel: 铜城新先锋", "titel", "unknown_key"),
    ("title: 铜城新先锋", "title: [铜城, 新先锋]", "title", "wrong_type"),
    ("title: 铜城新先锋", 'title: ""', "title", "empty"),
    ("reporter_title: 小哥", "title: 小哥", "title", "duplicate_key"),
    ('county: "360926"', 'county: "36092"', "county", "bad_format"),
    ("demonstration: true", "demonstration: perhaps", "demonstration", "wrong_type"),
    ("code: fire_lane", "code: manhole", "categories[3].code", "duplicate_code"),
    ("code: fire_lane", "code: 消防", "categories[3].code", "bad_code"),
    ("lead_unit: fire_rescue", "lead_unit: nobody", "categories[3].lead_unit", "unknown_unit"),
    (
        "assisting_units: [traffic_police, urban_management]",
        "assisting_units: [traffic_police, nobody]",
        "categories[3].assisting_units",
        "unknown_unit",
    ),
    (
        "assisting_units: [fire_rescue, housing]",
        "assisting_units: gas_company",
        "categories[1].assisting_units",
        "wrong_type",
    ),
    (
        "national_code: 部件01002",
        'national_code: "1002"',
        "categories[2].national_code",
        "bad_format",
    ),
    ("urgency: emergency", "urgency: very", "categories[1].urgency", "not_allowed"),
    ("first_response: 10分钟", "first_response: 十分钟", FIRST, "bad_limit"),
    ("first_response: 10分钟", "first_response: -10分钟", FIRST, "bad_limit"),
    ("first_response: 10分钟", "first_response: 0分钟", FIRST, "impossible_limit"),
    ("first_response: 10分钟", "first_response: 当日", FIRST, "impossible_limit"),
    ("resolution: 2小时", "resolution: 5分钟", RESOLUTION, "impossible_limit"),
    ("resolution: 2小时", "resolution: 400小时", RESOLUTION, "impossible_limit"),
    (
        "resolution: 20个工作日",
        "resolution: 251个工作日",
        "categories[7].limits.resolution",
        "impossible_limit",
    ),
    (
        "feedback: 3个工作日}\n    publication: aggregate",
        "feedback: 3个工作日}\n    publication: after_closed",
        "categories[13].publication",
        "not_allowed",
    ),
    ("reopen_days_max: 15", "reopen_days_max: -1", "loop.reopen_days_max", "out_of_range"),
    ("reopen_days_max: 15", "reopen_days_max: 十五", "loop.reopen_days_max", "not_a_number"),
    ("frozen_after_days: 15", "frozen_after_days: 400", "loop.frozen_after_days", "out_of_range"),
    ("sample_min: 10", "sample_min: 0", "loop.sample_min", "out_of_range"),
    ('day_ends_at: "17:30"', 'day_ends_at: "24:30"', "loop.day_ends_at", "bad_time"),
    ("    verified: true", "    verifyed: true", "loop.steps.verifyed", "unknown_key"),
    ("    major: 100", "    major: 300", "points.cap_day", "impossible_limit"),
    ("cap_day: 200", "cap_day: 2000", "points.cap_day", "impossible_limit"),
    ("    major: 重大隐患", "    grave: 重大隐患", "points.resolved", "unknown_severity"),
    (
        "default_severity: everyday",
        "default_severity: daily",
        "points.default_severity",
        "unknown_severity",
    ),
    ("tie: share", "tie: both", "honours[1].tie", "not_allowed"),
    ("code: tongcheng_pioneer", "code: governance_star", "honours[2].code", "duplicate_code"),
    ('number: "119"', 'number: "一一九"', "emergencies[1].number", "bad_format"),
    ("extra_days_off: []", "extra_days_off: [2026-02-30]", "calendar.extra_days_off", "bad_date"),
    ("complete_years: []", "complete_years: [明年]", "calendar.complete_years", "bad_date"),
    ("schematic_maps: true", "schematic_maps: maybe", "site.schematic_maps", "wrong_type"),
    ("english: true", "english: maybe", "site.english", "wrong_type"),
    ("english: true", "address: https://www.example.cn", "site.address", "bad_format"),
    ("english: true", "api_root: api/v1", "site.api_root", "bad_format"),
]

CAP_LINE_FAULTS = {"points.cap_day", "points.resolved"}  # told at their own key's line


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copied(tmp_path)


@pytest.mark.parametrize(("old", "new", "field", "code"), YAML_FAULTS)
def test_a_fault_in_the_yaml_is_told_at_its_line(folder, old, new, field, code):
    line = replace(folder, YAML, old, new)
    if "\n" in old:
        line += 1
    told = found(folder)
    if field in CAP_LINE_FAULTS:
        key = field.rpartition(".")[2]
        lines = (folder / YAML).read_text().splitlines()
        line = next(n for n, text in enumerate(lines, 1) if text.startswith(f"  {key}:"))
    assert (YAML, line, field, code) in told


def test_every_detail_is_a_chinese_sentence(folder):
    for old, new, _, _ in YAML_FAULTS:
        if "\n" not in old and old in (folder / YAML).read_text():
            replace(folder, YAML, old, new)
    for problem in problems(folder):
        assert re.search("[\u4e00-\u9fff]", problem.detail), problem
        assert problem.detail.endswith("。"), problem


@pytest.mark.parametrize("nothing", ["", " ~", " null", ' ""'])
def test_what_is_not_filled_in_is_empty_and_never_the_word_null(folder, nothing):
    replace(folder, YAML, 'operator: ""', f"operator:{nothing}")
    assert load_programme(folder).site.operator == ""
    line = replace(folder, YAML, "organiser: 演示单位（主办单位待填）", f"organiser:{nothing}")
    assert found(folder) == {(YAML, line, "site.organiser", "empty")}


def test_codes_keep_their_leading_zeros_and_dates_stay_text(folder):
    replace(folder, YAML, "title: 铜城新先锋", "title: 0123")
    assert load_programme(folder).title == "0123"


def test_a_site_may_say_where_it_and_its_api_are(folder):
    told = "address: https://www.example.cn/sub/\n  api_root: https://api.example.cn/api/v1\n"
    replace(folder, YAML, "english: true", f"{told}  english: false")
    site = load_programme(folder).site
    assert (site.address, site.api_root) == (
        "https://www.example.cn/sub/",
        "https://api.example.cn/api/v1",
    )
    assert not site.english


def test_figures_are_frozen_when_the_last_case_can_no_longer_be_reopened(folder):
    replace(folder, YAML, "reopen_days_max: 15", "reopen_days_max: 21")
    assert load_programme(folder).loop.frozen_after_days == 15
    text = (folder / YAML).read_text(encoding="utf-8")
    (folder / YAML).write_text(re.sub(r"  frozen_after_days: .*\n", "", text), encoding="utf-8")
    assert load_programme(folder).loop.frozen_after_days == 21


@pytest.mark.parametrize("day", ["2026-02-30", "三月一日", "20260301"])
def test_a_milestone_needs_a_day_that_exists(folder, day):
    line = f'  milestones: [{{on: "{day}", name: 项目启动}}]\n  day_ends_at: "17:30"'
    replace(folder, YAML, '  day_ends_at: "17:30"', line)
    assert ("loop.milestones[1].on", "bad_date") in [
        (one.field, one.code) for one in problems(folder)
    ]
