"""The change feed of the SQLite engine: the `changes` rows that its writes leave behind.

In: rows written in the same transaction as the case heads. Out: `Change`s, oldest first; `done`
removes a row only if the key has not changed again since. Never holds state of its own.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from suishou.storage.sqlite import SqliteTable
from suishou.storage.table import Change, ChangeFeed

PENDING = "SELECT partition, sort, sequence FROM changes ORDER BY sequence LIMIT ?"
# A key that changed again has a new, larger sequence; AUTOINCREMENT never gives one twice.
DONE = "DELETE FROM changes WHERE sequence = ? AND partition = ? AND sort = ?"


class SqliteFeed(ChangeFeed):
    """The feed of a table that was opened with `feed=True`; any process may read it."""

    def __init__(self, table: SqliteTable) -> None:
        self._table = table

    def pending(self, limit: int) -> Sequence[Change]:
        rows = self._table.read(PENDING, (limit,))
        return [Change(partition, sort, str(sequence)) for partition, sort, sequence in rows]

    def done(self, changes: Sequence[Change]) -> None:
        rows = [(int(change.token), change.partition, change.sort) for change in changes]

        def forget(connection: sqlite3.Connection) -> None:
            connection.executemany(DONE, rows)

        if rows:
            self._table.run(forget)
