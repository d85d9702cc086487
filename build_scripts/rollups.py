"""Build, step 2, inner part: tallies of many cases in few figures, so that no build reads them all.

In: the measures of a part file. Out: `RollUp`s, which add up: parts to a month, months to a year,
years to a decade, decades to everything. Holds what pages over all months show (everything, each
street, community, category, month, unit and month of closing alone, the few cases to name); the
cells themselves stay with the parts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from build_scripts import closings, figures, highlights
from build_scripts.closings import Closings
from build_scripts.highlights import NO_HIGHLIGHTS, Highlights
from suishou.domain import measures as measuring
from suishou.domain.measures import Cell, Dimension, Measures, Tally

DIMENSIONS: tuple[Dimension, ...] = (
    "street",
    "community",
    "category",
    "month",
    "unit",
    "closed_month",
)
LISTED: tuple[Dimension, ...] = ("street", "category", "unit")  # those counted month by month
_NO_CELL = dict.fromkeys(DIMENSIONS, "")
CountsByMonth = Mapping[str, Mapping[str, Mapping[str, int]]]  # dimension → code → month → cases


@dataclass(frozen=True)
class RollUp:
    """`by` holds the measures of each dimension alone (the other codes of its cells are ""),
    `reported` how many cases of a LISTED code each month has, `shown` each month's cases with a
    page of their own, `data_day` the newest `changed_on`, `recounted` the overall tally as SQL
    counted, `highlights` the few cases that home names, `closings` what the boards of each month
    of closing are made from."""

    by: Mapping[Dimension, Measures]
    reported: CountsByMonth
    recounted: figures.Counts
    shown: Mapping[str, int]
    data_day: str
    highlights: Highlights = NO_HIGHLIGHTS
    closings: Closings = field(default_factory=dict)

    @cached_property
    def overall(self) -> Tally:
        return measuring.total(self.by["month"].cells.values())


def of_part(
    measures: Measures,
    recounted: figures.Counts,
    shown: Mapping[str, int],
    data_day: str,
    named: Highlights = NO_HIGHLIGHTS,
    closed: Closings | None = None,
) -> RollUp:
    """The roll-up of a part's measures."""
    by: dict[Dimension, Measures] = {}
    for dimension in DIMENSIONS:
        tallies = measures.by(dimension)
        by[dimension] = Measures({_cell(dimension, code): tallies[code] for code in tallies})
    reported: dict[str, dict[str, dict[str, int]]] = {name: {} for name in LISTED}
    for cell, tally in measures.cells.items():
        for dimension in LISTED:
            months = reported[dimension].setdefault(getattr(cell, dimension), {})
            months[cell.month] = months.get(cell.month, 0) + tally.reported
    return RollUp(by, reported, recounted, shown, data_day, named, closed or {})


def added(rollups: Iterable[RollUp]) -> RollUp:
    """The roll-up of all of their cases; they must not share one."""
    every = list(rollups)
    by = {d: joined(roll.by[d] for roll in every) for d in DIMENSIONS}
    reported: dict[str, dict[str, dict[str, int]]] = {name: {} for name in LISTED}
    shown: dict[str, int] = {}
    for roll in every:
        for dimension, codes in roll.reported.items():
            for code, months in codes.items():
                _count(reported[dimension].setdefault(code, {}), months)
        _count(shown, roll.shown)
    recounted = figures.added(roll.recounted for roll in every)
    day = max((roll.data_day for roll in every), default="")
    named = highlights.added(roll.highlights for roll in every)
    closed = closings.added(roll.closings for roll in every)
    return RollUp(by, reported, recounted, shown, day, named, closed)


def to_json(roll: RollUp) -> dict[str, Any]:
    return {
        "by": {name: measuring.to_json(roll.by[name]) for name in DIMENSIONS},
        "reported": roll.reported,
        "recounted": roll.recounted,
        "shown": roll.shown,
        "data_day": roll.data_day,
        "highlights": highlights.highlights_json(roll.highlights),
        "closings": roll.closings,
    }


def from_json(body: Mapping[str, Any]) -> RollUp:
    """What `to_json` wrote."""
    by = {name: measuring.from_json(body["by"][name]) for name in DIMENSIONS}
    named = highlights.highlights_from_json(body["highlights"])
    counted = (body["reported"], body["recounted"], body["shown"], body["data_day"])
    return RollUp(by, *counted, named, body["closings"])


class RolledMeasures(Measures):
    """The measures of all cases, from roll-ups. `overall`, `by` and `reported_by_month` cost the
    same however many cases there are; `cells` and `of` read the summaries of every part on the
    first call, so nothing that a nightly build writes may ask for them: `month_measures` has the
    cells of one month."""

    def __init__(self, roll: RollUp, read: Callable[[str], Measures]) -> None:
        object.__setattr__(self, "_roll", roll)
        object.__setattr__(self, "_read", read)
        object.__setattr__(self, "_months", {})

    _roll: RollUp
    _read: Callable[[str], Measures]
    _months: dict[str, Measures]

    @cached_property
    def cells(self) -> Mapping[Cell, Tally]:  # type: ignore[override] # read when asked for
        found = dict(_every_cell(self.month_measures(month) for month in self._roll.shown))
        return {cell: found[cell] for cell in sorted(found)}

    @property
    def overall(self) -> Tally:
        return self._roll.overall

    def by(self, dimension: Dimension) -> dict[str, Tally]:
        cells = self._roll.by[dimension].cells
        return {getattr(cell, dimension): tally for cell, tally in cells.items()}

    def month_measures(self, month: str) -> Measures:
        """All cells of one month; none for a month without cases."""
        if month not in self._months:
            self._months[month] = self._read(month)
        return self._months[month]

    def reported_by_month(self, dimension: Dimension) -> Mapping[str, Mapping[str, int]]:
        """Code → month → cases reported, of a LISTED dimension."""
        return self._roll.reported[dimension]


def reported_by_month(measures: Measures, dimension: Dimension) -> Mapping[str, Mapping[str, int]]:
    """Code → month → cases reported, of any measures."""
    if isinstance(measures, RolledMeasures):
        return measures.reported_by_month(dimension)
    counts: dict[str, dict[str, int]] = {}
    for cell, tally in measures.cells.items():
        _count(counts.setdefault(getattr(cell, dimension), {}), {cell.month: tally.reported})
    return counts


def _cell(dimension: Dimension, code: str) -> Cell:
    return Cell(**{**_NO_CELL, dimension: code})


def joined(every: Iterable[Measures]) -> Measures:
    """The measures of all of their cases; they must not share one."""
    groups: dict[Cell, list[Tally]] = {}
    for cell, tally in _every_cell(every):
        groups.setdefault(cell, []).append(tally)
    return Measures(
        {
            cell: groups[cell][0] if len(groups[cell]) == 1 else measuring.total(groups[cell])
            for cell in sorted(groups)
        }
    )


def _every_cell(every: Iterable[Measures]) -> Iterator[tuple[Cell, Tally]]:
    for measures in every:
        yield from measures.cells.items()


def _count(counts: dict[str, int], more: Mapping[str, int]) -> None:
    for name, count in more.items():
        counts[name] = counts.get(name, 0) + count
