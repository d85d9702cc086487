"""Build, step 2, last part: which figures of finished months are frozen now, and what is corrected.

In: the journal in the public table, the measures, the day of the data. Out: `Frozen`: the figures
that pages print of finished months, and the entries to be written before they are published. Costs
some microseconds a month, however many cases there are. Never looks at a clock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from build_scripts.content_store import canonical_json, content_hash
from build_scripts.rollups import reported_by_month
from build_scripts.summaries import Summary
from build_scripts.view_frozen import FrozenFigures
from suishou.domain.frozen_figures import (
    Entry,
    FrozenMonth,
    MonthTallies,
    entry_json,
    folded,
    is_over,
    next_entry,
)
from suishou.domain.measures import Dimension, Measures, Tally
from suishou.domain.programme import LoopRules
from suishou.services.frozen_journal import frozen_months, keep_entries
from suishou.storage.table import Require, Table


@dataclass(frozen=True)
class Frozen:
    """`figures` with this build's own; `entries` of them that are not stored yet."""

    figures: FrozenFigures
    entries: tuple[Entry, ...]

    def keep(self, public: Table, guard: Callable[[], Require | None]) -> None:
        """Stores the entries, before anybody sees what they say: a build that was cut short leaves
        figures that no later build changes unsaid. Raises `Conflict` when another builder came
        first or the guard fails."""
        keep_entries(public, self.entries, guard)


def freeze(public: Table, summary: Summary, rules: LoopRules) -> Frozen:
    """The figures of all finished months that have cases, from the journal and today's rows."""
    months: dict[str, FrozenMonth] = dict(frozen_months(public))
    entries = []
    for month, tallies in _over(summary, rules.frozen_after_days).items():
        known = months.get(month)
        entry = next_entry(month, known, tallies, rules.sample_min, summary.data_day)
        if entry is not None:
            entries.append(entry)
            months[month] = folded(month, (*(known.entries if known else ()), entry))
    return Frozen(FrozenFigures(months), tuple(entries))


def journal_hash(month: FrozenMonth) -> str:
    """Of all that pages may say of a month's journal."""
    return content_hash(canonical_json([entry_json(entry) for entry in month.entries]))


def _over(summary: Summary, days: int) -> dict[str, MonthTallies]:
    measures: Measures = summary.measures
    came, went = measures.by("month"), measures.by("closed_month")
    by_street = _by_month(measures, "street")
    by_category = _by_month(measures, "category")
    none: Mapping[str, int] = {}
    return {
        month: MonthTallies(
            came[month],
            went.get(month, Tally()),
            by_street.get(month, none),
            by_category.get(month, none),
        )
        for month in sorted(summary.shown)
        if is_over(month, summary.data_day, days)
    }


def _by_month(measures: Measures, dimension: Dimension) -> dict[str, dict[str, int]]:
    """Month → code → cases reported; those without a code are left out."""
    found: dict[str, dict[str, int]] = {}
    for code, months in reported_by_month(measures, dimension).items():
        for month, count in months.items():
            if code:
                found.setdefault(month, {})[code] = count
    return found
