"""Measures (指标): exact tallies of public rows, by street, community, category, month and unit.

In: public rows. Out: `Measures`, integers alone, which add up: the tallies of two sets of cases
added are the tallies of both together, medians included, because minutes are kept as
`minutes → count`. Rates are made from them in `rates.py`. Never looks at a clock.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Any, Literal

from suishou.domain.case import ENDS
from suishou.domain.public_row import PublicClock, PublicRow

Dimension = Literal["street", "community", "category", "month", "unit", "closed_month"]
Minutes = Mapping[int, int]
Codes = Mapping[str, int]
OTHER_ENDS = ENDS - {"closed"}  # 不予受理, merged and withdrawn cases: nobody had to solve them
FORMAT = 2  # grows when a tally is defined anew


@dataclass(frozen=True, order=True)
class Cell:
    """Where a case is counted. Codes are the programme's, "" where unknown; month is YYYY-MM of
    the report, `unit` the lead unit's code, `closed_month` YYYY-MM of a closed case's closing."""

    street: str
    community: str
    category: str
    month: str
    unit: str
    closed_month: str = ""


@dataclass(frozen=True)
class Tally:
    """Counts of cases; every one but `reported`, `rejected`, `merged`, `withdrawn` and those of the
    first response leaves out the rejected, merged and withdrawn.

    `taken_on`: past 上报 (立案 or later; what somebody has to solve). `open`: not at an end,
    the not yet taken on included. `overdue`: open and past the resolution deadline.
    `due`: taken on, with a resolution clock that was stopped or is overdue (应办结); `on_time` of
    them stopped in time. `responses_due`, `responses_on_time`: the same of the first response, of
    every case but the withdrawn. `answered`: said whether satisfied; `satisfied` of them yes.
    `resolved`: resolved at least once; `reworked` of them failed verification or were reopened.
    `extended`: taken on and granted 延期 at least once, `extension_reasons` each grant's reason.
    `registrations_due`, `registrations_on_time`: the first response's, without other ends.
    `dispatched`: taken on and sent to a unit; `dispatched_right` of them never returned;
    `handled` of them resolved now. `closings_due`: taken on, its resolution deadline known, closed
    or past it; `closed_on_time` of them closed by that day. `judged`: closed as settled or not,
    `settled` of them yes. The minute maps hold stopped clocks: first response as `responses_due`,
    resolution as `due`.
    """

    reported: int = 0
    rejected: int = 0
    merged: int = 0
    withdrawn: int = 0
    taken_on: int = 0
    open: int = 0
    closed: int = 0
    overdue: int = 0
    due: int = 0
    on_time: int = 0
    responses_due: int = 0
    responses_on_time: int = 0
    answered: int = 0
    satisfied: int = 0
    resolved: int = 0
    reworked: int = 0
    extended: int = 0
    registrations_due: int = 0
    registrations_on_time: int = 0
    dispatched: int = 0
    dispatched_right: int = 0
    handled: int = 0
    closings_due: int = 0
    closed_on_time: int = 0
    judged: int = 0
    settled: int = 0
    response_minutes: Minutes = field(default_factory=dict)
    resolution_minutes: Minutes = field(default_factory=dict)
    extension_reasons: Codes = field(default_factory=dict)


@dataclass(frozen=True)
class Measures:
    """Tallies by cell; a cell without a case is absent."""

    cells: Mapping[Cell, Tally] = field(default_factory=dict)

    @property
    def overall(self) -> Tally:
        """All cells together."""
        return total(self.cells.values())

    def by(self, dimension: Dimension) -> dict[str, Tally]:
        """All cells together, by one of their dimensions, sorted by its code."""
        groups: dict[str, list[Tally]] = {}
        for cell, tally in self.cells.items():
            groups.setdefault(getattr(cell, dimension), []).append(tally)
        return {code: total(groups[code]) for code in sorted(groups)}

    def of(self, **codes: str) -> Tally:
        """The cells with these codes together: `of(street="360926001", month="2026-05")`."""
        return total(
            tally
            for cell, tally in self.cells.items()
            if all(getattr(cell, name) == code for name, code in codes.items())
        )


def measure(rows: Iterable[PublicRow]) -> Measures:
    """The measures of these rows; each row is one case and counts once."""
    groups: dict[Cell, list[Tally]] = {}
    for row in rows:
        groups.setdefault(_cell(row), []).append(_tally(row))
    return Measures({cell: total(groups[cell]) for cell in sorted(groups)})


def add(first: Measures, second: Measures) -> Measures:
    """The measures of both sets of cases together; the sets must not share a case."""
    cells = {**first.cells, **second.cells}
    for cell in first.cells.keys() & second.cells.keys():
        cells[cell] = total((first.cells[cell], second.cells[cell]))
    return Measures({cell: cells[cell] for cell in sorted(cells)})


def total(tallies: Iterable[Tally]) -> Tally:
    """The sum of tallies; the empty tally for none."""
    every = list(tallies)
    if len(every) == 1:
        return every[0]
    columns = zip(*map(_counts_of, every), strict=True)
    summed: dict[str, Any] = dict(zip(_COUNTS, map(sum, columns), strict=bool(every)))
    for name in _MAPS:
        map_sum: dict[Any, int] = {}
        for tally in every:
            for key, count in getattr(tally, name).items():
                map_sum[key] = map_sum.get(key, 0) + count
        summed[name] = dict(sorted(map_sum.items()))
    return Tally(**summed)


_MAPS = ("response_minutes", "resolution_minutes", "extension_reasons")
_COUNTS = tuple(f.name for f in fields(Tally) if f.name not in _MAPS)
_counts_of = attrgetter(*_COUNTS)


def _cell(row: PublicRow) -> Cell:
    closed_month = row.closed_on[:7] if row.stage == "closed" else ""
    return Cell(row.street, row.community, row.category, row.month, row.lead_unit, closed_month)


def _tally(row: PublicRow) -> Tally:
    counted = row.stage not in OTHER_ENDS
    taken_on = counted and row.stage != "reported"
    closed = row.stage == "closed"
    response = row.clocks.get("first_response") if row.stage != "withdrawn" else None
    resolution = row.clocks.get("resolution") if taken_on else None
    is_open = row.stage not in ENDS
    reworked = counted and row.rework_count + row.reopened_count > 0
    response_due = int(response is not None and response.on_time is not None)
    response_on_time = int(response is not None and response.on_time is True)
    dispatched = taken_on and (row.lead_unit != "" or row.returned_count > 0)
    due_on = resolution.due_on if resolution is not None else ""
    late = resolution is not None and resolution.on_time is False
    judged = closed and row.outcome in ("settled", "unsettled")
    return Tally(
        reported=1,
        rejected=int(row.stage == "rejected"),
        merged=int(row.stage == "merged"),
        withdrawn=int(row.stage == "withdrawn"),
        taken_on=int(taken_on),
        open=int(is_open),
        closed=int(closed),
        overdue=int(is_open and _late_and_running(resolution)),
        due=int(resolution is not None and resolution.on_time is not None),
        on_time=int(resolution is not None and resolution.on_time is True),
        responses_due=response_due,
        responses_on_time=response_on_time,
        answered=int(counted and row.satisfied is not None),
        satisfied=int(counted and row.satisfied is True),
        resolved=int(counted and (row.resolved_on != "" or reworked)),
        reworked=int(reworked),
        extended=int(taken_on and row.extended_count > 0),
        registrations_due=response_due if counted else 0,
        registrations_on_time=response_on_time if counted else 0,
        dispatched=int(dispatched),
        dispatched_right=int(dispatched and row.returned_count == 0),
        handled=int(dispatched and row.resolved_on != ""),
        closings_due=int(due_on != "" and (closed or late)),
        closed_on_time=int(due_on != "" and closed and row.closed_on <= due_on),
        judged=int(judged),
        settled=int(judged and row.outcome == "settled"),
        response_minutes=_stopped(response),
        resolution_minutes=_stopped(resolution),
        extension_reasons=dict(sorted(Counter(row.extension_reasons).items())) if taken_on else {},
    )


def _late_and_running(clock: PublicClock | None) -> bool:
    return clock is not None and clock.on_time is False and clock.minutes is None


def _stopped(clock: PublicClock | None) -> Minutes:
    return {} if clock is None or clock.minutes is None else {clock.minutes: 1}
