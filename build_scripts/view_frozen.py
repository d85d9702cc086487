"""Frozen figures as pages print them: what was published stands, with what it was corrected to.

In: the journals of finished months (`domain/frozen_figures.py`). Out: summaries of tallies with the
frozen figures in the place of today's, and marks that say so. Never decides what is frozen.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from build_scripts.phrase import Phrase
from build_scripts.view_duration import duration
from build_scripts.view_figures import MEDIANS, RATES, Mark
from suishou.domain.frozen_figures import FrozenMonth, Key, Value
from suishou.domain.measures import Tally
from suishou.domain.rates import Median, Rate, Summary, summary

_MONTH = re.compile(r"(?:^|;)(?:closed_)?month=(\d{4}-\d{2})(?=;|$)")


@dataclass(frozen=True)
class FrozenFigures:
    """By month; a month that has no journal is not frozen."""

    months: Mapping[str, FrozenMonth] = field(default_factory=dict)

    def summary(self, tally: Tally, within: str) -> Summary:
        """The rates and medians of a tally over this scope: the frozen ones where there are any,
        and likewise the tally's counts."""
        made = summary(tally)
        month = self._month(within)
        if month is None:
            return made
        counts, others = {}, {}
        for (scope, figure), value in month.frozen.items():
            if scope != within:
                continue
            if figure in RATES:
                others[figure] = rate_of(value)
            elif figure in MEDIANS:
                others[figure] = median_of(value)
            else:
                counts[figure] = int(value.value)
        return replace(made, tally=replace(tally, **counts), **others)

    def marked(self, mark: Mark) -> Mark:
        """The mark of a frozen figure says on which day, and what it is corrected to."""
        month = self._month(mark.scope)
        key = (mark.scope, mark.figure)
        if month is None or key not in month.frozen:
            return mark
        latest = month.latest[key]
        if latest == month.frozen[key]:
            return replace(mark, frozen_on=month.on[key])
        now = Mark(mark.figure, mark.scope, latest.value, latest.numerator, latest.denominator)
        return replace(mark, frozen_on=month.on[key], now=now, now_words=words_of(key, latest))

    def on(self, scope: str, figure: str) -> str:
        """The day on which a figure was frozen, or ""."""
        month = self._month(scope)
        return month.on.get((scope, figure), "") if month else ""

    def _month(self, scope: str) -> FrozenMonth | None:
        found = _MONTH.search(scope)
        return self.months.get(found[1]) if found else None


NOTHING_FROZEN = FrozenFigures()


def rate_of(value: Value) -> Rate:
    """The rate that was published."""
    return Rate(int(value.numerator), int(value.denominator))


def median_of(value: Value) -> Median:
    """The median that was published, of so many durations."""
    whole, _, half = value.value.partition(".")
    twice = int(whole) * 2 + bool(half.strip("0")) if value.value else None
    return Median(twice, int(value.denominator))


def words_of(key: Key, value: Value) -> str:
    """A published figure as people read it: 31, 83.3%（25/30）, 2.5 天（30 件）."""
    figure = key[1]
    if figure in RATES:
        base = f"{value.numerator}/{value.denominator}"
        return Phrase("{}%（{}）", value.value, base) if value.value else base
    if figure in MEDIANS:
        number, unit = duration(median_of(value))
        counted = Phrase("{} 件", value.denominator)
        return Phrase("{} {}（{}）", number, unit, counted) if number else counted
    return value.value
