"""Measures as English pages print them, and the words of a case in English.

In: tallies and their scopes. Out: `Headline`, `Line` (each figure with its mark), `GLOSSARY`. Never
a name of a programme's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from build_scripts.view_figures import Mark, count_mark, median_mark, rate_mark
from build_scripts.view_measures import duration
from suishou.domain.measures import Tally
from suishou.domain.rates import Rate, summary

_UNITS: Mapping[str, str] = {"分钟": "minutes", "小时": "hours", "天": "days", "": ""}
GLOSSARY = (
    ("立案", "registered"),
    ("派单", "dispatched to a unit"),
    ("领单", "claimed by the community"),
    ("接单", "accepted by a department"),
    ("办结", "resolved"),
    ("核查", "verified"),
    ("结案", "closed"),
    ("退回", "handed back, with a reason"),
    ("暂缓办理", "on hold"),
    ("延期", "deadline extended"),
    ("提级办理", "escalated"),
    ("不予受理", "not accepted"),
    ("首次响应", "first response"),
    ("办理时限", "deadline"),
)


@dataclass(frozen=True)
class Headline:
    """A figure on its own; `value` and `unit` as printed, `base` its denominator in words."""

    name: str
    value: str
    unit: str
    base: str
    mark: Mark


@dataclass(frozen=True)
class Share:
    """A rate in a table; without `enough` cases only its counts are printed."""

    mark: Mark
    enough: bool


@dataclass(frozen=True)
class Line:
    """A line of a table; `path` leads there from the page, or is ""."""

    name: str
    path: str
    reported: Mark
    closed: Share
    on_time: Share
    satisfied: Share


def headlines(tally: Tally) -> tuple[Headline, ...]:
    """First response, closed, resolved on time, satisfied."""
    made = summary(tally)
    value, unit = duration(made.response_median)
    count = made.response_median.count
    return (
        Headline(
            "First response (median)",
            value,
            _UNITS[unit],
            f"{count} cases responded to",
            median_mark("response_median", made.response_median),
        ),
        _headline("Closed", "close_rate", made.close_rate, "taken on"),
        _headline("Resolved on time", "on_time_rate", made.on_time_rate, "due"),
        _headline("Satisfied", "satisfaction", made.satisfaction, "rated"),
    )


def line(name: str, path: str, tally: Tally, within: str, sample_min: int) -> Line:
    """A line for a month, street, category or unit."""
    made = summary(tally)

    def share(figure: str, rate: Rate) -> Share:
        return Share(rate_mark(figure, rate, within), rate.denominator >= sample_min)

    return Line(
        name,
        path,
        count_mark("reported", tally, within),
        share("close_rate", made.close_rate),
        share("on_time_rate", made.on_time_rate),
        share("satisfaction", made.satisfaction),
    )


def _headline(name: str, figure: str, rate: Rate, of: str) -> Headline:
    base = f"{rate.numerator} of {rate.denominator} {of}" if rate.denominator else "no case yet"
    return Headline(name, rate.percent or "", "%", base, rate_mark(figure, rate))
