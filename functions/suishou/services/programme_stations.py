"""Reads what `programme.yaml` says of stations: map tiles, and the rules of coverage.

Comes in: sections of the file. Goes out: values of `domain/station_rules.py`; every fault goes on
the sections' findings.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from suishou.domain.programme import Area
from suishou.domain.station_rules import CoverageRules, Tiles, TravelMode
from suishou.services.programme_reading import CODE, Section

_TILE_ADDRESS = re.compile(r"https://[a-z0-9.{}-]+(?::\d+)?/[^\s\"'<>]*", re.IGNORECASE)
_SUBDOMAINS = re.compile(r"[a-z0-9]{1,16}")
MINUTES_MAX = 60
METRES_PER_MINUTE_MAX = 1_000  # 60 km/h
DETOUR_PERCENT_MAX = 300


def read_tiles(part: Section, map_approval: str) -> Tiles | None:
    """The `tiles` of the site's section, None where there are none."""
    if not part.has("tiles"):
        return None
    inner = part.section("tiles")
    url, attribution = inner.text("url"), inner.text("attribution")
    subdomains = inner.text("subdomains", "", pattern=_SUBDOMAINS)
    inner.finish()
    if url and not (_TILE_ADDRESS.fullmatch(url) and {"{x}", "{y}", "{z}"} <= _holes(url)):
        detail = "瓦片地址应当以 https:// 开头，含有 {z}、{x}、{y}。"
        inner.problem("url", "bad_address", detail)
    elif _holes(url) - {"{x}", "{y}", "{z}", "{s}"} or ("{s}" in url) != bool(subdomains):
        detail = "瓦片地址里只能有 {z}、{x}、{y}；写了 {s} 的，要在 subdomains 写明各服务器。"
        inner.problem("url", "bad_address", detail)
    if not map_approval:
        detail = "使用底图瓦片的，要先填写审图号（map_approval）。"
        part.problem("tiles", "not_allowed", detail)
    return Tiles(url, attribution, subdomains)


def _holes(url: str) -> set[str]:
    return set(re.findall(r"\{[^}]*\}", url))


def read_coverage(top: Section, areas: Mapping[str, Area]) -> CoverageRules | None:
    """The `coverage` section, None where there is none: then nothing is claimed."""
    if not top.has("coverage"):
        return None
    part = top.section("coverage")
    codes = part.texts("areas", ())
    for code in codes:
        if code not in areas or areas[code].level != "street":
            part.problem("areas", "unknown_area", f"“{code}”不是 grids.geojson 里的乡镇街道。")
    minutes = part.whole("minutes", at_least=1, at_most=MINUTES_MAX)
    detour = part.whole("detour_percent", at_least=100, at_most=DETOUR_PERCENT_MAX)
    modes = tuple(_mode(inner) for inner in part.sections("modes"))
    if part.has("modes") and not modes:
        part.problem("modes", "empty", "至少要有一种出行方式。")
    if len({mode.code for mode in modes}) != len(modes):
        part.problem("modes", "duplicate_code", "出行方式的代码不能重复。")
    return CoverageRules(tuple(sorted(set(codes))), minutes, detour, modes, part.finish())


def _mode(part: Section) -> TravelMode:
    mode = TravelMode(
        code=part.text("code", pattern=CODE),
        name=part.text("name"),
        metres_per_minute=part.whole(
            "metres_per_minute", at_least=10, at_most=METRES_PER_MINUTE_MAX
        ),
        source=part.text("source"),
    )
    part.finish()
    return mode
