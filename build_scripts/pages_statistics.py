"""The page of statistics: every measure by month, street, category and lead unit.

In: measures alone. Out: `statistics.html`, written at every build. Sorted by code, never by rank.
"""

from __future__ import annotations

from build_scripts import view_words as words
from build_scripts.pages_writer import PageWriter
from build_scripts.site_data import SiteData
from build_scripts.view_case import category_name
from build_scripts.view_measures import FigureRow, figure_row, headlines


def write_statistics(pages: PageWriter, data: SiteData) -> None:
    """`statistics.html`."""
    tables = (
        ("按月份", "月份", _by_month(data)),
        ("按乡镇（街道）", "乡镇（街道）", _by_street(data)),
        ("按类别", "类别", _by_category(data)),
        ("按主办单位", "主办单位", _by_unit(data)),
    )
    pages.page(
        "statistics.html",
        "statistics.html",
        "统计",
        f"{data.programme.title}的首次响应、办结率、按期办结率和满意度，附分子分母。",
        headlines=headlines(data.measures.overall),
        tables=[table for table in tables if table[2]],
        overall=data.measures.overall,
        build_id=data.build_id,
        data_day=data.data_day,
    )


def _by_month(data: SiteData) -> list[FigureRow]:
    """Newest first."""
    return [
        figure_row(
            words.month_words(month),
            f"cases/{month.replace('-', '/')}/index.html",
            tally,
            data.programme.loop.sample_min,
        )
        for month, tally in reversed(data.measures.by("month").items())
    ]


def _by_street(data: SiteData) -> list[FigureRow]:
    return [
        figure_row(
            data.programme.area_name(code) if code else "位置待核",
            f"cases/street/{code}.html" if code else "",
            tally,
            data.programme.loop.sample_min,
        )
        for code, tally in data.measures.by("street").items()
    ]


def _by_category(data: SiteData) -> list[FigureRow]:
    return [
        figure_row(
            category_name(data.programme, code),
            f"cases/category/{code}.html",
            tally,
            data.programme.loop.sample_min,
        )
        for code, tally in data.measures.by("category").items()
    ]


def _by_unit(data: SiteData) -> list[FigureRow]:
    return [
        figure_row(
            data.programme.unit_name(code) if code else "尚未派单",
            "",
            tally,
            data.programme.loop.sample_min,
        )
        for code, tally in data.measures.by("unit").items()
    ]
