"""The embedded engine of the storage port: one SQLite file, for many threads and many processes.

In: the port's actions. Out: items, pages, and, when `feed` is on, a row in `changes` for every
watched key, in the same transaction. WAL and `synchronous=FULL`: what was acknowledged survives
a crash and a power cut. It never waits in a retry loop of its own beyond SQLite's busy timeout.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from suishou.domain.errors import Conflict, Contended, FailedAction, StorageFailure
from suishou.storage.group_commit import GroupCommit
from suishou.storage.paging import Span, first_beyond_prefix, span
from suishou.storage.sqlite_actions import SELECT, holds, item_of, joined, select_keys, statements
from suishou.storage.table import (
    PAGE_ITEMS_MAX,
    Action,
    Item,
    Page,
    Require,
    Table,
    check_key,
    checked,
    watched,
)

BUSY_SECONDS = 5.0  # how long another process may hold the file before a write is `Contended`
CHECKPOINT_PAGES = 4_000  # 16 MB of WAL: a page written often is copied into the file once
OPENING_TRIES = 50  # two processes that create the same file meet without SQLite's busy handler
SCHEMA = """
CREATE TABLE IF NOT EXISTS items (
  partition TEXT NOT NULL, sort TEXT NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL,
  counters TEXT NOT NULL, expires_at INTEGER, PRIMARY KEY (partition, sort)
) WITHOUT ROWID, STRICT;
CREATE TABLE IF NOT EXISTS changes (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT, partition TEXT NOT NULL, sort TEXT NOT NULL,
  UNIQUE (partition, sort)
) STRICT;
"""
CHANGED = "INSERT OR REPLACE INTO changes (partition, sort) VALUES (?, ?)"
Result = TypeVar("Result")


class SqliteTable(Table):
    """A table in one file. Open it in the process that uses it: it must not cross a fork."""

    def __init__(self, path: Path, synchronous: str, feed: bool) -> None:
        self._path = path
        self._synchronous = synchronous
        self._feed = feed
        self._process = os.getpid()
        self._closed = False
        self._idle: deque[sqlite3.Connection] = deque()
        writer = self._connect()
        _create(writer)
        self._group = GroupCommit(writer, failure)

    @classmethod
    def open(cls, path: str | Path, *, synchronous: str = "FULL", feed: bool = True) -> SqliteTable:
        """The table in the file at `path`, made if absent. `synchronous` is SQLite's own word;
        anything below FULL may lose acknowledged writes and is for throw-away data only.

        Raises `StorageFailure` when the file cannot be used.
        """
        if synchronous not in {"OFF", "NORMAL", "FULL", "EXTRA"}:
            raise ValueError("synchronous is OFF, NORMAL, FULL or EXTRA")
        with answering():
            return cls(Path(path), synchronous, feed)

    def close(self) -> None:
        """Waits for writes under way; afterwards every call raises `StorageFailure`."""
        self._closed = True
        self._group.close()
        while self._idle:
            self._idle.pop().close()

    def get(self, partition: str, sort: str) -> Item | None:
        check_key(partition)
        check_key(sort)
        rows = self.read(f"{SELECT} AND sort = ?", (partition, sort))
        return item_of(rows[0]) if rows else None

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
        asked = span(
            partition,
            prefix=prefix,
            after=after,
            limit=limit,
            descending=descending,
            cursor=cursor,
        )
        if asked is None:
            return Page((), None)
        text, values = selection(asked)
        items = tuple(item_of(row) for row in self.read(text, (*values, limit + 1)))
        if len(items) <= limit:
            return Page(items, None)
        return Page(items[:limit], asked.cursor(items[limit - 1].sort))

    def write(self, actions: Sequence[Action]) -> None:
        bodies = checked(actions)
        self.run(lambda connection: self._apply(connection, actions, bodies))

    def read(self, text: str, values: Sequence[Any]) -> list[Any]:
        """All rows of one SELECT, as of its start. For this package alone."""
        with answering(), self._reader() as connection:
            return connection.execute(text, values).fetchall()

    def run(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        """`work` inside a (shared) write transaction. For this package alone."""
        self._check_usable()
        return self._group.run(work)

    def _apply(
        self, connection: sqlite3.Connection, actions: Sequence[Action], bodies: list[str | None]
    ) -> None:
        failed: list[FailedAction] = []
        rows: list[tuple[str, Sequence[Any]]] = []
        keys = [key for action in actions for key in (action.partition, action.sort)]
        standing = {row[:2]: row for row in connection.execute(select_keys(len(actions)), keys)}
        for position, (action, body) in enumerate(zip(actions, bodies, strict=True)):
            key = (action.partition, action.sort)
            found = standing.get(key)
            if not holds(action, found):
                failed.append(FailedAction(position, *key, item_of(found) if found else None))
            elif not failed:
                rows.extend(statements(action, body, found))
                if self._feed and watched(*key) and not isinstance(action, Require):
                    rows.append((CHANGED, key))
        if failed:
            raise Conflict(failed)
        for text, values in joined(rows):
            connection.execute(text, values)

    def _check_usable(self) -> None:
        if self._closed:
            raise StorageFailure("the table is closed")
        if self._process != os.getpid():
            raise StorageFailure("an SQLite table must not cross a fork: open it again")

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        connection.execute(f"PRAGMA synchronous = {self._synchronous}")
        connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        return connection

    @contextmanager
    def _reader(self) -> Iterator[sqlite3.Connection]:
        """A connection that no other thread has, given back afterwards."""
        self._check_usable()
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._connect()
        try:
            yield connection
        finally:
            if self._closed:
                connection.close()
            else:
                self._idle.append(connection)


@contextmanager
def answering() -> Iterator[None]:
    """Turns an sqlite3 error into the port's `Contended` or `StorageFailure`, cause kept."""
    try:
        yield
    except sqlite3.Error as error:
        raise failure(error) from error


def failure(error: sqlite3.Error) -> StorageFailure:
    """Busy and locked are `Contended`; all else is a `StorageFailure` named by SQLite's code."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the primary code of an extended one
    name = getattr(error, "sqlite_errorname", type(error).__name__)
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return Contended(name)
    return StorageFailure(name)


def _create(connection: sqlite3.Connection) -> None:
    for remaining in range(OPENING_TRIES, 0, -1):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(SCHEMA)
            return
        except sqlite3.Error as error:
            if remaining == 1 or not isinstance(failure(error), Contended):
                connection.close()
                raise
            time.sleep(BUSY_SECONDS / OPENING_TRIES)


def selection(asked: Span) -> tuple[str, list[str]]:
    """The SELECT of a range, whose last value, the limit, is the caller's to add."""
    # One bound a side: given two lower bounds SQLite may seek by the farther one, and a walk
    # through a long partition would cost its square.
    bounds = [(">=", asked.prefix), ("<", first_beyond_prefix(asked.prefix))]
    if asked.beyond:
        bounds[asked.descending] = ("<" if asked.descending else ">", asked.beyond)
    text, values = SELECT, [asked.partition]
    for comparison, key in bounds:
        if key:
            text += f" AND sort {comparison} ?"
            values.append(key)
    return f"{text} ORDER BY sort {'DESC' if asked.descending else 'ASC'} LIMIT ?", values
