"""Verify, part of the reasons for extensions: how often each was given, from the published CSVs.

In: the tables of `verify_tables.py` while a month is loaded. Out: the table `grants` (one line a
place and reason), and where it is not what the lines of cases say. Restates the rule in SQL.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

TABLE = "grants"
COLUMN = "extension_reasons"
# ruff: noqa: S608 - every statement is made of names given by verify_tables.py


def create(place: Sequence[str]) -> str:
    """What follows CREATE TABLE."""
    return f"{TABLE} ({', '.join(f'{name} TEXT' for name in place)}, reason TEXT, grants INTEGER)"


def insert(
    tables: sqlite3.Connection, place: Sequence[str], lines: Iterable[Sequence[str]]
) -> None:
    """Lines of a place, then the reasons there as JSON (reason → grants)."""
    marks = ", ".join("?" for _ in place)
    tables.executemany(
        f"INSERT INTO {TABLE} ({', '.join(place)}, reason, grants)"
        f" SELECT {marks}, key, value FROM json_each(?)",
        (line for line in lines if line[-1] not in ("", "{}")),
    )


def problems(tables: sqlite3.Connection, month: str, codes: Sequence[str], view: str) -> list[str]:
    """Reasons of the categories shown one by one, where lines (`view`) and tallies differ."""
    by = ", ".join(codes)
    lines = tables.execute(
        f"SELECT {by}, key, sum(value) FROM ({view}), json_each({COLUMN})"
        f" WHERE taken_on AND {COLUMN} <> '' GROUP BY {by}, key",
        {"month": month},
    ).fetchall()
    tallies = tables.execute(
        f"SELECT {by}, reason, grants FROM {TABLE} WHERE month = ? AND part = 'cell'", (month,)
    ).fetchall()
    return [
        f"data of month={month} {COLUMN} {place[-2]}: the lines and the tallies differ"
        for place in sorted(set(lines) ^ set(tallies), key=str)[:5]
    ]
