"""Overdue work by unit, with its denominators and the reasons for extensions.

In: measures, the programme. Out: `OverdueRow`s in the programme's order, never by rank. Single
cases are named only after the programme's grace period (`past_grace`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from build_scripts.highlights import due_on
from build_scripts.view_figures import Mark, count_mark, scope
from build_scripts.view_measures import Share, share
from suishou.domain.measures import Measures, Tally
from suishou.domain.programme import Programme
from suishou.domain.public_row import PublicRow
from suishou.domain.rates import summary


@dataclass(frozen=True)
class OverdueRow:
    """One lead unit. `reasons` are (words, mark of the grants) of 延期."""

    name: str
    open: Mark
    overdue: Mark
    on_time: Share
    extended: Mark
    reasons: tuple[tuple[str, Mark], ...]

    @property
    def late(self) -> bool:
        return self.overdue.value != "0"


def overdue_rows(measures: Measures, programme: Programme) -> tuple[OverdueRow, ...]:
    """Every unit that was sent a case, by code; cases without a unit last."""
    by_unit = measures.by("unit")
    codes = [code for code in by_unit if code] + ([""] if by_unit.get("", Tally()).open else [])
    return tuple(
        overdue_row(
            programme.unit_name(code) if code else "尚未派单",
            by_unit[code],
            scope(unit=code) if code else "unit=",
            programme,
        )
        for code in codes
    )


def overdue_row(name: str, tally: Tally, within: str, programme: Programme) -> OverdueRow:
    """One line, or all of them together with the scope ""."""
    return OverdueRow(
        name,
        count_mark("open", tally, within),
        count_mark("overdue", tally, within),
        share(summary(tally), "on_time_rate", programme.loop.sample_min, within),
        count_mark("extended", tally, within),
        reason_words(tally, within, programme),
    )


def reason_words(tally: Tally, within: str, programme: Programme) -> tuple[tuple[str, Mark], ...]:
    """Reasons for extensions in the programme's words and order, those without a code last."""
    known = programme.loop.extension_reasons
    counted = tally.extension_reasons
    found = [(known[code], _grants(within, [code], counted)) for code in known if code in counted]
    other = sorted(code for code in counted if code not in known)
    return (*found, ("未注明理由", _grants(within, other, counted))) if other else tuple(found)


def _grants(within: str, codes: Sequence[str], counted: Mapping[str, int]) -> Mark:
    place = ";".join(filter(None, (f"reason={','.join(codes)}", within)))
    return Mark("extension_reasons", place, str(sum(counted[code] for code in codes)))


def past_grace(rows: Iterable[PublicRow], data_day: str, grace_days: int) -> list[PublicRow]:
    """The overdue cases whose deadline is more than `grace_days` before the day of the data."""
    if not data_day:
        return []
    last = (date.fromisoformat(data_day) - timedelta(days=grace_days)).isoformat()
    return [row for row in rows if "" < due_on(row) < last]
