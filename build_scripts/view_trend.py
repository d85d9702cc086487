"""The charts of home and statistics: twelve months at a time, from measures alone.

In: measures, the day of the data. Out: `Chart` and `SmallChart`. Every drawn value stands in the
chart's table with its mark.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from build_scripts import view_charts as charts
from build_scripts.phrase import MONTH_ALONE, Phrase, month_phrase
from build_scripts.rollups import reported_by_month
from build_scripts.view_charts import Cell, Chart, SmallChart
from build_scripts.view_duration import duration
from build_scripts.view_figures import Mark, count_mark, median_mark, scope
from build_scripts.view_frozen import NOTHING_FROZEN, FrozenFigures
from build_scripts.view_period import last_months
from suishou.domain.measures import Dimension, Measures, Tally

_HOUR, _DAY = 120, 2880  # in half minutes, as medians are kept
DRAWN_MAX = 40


def reported_and_closed(
    measures: Measures, data_day: str, frozen: FrozenFigures = NOTHING_FROZEN
) -> Chart | None:
    """Cases reported and closed in each of the last months; None without any."""
    months = last_months(data_day)
    came, went = measures.by("month"), measures.by("closed_month")
    reported = [_frozen("reported", came.get(m, Tally()), scope(month=m), frozen) for m in months]
    closed = [
        _frozen("closed", went.get(m, Tally()), scope(closed_month=m), frozen) for m in months
    ]
    values = [[int(mark.value) for mark in marks] for marks in (reported, closed)]
    if not months or not any(map(sum, values)):
        return None
    steps = charts.tick_values(max(map(max, values)))
    return Chart(
        id="trend",
        title="每月受理和结案（件）",
        description=Phrase(
            "{}，每月受理最多 {} 件，结案最多 {} 件；最近一个月受理 {} 件，结案 {} 件。",
            _span(months),
            max(values[0]),
            max(values[1]),
            values[0][-1],
            values[1][-1],
        ),
        ticks=charts.ticks(steps),
        labels=charts.labels([_short(month) for month in months]),
        series=(
            charts.column_series("受理", values[0], steps[-1], 0, 2),
            charts.column_series("结案", values[1], steps[-1], 1, 2),
        ),
        head=("月份", "受理", "结案"),
        rows=tuple(
            (month_phrase(month), (_cell(came_mark), _cell(went_mark)))
            for month, came_mark, went_mark in zip(months, reported, closed, strict=True)
        ),
    )


def handling_time(
    measures: Measures, data_day: str, sample_min: int, frozen: FrozenFigures = NOTHING_FROZEN
) -> Chart | None:
    """The median handling time of the cases closed in each of the last months, where there were at
    least `sample_min`; None without any."""
    months = last_months(data_day)
    closed = measures.by("closed_month")
    medians = [
        frozen.summary(closed.get(m, Tally()), scope(closed_month=m)).resolution_median
        for m in months
    ]
    values = [one.twice_minutes if one.count >= sample_min else None for one in medians]
    known = [value for value in values if value is not None]
    if not known:
        return None
    unit, name = (_DAY, "天") if max(known) >= 2 * _DAY else (_HOUR, "小时")
    steps = charts.tick_values(-(-max(known) // unit))
    rows = []
    for month, one in zip(months, medians, strict=True):
        value, of = duration(one)
        mark = frozen.marked(median_mark("resolution_median", one, scope(closed_month=month)))
        text = Cell(Phrase("{} {}", value, of), mark) if value else Cell("—")
        rows.append((month_phrase(month), (text, Cell(str(one.count), mark, base=True))))
    return Chart(
        id="handling",
        title=Phrase("办结用时的中位数（{}）", name),
        description=Phrase(
            "{}，按结案月份；不足 {} 件的月份不画。各月数值见下面的表。", _span(months), sample_min
        ),
        ticks=charts.ticks(steps, unit),
        labels=charts.labels([_short(month) for month in months]),
        series=(charts.line_series("办结用时中位数", values, steps[-1] * unit),),
        head=("结案月份", "办结用时中位数", "件数"),
        rows=tuple(rows),
    )


def month_by_month(
    measures: Measures,
    data_day: str,
    dimension: Dimension,
    name_of: Callable[[str], str],
    path: str = "",
) -> tuple[SmallChart, ...]:
    """Cases reported by month in each street, category or lead unit, all on one scale, by code; of
    `path` a page's address is made where codes have pages."""
    months = last_months(data_day)
    counted: Mapping[str, Mapping[str, int]] = reported_by_month(measures, dimension)
    codes = sorted(code for code in counted if code)[:DRAWN_MAX]
    values = {code: [counted[code].get(month, 0) for month in months] for code in codes}
    highest = max((max(found) for found in values.values()), default=0)
    if not highest:
        return ()
    drawn = []
    for code in codes:
        line, last = charts.small_line(values[code], highest)
        span = f"{months[0]}..{months[-1]}"
        mark = Mark("reported", scope(month=span, **{dimension: code}), str(sum(values[code])))
        drawn.append(
            SmallChart(
                name_of(code),
                path.format(code),
                line,
                last,
                _cell(mark),
                Phrase(
                    "近 {} 个月每月受理最多 {} 件，最近一个月 {} 件",
                    len(months),
                    max(values[code]),
                    values[code][-1],
                ),
            )
        )
    return tuple(drawn)


def _frozen(figure: str, tally: Tally, within: str, frozen: FrozenFigures) -> Mark:
    return frozen.marked(count_mark(figure, frozen.summary(tally, within).tally, within))


def _cell(mark: Mark) -> Cell:
    return Cell(mark.value, mark)


def _span(months: Sequence[str]) -> Phrase:
    return Phrase("{}至{}", month_phrase(months[0]), month_phrase(months[-1]))


def _short(month: str) -> Phrase:
    return Phrase(MONTH_ALONE, int(month[5:]))
