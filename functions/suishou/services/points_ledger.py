"""A rider's points as stored: balance, ledger, and the actions that write one more line.

In: a rider's id. Out: their own balance and lines, never anybody else's. The sum of the lines is
the balance, because line and counter are only ever written together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from suishou.domain.errors import Invalid
from suishou.domain.points import LedgerLine, line_from_json, line_to_json
from suishou.services.index_rows import instant
from suishou.services.system import System
from suishou.storage import private_keys as keys
from suishou.storage.table import Action, Add, Insert, query_all

POINTS = "points"
LINES_MAX = 100


@dataclass(frozen=True)
class LedgerPage:
    """Lines, newest first, and the cursor of the next page (None: that was all)."""

    lines: tuple[LedgerLine, ...]
    cursor: str | None


def balance(system: System, rider_id: str) -> int:
    """The rider's points now; below zero when more was reversed than was left."""
    item = system.private.get(keys.rider(rider_id), keys.BALANCE)
    return item.counters.get(POINTS, 0) if item else 0


def ledger(system: System, rider_id: str, cursor: str | None = None, limit: int = 50) -> LedgerPage:
    """A page of the rider's lines. Raises Invalid for a bad `cursor` or `limit`."""
    if not 1 <= limit <= LINES_MAX:
        raise Invalid("out_of_range", "limit", at_least=1, at_most=LINES_MAX)
    try:
        page = system.private.query(
            keys.rider(rider_id), prefix=keys.LEDGER, descending=True, limit=limit, cursor=cursor
        )
    except ValueError as error:
        raise Invalid("bad_cursor", "cursor") from error
    return LedgerPage(tuple(line_from_json(item.body) for item in page.items), page.cursor)


def all_lines(system: System, rider_id: str) -> Iterator[LedgerLine]:
    """Every line of a rider, oldest first."""
    for item in query_all(system.private, keys.rider(rider_id), prefix=keys.LEDGER):
        yield line_from_json(item.body)


def given(system: System, rider_id: str, entry_id: str) -> int | None:
    """The points that an entry gave, or None while it is not written."""
    item = system.private.get(keys.rider(rider_id), keys.ledger_entry(entry_id))
    return None if item is None else int(item.body[POINTS])


def line_actions(rider_id: str, line: LedgerLine, *, floor: int | None = None) -> list[Action]:
    """What writes a line once: its marker, the line by time, and the balance with its `floor`.

    The marker's key is the entry's id alone, so that a second award of it conflicts.
    """
    partition = keys.rider(rider_id)
    actions: list[Action] = [
        Insert(partition, keys.ledger_entry(line.id), {POINTS: line.points}),
        Insert(partition, keys.ledger_line(instant(line.at), line.id), line_to_json(line)),
    ]
    if line.points:
        actions.append(Add(partition, keys.BALANCE, POINTS, line.points, floor))
    return actions
