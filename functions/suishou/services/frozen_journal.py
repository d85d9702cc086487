"""Keeps the journal of frozen figures and their corrections in the public table.

In: the public table, entries of `domain/frozen_figures.py`. Out: the journal as it stands; new
entries, each written once. A month's entries are numbered, and an entry is inserted only where its
number is free: of two builders that found the same month, one is told. Repeating is safe.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from suishou.domain.errors import Conflict
from suishou.domain.frozen_figures import (
    Entry,
    FrozenMonth,
    entry_from_json,
    entry_json,
    journal,
)
from suishou.storage import public_keys as keys
from suishou.storage.table import Action, Insert, Item, Require, Table, query_all

ENTRIES_A_WRITE = 20  # of at most some 100 KB each; a write takes 4 MB


def frozen_months(public: Table) -> dict[str, FrozenMonth]:
    """The journal of every month that has one."""
    return journal(
        entry_from_json(*_month_and_number(item.sort), item.body)
        for item in query_all(public, keys.FROZEN)
    )


def keep_entries(
    public: Table,
    entries: Sequence[Entry],
    guard: Callable[[], Require | None] = lambda: None,
) -> None:
    """Writes the entries. Raises `Conflict` when the guard fails (the build's lease is lost), or
    when another builder wrote another entry under the same number."""
    for start in range(0, len(entries), ENTRIES_A_WRITE):
        _keep(public, entries[start : start + ENTRIES_A_WRITE], guard)


def _keep(public: Table, entries: Sequence[Entry], guard: Callable[[], Require | None]) -> None:
    bodies = {keys.frozen(entry.month, entry.number): entry_json(entry) for entry in entries}
    while bodies:
        condition = guard()
        actions: list[Action] = [Insert(keys.FROZEN, sort, body) for sort, body in bodies.items()]
        try:
            public.write([*actions, condition] if condition else actions)
        except Conflict as conflict:
            stands = {
                failed.sort
                for failed in conflict.failed
                if isinstance(failed.found, Item) and bodies.get(failed.sort) == failed.found.body
            }
            if not stands or len(stands) < len(conflict.failed):
                raise
            bodies = {sort: body for sort, body in bodies.items() if sort not in stands}
        else:
            return


def _month_and_number(sort: str) -> tuple[str, int]:
    month, _, number = sort.partition("#")
    return month, int(number)
