"""Reads `stations.csv`, `rewards.csv` and `activities.yaml`: what a county keeps up to date itself.

Comes in: paths, and the codes that rows may refer to. Goes out: stations, rewards and activities;
every fault goes on the findings, with its row.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from suishou.domain.grid import inside
from suishou.domain.programme import Activity, Area, Recurring, Reward, Station
from suishou.services.programme_reading import CODE, Findings, Section, read_text, read_yaml
from suishou.services.programme_recurring import read_recurring

STATION_COLUMNS = tuple(
    "code name level area address lat lon amenities hours phone assumed".split()
)
STATION_COLUMNS_OPTIONAL = ("discount",)
REWARD_COLUMNS = ("code", "name", "kind", "points", "stock", "eligibility", "assumed")
_DEGREES = re.compile(r"-?\d{1,3}\.\d{2,10}")
_SEPARATORS = re.compile(r"[、;；,，\s]+")
_FLAGS = {"": False, "false": False, "否": False, "true": True, "是": True}


@dataclass(frozen=True)
class Row:
    """One row of a table; getters note faults and answer stand-ins."""

    file: str
    line: int
    values: Mapping[str, str]
    findings: Findings

    def problem(self, column: str, code: str, detail: str) -> None:
        self.findings.add(self.file, self.line, column, code, detail)

    def required(self, column: str) -> str:
        if not self.values[column]:
            self.problem(column, "empty", f"“{column}”这一格不能为空。")
        return self.values[column]

    def code(self) -> str:
        value = self.required("code")
        if value and not CODE.fullmatch(value):
            detail = f"代码“{value}”只能用小写字母、数字、横线，以字母开头。"
            self.problem("code", "bad_code", detail)
        return value

    def whole(self, column: str) -> int:
        value = self.required(column)
        if value and not re.fullmatch(r"\d{1,7}", value):
            negative = re.fullmatch(r"-\d+", value)
            code = "out_of_range" if negative else "not_a_number"
            self.problem(column, code, f"“{value}”应当是不小于 0 的整数。")
            return 0
        return int(value or 0)

    def assumed(self) -> bool:
        value = self.values["assumed"].lower()
        if value not in _FLAGS:
            self.problem("assumed", "wrong_type", f"“{value}”应当写 true、false 或留空。")
        if _FLAGS.get(value, False):
            self.findings.assumed.append(f"{self.file}:{self.line} {self.values['code']}")
        return _FLAGS.get(value, False)


def read_rows(
    path: Path, columns: tuple[str, ...], findings: Findings, optional: tuple[str, ...] = ()
) -> Iterator[Row]:
    """Rows whose cells match the heading; empty rows are passed over, a wrong heading ends it.
    A column of `optional` that the heading lacks is empty in every row."""
    text = read_text(path, findings)
    if text is None:
        return
    reader = csv.reader(text.splitlines(keepends=True), strict=True)
    try:
        heading = [cell.strip() for cell in next(reader, [])]
        present = tuple(column for column in optional if column in heading)
        if not _heading_fits(heading, columns + present, path.name, findings):
            return
        codes: dict[str, int] = {}
        for cells in reader:
            line = reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(heading):
                detail = f"这一行有 {len(cells)} 格，应当有 {len(heading)} 格（多了或少了逗号？）。"
                findings.add(path.name, line, "", "wrong_column_count", detail)
                continue
            values = dict.fromkeys(optional, "")
            values |= dict(zip(heading, (cell.strip() for cell in cells), strict=True))
            first = codes.setdefault(values["code"], line)
            if first != line and values["code"]:
                detail = f"代码“{values['code']}”在第 {first} 行已经用过。"
                findings.add(path.name, line, "code", "duplicate_code", detail)
            yield Row(path.name, line, values, findings)
    except csv.Error:
        detail = "表格这一行的引号没有配对。"
        findings.add(path.name, reader.line_num, "", "csv_syntax", detail)


def _heading_fits(
    heading: list[str], columns: tuple[str, ...], file: str, findings: Findings
) -> bool:
    for column in (c for c in columns if c not in heading):
        findings.add(file, 1, column, "missing_column", f"表头缺少“{column}”这一列。")
    for column in sorted(set(heading) - set(columns)):
        findings.add(file, 1, column, "unknown_column", f"表头不认识“{column}”这一列。")
    if len(set(heading)) != len(heading):
        findings.add(file, 1, "", "duplicate_column", "表头有两列同名。")
    return sorted(heading) == sorted(columns)


def read_stations(
    path: Path,
    areas: Mapping[str, Area],
    county: Area | None,
    levels: Mapping[str, str],
    amenities: Mapping[str, str],
    findings: Findings,
) -> tuple[Station, ...]:
    """Stations, sorted by code."""
    stations = []
    for row in read_rows(path, STATION_COLUMNS, findings, STATION_COLUMNS_OPTIONAL):
        found = tuple(word for word in _SEPARATORS.split(row.values["amenities"]) if word)
        for word in found:
            if word not in amenities:
                detail = f"设施“{word}”没有写在 programme.yaml 的 amenities 里。"
                row.problem("amenities", "unknown_amenity", detail)
        level, area = row.required("level"), row.required("area")
        if level and level not in levels:
            detail = f"驿站级别“{level}”没有写在 programme.yaml 的 station_levels 里。"
            row.problem("level", "unknown_level", detail)
        if area and area not in areas:
            row.problem("area", "unknown_area", f"区域 {area} 不在 grids.geojson 里。")
        lat, lon = _position(row, county)
        name, address = row.required("name"), row.values["address"]
        stations.append(
            Station(
                code=row.code(),
                name=name,
                level=level,
                area=area,
                address=address,
                lat=lat,
                lon=lon,
                amenities=found,
                hours=row.values["hours"],
                phone=row.values["phone"],
                assumed=row.assumed(),
                discount=row.values["discount"],
            )
        )
    return tuple(sorted(stations, key=lambda station: station.code))


def _position(row: Row, county: Area | None) -> tuple[str, str]:
    lat, lon = row.required("lat"), row.required("lon")
    for column, value, most in (("lat", lat, 90.0), ("lon", lon, 180.0)):
        if value and not (_DEGREES.fullmatch(value) and abs(float(value)) <= most):
            detail = f"“{value}”应当写成 28.521000 这样的十进制度数（WGS-84）。"
            row.problem(column, "bad_coordinate", detail)
            return lat, lon
    if lat and lon and county and county.rings and not inside(county.rings, float(lat), float(lon)):
        detail = "这个坐标不在本县范围内，请检查经纬度是否写反，是否为 WGS-84。"
        row.problem("lat", "outside_county", detail)
    return lat, lon


def read_rewards(path: Path, findings: Findings) -> dict[str, Reward]:
    """Rewards by code, sorted."""
    rewards = {}
    for row in read_rows(path, REWARD_COLUMNS, findings):
        kind = row.required("kind")
        points, stock = row.whole("points"), row.whole("stock")
        eligibility = row.values["eligibility"]
        if kind and kind not in ("goods", "service"):
            row.problem(
                "kind", "not_allowed", "kind 只能写 goods（礼品）或 service（绿色通道服务）。"
            )
        if kind == "goods" and not points:
            row.problem("points", "out_of_range", "礼品的积分应当大于 0。")
        if kind == "service" and points:
            detail = "绿色通道服务不用积分购买，points 应当写 0，条件写在 eligibility。"
            row.problem("points", "service_not_bought", detail)
        if kind == "service" and not eligibility:
            row.problem("eligibility", "empty", "绿色通道服务要写明申请条件。")
        reward = Reward(
            row.code(),
            row.required("name"),
            "service" if kind == "service" else "goods",
            points,
            stock,
            eligibility,
            row.assumed(),
        )
        rewards[reward.code] = reward
    return dict(sorted(rewards.items()))


def read_activities(
    path: Path, findings: Findings
) -> tuple[tuple[Activity, ...], tuple[Recurring, ...]]:
    """Activities, sorted by start and code, and what comes again, by code."""
    root = read_yaml(path, findings)
    if root is None:
        return (), ()
    top = Section(path.name, root, "", findings)
    activities: list[tuple[datetime, Activity]] = []
    codes: set[str] = set()
    for part in top.sections("activities"):
        code = part.text("code", pattern=CODE)
        if code in codes:
            part.problem("code", "duplicate_code", f"代码“{code}”已经用过。")
        codes.add(code)
        name, place, description = (
            part.text("name"),
            part.text("place"),
            part.text("description", ""),
        )
        starts, ends = part.text("starts"), part.text("ends")
        start, end = _moment(part, "starts", starts), _moment(part, "ends", ends)
        if start and end and end <= start:
            part.problem("ends", "bad_date", "结束时间应当晚于开始时间。")
        activity = Activity(code, name, starts, ends, place, description, part.finish())
        if start:
            activities.append((start, activity))
    recurring = read_recurring(top, codes)
    top.finish()
    ordered = sorted(activities, key=lambda pair: (pair[0], pair[1].code))
    return tuple(activity for _, activity in ordered), recurring


def _moment(part: Section, key: str, value: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        moment = None
    if value and (moment is None or moment.tzinfo is None):
        detail = f"“{value}”应当写成 2026-12-05T09:30:00+08:00（带时区）。"
        part.problem(key, "bad_date", detail)
        return None
    return moment
