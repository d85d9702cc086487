"""The last full month beside the one before, and the last twelve: how the county is doing.

In: measures and the day of the data; the clock is never asked. Out: `Period` with its headlines,
and months for charts. What was reported counts in the month of its report, what was closed (and how
fast, in time, to whose satisfaction) in the month of its closing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from build_scripts.phrase import Phrase, month_phrase
from build_scripts.view_duration import duration
from build_scripts.view_figures import Mark, change_mark, count_mark, median_mark, scope
from build_scripts.view_frozen import NOTHING_FROZEN, FrozenFigures
from build_scripts.view_measures import Change, FigureView, headline
from suishou.domain.measures import Measures, Tally
from suishou.domain.rates import Median, Summary

TREND_MONTHS = 12


@dataclass(frozen=True)
class Period:
    """`name` is 2026年5月, or 累计 while no full month has passed."""

    name: str
    figures: tuple[FigureView, ...]


def month_before(month: str) -> str:
    """2026-01 → 2025-12."""
    year, number = int(month[:4]), int(month[5:])
    return f"{year - 1}-12" if number == 1 else f"{year}-{number - 1:02d}"


def last_months(data_day: str, count: int = TREND_MONTHS) -> tuple[str, ...]:
    """The months up to the day of the data, oldest first; () without data."""
    months = [data_day[:7]] if data_day else []
    while months and len(months) < count:
        months.append(month_before(months[-1]))
    return tuple(reversed(months))


def period(
    measures: Measures, data_day: str, sample_min: int, frozen: FrozenFigures = NOTHING_FROZEN
) -> Period:
    """The month before the day's own, compared with the one before it; everything so far when that
    month has no cases."""
    reported, closed = measures.by("month"), measures.by("closed_month")
    last = month_before(data_day[:7]) if data_day else ""
    if last not in reported:
        whole = measures.overall
        return Period("累计", _figures(whole, whole, "", "", "cases/index.html"))
    before = month_before(last)
    none = Tally()
    path = f"cases/{last.replace('-', '/')}/index.html"
    now = _figures(reported[last], closed.get(last, none), *_scopes(last), path, frozen)
    then = _figures(
        reported.get(before, none), closed.get(before, none), *_scopes(before), path, frozen
    )
    return Period(
        month_phrase(last),
        tuple(
            _compared(figure, other, sample_min) if before in reported else figure
            for figure, other in zip(now, then, strict=True)
        ),
    )


def _scopes(month: str) -> tuple[str, str]:
    return scope(month=month), scope(closed_month=month)


def _figures(
    reported: Tally,
    closed: Tally,
    reported_in: str,
    closed_in: str,
    path: str,
    frozen: FrozenFigures = NOTHING_FROZEN,
) -> tuple[FigureView, ...]:
    came, made = frozen.summary(reported, reported_in), frozen.summary(closed, closed_in)
    rows = "statistics.html#closings"
    figures = (
        _count("受理", count_mark("reported", came.tally, reported_in), "按上报日期计", path),
        replace(
            _count(
                "结案",
                count_mark("closed", made.tally, closed_in),
                Phrase("同期受理 {} 件", came.tally.reported),
                rows,
            ),
            base_mark=count_mark("reported", came.tally, reported_in),
        ),
        replace(
            headline("按期办结率", "on_time_rate", made, closed_in, "件应办结", "件按期"), path=rows
        ),
        _median("办结用时（中位数）", made, closed_in, rows),
        replace(
            headline("满意度", "satisfaction", made, closed_in, "件有评价", "件满意"), path=rows
        ),
    )
    return tuple(
        replace(
            one,
            mark=frozen.marked(one.mark),
            base_mark=frozen.marked(one.base_mark) if one.base_mark else None,
        )
        for one in figures
    )


def _count(name: str, mark: Mark, base: str, path: str) -> FigureView:
    return FigureView(name, mark.value, "件", base, mark, path)


def _median(name: str, made: Summary, within: str, path: str) -> FigureView:
    value, unit = duration(made.resolution_median)
    counted = Phrase("{} 件办结", made.resolution_median.count)
    base = counted if value else "还没有可计的事项"
    mark = median_mark("resolution_median", made.resolution_median, within)
    return FigureView(name, value, unit, base, mark, path, base_mark=mark if value else None)


def _compared(figure: FigureView, before: FigureView, sample_min: int) -> FigureView:
    """With its change, unless either is a share or a median of fewer cases than the sample."""
    samples = (figure.mark.denominator, before.mark.denominator)
    if any(sample and int(sample) < sample_min for sample in samples):
        return figure
    mark = change_mark(figure.mark.figure, figure.mark, before.mark)
    return replace(figure, change=Change(_change_words(mark), mark)) if mark else figure


def _change_words(mark: Mark) -> str:
    size = mark.value.removeprefix("-")
    if not size.replace("0", "").replace(".", ""):
        return "与上月持平"
    fewer = mark.value.startswith("-")
    if mark.figure.endswith("_median"):
        whole, _, half = size.partition(".")
        value, unit = duration(Median(int(whole) * 2 + bool(half.strip("0")), 1))
        return Phrase("比上月快 {} {}" if fewer else "比上月慢 {} {}", value, unit)
    if mark.denominator or mark.figure.endswith(("_rate", "satisfaction")):
        return Phrase("比上月低 {} 个百分点" if fewer else "比上月高 {} 个百分点", size)
    return Phrase("比上月少 {} 件" if fewer else "比上月多 {} 件", size)
