"""Storage that fails as the port permits: around a real engine, by the seed.

Comes in: a `Table`, a `ChangeFeed`, blobs, and `Faults`, which says how often. Goes out: the same
ports, with lost replies, contention, crashes, short and empty pages, deliveries repeated and out
of order. Every call passes the baton first, so that any two services may interleave there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random

from suishou.domain.errors import Contended, StorageFailure
from suishou.storage.table import (
    PAGE_ITEMS_MAX,
    Action,
    Change,
    ChangeFeed,
    Item,
    Page,
    Table,
    query_all,
)
from tests.simulation.baton import Baton

AGAIN = "again:"  # the cursor of an empty page: the same question once more
REMEMBERED_CHANGES_MAX = 50


@dataclass
class Faults:
    """How often each thing goes wrong, as chances from 0 to 1 a call; `calm` stops all of them."""

    random: Random
    baton: Baton
    contended: float = 0.0
    unanswered: float = 0.0  # a read without an answer; a write that happened, its reply lost
    crash: float = 0.0
    short_page: float = 0.0
    feed: float = 0.0
    calm: bool = False
    counted: dict[str, int] = field(default_factory=dict)

    def strikes(self, kind: str) -> bool:
        """Whether this kind of fault happens now; never outside of a task."""
        if self.calm or self.baton.holder is None:
            return False
        if self.random.random() >= getattr(self, kind):
            return False
        self.counted[kind] = self.counted.get(kind, 0) + 1
        return True

    def before(self) -> None:
        """What may happen on the way to the engine: nothing is read or written then."""
        self.baton.pause()
        if self.strikes("crash"):
            self.baton.crash()
        if self.strikes("contended"):
            raise Contended("simulated")

    def after(self) -> None:
        """What may happen on the way back: the engine has done its work."""
        if self.strikes("crash"):
            self.baton.crash()
        if self.strikes("unanswered"):
            raise StorageFailure("simulated: no answer")


class FaultyTable(Table):
    """A table whose calls may fail; `contents` reads past all faults what it holds."""

    def __init__(self, table: Table, faults: Faults) -> None:
        self.table = table
        self._faults = faults
        self._partitions: dict[str, None] = {}
        self.written: list[Callable[[Action], None]] = []  # told of every action that was stored

    def get(self, partition: str, sort: str) -> Item | None:
        self._faults.before()
        item = self.table.get(partition, sort)
        self._faults.after()
        return item

    def query(
        self,
        partition: str,
        *,
        prefix: str = "",
        after: str = "",
        limit: int = PAGE_ITEMS_MAX,
        descending: bool = False,
        cursor: str | None = None,
    ) -> Page:
        self._faults.before()
        came = cursor.removeprefix(AGAIN) or None if cursor else None
        if self._faults.strikes("short_page"):
            if self._faults.random.random() < 0.3 and not (cursor or "").startswith(AGAIN):
                return Page((), f"{AGAIN}{came or ''}")
            limit = self._faults.random.randint(1, min(limit, 3))
        page = self.table.query(
            partition, prefix=prefix, after=after, limit=limit, descending=descending, cursor=came
        )
        self._faults.after()
        return page

    def write(self, actions: Sequence[Action]) -> None:
        self._faults.before()
        self._partitions.update(dict.fromkeys(action.partition for action in actions))
        self.table.write(actions)
        for told in self.written:
            for action in actions:
                told(action)
        self._faults.after()

    def contents(self) -> dict[tuple[str, str], Item]:
        """Everything the table holds, by key: all of it came through `write`."""
        found: dict[tuple[str, str], Item] = {}
        for partition in sorted(self._partitions):
            for item in query_all(self.table, partition):
                found[item.partition, item.sort] = item
        return found


class FaultyFeed(ChangeFeed):
    """Deliveries that come late, twice, long after, or in another order; replies that get lost."""

    def __init__(self, feed: ChangeFeed, faults: Faults) -> None:
        self.feed = feed
        self._faults = faults
        self._delivered: list[Change] = []

    def pending(self, limit: int) -> Sequence[Change]:
        self._faults.before()
        changes = list(self.feed.pending(limit))
        if self._faults.strikes("feed"):
            random = self._faults.random
            changes += random.sample(self._delivered, min(3, len(self._delivered)))
            random.shuffle(changes)
            changes = changes[: random.randint(0, len(changes))]
        self._delivered = [*self._delivered, *changes][-REMEMBERED_CHANGES_MAX:]
        return changes

    def done(self, changes: Sequence[Change]) -> None:
        self._faults.before()
        self.feed.done(changes)
        self._faults.after()


class FaultyBlobs:
    """The `Blobs` port in memory, with the same faults."""

    def __init__(self, faults: Faults) -> None:
        self.kept: dict[str, bytes] = {}
        self._faults = faults

    def put(self, key: str, content: bytes, content_type: str) -> None:
        with self._faulty():
            self.kept[key] = content

    def get(self, key: str) -> bytes | None:
        with self._faulty():
            return self.kept.get(key)

    def has(self, key: str) -> bool:
        with self._faulty():
            return key in self.kept

    def delete(self, key: str) -> None:
        with self._faulty():
            self.kept.pop(key, None)

    def list(self, prefix: str = "") -> list[str]:
        with self._faulty():
            return sorted(key for key in self.kept if key.startswith(prefix))

    @contextmanager
    def _faulty(self) -> Iterator[None]:
        self._faults.before()
        yield
        self._faults.after()
