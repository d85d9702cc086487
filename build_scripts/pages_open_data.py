"""The open data (开放数据): files of each changed month, whole tables, datapackage.json, the page.

In: a month's rows and measures; stations, honours, the programme. Out: `data/<table>/YYYY-MM.csv`
and `.json` written with their month, the rest of `data/` and `data.html` at every build. All that
verify needs to recompute the site's figures is in these files. Never reads an unchanged month.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from build_scripts import open_places
from build_scripts import view_words as words
from build_scripts.open_frozen import frozen_lines
from build_scripts.open_lines import case_lines, measure_lines
from build_scripts.open_tables import CASES, FROZEN, MEASURES, MONTHLY, WHOLE
from build_scripts.pages_writer import PageWriter
from build_scripts.phrase import Phrase
from build_scripts.site_data import SiteData
from build_scripts.table_files import Kind, Line, Table, as_csv, as_json, schema
from build_scripts.view_licence import licence_of
from suishou.domain.programme import Programme
from suishou.domain.public_row import PublicRow

PACKAGE = "data/datapackage.json"
_FOLDER = "data/"
KIND_WORDS: Mapping[Kind, str] = {
    "string": "文字",
    "integer": "整数",
    "boolean": "是否",
    "date": "日期",
    "yearmonth": "月份",
    "object": "对象",
    "number": "数",
}
CODE_LISTS: Sequence[tuple[str, Mapping[str, str]]] = (
    ("环节（stage）", words.STAGES),
    ("种类（kind）", words.KINDS),
    ("紧急程度（urgency）", words.URGENCIES),
    ("来源（source）", words.SOURCES),
    ("结果（outcome）", words.OUTCOMES),
    ("公示方式（publication）", words.PUBLICATIONS),
)


def write_month_data(
    pages: PageWriter, data: SiteData, month: str, rows: Sequence[PublicRow]
) -> None:
    """The month's files of the tables that are kept by month."""
    lines = list(case_lines(rows, data.programme))
    _write_table(pages, CASES, lines, month)
    _write_table(pages, MEASURES, measure_lines(data.measures, month, data.programme), month)
    if month in data.frozen.months:
        _write_table(pages, FROZEN, frozen_lines(data.frozen.months[month]), month)


def write_open_data(pages: PageWriter, data: SiteData) -> None:
    """Everything that belongs to no month."""
    lines = open_places.whole_lines(data)
    for table in WHOLE:
        _write_table(pages, table, lines[table.name])
    drawn = {"stations": open_places.stations_geojson(data.stations)}
    areas = open_places.areas_geojson(data.programme)
    if areas is not None:
        drawn["areas"] = areas
    for name, content in sorted(drawn.items()):
        pages.write(f"data/{name}.geojson", content)
    package = datapackage(data, sorted(drawn))
    pages.write(PACKAGE, json.dumps(package, ensure_ascii=False, indent=1).encode() + b"\n")
    pages.both(
        "data.html",
        "data.html",
        "开放数据",
        Phrase("{}的全部公开数据：CSV、JSON、GeoJSON 下载，附数据字典。", data.programme.title),
        monthly=MONTHLY,
        whole=WHOLE,
        months=data.months,
        months_of={table.name: months_of(table, data) for table in MONTHLY},
        drawn=sorted(drawn),
        kinds=KIND_WORDS,
        licence=licence_of(data.programme),
        code_lists=(*CODE_LISTS, ("退回理由", data.programme.loop.return_reasons)),
        data_day=data.data_day,
        build_id=data.build_id,
    )


def datapackage(data: SiteData, drawn: Sequence[str]) -> dict[str, Any]:
    """The Frictionless description of all files, paths from its own folder."""
    programme = data.programme
    resources = [
        resource
        for table in (*MONTHLY, *WHOLE)
        for suffix in ("csv", "json")
        if (resource := _resource(table, suffix, months_of(table, data))) is not None
    ]
    resources += [
        {
            "name": f"{name}-geojson",
            "profile": "data-resource",
            "path": f"{name}.geojson",
            "format": "geojson",
            "mediatype": "application/geo+json",
            "encoding": "utf-8",
        }
        for name in drawn
    ]
    return {
        "profile": "data-package",
        "name": f"suishou-{programme.name}",
        "title": f"{programme.title}开放数据",
        "description": _description(programme, data.data_day),
        "version": data.build_id[:12],
        "licenses": [licence_of(programme).to_json()],
        "contributors": [{"title": programme.site.organiser, "role": "publisher"}],
        "resources": resources,
    }


def months_of(table: Table, data: SiteData) -> tuple[str, ...]:
    """The months of which a table has a file."""
    if table is not FROZEN:
        return data.months
    return tuple(month for month in data.months if month in data.frozen.months)


def _description(programme: Programme, data_day: str) -> str:
    demonstration = "演示数据，为演示而编写，不是真实事项。" if programme.demonstration else ""
    until = f"数据截至 {data_day}。" if data_day else ""
    return f"{demonstration}{programme.county.name}{programme.title}的公开数据。{until}"


def _resource(table: Table, suffix: str, months: Sequence[str]) -> dict[str, Any] | None:
    """One table in one format; None for a monthly table before the first month."""
    paths = [table.path(suffix, month) for month in sorted(months)] if table.monthly else []
    if table.monthly and not paths:
        return None
    inside = [path.removeprefix(_FOLDER) for path in paths or [table.path(suffix)]]
    tabular = suffix == "csv"
    return {
        "name": table.name if tabular else f"{table.name}-json",
        "profile": "tabular-data-resource" if tabular else "data-resource",
        "title": table.title,
        "description": table.description,
        "path": inside if table.monthly else inside[0],
        "format": suffix,
        "mediatype": "text/csv" if tabular else "application/json",
        "encoding": "utf-8",
        **({"schema": schema(table)} if tabular else {}),
    }


def _write_table(pages: PageWriter, table: Table, lines: Sequence[Line], month: str = "") -> None:
    pages.write(table.path("csv", month), as_csv(table, lines))
    pages.write(table.path("json", month), as_json(table, lines))
