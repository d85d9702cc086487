"""Measures as people read them: each with what it was counted from, and its mark for verification.

In: tallies and their scopes. Out: `FigureView` (a headline), `FigureRow` (a line of a table) and
`RateView` (a rate of the standard with its formula). A figure without a denominator is said to be
absent, never 0 %; below the programme's smallest sample only the counts are given, since a share of
a handful compares nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from build_scripts.phrase import Phrase, day_phrase
from build_scripts.view_duration import duration
from build_scripts.view_figures import Mark, count_mark, median_mark, rate_mark
from build_scripts.view_frozen import NOTHING_FROZEN, FrozenFigures
from suishou.domain.measures import Tally
from suishou.domain.rates import Rate, Summary, summary

# Name and formula of each rate; the first eight as GB/T 30428.4 names them, the others as 12345's
# assessment does. The formulas say what `rates.Summary` divides.
STANDARD_RATES: Mapping[str, tuple[str, str]] = {
    "registration_rate": (
        "按时立案率",
        "按时作出首次响应 ÷ 应当立案（不予受理、并入、撤回的不计）",
    ),
    "dispatch_rate": ("准确派遣率", "派出后没有被退回 ÷ 已派单"),
    "handling_rate": ("处置率", "已处置 ÷ 应处置（已派单）"),
    "on_time_rate": ("按期处置率", "按期处置 ÷ 应处置且已处置或已超期（超期仍在办的计入分母）"),
    "close_rate": ("结案率", "已结案 ÷ 已立案"),
    "closing_rate": ("按期结案率", "在办理时限当日或以前结案 ÷ 已结案或已超期"),
    "rework_rate": ("返工率", "核查未通过或重新办理 ÷ 至少处置过一次"),
    "extension_rate": ("延期率", "获准延期 ÷ 已立案"),
    "response_rate": ("响应率", "按时作出首次响应 ÷ 应当响应（撤回的不计）"),
    "solving_rate": ("解决率", "结案时已解决 ÷ 结案时已解决或未能解决（答复咨询的不计）"),
    "satisfaction": ("满意率", "表示满意 ÷ 作出评价"),
}


@dataclass(frozen=True)
class Change:
    """How a figure moved since the period before, in words; `mark` is the difference."""

    words: str
    mark: Mark


@dataclass(frozen=True)
class FigureView:
    """A headline measure; `value` is "" when there is nothing to count it from. `path`, from the
    site's root, leads to what it is made of; `base_mark` is of the figure whose numbers stand in
    `base`, None where none do."""

    name: str
    value: str
    unit: str
    base: str
    mark: Mark
    path: str = ""
    change: Change | None = None
    base_mark: Mark | None = None


@dataclass(frozen=True)
class Share:
    """A rate in a table; `percent` is "" below the smallest sample."""

    numerator: int
    denominator: int
    percent: str
    mark: Mark


@dataclass(frozen=True)
class FigureRow:
    """One line of a table of measures; `path` is from the site's root, or ""; `note` says since
    when its figures are frozen."""

    name: str
    path: str
    reported: Mark
    closed: Share
    on_time: Share
    satisfied: Share
    response: str
    response_mark: Mark
    handling: str
    handling_mark: Mark
    ended: Mark
    overdue: Mark
    note: str = ""


@dataclass(frozen=True)
class RateView:
    """A rate of the standard: its formula in words, and its value."""

    name: str
    formula: str
    share: Share


def headlines(tally: Tally, within: str = "") -> tuple[FigureView, ...]:
    """首次响应, 办结率, 按期办结率, 满意度, each with its denominator."""
    made = summary(tally)
    value, unit = duration(made.response_median)
    responded = median_mark("response_median", made.response_median, within)
    return (
        FigureView(
            "首次响应（中位数）",
            value,
            unit,
            Phrase("{} 件已响应的事项", made.response_median.count),
            responded,
            base_mark=responded,
        ),
        headline("办结率", "close_rate", made, within, "件已立案", "件办结"),
        headline("按期办结率", "on_time_rate", made, within, "件应办结", "件按期"),
        headline("满意度", "satisfaction", made, within, "件有评价", "件满意"),
    )


def headline(
    name: str, figure: str, made: Summary, within: str, of: str, counted: str
) -> FigureView:
    """One rate as a headline: `of` and `counted` are the words after its two counts."""
    rate: Rate = getattr(made, figure)
    mark = rate_mark(figure, rate, within)
    if rate.percent is None:
        return FigureView(name, "", "%", "还没有可计的事项", mark)
    base = Phrase("{} {}，{} {}", rate.denominator, of, rate.numerator, counted)
    return FigureView(name, rate.percent, "%", base, mark, base_mark=mark)


def figure_row(
    name: str,
    path: str,
    tally: Tally,
    sample_min: int,
    within: str,
    frozen: FrozenFigures = NOTHING_FROZEN,
) -> FigureRow:
    """A line for a street, category, unit or month; what is frozen of it as it was published."""
    made = frozen.summary(tally, within)
    value, unit = duration(made.response_median)
    handled, handled_unit = duration(made.resolution_median)

    def shared(figure: str) -> Share:
        one = share(made, figure, sample_min, within)
        return replace(one, mark=frozen.marked(one.mark))

    return FigureRow(
        name=name,
        path=path,
        reported=frozen.marked(count_mark("reported", made.tally, within)),
        closed=shared("close_rate"),
        on_time=shared("on_time_rate"),
        satisfied=shared("satisfaction"),
        response=Phrase("{} {}", value, unit) if value else "",
        response_mark=frozen.marked(median_mark("response_median", made.response_median, within)),
        handling=Phrase("{} {}", handled, handled_unit) if handled else "",
        handling_mark=frozen.marked(
            median_mark("resolution_median", made.resolution_median, within)
        ),
        ended=frozen.marked(count_mark("closed", made.tally, within)),
        overdue=count_mark("overdue", made.tally, within),
        note=_since(within, frozen),
    )


def _since(within: str, frozen: FrozenFigures) -> str:
    """Since when a line is frozen; of a month of reports perhaps its count alone."""
    if day := frozen.on(within, "closed"):
        return Phrase("冻结于{}", day_phrase(day))
    day, fared = frozen.on(within, "reported"), frozen.on(within, "close_rate")
    if not day:
        return ""
    return Phrase("冻结于{}" if fared else "受理数冻结于{}", day_phrase(fared or day))


def standard_rates(tally: Tally, sample_min: int, within: str = "") -> tuple[RateView, ...]:
    """Every rate of STANDARD_RATES, in that order."""
    made = summary(tally)
    return tuple(
        RateView(name, formula, share(made, figure, sample_min, within))
        for figure, (name, formula) in STANDARD_RATES.items()
    )


def share(made: Summary, figure: str, sample_min: int, within: str = "") -> Share:
    """A rate with its counts; its percentage only from `sample_min` cases on."""
    rate: Rate = getattr(made, figure)
    percent = rate.percent if rate.percent and rate.denominator >= sample_min else ""
    return Share(rate.numerator, rate.denominator, percent, rate_mark(figure, rate, within))
