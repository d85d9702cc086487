"""Snapshot, inner part: a month's rows in partition files, merged with what changed.

In: a month's manifest (or none) and its changes. Out: the new manifest, its files written. Purely a
function of the rows that result: neither the order nor the number of builds shows in a byte.

A month is cut into P parts by `crc32(id) % P`. P is the smallest power of two that keeps the mean
part at or below PART_ROWS_MEAN, so it follows from the rows alone; each doubling rewrites the month
once. A part file is NDJSON: one canonical `PublicRow` a line, sorted by id.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import NamedTuple

import msgspec

from build_scripts.content_store import ContentStore, canonical_json, content_hash
from suishou.domain.public_row import PublicClock, PublicRow, Step

PART_ROWS_MEAN = 1_500  # parts vary by chance: at this mean they stay below 2,000 rows

_ID = re.compile(rb'[{,]"id":"([a-z0-9]+)"[,}]')
_ROW = msgspec.json.Encoder(order="sorted")
_TO_ROW = msgspec.json.Decoder(PublicRow)
Lines = dict[str, bytes]  # case id -> its line, without the line feed
# What a line holds. Of another form nothing is taken over: a line is published as it lies there.
FORM = content_hash(
    " ".join(f.name for kind in (PublicRow, Step, PublicClock) for f in fields(kind)).encode()
)[:16]


@dataclass(frozen=True)
class Change:
    """A row as it is to stand (`line`, canonical JSON), or None for a case to leave out."""

    case_id: str
    line: bytes | None


@dataclass(frozen=True)
class MonthManifest:
    """`parts` holds the hash of each part file, "" for an empty part; `rows` counts all of them."""

    parts: tuple[str, ...]
    rows: int

    def to_json(self) -> dict[str, object]:
        return {"parts": list(self.parts), "rows": self.rows}


def month_manifest(value: Mapping[str, object]) -> MonthManifest:
    """The manifest that `to_json` wrote."""
    parts, rows = value["parts"], value["rows"]
    assert isinstance(parts, list) and isinstance(rows, int)  # noqa: S101 - our own file
    return MonthManifest(tuple(str(digest) for digest in parts), rows)


def part_of(case_id: str, parts: int) -> int:
    return zlib.crc32(case_id.encode()) % parts


def parts_for(rows: int) -> int:
    """How many parts a month of so many rows has: a power of two, at least 1."""
    parts = 1
    while rows > parts * PART_ROWS_MEAN:
        parts *= 2
    return parts


def merge_month(
    store: ContentStore, before: MonthManifest | None, changes: Iterable[Change]
) -> MonthManifest | None:
    """The month with its changes applied (the last one of a case counts); None when nothing is
    left of it. Reads and writes only the parts that a change falls into, unless P changes."""
    old = before or MonthManifest(("",), 0)
    by_part: dict[int, list[Change]] = {}
    for change in changes:
        by_part.setdefault(part_of(change.case_id, len(old.parts)), []).append(change)
    merged: dict[int, Lines] = {}
    rows = old.rows
    for part, part_changes in sorted(by_part.items()):
        lines = read_lines(store, old.parts[part])
        rows -= len(lines)
        for change in part_changes:
            if change.line is None:
                lines.pop(change.case_id, None)
            else:
                lines[change.case_id] = change.line
        rows += len(lines)
        merged[part] = lines
    if rows == 0:
        return None
    if parts_for(rows) != len(old.parts):
        return MonthManifest(_cut_again(store, old, merged, parts_for(rows)), rows)
    parts = list(old.parts)
    for part, lines in merged.items():
        parts[part] = _write(store, lines)
    return MonthManifest(tuple(parts), rows)


def read_lines(store: ContentStore, digest: str) -> Lines:
    """A part file's lines by case id; {} for ""."""
    if not digest:
        return {}
    return {line_id(line): line for line in store.get(digest).splitlines()}


def part_rows(store: ContentStore, digest: str) -> tuple[PublicRow, ...]:
    """The rows of a part file, sorted by id; () for ""."""
    return tuple(map(row_of, store.get(digest).splitlines())) if digest else ()


class KeptMonth(NamedTuple):
    """A month's rows, sorted by id, and the line of each by id: the canonical JSON of the row."""

    rows: tuple[PublicRow, ...]
    lines: Lines


NO_MONTH = KeptMonth((), {})


def kept_month(store: ContentStore, month: MonthManifest) -> KeptMonth:
    """All of a month, read now."""
    lines = [line for part in month.parts if part for line in store.get(part).splitlines()]
    rows = [row_of(line) for line in lines]
    kept = {row.id: line for row, line in zip(rows, lines, strict=True)}
    return KeptMonth(tuple(sorted(rows, key=lambda row: row.id)), kept)


def line_id(line: bytes) -> str:
    """The id in a part file's line. Keys are sorted and no inner object has an `id`; a quotation
    mark inside a text stands escaped, so that this is found nowhere else."""
    found = _ID.findall(line)
    if len(found) == 1:
        return str(found[0], "ascii")
    return str(json.loads(line)["id"])


def line_of(row: PublicRow) -> bytes:
    """`row_line(to_json(row))`, at a tenth of the time."""
    return _ROW.encode(row)


def row_of(line: bytes) -> PublicRow:
    """The row that `line_of` wrote; missing keys take defaults. Raises `msgspec.ValidationError`
    where a key without a default is missing or a value is of another type."""
    return _TO_ROW.decode(line)


def row_line(row: Mapping[str, object]) -> bytes:
    """A row's one line in a part file."""
    return canonical_json(row)


def _cut_again(
    store: ContentStore, old: MonthManifest, merged: Mapping[int, Lines], count: int
) -> tuple[str, ...]:
    heaps: list[Lines] = [{} for _ in range(count)]
    for part, digest in enumerate(old.parts):
        lines = merged[part] if part in merged else read_lines(store, digest)
        for case_id, line in lines.items():
            heaps[part_of(case_id, count)][case_id] = line
    return _all_written(store, heaps)


def _all_written(store: ContentStore, heaps: Sequence[Lines]) -> tuple[str, ...]:
    return tuple(_write(store, lines) for lines in heaps)


def _write(store: ContentStore, lines: Lines) -> str:
    if not lines:
        return ""
    return store.put(b"".join(lines[case_id] + b"\n" for case_id in sorted(lines)))
