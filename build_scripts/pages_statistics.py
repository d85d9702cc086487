"""Statistics and overdue work: every measure by month, street, category and lead unit.

In: measures and highlights alone. Out: `statistics.html`, `overdue.html`, written at every build.
Sorted by code, never by rank.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import islice

from build_scripts.pages_writer import PageWriter
from build_scripts.phrase import Phrase, month_phrase
from build_scripts.site_data import SiteData
from build_scripts.view_before_after import MONTHS, before_and_after
from build_scripts.view_case import case_card, category_name
from build_scripts.view_charts import SmallChart
from build_scripts.view_figures import count_mark, scope
from build_scripts.view_measures import (
    FigureRow,
    RateView,
    figure_row,
    headlines,
    standard_rates,
)
from build_scripts.view_overdue import overdue_row, overdue_rows, past_grace
from build_scripts.view_trend import handling_time, month_by_month, reported_and_closed
from suishou.domain.measures import Dimension, Tally

OVERDUE_CASES = 30
MONTHS_TOLD_MAX = 24  # a month before them says its figures on its own page, which does not change


@dataclass(frozen=True)
class FigureTable:
    """A table of measures; of the first rows `kept` stand open. `rates` are the standard's, by the
    same rows, where they are compared."""

    id: str
    title: str
    first: str
    rows: tuple[FigureRow, ...]
    kept: int
    rates: tuple[tuple[str, tuple[RateView, ...]], ...] = ()
    earlier: bool = False  # whether months before these have their figures elsewhere


def write_statistics(pages: PageWriter, data: SiteData) -> None:
    """`statistics.html`."""
    overall, known = data.measures.overall, data.programme
    pages.both(
        "statistics.html",
        "statistics.html",
        "统计",
        Phrase(
            "{}的立案率、处置率、结案率、返工率、满意率和办结用时，附公式和分子分母。", known.title
        ),
        headlines=headlines(overall),
        tables=[table for table in tables(data) if table.rows],
        rates=standard_rates(overall, known.loop.sample_min),
        counts={
            name: count_mark(name, overall) for name in ("reported", "closed", "open", "overdue")
        },
        trend=reported_and_closed(data.measures, data.data_day, data.frozen),
        handling=handling_time(data.measures, data.data_day, known.loop.sample_min, data.frozen),
        months_compared=MONTHS,
        compared=before_and_after(data.measures, known.loop),
        smalls=small_charts(data),
        build_id=data.build_id,
        data_day=data.data_day,
    )


def small_charts(data: SiteData) -> list[tuple[str, tuple[SmallChart, ...]]]:
    """Month by month, small and alike: the streets, the categories, the lead units."""
    known = data.programme

    def drawn(
        dimension: Dimension, name_of: Callable[[str], str], path: str = ""
    ) -> tuple[SmallChart, ...]:
        return month_by_month(data.measures, data.data_day, dimension, name_of, path)

    return [
        ("各乡镇（街道）每月受理", drawn("street", known.area_name, "cases/street/{}.html")),
        (
            "各类别每月受理",
            drawn("category", partial(category_name, known), "cases/category/{}.html"),
        ),
        ("各主办单位每月受理", drawn("unit", known.unit_name)),
    ]


def write_overdue(pages: PageWriter, data: SiteData) -> None:
    """`overdue.html`."""
    known = data.programme
    late = past_grace(data.highlights.overdue, data.data_day, known.loop.overdue_grace_days)
    pages.both(
        "overdue.html",
        "overdue.html",
        "超期情况",
        Phrase("{}超过办理时限的事项，按主办单位列出，附延期理由。", known.title),
        rows=overdue_rows(data.measures, known),
        overall=overdue_row("合计", data.measures.overall, "", known),
        cases=[case_card(row, known) for row in late[:OVERDUE_CASES]],
        build_id=data.build_id,
        data_day=data.data_day,
    )


def tables(data: SiteData) -> list[FigureTable]:
    """By month of report and of closing, newest first; street, category, lead unit, by code."""
    known = data.programme
    streets = _named(data, "street", "位置待核")
    units = _named(data, "unit", "尚未派单")
    return [
        _by_month(data, "months", "按上报月份", "month"),
        _by_month(data, "closings", "按结案月份", "closed_month"),
        FigureTable(
            "streets",
            "按乡镇（街道）",
            "乡镇（街道）",
            _rows(data, "street", streets, "cases/street/{}.html"),
            len(streets),
            _rates(data, "street", streets),
        ),
        FigureTable(
            "categories",
            "按类别",
            "类别",
            _rows(
                data,
                "category",
                {code: category_name(known, code) for code in data.measures.by("category")},
                "cases/category/{}.html",
            ),
            len(data.measures.by("category")),
        ),
        FigureTable(
            "units",
            "按主办单位",
            "主办单位",
            _rows(data, "unit", units, ""),
            len(units),
            _rates(data, "unit", units),
        ),
    ]


def _by_month(data: SiteData, name: str, title: str, dimension: Dimension) -> FigureTable:
    months = {
        month: month_phrase(month) for month in reversed(data.measures.by(dimension)) if month
    }
    linked = {month: month.replace("-", "/") for month in data.months if dimension == "month"}
    shown = dict(islice(months.items(), MONTHS_TOLD_MAX))
    rows = _rows(data, dimension, shown, "cases/{}/index.html", linked)
    return FigureTable(name, title, "月份", rows, 12, earlier=len(months) > len(shown))


def month_figures(data: SiteData, month: str) -> tuple[tuple[FigureRow, ...], ...]:
    """What statistics say of one month: of its cases, and of those that were closed in it."""
    named = {month: month_phrase(month)}
    reported, closed = (
        _rows(data, dimension, named if month in data.measures.by(dimension) else {}, "")
        for dimension in ("month", "closed_month")
    )
    return reported, closed


def _named(data: SiteData, dimension: Dimension, unknown: str) -> dict[str, str]:
    known = data.programme
    name_of = known.area_name if dimension == "street" else known.unit_name
    return {code: name_of(code) if code else unknown for code in data.measures.by(dimension)}


def _rows(
    data: SiteData,
    dimension: Dimension,
    names: dict[str, str],
    path: str,
    linked: dict[str, str] | None = None,
) -> tuple[FigureRow, ...]:
    tallies: dict[str, Tally] = data.measures.by(dimension)
    parts = {code: code for code in names if code} if linked is None else linked
    return tuple(
        figure_row(
            name,
            path.format(parts[code]) if path and code in parts else "",
            tallies[code],
            data.programme.loop.sample_min,
            scope(**{dimension: code}),
            data.frozen,
        )
        for code, name in names.items()
    )


def _rates(
    data: SiteData, dimension: Dimension, names: dict[str, str]
) -> tuple[tuple[str, tuple[RateView, ...]], ...]:
    tallies = data.measures.by(dimension)
    sample_min = data.programme.loop.sample_min
    return tuple(
        (name, standard_rates(tallies[code], sample_min, scope(**{dimension: code})))
        for code, name in names.items()
        if code
    )
