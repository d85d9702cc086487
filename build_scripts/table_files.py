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
_WORDS = {True: "true", False: "false"}
_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


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
    free = [at for at, column in enumerate(table.columns) if column.free]
    objects = [at for at, column in enumerate(table.columns) if column.kind == "object"]

    def cells(line: Line) -> list[str | int | None]:
        made: list[Any] = [_WORDS[value] if value.__class__ is bool else value for value in line]
        for at in free:
            if made[at] and made[at].startswith(_RUN_BY_SPREADSHEETS):
                made[at] = f"'{made[at]}"
        for at in objects:
            if made[at] is not None:
                made[at] = _ENCODE(made[at])
        return made

    return as_csv_lines((table.names, *map(cells, lines)))


def as_csv_lines(lines: Iterable[Sequence[str | int | None]]) -> bytes:
    """Lines of cells, as CSV of ours."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(lines)
    return (BYTE_ORDER_MARK + text.getvalue()).encode()


def as_json(table: Table, lines: Iterable[Line]) -> bytes:
    """The table as a JSON list; what is missing is null."""
    names = table.names
    found = (_ENCODE(dict(zip(names, line, strict=True))) for line in lines)
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
