"""Tables for tests of what may happen between two storage calls of one service."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from suishou.services.system import System
from suishou.storage.table import Action, Item, Page, Table


class Interrupted(Table):
    """Before the first query of a partition or prefix that begins so, somebody else acts."""

    def __init__(self, table: Table, beginning: str, meanwhile: Callable[[], object]) -> None:
        self._table = table
        self._beginning = beginning
        self._meanwhile: Callable[[], object] | None = meanwhile

    def get(self, partition: str, sort: str) -> Item | None:
        return self._table.get(partition, sort)

    def query(self, partition: str, *, prefix: str = "", **rest: Any) -> Page:
        asked = (partition, prefix)
        if self._meanwhile and any(name.startswith(self._beginning) for name in asked):
            meanwhile, self._meanwhile = self._meanwhile, None
            meanwhile()
        return self._table.query(partition, prefix=prefix, **rest)

    def write(self, actions: Sequence[Action]) -> None:
        self._table.write(actions)


class EmptyPages(Table):
    """Every page is first answered empty, with a cursor that leads to it, as the port permits."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, partition: str, sort: str) -> Item | None:
        return self._table.get(partition, sort)

    def query(self, partition: str, *, cursor: str | None = None, **rest: Any) -> Page:
        if cursor is None or not cursor.startswith("again:"):
            return Page((), f"again:{cursor or ''}")
        own = cursor.removeprefix("again:") or None
        return self._table.query(partition, cursor=own, **rest)

    def write(self, actions: Sequence[Action]) -> None:
        self._table.write(actions)


def interrupted(system: System, beginning: str, meanwhile: Callable[[], object]) -> System:
    return replace(system, private=Interrupted(system.private, beginning, meanwhile))


def with_empty_pages(system: System) -> System:
    return replace(system, private=EmptyPages(system.private), public=EmptyPages(system.public))
