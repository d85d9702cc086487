"""Corrections (更正): every change of a figure that was frozen with its month.

In: the journals of finished months. Out: `corrections.html`, written at every build. Never computes
a figure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from build_scripts.pages_writer import PageWriter
from build_scripts.phrase import Phrase, month_phrase
from build_scripts.site_data import SiteData
from build_scripts.view_case import category_name
from build_scripts.view_figures import Mark
from build_scripts.view_frozen import words_of
from suishou.domain.frozen_figures import Correction, FrozenMonth
from suishou.domain.programme import Programme

CORRECTIONS_LISTED = 200  # the newest; the open data have all
FIGURES: Mapping[str, str] = {
    "reported": "受理",
    "closed": "结案",
    "close_rate": "办结率",
    "on_time_rate": "按期办结率",
    "satisfaction": "满意度",
    "response_median": "首次响应中位数",
    "resolution_median": "办结用时中位数",
}
REASONS: Mapping[str, str] = {
    "entered_late": "补录事项",
    "reclassified": "改正位置或类别",
    "reopened": "结案后重办",
    "late_feedback": "补充评价",
    "rule_changed": "计算规则改变",
    "": "未能归类",
}


@dataclass(frozen=True)
class CorrectionView:
    """A line of the page; `mark` where the new figure is still the latest, `part` a street's or
    category's name or ""."""

    on: str
    name: str
    period: str
    part: str
    old: str
    new: str
    mark: Mark | None
    reason: str


def write_corrections(pages: PageWriter, data: SiteData) -> None:
    """`corrections.html`."""
    months = data.frozen.months
    found = [
        (one.on, month, number, known, one)
        for month, known in months.items()
        for number, one in enumerate(known.corrections)
    ]
    found.sort(key=lambda line: (line[0], line[1], line[2]), reverse=True)
    pages.both(
        "corrections.html",
        "corrections.html",
        "更正",
        Phrase("{}已经冻结的数字，以后有变动的逐项公布。", data.programme.title),
        corrections=[
            correction_view(one, known, data.programme)
            for _, _, _, known, one in found[:CORRECTIONS_LISTED]
        ],
        count=len(found),
        frozen_months=len(months),
        build_id=data.build_id,
        data_day=data.data_day,
    )


def correction_view(one: Correction, known: FrozenMonth, programme: Programme) -> CorrectionView:
    """A correction in words."""
    key = (one.scope, one.figure)
    latest = known.latest[key] == one.new
    mark = Mark(one.figure, one.scope, one.new.value, one.new.numerator, one.new.denominator)
    closed = one.scope.startswith("closed_month=")
    return CorrectionView(
        one.on,
        FIGURES.get(one.figure, one.figure),
        Phrase("{}结案" if closed else "{}上报", month_phrase(known.month)),
        _part(one.scope, programme),
        words_of(key, one.old),
        words_of(key, one.new),
        mark if latest and one.new.value else None,
        REASONS.get(one.reason, REASONS[""]),
    )


def _part(scope: str, programme: Programme) -> str:
    parts: Iterator[list[str]] = (pair.split("=") for pair in scope.split(";")[1:])
    for name, code in parts:
        return programme.area_name(code) if name == "street" else category_name(programme, code)
    return ""
