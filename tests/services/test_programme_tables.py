"""Faults in stations.csv, rewards.csv and activities.yaml, each told with its row."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.services.programme_folders import (
    ACTIVITIES,
    REWARDS,
    STATIONS,
    copied,
    found,
    problems,
    replace,
)

OTHER_FAULTS = [
    (
        ACTIVITIES,
        "2026-11-28T11:00:00+08:00",
        "2026-11-28T09:00:00+08:00",
        "activities[1].ends",
        "bad_date",
    ),
    (
        ACTIVITIES,
        "2026-11-28T09:30:00+08:00",
        "2026-11-28 上午",
        "activities[1].starts",
        "bad_date",
    ),
    (
        ACTIVITIES,
        "2026-11-28T09:30:00+08:00",
        "2026-11-28T09:30:00",
        "activities[1].starts",
        "bad_date",
    ),
    (
        ACTIVITIES,
        "code: law-talk-2026-12",
        "code: weekend-class-2026-11",
        "activities[2].code",
        "duplicate_code",
    ),
    (
        ACTIVITIES,
        "place: 铜鼓县暖心驿站",
        "site: 铜鼓县暖心驿站",
        "activities[1].site",
        "unknown_key",
    ),
    (STATIONS, "centre-02,", "centre-01,", "code", "duplicate_code"),
    (STATIONS, "centre-02,", "Centre 2,", "code", "bad_code"),
    (STATIONS, ",hub,", ",palace,", "level", "unknown_level"),
    (STATIONS, "360926100004001", "360926999", "area", "unknown_area"),
    (
        STATIONS,
        "air_conditioning drinking_water",
        "sauna drinking_water",
        "amenities",
        "unknown_amenity",
    ),
    (STATIONS, ",28.510819,114.382196,", ",28.510819,115.900,", "lat", "outside_county"),
    (STATIONS, ",28.510819,114.382196,", ",114.382196,28.510819,", "lat", "bad_coordinate"),
    (STATIONS, ",28.510819,114.382196,", ",28°30′,114.382196,", "lat", "bad_coordinate"),
    (STATIONS, ",28.510819,114.382196,", ",28.510819,,", "lon", "empty"),
    (STATIONS, "每日 08:00—22:00,,true", "每日 08:00—22:00,,true,", "", "wrong_column_count"),
    (STATIONS, "每日 08:00—22:00,,true", "每日 08:00—22:00,true", "", "wrong_column_count"),
    (STATIONS, "每日 08:00—22:00,,true", "每日 08:00—22:00,,maybe", "assumed", "wrong_type"),
    (STATIONS, ",hours,phone,", ",hours,telephone,", "telephone", "unknown_column"),
    (STATIONS, ",hours,phone,", ",hours,telephone,", "phone", "missing_column"),
    (REWARDS, "goods,20,200", "goods,-20,200", "points", "out_of_range"),
    (REWARDS, "goods,20,200", "goods,twenty,200", "points", "not_a_number"),
    (REWARDS, "goods,20,200", "goods,0,200", "points", "out_of_range"),
    (REWARDS, "goods,20,200", "goods,20,", "stock", "empty"),
    (REWARDS, "goods,20,200", "gift,20,200", "kind", "not_allowed"),
    (REWARDS, "service,0,20", "service,50,20", "points", "service_not_bought"),
    (REWARDS, "soap,", "gloves,", "code", "duplicate_code"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copied(tmp_path)


@pytest.mark.parametrize(("file", "old", "new", "field", "code"), OTHER_FAULTS)
def test_a_fault_in_another_file_is_told_at_its_row(folder, file, old, new, field, code):
    line = replace(folder, file, old, new)
    assert (file, line, field, code) in found(folder)


def test_a_service_without_conditions_is_told(folder):
    text = (folder / REWARDS).read_text()
    (folder / REWARDS).write_text(re.sub(r"service,0,20,[^\n]*,true", "service,0,20,,true", text))
    (problem,) = problems(folder)
    assert (problem.field, problem.code, problem.line) == ("eligibility", "empty", 9)


def test_an_unpaired_quote_in_a_table_is_told(folder):
    (folder / REWARDS).write_text((folder / REWARDS).read_text() + 'cap,"帽子,goods,1,1,,\n')
    assert [(p.file, p.code) for p in problems(folder)] == [(REWARDS, "csv_syntax")]
