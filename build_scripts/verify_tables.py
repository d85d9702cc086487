"""Verify, loading part: published CSVs in SQLite, and whether tallies and lines agree.

In: the CSVs of a month's `cases` and `measures`, as published. Out: tables `cases`, `measures`,
`singles` (tallies by one dimension) and `durations`, and the differences between the lines of cases
and the tallies. Restates every definition in SQL; never uses the code that made the files.
"""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence

from build_scripts import verify_reasons
from build_scripts.table_files import read_csv
from build_scripts.verify_frozen import FROZEN

CODES = ("street", "category", "unit", "closed_month")
_MORE_SHOWN = (("community", "community"), ("stage", "stage"))  # of shown cases alone
CASE_COLUMNS: Mapping[str, str] = {
    "shown": "flag",
    "month": "text",
    "category": "text",
    "street": "text",
    "lead_unit": "text",
    "stage": "text",
    "closed_month": "text",
    "resolved": "flag",
    "first_response_minutes": "number",
    "first_response_on_time": "flag",
    "resolution_minutes": "number",
    "resolution_on_time": "flag",
    "closed_by_deadline": "flag",
    "outcome": "text",
    "satisfied": "flag",
    "returned_count": "number",
    "extended_count": "number",
    "reopened_count": "number",
    "rework_count": "number",
    "extension_reasons": "text",
    "community": "text",
}
_TALLIES: Mapping[str, str] = {
    "reported": "count(*)",
    "rejected": "sum(stage = 'rejected')",
    "merged": "sum(stage = 'merged')",
    "withdrawn": "sum(stage = 'withdrawn')",
    "taken_on": "sum(taken_on)",
    "open": "sum(running)",
    "closed": "sum(stage = 'closed')",
    "overdue": "sum(running AND taken_on AND resolution_on_time IS 0"
    " AND resolution_minutes IS NULL)",
    "due": "sum(taken_on AND resolution_on_time IS NOT NULL)",
    "on_time": "sum(taken_on AND resolution_on_time IS 1)",
    "responses_due": "sum(stage <> 'withdrawn' AND first_response_on_time IS NOT NULL)",
    "responses_on_time": "sum(stage <> 'withdrawn' AND first_response_on_time IS 1)",
    "answered": "sum(counted AND satisfied IS NOT NULL)",
    "satisfied": "sum(counted AND satisfied IS 1)",
    "resolved": "sum(counted AND (resolved OR repeats > 0))",
    "reworked": "sum(counted AND repeats > 0)",
    "extended": "sum(taken_on AND extended_count > 0)",
    "registrations_due": "sum(counted AND first_response_on_time IS NOT NULL)",
    "registrations_on_time": "sum(counted AND first_response_on_time IS 1)",
    "dispatched": "sum(taken_on AND (lead_unit <> '' OR returned_count > 0))",
    "dispatched_right": "sum(taken_on AND lead_unit <> '' AND returned_count = 0)",
    "handled": "sum(taken_on AND (lead_unit <> '' OR returned_count > 0) AND resolved)",
    "closings_due": "sum(taken_on AND closed_by_deadline IS NOT NULL)",
    "closed_on_time": "sum(taken_on AND closed_by_deadline IS 1)",
    "judged": "sum(stage = 'closed' AND outcome IN ('settled', 'unsettled'))",
    "settled": "sum(stage = 'closed' AND outcome = 'settled')",
}
COUNTS = tuple(_TALLIES)
_CLOCKS = (
    ("response_minutes", "first_response_minutes", "stage <> 'withdrawn'"),
    ("resolution_minutes", "resolution_minutes", "taken_on"),
)
_PARTS = ("by_street", "by_category", "by_unit", "by_closed_month")
_TABLES = ("cases", "measures", "singles", "durations", "shown", verify_reasons.TABLE)
_PLACE = ("month", "part", *CODES)
_VIEW = f"""
      SELECT {", ".join(CASE_COLUMNS)}, lead_unit AS unit,
        stage NOT IN ('rejected', 'merged', 'withdrawn') AS counted,
        stage NOT IN ('rejected', 'merged', 'withdrawn', 'reported') AS taken_on,
        stage NOT IN ('rejected', 'merged', 'withdrawn', 'closed') AS running,
        rework_count + reopened_count AS repeats
      FROM cases WHERE month = :month"""
# ruff: noqa: S608 - every statement is made of the constants above


def open_tables(path: str = ":memory:") -> sqlite3.Connection:
    """A database with the empty tables, or with what it held before."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")  # it can be made again from the CSVs
    counts = ", ".join(f"{name} INTEGER" for name in COUNTS)
    places = ", ".join(f"{name} TEXT" for name in _PLACE)
    cases = ", ".join(f"{name} {'TEXT' if k == 'text' else 'INTEGER'}" for name, k in _case_kinds())
    for statement in (
        f"cases ({cases})",
        f"measures ({places}, {counts})",
        f"singles (month TEXT, dimension TEXT, code TEXT, {counts})",
        "durations (month TEXT, part TEXT, street TEXT, category TEXT, unit TEXT,"
        " closed_month TEXT, clock TEXT, minutes INTEGER, cases INTEGER)",
        verify_reasons.create(_PLACE),
        "shown (month TEXT, dimension TEXT, code TEXT, shown INTEGER)",
        f"frozen ({', '.join(f'{name} TEXT' for name in FROZEN)})",
        "loaded (month TEXT PRIMARY KEY, digest TEXT)",
        "confirmed (month TEXT PRIMARY KEY, digest TEXT)",
    ):
        connection.execute(f"CREATE TABLE IF NOT EXISTS {statement}")
    for table in (*_TABLES, "frozen"):
        connection.execute(f"CREATE INDEX IF NOT EXISTS {table}_month ON {table} (month)")
    connection.execute(
        "CREATE INDEX IF NOT EXISTS durations_closed ON durations (closed_month, clock)"
    )
    return connection


def load_month(tables: sqlite3.Connection, month: str, cases: bytes, measures: bytes) -> list[str]:
    """Puts a month's two CSVs in place of what was there; answers where they disagree."""
    tables.execute("BEGIN")
    for table in _TABLES:
        tables.execute(f"DELETE FROM {table} WHERE month = ?", (month,))
    kinds = [*((n, "text") for n in _PLACE), *((n, "number") for n in COUNTS)]
    spreads = [*_PLACE, *(clock for clock, _, _ in _CLOCKS)]
    try:
        lines = read_csv(cases, list(CASE_COLUMNS))
        _insert(tables, "cases", _case_kinds(), lines, month)
        _insert(tables, "measures", kinds, read_csv(measures, [n for n, _ in kinds]), month)
        _insert_durations(tables, read_csv(measures, spreads))
        reasons = read_csv(measures, [*_PLACE, verify_reasons.COLUMN])
        verify_reasons.insert(tables, _PLACE, reasons)
    except (KeyError, ValueError, csv.Error, sqlite3.Error) as error:
        tables.execute("ROLLBACK")
        return [f"data of {month}: cannot be read ({error})"]
    for dimension in CODES:
        sums = ", ".join(f"sum({name})" for name in COUNTS)
        tables.execute(
            f"INSERT INTO singles SELECT month, '{dimension}', {dimension}, {sums} FROM measures"
            f" WHERE month = ? AND part IN ('cell', 'by_{dimension}') GROUP BY {dimension}",
            (month,),
        )
    differing = [
        *_lines_and_tallies(tables, month),
        *verify_reasons.problems(tables, month, CODES, _VIEW),
        *_parts(tables, month),
    ]
    for dimension, column in (*zip(CODES, CODES, strict=True), *_MORE_SHOWN):
        column = "lead_unit" if column == "unit" else column
        tables.execute(
            f"INSERT INTO shown SELECT month, '{dimension}', {column}, sum(shown) FROM cases"
            f" WHERE month = ? GROUP BY {column}",
            (month,),
        )
    tables.execute(
        "INSERT INTO shown SELECT month, 'board', closed_month || ' ' || community, sum(shown)"
        " FROM cases WHERE month = ? AND stage = 'closed' GROUP BY closed_month, community",
        (month,),
    )
    tables.execute("DELETE FROM cases")
    tables.execute("COMMIT")
    return differing


def forget_month(tables: sqlite3.Connection, month: str) -> None:
    """Takes a month out."""
    for table in (*_TABLES, "frozen", "loaded"):
        tables.execute(f"DELETE FROM {table} WHERE month = ?", (month,))


def note_loaded(tables: sqlite3.Connection, month: str, digest: str) -> None:
    """Remembers what a month was loaded from."""
    tables.execute("INSERT OR REPLACE INTO loaded VALUES (?, ?)", (month, digest))


def _case_kinds() -> list[tuple[str, str]]:
    return list(CASE_COLUMNS.items())


def _insert(
    tables: sqlite3.Connection,
    table: str,
    kinds: Sequence[tuple[str, str]],
    lines: Iterable[Sequence[str]],
    month: str,
) -> None:
    """Inserts lines with these columns; one of another month would never be replaced."""
    marks = ", ".join("?" for _ in kinds)
    values = [
        [_VALUES[kind](text) for text, (_, kind) in zip(line, kinds, strict=True)] for line in lines
    ]
    at = [name for name, _ in kinds].index("month")
    if any(line[at] != month for line in values):
        raise ValueError("a line of another month")
    tables.executemany(
        f"INSERT INTO {table} ({', '.join(name for name, _ in kinds)}) VALUES ({marks})", values
    )


def _insert_durations(tables: sqlite3.Connection, lines: Iterable[Sequence[str]]) -> None:
    place, marks = ", ".join(_PLACE), ", ".join("?" for _ in _PLACE)
    tables.executemany(
        f"INSERT INTO durations ({place}, clock, minutes, cases) SELECT {marks}, ?,"
        " CAST(key AS INTEGER), value FROM json_each(?)",
        (
            (*line[: len(_PLACE)], clock, spread)
            for line in lines
            for (clock, _, _), spread in zip(_CLOCKS, line[len(_PLACE) :], strict=True)
            if spread not in ("", "{}")
        ),
    )


_VALUES: Mapping[str, Callable[[str], str | int | None]] = {
    "text": str,
    "number": lambda text: int(text) if text else None,
    "flag": {"true": 1, "false": 0, "": None}.__getitem__,
}


def _lines_and_tallies(tables: sqlite3.Connection, month: str) -> list[str]:
    """Every tally of the categories shown one by one, counted again from the lines."""
    codes, sums = ", ".join(CODES), ", ".join(f"{e} AS {n}" for n, e in _TALLIES.items())
    counted = tables.execute(
        f"SELECT {codes}, {sums} FROM ({_VIEW}) GROUP BY {codes}", {"month": month}
    ).fetchall()
    stated = tables.execute(
        f"SELECT {codes}, {', '.join(COUNTS)} FROM measures WHERE month = ? AND part = 'cell'",
        (month,),
    ).fetchall()
    found = _unlike(month, dict(_keyed(counted)), dict(_keyed(stated)))
    for clock, column, needed in _CLOCKS:
        spread = tables.execute(
            f"SELECT {codes}, {column}, count(*) FROM ({_VIEW})"
            f" WHERE {needed} AND {column} IS NOT NULL GROUP BY {codes}, {column}",
            {"month": month},
        ).fetchall()
        published = tables.execute(
            f"SELECT {codes}, minutes, cases FROM durations"
            " WHERE month = ? AND part = 'cell' AND clock = ?",
            (month, clock),
        ).fetchall()
        differing = sorted(set(spread) ^ set(published))
        found += [
            f"{_place(month, one)} {clock}: the lines and the tallies differ"
            for one in differing[:5]
        ]
    return found


def _keyed(lines: Iterable[tuple[object, ...]]) -> Iterable[tuple[tuple[object, ...], object]]:
    return ((line[: len(CODES)], line[len(CODES) :]) for line in lines)


def _unlike(
    month: str, counted: Mapping[object, object], stated: Mapping[object, object]
) -> list[str]:
    nothing = (0,) * len(COUNTS)
    found = []
    for key in sorted({*counted, *stated}, key=str):
        lines, tallies = counted.get(key, nothing), stated.get(key, nothing)
        for name, right, said in zip(COUNTS, lines, tallies, strict=True):  # type: ignore[call-overload]
            if right != said:
                found.append(f"{_place(month, key)} {name}: tallies say {said}, the lines {right}")
    return found


def _place(month: str, codes: object) -> str:
    named = zip(CODES, codes, strict=False)  # type: ignore[call-overload]
    said = "".join(f";{name}={code}" for name, code in named if code)
    return f"data of month={month}{said}"


def _parts(tables: sqlite3.Connection, month: str) -> list[str]:
    """The categories that are only counted come to the same, whichever way they are split."""
    sums = ", ".join(f"coalesce(sum({name}), 0)" for name in COUNTS)
    totals = {
        part: tables.execute(
            f"SELECT {sums} FROM measures WHERE month = ? AND part = ?", (month, part)
        ).fetchone()
        for part in _PARTS
    }
    return [
        f"data of {month}: the counted-only categories differ between by_street and {part}"
        for part in _PARTS
        if totals[part] != totals["by_street"]
    ]
