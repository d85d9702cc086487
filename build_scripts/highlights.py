"""Build, step 2, inner part: the few cases that home and the overdue page name one by one.

In: rows. Out: `Highlights`: shown cases closed last, and shown cases open past their deadline; they
add up (the first few of two sets are among the first few of each), so no build reads all rows for
them. Never looks at a clock: which of them are of this week, or past grace, is decided by the page.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from suishou.domain.case import ENDS
from suishou.domain.public_row import PublicRow

SOLVED_KEPT = 12  # twice what home shows, and as many again that have both photos
OVERDUE_KEPT = 60  # one page; the table beside it counts them all


@dataclass(frozen=True)
class Highlights:
    """`solved` newest first, `pictured` those of them with photos before and after, `overdue` by
    deadline, oldest first; ties by id."""

    solved: tuple[PublicRow, ...] = ()
    pictured: tuple[PublicRow, ...] = ()
    overdue: tuple[PublicRow, ...] = ()


NO_HIGHLIGHTS = Highlights()


def highlights_of(rows: Iterable[PublicRow]) -> Highlights:
    """The highlights of these rows."""
    shown = [row for row in rows if row.shown]
    solved = [row for row in shown if row.stage == "closed" and row.closed_on]
    pictured = [row for row in solved if row.photos_before and row.photos_after]
    return _first(solved, pictured, [row for row in shown if is_overdue(row)])


def added(every: Iterable[Highlights]) -> Highlights:
    """The highlights of all of their cases."""
    found = list(every)
    return _first(
        [row for one in found for row in one.solved],
        [row for one in found for row in one.pictured],
        [row for one in found for row in one.overdue],
    )


def is_overdue(row: PublicRow) -> bool:
    """Open and past the resolution deadline, as `Tally.overdue` counts it."""
    clock = row.clocks.get("resolution")
    late = clock is not None and clock.on_time is False and clock.minutes is None
    return late and row.stage not in ENDS and row.stage != "reported"


def due_on(row: PublicRow) -> str:
    """The day of the resolution deadline, "" without one."""
    return row.clocks["resolution"].due_on if "resolution" in row.clocks else ""


def _first(
    solved: list[PublicRow], pictured: list[PublicRow], overdue: list[PublicRow]
) -> Highlights:
    return Highlights(
        _newest(solved)[:SOLVED_KEPT],
        _newest(pictured)[:SOLVED_KEPT],
        tuple(sorted(overdue, key=lambda row: (due_on(row), row.id))[:OVERDUE_KEPT]),
    )


def _newest(rows: list[PublicRow]) -> tuple[PublicRow, ...]:
    return tuple(sorted(rows, key=lambda row: (row.closed_on, row.id), reverse=True))
