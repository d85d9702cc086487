"""Reads `grids.geojson`: the county, its streets, communities and grid cells.

Comes in: a path. Goes out: areas by code; every fault goes on the findings. Codes nest (each begins
with its parent's), and an outline may stray only a little outside its parent's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from suishou.domain.grid import inside, metres_to_outline
from suishou.domain.programme import LEVEL_BY_LENGTH, Area
from suishou.services.programme_reading import Findings, read_text

FILE = "grids.geojson"
STRAY_METRES_MAX = 50.0  # outlines digitised apart never meet exactly; more than this is a mistake
PARENT_LENGTH: Mapping[int, int] = {9: 6, 12: 9, 15: 12}
LEVEL_WORDS: Mapping[str, str] = {
    "county": "县（6位）",
    "street": "乡镇街道（9位）",
    "community": "社区村（12位）",
    "grid_cell": "网格（15位）",
}
_KEYS = {"code", "name", "level", "assumed"}
_FEATURES = re.compile(r'"features"\s*:\s*\[')

Rings = tuple[tuple[tuple[float, float], ...], ...]


def read_areas(folder: Path, county: str, findings: Findings) -> dict[str, Area]:
    """Areas by code, sorted; `county` is the code that programme.yaml names."""
    areas: dict[str, Area] = {}
    lines: dict[str, int] = {}
    for number, line, feature in _features(folder / FILE, findings):
        area = _area(feature, f"features[{number}]", line, findings)
        if area is None:
            continue
        if area.code in areas:
            detail = f"区域代码 {area.code} 在第 {lines[area.code]} 行已经用过。"
            findings.add(FILE, line, f"features[{number}].code", "duplicate_code", detail)
            continue
        areas[area.code], lines[area.code] = area, line
    for code in sorted(areas):
        _check_nesting(areas[code], areas, lines[code], findings)
    if areas and county and county not in areas:
        detail = f"地图里没有 programme.yaml 写的县（{county}）。"
        findings.add(FILE, 0, "features", "missing_county", detail)
    for code in sorted(c for c, area in areas.items() if area.level == "county" and c != county):
        detail = f"{code} 不是 programme.yaml 写的县（{county}），一个项目只有一个县。"
        findings.add(FILE, lines[code], "code", "another_county", detail)
    return dict(sorted(areas.items()))


def _features(path: Path, findings: Findings) -> Iterator[tuple[int, int, Any]]:
    """(number from 1, line, feature) of the collection."""
    text = read_text(path, findings)
    if text is None:
        return
    try:
        features = json.loads(text)["features"]
        if not isinstance(features, list):
            raise TypeError
    except json.JSONDecodeError as error:
        detail = "不是正确的 GeoJSON 文件，请用地图软件重新导出。"
        findings.add(FILE, error.lineno, "", "json_syntax", detail)
        return
    except (KeyError, TypeError):
        findings.add(FILE, 1, "features", "wrong_type", "应当是 GeoJSON 的 FeatureCollection。")
        return
    if not features:
        findings.add(FILE, 1, "features", "empty", "地图里一个区域也没有。")
    lines = _feature_lines(text, len(features))
    for number, feature in enumerate(features, start=1):
        yield number, lines[number - 1], feature


def _feature_lines(text: str, count: int) -> list[int]:
    """The line on which each feature begins; zeros when the layout cannot be followed."""
    match = _FEATURES.search(text)
    decoder = json.JSONDecoder()
    lines: list[int] = []
    position, counted, line = (match.end() if match else 0), 0, 1
    try:
        while match and len(lines) < count:
            while text[position] in " \t\r\n,":
                position += 1
            line += text.count("\n", counted, position)
            counted = position
            lines.append(line)
            _, position = decoder.raw_decode(text, position)
    except (ValueError, IndexError):
        lines = []
    return lines if len(lines) == count else [0] * count


def _area(feature: Any, where: str, line: int, findings: Findings) -> Area | None:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(properties, dict):
        findings.add(FILE, line, where, "wrong_type", "这里应当是带 properties 的 Feature。")
        return None
    for key in sorted(set(map(str, properties)) - _KEYS):
        detail = f"不认识属性“{key}”，可以写的是 code、name、level、assumed。"
        findings.add(FILE, line, f"{where}.{key}", "unknown_key", detail)
    code, name = str(properties.get("code") or ""), str(properties.get("name") or "").strip()
    if not name:
        findings.add(FILE, line, f"{where}.name", "missing_key", f"区域 {code} 没有名称。")
    level = LEVEL_BY_LENGTH.get(len(code))
    if level is None or not (code.isascii() and code.isdigit()):
        detail = f"区域代码“{code}”应当是 6、9、12 或 15 位数字。"
        findings.add(FILE, line, f"{where}.code", "bad_code", detail)
        return None
    if properties.get("level") != level:
        detail = f"{code} 按位数是{LEVEL_WORDS[level]}，level 应当写 {level}。"
        findings.add(FILE, line, f"{where}.level", "level_mismatch", detail)
    assumed = properties.get("assumed", False)
    if not isinstance(assumed, bool):
        detail = "assumed 应当写 true 或 false。"
        findings.add(FILE, line, f"{where}.assumed", "wrong_type", detail)
    elif assumed:
        findings.assumed.append(f"{FILE}:{line} {code}")
    rings = _rings(feature.get("geometry"), f"{where}.geometry", line, findings)
    if not rings and level == "county":
        findings.add(FILE, line, f"{where}.geometry", "missing_outline", "县必须画出边界。")
    return Area(code, name, level, rings, assumed is True)


def _rings(geometry: Any, where: str, line: int, findings: Findings) -> Rings:
    """The rings of a Polygon or MultiPolygon; `null` means that no outline is drawn."""
    if geometry is None:
        return ()
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon"):
        detail = "图形应当是 Polygon 或 MultiPolygon。"
        findings.add(FILE, line, where, "wrong_geometry", detail)
        return ()
    coordinates = geometry.get("coordinates")
    parts = [coordinates] if kind == "Polygon" else coordinates
    try:
        rings = tuple(
            tuple((float(point[0]), float(point[1])) for point in ring)
            for part in parts
            for ring in part
        )
    except (TypeError, ValueError, IndexError, KeyError):
        findings.add(FILE, line, where, "bad_coordinate", "坐标应当是 [经度, 纬度] 的数字。")
        return ()
    sound = [_sound(ring, where, line, findings) for ring in rings]  # every ring's fault is told
    return rings if all(sound) else ()


def _sound(
    ring: tuple[tuple[float, float], ...], where: str, line: int, findings: Findings
) -> bool:
    if len(ring) < 4:
        detail = "一圈边界至少要四个点（首尾相同）。"
        findings.add(FILE, line, where, "ring_too_short", detail)
    elif ring[0] != ring[-1]:
        findings.add(FILE, line, where, "ring_not_closed", "边界没有闭合：首尾两点应当相同。")
    elif not all(-180 <= lon <= 180 and -90 <= lat <= 90 for lon, lat in ring):
        detail = "坐标超出地球范围；应当是经度在前、纬度在后。"
        findings.add(FILE, line, where, "bad_coordinate", detail)
    else:
        return True
    return False


def _check_nesting(area: Area, areas: Mapping[str, Area], line: int, findings: Findings) -> None:
    length = PARENT_LENGTH.get(len(area.code))
    if length is None:
        return
    parent = areas.get(area.code[:length])
    if parent is None:
        detail = f"{area.code} {area.name}的上级 {area.code[:length]} 不在地图里。"
        findings.add(FILE, line, "code", "area_without_parent", detail)
        return
    if not parent.rings:
        return
    points = {point for ring in area.rings for point in ring}
    strays = [p for p in sorted(points) if not inside(parent.rings, p[1], p[0])]
    stray = max((metres_to_outline(parent.rings, lat, lon) for lon, lat in strays), default=0.0)
    if stray > STRAY_METRES_MAX:
        detail = f"{area.name}的边界伸到{parent.name}以外约 {stray:.0f} 米。"
        findings.add(FILE, line, "geometry", "outside_parent", detail)
