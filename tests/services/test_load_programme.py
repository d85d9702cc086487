"""A programme folder, read whole: the real one loads, and faults of all files are told at once."""

from __future__ import annotations

import re
from datetime import date, time
from pathlib import Path

import pytest

from suishou.domain.grid import GridIndex
from suishou.domain.programme import Limit, community_of, street_of
from suishou.services.load_programme import load_programme
from tests.services.programme_folders import (
    ACTIVITIES,
    GRIDS,
    REWARDS,
    STATIONS,
    TONGGU,
    YAML,
    copied,
    found,
    problems,
    replace,
    spoil_area,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copied(tmp_path)


@pytest.fixture(scope="module")
def tonggu():
    return load_programme(TONGGU)


def test_the_tonggu_programme_loads_whole(tonggu):
    assert (tonggu.name, tonggu.title) == ("tonggu", "铜城新先锋")
    assert (tonggu.county.code, tonggu.county.name) == ("360926", "铜鼓县")
    assert tonggu.demonstration
    assert {area.level for area in tonggu.areas.values()} == {
        "county",
        "street",
        "community",
        "grid_cell",
    }
    assert tonggu.streets[0].name == "永宁镇"
    assert len(tonggu.streets) == 9
    assert tonggu.loop.day_ends_at == time(17, 30)
    assert list(tonggu.areas) == sorted(tonggu.areas)


def test_tonggu_has_the_published_stations_and_honours(tonggu):
    levels = [station.level for station in tonggu.stations]
    assert (levels.count("hub"), levels.count("centre")) == (1, 8)
    assert levels.count("friendly") >= 1
    assert [rule.name for rule in tonggu.honours] == ["治理之星", "铜城先锋"]
    assert "58" in tonggu.grid_summary


def test_tonggu_has_the_named_hazards_and_three_tiers_of_requests(tonggu):
    named = {"井盖破损", "消防通道堵塞", "电线乱拉", "占道", "路灯损坏"}
    hazards = {c.name: c for c in tonggu.categories.values() if c.kind == "hazard"}
    assert named <= hazards.keys()
    assert all(hazards[name].national_code for name in named)
    assert {c.dictionary for c in tonggu.categories.values()} == {"GB/T 47678-2026"}
    assert hazards["燃气异味"].limits["first_response"] == Limit(10, "minutes")
    categories = tonggu.categories
    assert categories["small_request"].limits["first_response"] == Limit(30, "minutes")
    assert categories["compound_entry"].limits["resolution"] == Limit(0, "same_day")
    assert categories["door_numbers"].limits["resolution"] == Limit(3, "working_days")
    assert categories["other"].publication == "after_closed"


def test_tonggu_says_what_is_assumed(tonggu):
    yaml_lines = (TONGGU / YAML).read_text().splitlines()
    places = [re.fullmatch(r"(.+):(\d+) ?(.*)", place) for place in tonggu.assumed]
    assert all(places)
    for place in places:
        if place[1] == YAML:
            assert "assumed: true" in yaml_lines[int(place[2]) - 1]
    assert {place[1] for place in places} == {YAML, GRIDS, STATIONS, REWARDS, ACTIVITIES}


def test_every_station_lies_in_the_area_it_names(tonggu):
    index = GridIndex(tonggu.areas.values())
    for station in tonggu.stations:
        area = index.find(float(station.lat), float(station.lon))
        assert area is not None
        assert area.code.startswith(station.area)


def test_the_areas_of_tonggu_tile_the_county_without_gaps(tonggu):
    """A mesh of points: each in the county lies in one cell, and in that cell's parents."""
    rings = tonggu.county.rings[0]
    west, east = min(x for x, _ in rings), max(x for x, _ in rings)
    south, north = min(y for _, y in rings), max(y for _, y in rings)
    index = GridIndex(tonggu.areas.values())
    by_level = {
        level: GridIndex([a for a in tonggu.areas.values() if a.level == level])
        for level in ("street", "community")
    }
    steps, inside = 60, 0
    for i in range(steps):
        for j in range(steps):
            lon = west + (east - west) * (i + 0.5) / steps
            lat = south + (north - south) * (j + 0.5) / steps
            if index.metres_outside(lat, lon):
                continue
            inside += 1
            cell = index.find(lat, lon)
            street, community = (by_level[k].find(lat, lon) for k in ("street", "community"))
            assert cell is not None
            assert cell.level == "grid_cell"
            assert street is not None
            assert street.code == street_of(cell.code)
            assert community is not None
            assert community.code == community_of(cell.code)
    assert inside > steps * steps / 2


@pytest.mark.parametrize("file", [YAML, GRIDS, STATIONS, REWARDS, ACTIVITIES])
def test_a_missing_file_is_told(folder, file):
    (folder / file).unlink()
    assert (file, 0, "", "missing_file") in found(folder)


@pytest.mark.parametrize("file", [YAML, GRIDS, STATIONS, REWARDS, ACTIVITIES])
def test_a_file_in_another_encoding_is_told_with_advice(folder, file):
    (folder / file).write_bytes((folder / file).read_text().encode("gb18030"))
    told = [p for p in problems(folder) if p.code == "not_utf8"]
    assert [p.file for p in told] == [file]
    assert "UTF-8" in told[0].detail


@pytest.mark.parametrize("file", [YAML, GRIDS, STATIONS, REWARDS, ACTIVITIES])
def test_a_byte_order_mark_does_no_harm(folder, file):
    (folder / file).write_bytes(b"\xef\xbb\xbf" + (folder / file).read_bytes())
    assert load_programme(folder).title == "铜城新先锋"


def test_a_yaml_mistake_is_told_with_its_line(folder):
    line = replace(folder, YAML, "station_title: 驿站", "station_title: [驿站")
    told = [p for p in problems(folder) if p.code == "yaml_syntax"]
    assert len(told) == 1
    assert line <= told[0].line <= line + 3


@pytest.mark.parametrize("text", ["", "# 只有说明\n", "- 一\n- 二\n", "一句话\n", "a: \x07\n"])
@pytest.mark.parametrize("file", [YAML, ACTIVITIES])
def test_a_yaml_file_of_another_form_is_told_once(folder, file, text):
    (folder / file).write_text(text)
    assert len([p for p in problems(folder) if p.file == file]) == 1


def test_a_missing_section_is_told_once(folder):
    text = (folder / YAML).read_text()
    (folder / YAML).write_text(re.sub(r"\npoints:\n(  .*\n)+", "\n", text))
    assert [(p.field, p.code) for p in problems(folder)] == [("points", "missing_key")]


def test_every_problem_is_listed_at_once_in_order(folder):
    replace(folder, YAML, "sample_min: 10", "sample_min: -3")
    replace(folder, YAML, "cap_month: 1000", "cap_month: many")
    replace(folder, STATIONS, ",hub,", ",palace,")
    replace(folder, REWARDS, "goods,20,200", "goods,-20,200")
    replace(folder, ACTIVITIES, "2026-11-28T09:30:00+08:00", "soon")
    spoil_area(folder, lambda feature: feature["properties"].update(level="county"))
    told = problems(folder)
    assert {p.file for p in told} == {YAML, GRIDS, STATIONS, REWARDS, ACTIVITIES}
    assert list(told) == sorted(told, key=lambda p: (p.file, p.line, p.field, p.code))
    assert all(p.line > 0 for p in told)


def test_extra_days_reach_the_programme(folder):
    replace(folder, YAML, "extra_days_off: []", "extra_days_off: [2027-01-02, 2027-01-01]")
    replace(folder, YAML, "complete_years: []", "complete_years: [2027]")
    programme = load_programme(folder)
    assert programme.extra_days_off == (date(2027, 1, 1), date(2027, 1, 2))
    assert programme.calendar_years == (2027,)


def test_a_day_cannot_be_both_off_and_worked(folder):
    replace(folder, YAML, "extra_days_off: []", "extra_days_off: [2026-10-08]")
    line = replace(folder, YAML, "extra_workdays: []", "extra_workdays: [2026-10-08]")
    assert found(folder) == {(YAML, line, "calendar.extra_workdays", "bad_date")}
