"""A table that does what the one below it does, and counts what DynamoDB would charge for it.

In: reads and writes of the services. Out: units by partition key and second, sizes of items and
transactions, and items that two transactions wanted at nearly the same moment. The time is the
simulated one. Never changes what is stored.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from typing import Any

from bench.scale.limits import (
    READ_UNIT_BYTES,
    TRANSACTION_FACTOR,
    WRITE_UNIT_BYTES,
)
from suishou.storage.table import Action, Add, Delete, Insert, Item, Page, Replace, Table

CLOSE_SECONDS = 0.02  # two transactions on one item within one round trip would conflict
NAME_BYTES = 8  # pk, sk, v, b and the version's own bytes


@dataclass
class Units:
    """What one table was asked for. Keys of the counters: (partition, second)."""

    writes: Counter[tuple[str, int]] = field(default_factory=Counter)
    reads: Counter[tuple[str, int]] = field(default_factory=Counter)
    requests: int = 0
    item_bytes_max: int = 0
    transaction_bytes_max: int = 0
    transaction_actions_max: int = 0
    close_calls: Counter[str] = field(default_factory=Counter)  # by kind of partition
    stored_bytes: int = 0

    def total(self, which: Counter[tuple[str, int]]) -> int:
        return sum(which.values())

    def busiest_second(self, which: Counter[tuple[str, int]]) -> int:
        """Units of the whole table in its busiest second."""
        seconds: Counter[int] = Counter()
        for (_, second), units in which.items():
            seconds[second] += units
        return max(seconds.values(), default=0)

    def hottest(self, which: Counter[tuple[str, int]]) -> list[tuple[str, int]]:
        """The busiest second of the busiest partition of each kind (`QUEUE#`), hottest first."""
        worst: dict[str, int] = defaultdict(int)
        for (partition, _), units in which.items():
            kind = kind_of(partition)
            worst[kind] = max(worst[kind], units)
        return sorted(worst.items(), key=lambda pair: -pair[1])


def kind_of(partition: str) -> str:
    """`QUEUE#360926001#2` → `QUEUE#`"""
    return partition.partition("#")[0] + ("#" if "#" in partition else "")


class MeteredTable(Table):
    """`table` with a meter on it, read at `now`'s seconds."""

    def __init__(self, table: Table, now: Callable[[], datetime]) -> None:
        self._table = table
        self._now = now
        self._sizes: dict[tuple[str, str], int] = {}
        self._touched: dict[tuple[str, str], float] = {}
        self.units = Units()

    def get(self, partition: str, sort: str) -> Item | None:
        self._read(partition, self._sizes.get((partition, sort), 0))
        return self._table.get(partition, sort)

    def query(self, partition: str, **asked: Any) -> Page:
        page = self._table.query(partition, **asked)
        sizes = (self._sizes.get((item.partition, item.sort), 0) for item in page.items)
        self._read(partition, sum(sizes))
        return page

    def write(self, actions: Sequence[Action]) -> None:
        self._table.write(actions)
        units, at = self.units, self._now().timestamp()
        units.requests += 1
        together = 0
        for action in actions:
            key = (action.partition, action.sort)
            before = self._sizes.get(key, 0)
            after = self._size_after(action, before)
            billed = max(before, after, 1)
            units.writes[action.partition, int(at)] += TRANSACTION_FACTOR * ceil(
                billed / WRITE_UNIT_BYTES
            )
            units.item_bytes_max = max(units.item_bytes_max, after)
            units.stored_bytes += after - before
            together += billed
            self._sizes[key] = after
            if not after:
                del self._sizes[key]
            if at - self._touched.get(key, 0.0) < CLOSE_SECONDS:
                units.close_calls[kind_of(action.partition)] += 1
            self._touched[key] = at
        units.transaction_bytes_max = max(units.transaction_bytes_max, together)
        units.transaction_actions_max = max(units.transaction_actions_max, len(actions))

    def _read(self, partition: str, size: int) -> None:
        self.units.requests += 1
        self.units.reads[partition, int(self._now().timestamp())] += max(
            1, ceil(size / READ_UNIT_BYTES)
        )

    @staticmethod
    def _size_after(action: Action, before: int) -> int:
        names = len(action.partition.encode()) + len(action.sort.encode()) + NAME_BYTES
        match action:
            case Insert() | Replace():
                return names + _json_bytes(action.body)
            case Add():
                return before or names + len(action.counter) + NAME_BYTES
            case Delete():
                return 0
            case _:
                return before


def _json_bytes(body: Any) -> int:
    return len(json.dumps(body, ensure_ascii=False, separators=(",", ":"), default=dict).encode())
