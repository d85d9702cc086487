"""Writes on SQLite: whether one action of the port holds, and the statements that do it.

In: an action, and the row that stands at its key. Out: a yes or no, SQL with its values, or the row
as an `Item`. Never touches a connection.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import groupby
from typing import Any

from suishou.storage.table import COUNTER_MAX, Action, Add, Delete, Insert, Item, Replace, Require

COLUMNS = "partition, sort, version, body, counters, expires_at"
# Everything about a partition; callers add their bounds.
SELECT = f"SELECT {COLUMNS} FROM items WHERE partition = ?"  # noqa: S608 - constants alone
INSERT = f"INSERT INTO items ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)"  # noqa: S608
Row = tuple[Any, ...]


@cache
def select_keys(count: int) -> str:
    """The rows of so many keys in one statement: each statement hands the interpreter lock over
    twice, and a write of ten actions with a statement each would wait for it twenty times."""
    wanted = ", ".join(["(?, ?)"] * count)
    return (
        f"WITH wanted (p, s) AS (VALUES {wanted}) "  # noqa: S608 - question marks alone
        f"SELECT {COLUMNS} FROM wanted CROSS JOIN items ON partition = p AND sort = s"
    )


def joined(rows: Sequence[tuple[str, Sequence[Any]]]) -> Iterator[tuple[str, Sequence[Any]]]:
    """The same statements, inserts that follow one another as one."""
    for text, group in groupby(rows, key=lambda row: row[0]):
        if text != INSERT:
            yield from group
            continue
        values = [values for _, values in group]
        more = ", (?, ?, ?, ?, ?, ?)" * (len(values) - 1)
        yield text + more, [value for row in values for value in row]


def item_of(row: Row) -> Item:
    """The port's item in a row of `COLUMNS`."""
    partition, sort, version, body, counters, expires_at = row
    return Item(partition, sort, version, json.loads(body), json.loads(counters), expires_at)


def holds(action: Action, found: Row | None) -> bool:
    """Whether the action may be done, given the row at its key (None: absent)."""
    version = found[2] if found else 0
    match action:
        case Insert():
            return found is None
        case Replace():
            return found is not None and version == action.version
        case Require():
            return bool(version == action.version)
        case Delete():
            return action.version is None or (found is not None and version == action.version)
        case Add():
            sum_after = _count(action, found) + action.amount
            above_floor = action.floor is None or sum_after >= action.floor
            return above_floor and abs(sum_after) < COUNTER_MAX


def _count(action: Add, found: Row | None) -> int:
    return int(json.loads(found[4]).get(action.counter, 0)) if found else 0


def statements(
    action: Action, body: str | None, found: Row | None
) -> Iterator[tuple[str, Sequence[Any]]]:
    """SQL and values that do an action which `holds`; none for `Require`."""
    key = (action.partition, action.sort)
    here = "WHERE partition = ? AND sort = ?"
    match action:
        case Insert():
            yield INSERT, (*key, 1, body, _counters(action.counters), action.expires_at)
        case Replace():
            text = f"UPDATE items SET version = ?, body = ?, expires_at = ? {here}"  # noqa: S608
            yield text, (action.version + 1, body, action.expires_at, *key)
        case Delete():
            yield f"DELETE FROM items {here}", key  # noqa: S608
        case Add():
            counters = json.loads(found[4]) if found else {}
            counters[action.counter] = counters.get(action.counter, 0) + action.amount
            if found:
                text = f"UPDATE items SET counters = ? {here}"  # noqa: S608
                yield text, (_counters(counters), *key)
            else:
                yield INSERT, (*key, 1, "{}", _counters(counters), None)


def _counters(counters: Mapping[str, int]) -> str:
    if not counters:  # nearly always
        return "{}"
    return json.dumps(counters, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
