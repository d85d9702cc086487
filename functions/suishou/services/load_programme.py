"""Reads and validates a programme folder as a whole: the first step of everything that runs.

Comes in: `programmes/<name>/` with programme.yaml, grids.geojson, stations.csv, rewards.csv and
activities.yaml. Goes out: one frozen `Programme`, or `ProgrammeInvalid` with every fault at once,
in plain Chinese for the officer who edits the folder. Never changes a file.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from suishou.domain.errors import ProgrammeInvalid
from suishou.domain.programme import Area, LadderStep, Programme, Unit
from suishou.services.programme_areas import read_areas
from suishou.services.programme_reading import Findings, Section, read_yaml
from suishou.services.programme_rules import (
    read_categories,
    read_emergencies,
    read_honours,
    read_loop,
    read_points,
    read_site,
)
from suishou.services.programme_stations import read_coverage
from suishou.services.programme_tables import read_activities, read_rewards, read_stations

MAIN_FILE = "programme.yaml"
_COUNTY_CODE = re.compile(r"\d{6}")


def load_programme(folder: Path) -> Programme:
    """The programme in `folder`, whose name becomes the programme's.

    Raises ProgrammeInvalid with all faults, sorted by file, line and field.
    """
    findings = Findings()
    root = read_yaml(folder / MAIN_FILE, findings)
    top = Section(MAIN_FILE, root, "", findings, silent=root is None)
    programme = _read(folder, top, findings)
    if findings.problems:
        order = sorted(findings.problems, key=lambda p: (p.file, p.line, p.field, p.code))
        raise ProgrammeInvalid(order)
    return programme


def _read(folder: Path, top: Section, findings: Findings) -> Programme:
    county_code = top.text("county", pattern=_COUNTY_CODE)
    areas = read_areas(folder, county_code, findings)
    county = areas.get(county_code)
    units = top.words("units")
    levels, amenities = top.words("station_levels"), top.words("amenities")
    days_off, workdays, years = _calendar(top)
    activities, recurring = read_activities(folder / "activities.yaml", findings)
    values = {
        "name": folder.resolve().name,
        "title": top.text("title"),
        "county": county or Area(county_code, "", "county"),
        "reporter_title": top.text("reporter_title"),
        "station_title": top.text("station_title"),
        "introduction": top.text("introduction"),
        "demonstration": top.flag("demonstration"),
        "areas": areas,
        "units": {code: Unit(code, name) for code, name in units.items()},
        "categories": read_categories(top, units),
        "stations": read_stations(
            folder / "stations.csv", areas, county, levels, amenities, findings
        ),
        "station_levels": levels,
        "amenities": amenities,
        "rewards": read_rewards(folder / "rewards.csv", findings),
        "activities": activities,
        "recurring": recurring,
        "ladder": tuple(
            LadderStep(code, name) for code, name in top.words("ladder", required=False).items()
        ),
        "loop": read_loop(top.section("loop")),
        "points": read_points(top.section("points")),
        "honours": read_honours(top),
        "emergencies": read_emergencies(top),
        "site": read_site(top.section("site")),
        "coverage": read_coverage(top, areas),
        "grid_summary": top.text("grid_summary", ""),
        "extra_days_off": days_off,
        "extra_workdays": workdays,
        "calendar_years": years,
    }
    top.finish()
    return Programme(**values, assumed=tuple(findings.assumed))  # type: ignore[arg-type]


def _calendar(top: Section) -> tuple[tuple[date, ...], tuple[date, ...], tuple[int, ...]]:
    """(extra days off, extra working days, years given in full), each sorted."""
    part = top.section("calendar")
    days_off, workdays = part.dates("extra_days_off"), part.dates("extra_workdays")
    for day in sorted(set(days_off) & set(workdays)):
        part.problem("extra_workdays", "bad_date", f"{day} 既写作休息日，又写作工作日。")
    years = []
    for year in part.texts("complete_years", ()):
        if re.fullmatch(r"20\d\d", year):
            years.append(int(year))
        else:
            part.problem("complete_years", "bad_date", f"“{year}”应当是 2027 这样的年份。")
    part.finish()
    return tuple(sorted(days_off)), tuple(sorted(workdays)), tuple(sorted(years))
