"""Whole tables and whole folders of photos, for moving a programme from one engine to another.

In: every item of a table, in any order. Out: one line of JSON an item, and a digest that depends
on the items alone, not on their order or engine. Only `suishou export` and `import` may use it:
services ask for keys.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from suishou.storage.table import Item

_SPACE = 2**256


class Mover(Protocol):
    """One table as a heap of items. Both raise `Contended` and `StorageFailure`."""

    def items(self) -> Iterator[Item]:
        """Every item once, in any order; one written meanwhile may be among them or not."""

    def put(self, items: Sequence[Item]) -> None:
        """Stores whole items, versions and counters included, over whatever has their keys; case
        heads come out of the change feed again. Repeating it changes nothing."""


@dataclass
class Tally:
    """How many, and the sum of their hashes: the same for the same things in any order."""

    count: int = 0
    total: int = 0

    def add(self, thing: bytes) -> None:
        self.count += 1
        self.total = (self.total + int.from_bytes(hashlib.sha256(thing).digest())) % _SPACE

    def to_json(self) -> dict[str, int | str]:
        """`{"count": 12, "sum": <64 hex digits>}`"""
        return {"count": self.count, "sum": f"{self.total:064x}"}


def line_of(item: Item) -> bytes:
    """An item as one line of canonical JSON, without the line's end."""
    fields = [
        item.partition,
        item.sort,
        item.version,
        item.body,
        dict(item.counters),
        item.expires_at,
    ]
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def item_in(line: bytes) -> Item:
    """The item of a line. Raises ValueError for one that is damaged."""
    fields = json.loads(line)
    if not isinstance(fields, list) or len(fields) != 6:
        raise ValueError("not an item")
    return Item(*fields)


def living(items: Iterator[Item], at: int) -> Iterator[Item]:
    """Those that have not expired at an epoch second: an engine may drop the others at any time."""
    return (item for item in items if item.expires_at is None or item.expires_at > at)


def tally(items: Iterator[Item]) -> Tally:
    """The tally of some items' lines."""
    sums = Tally()
    for item in items:
        sums.add(line_of(item))
    return sums
