"""Rates and medians, each with its denominator, from exact tallies.

In: a `Tally` or `Measures`. Out: `Summary` and the published JSON. Integer arithmetic alone: a
percentage is text with one decimal, rounded half up; a median is exact to the half minute. What has
no denominator is None, never 0 % nor 100 %.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from suishou.domain.measures import Dimension, Measures, Minutes, Tally

DIMENSIONS: tuple[Dimension, ...] = ("street", "community", "category", "month", "unit")
COUNTS = (
    "reported",
    "taken_on",
    "open",
    "overdue",
    "closed",
    "rejected",
    "merged",
    "withdrawn",
)


@dataclass(frozen=True)
class Rate:
    """A share of cases. `percent` is like "96.5", or None when there is nothing to share."""

    numerator: int
    denominator: int

    @property
    def percent(self) -> str | None:
        if self.denominator == 0:
            return None
        # Half up, in tenths of a percent: floor(n * 1000 / d + 1/2).
        tenths = (2000 * self.numerator + self.denominator) // (2 * self.denominator)
        return f"{tenths // 10}.{tenths % 10}"


@dataclass(frozen=True)
class Median:
    """The median of `count` durations, kept doubled so that it stays an integer."""

    twice_minutes: int | None
    count: int

    @property
    def minutes(self) -> str | None:
        """Like "12" or "12.5", or None when nothing was measured."""
        if self.twice_minutes is None:
            return None
        return f"{self.twice_minutes // 2}" + (".5" if self.twice_minutes % 2 else "")


@dataclass(frozen=True)
class Summary:
    """What is published of a set of cases. Denominators are the tallies named in `Tally`:

    - `response_rate` 首次响应按时率: first responses in time ÷ those made or overdue;
    - `close_rate` 办结率: closed ÷ taken on (立案 or later, without rejected, merged, withdrawn);
    - `on_time_rate` 按期办结率: resolved in time ÷ resolved or overdue (应办结), so that an open
      overdue case counts against it;
    - `satisfaction` 满意度: satisfied ÷ those who answered;
    - `rework_rate` 返工率: failed verification or reopened ÷ resolved at least once;
    - `extension_rate` 延期率: extended ÷ taken on;
    - `registration_rate` 按时立案率: first responses in time ÷ those made or overdue, of cases that
      were not rejected, merged or withdrawn;
    - `dispatch_rate` 准确派遣率: never returned by a unit ÷ dispatched;
    - `handling_rate` 处置率: resolved ÷ dispatched; 按期处置率 is `on_time_rate`;
    - `closing_rate` 按期结案率: closed by the deadline's day ÷ closed, or not closed and past it;
    - `solving_rate` 解决率: closed as settled ÷ closed as settled or as unsettled.
    """

    tally: Tally
    response_rate: Rate
    close_rate: Rate
    on_time_rate: Rate
    satisfaction: Rate
    rework_rate: Rate
    extension_rate: Rate
    registration_rate: Rate
    dispatch_rate: Rate
    handling_rate: Rate
    closing_rate: Rate
    solving_rate: Rate
    response_median: Median
    resolution_median: Median


def median(minutes: Minutes) -> Median:
    """The exact median of a `minutes → count` map: the middle one, or the mean of the middle two.

    Raises ValueError for a negative count.
    """
    if min(minutes.values(), default=0) < 0:
        raise ValueError("a count below zero")
    count = sum(minutes.values())
    if count == 0:
        return Median(None, 0)
    return Median(sum(_middle(minutes, (count - 1) // 2, count // 2)), count)


def summary(tally: Tally) -> Summary:
    """The rates and medians of a tally."""
    return Summary(
        tally=tally,
        response_rate=Rate(tally.responses_on_time, tally.responses_due),
        close_rate=Rate(tally.closed, tally.taken_on),
        on_time_rate=Rate(tally.on_time, tally.due),
        satisfaction=Rate(tally.satisfied, tally.answered),
        rework_rate=Rate(tally.reworked, tally.resolved),
        extension_rate=Rate(tally.extended, tally.taken_on),
        registration_rate=Rate(tally.registrations_on_time, tally.registrations_due),
        dispatch_rate=Rate(tally.dispatched_right, tally.dispatched),
        handling_rate=Rate(tally.handled, tally.dispatched),
        closing_rate=Rate(tally.closed_on_time, tally.closings_due),
        solving_rate=Rate(tally.settled, tally.judged),
        response_median=median(tally.response_minutes),
        resolution_median=median(tally.resolution_minutes),
    )


def summary_json(tally: Tally) -> dict[str, Any]:
    """One summary as published: counts, `{numerator, denominator, percent}`, `{minutes, count}`."""
    made = summary(tally)
    return {
        **{name: getattr(tally, name) for name in COUNTS},
        "response_rate": _rate_json(made.response_rate),
        "close_rate": _rate_json(made.close_rate),
        "on_time_rate": _rate_json(made.on_time_rate),
        "satisfaction": _rate_json(made.satisfaction),
        "rework_rate": _rate_json(made.rework_rate),
        "extension_rate": _rate_json(made.extension_rate),
        "registration_rate": _rate_json(made.registration_rate),
        "dispatch_rate": _rate_json(made.dispatch_rate),
        "handling_rate": _rate_json(made.handling_rate),
        "closing_rate": _rate_json(made.closing_rate),
        "solving_rate": _rate_json(made.solving_rate),
        "response_median": _median_json(made.response_median),
        "resolution_median": _median_json(made.resolution_median),
    }


def published(measures: Measures) -> dict[str, Any]:
    """What `GET /measures` and the open data say: `overall`, then `by_<dimension>` by code."""
    groups: Mapping[str, Any] = {
        f"by_{dimension}": {
            code: summary_json(tally) for code, tally in measures.by(dimension).items()
        }
        for dimension in DIMENSIONS
    }
    return {"overall": summary_json(measures.overall), **groups}


def _middle(minutes: Minutes, first: int, second: int) -> tuple[int, int]:
    """The durations at two positions of the sorted list, the second not before the first."""
    passed, lower = 0, -1
    for value, count in sorted(minutes.items()):
        passed += count
        if lower < 0 and passed > first:
            lower = value
        if passed > second:
            return lower, value
    raise ValueError("fewer durations than that")


def _rate_json(rate: Rate) -> dict[str, Any]:
    return {
        "numerator": rate.numerator,
        "denominator": rate.denominator,
        "percent": rate.percent,
    }


def _median_json(value: Median) -> dict[str, Any]:
    return {"minutes": value.minutes, "count": value.count}
