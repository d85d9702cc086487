"""Measures as people read them: each with what it was counted from.

In: tallies. Out: `FigureView` (a headline) and `FigureRow` (a line of a table). A figure without a
denominator is said to be absent, never 0 %; below the programme's smallest sample only the counts
are given, since a share of a handful compares nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from suishou.domain.measures import Tally
from suishou.domain.rates import Median, Rate, summary


@dataclass(frozen=True)
class FigureView:
    """A headline measure; `value` is "" when there is nothing to count it from."""

    name: str
    value: str
    unit: str
    base: str


@dataclass(frozen=True)
class Share:
    """A rate in a table; `percent` is "" below the smallest sample."""

    numerator: int
    denominator: int
    percent: str


@dataclass(frozen=True)
class FigureRow:
    """One line of a table of measures; `path` is from the site's root, or ""."""

    name: str
    path: str
    reported: int
    closed: Share
    on_time: Share
    satisfied: Share
    response: str
    response_count: int
    overdue: int


def headlines(tally: Tally) -> tuple[FigureView, ...]:
    """首次响应, 办结率, 按期办结率, 满意度, each with its denominator."""
    made = summary(tally)
    value, unit = duration(made.response_median)
    return (
        FigureView(
            "首次响应（中位数）", value, unit, f"{made.response_median.count} 件已响应的事项"
        ),
        _headline("办结率", made.close_rate, "件已立案", "件办结"),
        _headline("按期办结率", made.on_time_rate, "件应办结", "件按期"),
        _headline("满意度", made.satisfaction, "件有评价", "件满意"),
    )


def figure_row(name: str, path: str, tally: Tally, sample_min: int) -> FigureRow:
    """A line for a street, category, unit or month."""
    made = summary(tally)
    value, unit = duration(made.response_median)
    return FigureRow(
        name=name,
        path=path,
        reported=tally.reported,
        closed=_share(made.close_rate, sample_min),
        on_time=_share(made.on_time_rate, sample_min),
        satisfied=_share(made.satisfaction, sample_min),
        response=f"{value} {unit}" if value else "",
        response_count=made.response_median.count,
        overdue=tally.overdue,
    )


def duration(median: Median) -> tuple[str, str]:
    """A median as a number and its unit: minutes up to two hours, hours up to two days, days."""
    if median.twice_minutes is None:
        return "", ""
    minutes = Decimal(median.twice_minutes) / 2
    if minutes < 120:
        return _tenths(minutes), "分钟"
    if minutes < 2880:
        return _tenths(minutes / 60), "小时"
    return _tenths(minutes / 1440), "天"


def _headline(name: str, rate: Rate, of: str, counted: str) -> FigureView:
    if rate.percent is None:
        return FigureView(name, "", "%", "还没有可计的事项")
    base = f"{rate.denominator} {of}，{rate.numerator} {counted}"
    return FigureView(name, rate.percent, "%", base)


def _share(rate: Rate, sample_min: int) -> Share:
    percent = rate.percent if rate.percent and rate.denominator >= sample_min else ""
    return Share(rate.numerator, rate.denominator, percent)


def _tenths(value: Decimal) -> str:
    rounded = value.quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{rounded.normalize():f}"
