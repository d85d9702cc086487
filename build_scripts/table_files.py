"""Open data: the form of a published table, and its bytes as CSV and as JSON.

In: a `Table` (columns with type, title and meaning) and lines of values. Out: bytes. CSV is RFC
4180 (CRLF, quotes only where needed) in UTF-8 with a byte order mark, since spreadsheets in China
read anything else as GBK; a text that a spreadsheet would run as a formula gets an apostrophe in
front. JSON is a list with one object a line, its texts unaltered. No floats anywhere.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["string", "integer", "boolean", "date", "yearmonth", "object", "number"]
Value = str | int | bool | None | Mapping[str, int]
Line = Sequence[Value]

BYTE_ORDER_MARK = "\ufeff"
_RUN_BY_SPREADSHEETS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_QUOTED_FOR = frozenset('",\r\n')


@dataclass(frozen=True)
class Column:
    """`kind` is a type of Frictionless Table Schema; `free` texts were written by people."""

    name: str
    kind: Kind
    title: str
    description: str = ""
    free: bool = False


@dataclass(frozen=True)
class Table:
    """`monthly`: one file a month, `data/<name>/2026-05.csv`; else one file, `data/<name>.csv`."""

    name: str
    title: str
    description: str
    columns: tuple[Column, ...]
    monthly: bool = False
    key: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def path(self, suffix: str, month: str = "") -> str:
        """Where the table lies, from the site's root."""
        return (
            f"data/{self.name}/{month}.{suffix}" if self.monthly else f"data/{self.name}.{suffix}"
        )


def as_csv(table: Table, lines: Iterable[Line]) -> bytes:
    """The table as CSV, with its header."""
    free = [column.free for column in table.columns]
    found = [",".join(table.names)]
    for line in lines:
        found.append(",".join(map(_cell, line, free)))
    return (BYTE_ORDER_MARK + "\r\n".join(found) + "\r\n").encode()


def as_csv_lines(lines: Iterable[Line]) -> bytes:
    """Lines that were read from a CSV of ours, as they were written."""
    found = (",".join(_cell(value, False) for value in line) + "\r\n" for line in lines)
    return (BYTE_ORDER_MARK + "".join(found)).encode()


def as_json(table: Table, lines: Iterable[Line]) -> bytes:
    """The table as a JSON list; what is missing is null."""
    names = table.names
    found = (
        json.dumps(dict(zip(names, line, strict=True)), ensure_ascii=False, separators=(",", ":"))
        for line in lines
    )
    return ("[\n" + ",\n".join(found) + "\n]\n").encode()


def read_csv(content: bytes, columns: Sequence[str]) -> Iterator[list[str]]:
    """These columns of a published CSV, line by line as text; "" is what is missing. Raises
    ValueError for a column that it lacks and for a line that is too short or too long."""
    text = content.decode().removeprefix(BYTE_ORDER_MARK)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header = next(reader, [])
    chosen = [header.index(column) for column in columns]
    for line in reader:
        if len(line) != len(header):
            raise ValueError(f"line {reader.line_num} has {len(line)} cells, not {len(header)}")
        yield [line[at] for at in chosen]


def schema(table: Table) -> dict[str, Any]:
    """The table as a Frictionless Table Schema."""
    fields = [
        {"name": c.name, "type": c.kind, "title": c.title, "description": c.description or c.title}
        for c in table.columns
    ]
    key = {"primaryKey": list(table.key)} if table.key else {}
    return {"fields": fields, "missingValues": [""], **key}


def _cell(value: Value, free: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if not isinstance(value, str):
        value = json.dumps(value, separators=(",", ":"))
    elif free and value.startswith(_RUN_BY_SPREADSHEETS):
        value = f"'{value}"
    if _QUOTED_FOR.isdisjoint(value):
        return value
    return '"' + value.replace('"', '""') + '"'
