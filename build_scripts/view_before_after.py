"""Handling time before and after a day that the programme names: two medians, never a claim.

In: measures by month of closing, the programme's milestones. Out: `BeforeAfter`s in the order of
their days. The months beside a milestone's own are compared, up to MONTHS on either side; the
month itself counts for neither. Both sides need the smallest sample, or none is given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from build_scripts.phrase import Phrase, day_phrase, month_phrase
from build_scripts.view_duration import duration
from build_scripts.view_figures import Mark, median_mark, scope
from suishou.domain.measures import Measures, Tally, total
from suishou.domain.programme import LoopRules
from suishou.domain.rates import summary

MONTHS = 6  # half a year on either side: long enough for a sample, short enough to be about the day


@dataclass(frozen=True)
class Side:
    """`value` is a median in words, "" below the sample; `count` of how many cases."""

    span: str
    value: str
    count: int
    mark: Mark


@dataclass(frozen=True)
class BeforeAfter:
    """One milestone with both of its sides."""

    name: str
    day: str
    before: Side
    after: Side


def before_and_after(measures: Measures, rules: LoopRules) -> tuple[BeforeAfter, ...]:
    """Of every milestone that has closed cases on both sides."""
    closed = {month: tally for month, tally in measures.by("closed_month").items() if month}
    found = []
    for one in sorted(rules.milestones, key=lambda one: (one.on, one.name)):
        own = one.on[:7]
        first, last = _month_from(own, -MONTHS), _month_from(own, MONTHS)
        earlier = [month for month in sorted(closed) if first <= month < own]
        later = [month for month in sorted(closed) if own < month <= last]
        if earlier and later:
            sides = [_side(closed, months, rules.sample_min) for months in (earlier, later)]
            if all(side.value for side in sides):
                found.append(BeforeAfter(one.name, day_phrase(one.on), *sides))
    return tuple(found)


def _side(closed: Mapping[str, Tally], months: Sequence[str], sample_min: int) -> Side:
    made = summary(total(closed[month] for month in months)).resolution_median
    value, unit = duration(made) if made.count >= sample_min else ("", "")
    return Side(
        Phrase("{}至{}", month_phrase(months[0]), month_phrase(months[-1])),
        Phrase("{} {}", value, unit) if value else "",
        made.count,
        median_mark("resolution_median", made, scope(closed_month=",".join(months))),
    )


def _month_from(month: str, count: int) -> str:
    number = int(month[:4]) * 12 + int(month[5:]) - 1 + count
    return f"{number // 12}-{number % 12 + 1:02d}"
