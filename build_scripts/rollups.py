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
from typing import TypeVar

import msgspec

from build_scripts import closings, figures, highlights
from build_scripts.closings import Closings
from build_scripts.highlights import NO_HIGHLIGHTS, Highlights
from suishou.domain.measures import Cell, Dimension, Measures, Tally, total

DIMENSIONS: tuple[Dimension, ...] = (
    "street",
    "community",
    "category",
    "month",
    "unit",
    "closed_month",
)
LISTED: tuple[Dimension, ...] = ("street", "category", "unit")  # those counted month by month
Code = TypeVar("Code", str, Cell)
CountsByMonth = Mapping[str, Mapping[str, Mapping[str, int]]]  # dimension → code → month → cases


@dataclass(frozen=True)
class RollUp:
    """`by` holds the tallies of each dimension alone, by code, `reported` how many cases of a
    LISTED code each month has, `shown` each month's cases with a page of their own, `data_day` the
    newest `changed_on`, `recounted` the overall tally as SQL counted, `highlights` the few cases
    that home names, `closings` what the boards of each month of closing are made from."""

    by: Mapping[Dimension, Mapping[str, Tally]]
    reported: CountsByMonth
    recounted: figures.Counts
    shown: Mapping[str, int]
    data_day: str
    highlights: Highlights = NO_HIGHLIGHTS
    closings: Closings = field(default_factory=dict)

    @cached_property
    def overall(self) -> Tally:
        return total(self.by["month"].values())


_JSON = msgspec.json.Encoder()
_ROLL = msgspec.json.Decoder(RollUp)
_CELLS = msgspec.json.Decoder(list[tuple[Cell, Tally]])


def of_part(
    measures: Measures,
    recounted: figures.Counts,
    shown: Mapping[str, int],
    data_day: str,
    named: Highlights = NO_HIGHLIGHTS,
    closed: Closings | None = None,
) -> RollUp:
    """The roll-up of a part's measures."""
    by = {dimension: measures.by(dimension) for dimension in DIMENSIONS}
    reported: dict[str, dict[str, dict[str, int]]] = {name: {} for name in LISTED}
    for cell, tally in measures.cells.items():
        for dimension in LISTED:
            months = reported[dimension].setdefault(getattr(cell, dimension), {})
            months[cell.month] = months.get(cell.month, 0) + tally.reported
    return RollUp(by, reported, recounted, shown, data_day, named, closed or {})


def added(rollups: Iterable[RollUp]) -> RollUp:
    """The roll-up of all of their cases; they must not share one."""
    every = list(rollups)
    by = {d: _joined(roll.by[d] for roll in every) for d in DIMENSIONS}
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


def roll_bytes(roll: RollUp) -> bytes:
    """The roll-up as JSON."""
    return _JSON.encode(roll)


def roll_from_bytes(content: bytes) -> RollUp:
    """What `roll_bytes` wrote. Raises ValueError for anything else."""
    return _ROLL.decode(content)


def cells_bytes(measures: Measures) -> bytes:
    """Cells and their tallies as JSON."""
    return _JSON.encode(list(measures.cells.items()))


def cells_from_bytes(content: bytes) -> Measures:
    """What `cells_bytes` wrote. Raises ValueError for anything else."""
    return Measures(dict(_CELLS.decode(content)))


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
        return dict(self._roll.by[dimension])

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


def joined(every: Iterable[Measures]) -> Measures:
    """The measures of all of their cells; they must not share a case."""
    return Measures(_joined(measures.cells for measures in every))


def _joined(every: Iterable[Mapping[Code, Tally]]) -> dict[Code, Tally]:
    groups: dict[Code, list[Tally]] = {}
    for tallies in every:
        for code, tally in tallies.items():
            groups.setdefault(code, []).append(tally)
    return {code: total(groups[code]) for code in sorted(groups)}


def _every_cell(every: Iterable[Measures]) -> Iterator[tuple[Cell, Tally]]:
    for measures in every:
        yield from measures.cells.items()


def _count(counts: dict[str, int], more: Mapping[str, int]) -> None:
    for name, count in more.items():
        counts[name] = counts.get(name, 0) + count
