"""Moving a programme, on one machine: a whole SQLite table out and in.

In: items. Out: rows, and the change feed's rows for the case heads among them. Never holds
a transaction open while its caller works.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence

from suishou.storage.moving import Mover
from suishou.storage.sqlite import CHANGED, SqliteTable
from suishou.storage.sqlite_actions import COLUMNS, INSERT, item_of
from suishou.storage.table import Item, encode_body, watched

ROWS_A_READ = 2_000
# Key after key, so that no cursor stays open while the caller works.
BEYOND = (
    f"SELECT {COLUMNS} FROM items WHERE (partition, sort) > (?, ?) "  # noqa: S608 - constants
    f"ORDER BY partition, sort LIMIT {ROWS_A_READ}"
)
PUT = INSERT.replace("INSERT", "INSERT OR REPLACE", 1)


class SqliteMover(Mover):
    """`feed` as the table was opened with: whether heads go into the change feed."""

    def __init__(self, table: SqliteTable, *, feed: bool) -> None:
        self._table = table
        self._feed = feed

    def items(self) -> Iterator[Item]:
        last = ("", "")
        while rows := self._table.read(BEYOND, last):
            for row in rows:
                yield item_of(row)
            last = rows[-1][:2]

    def put(self, items: Sequence[Item]) -> None:
        rows = [_row(item) for item in items]
        heads = [row[:2] for row in rows if self._feed and watched(row[0], row[1])]

        def store(connection: sqlite3.Connection) -> None:
            connection.executemany(PUT, rows)
            connection.executemany(CHANGED, heads)

        self._table.run(store)


def _row(item: Item) -> tuple[str, str, int, str, str, int | None]:
    counters = json.dumps(
        dict(item.counters), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    body = encode_body(item.body)
    return item.partition, item.sort, item.version, body, counters, item.expires_at
