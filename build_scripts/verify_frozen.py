"""Verify, frozen part: what was published of finished months, its corrections, and today's recount.

In: the CSVs `frozen` (by month) and `corrections`, in the database of `verify_tables.py`. Out: the
frozen figures by scope and name, and what is wrong: a recount that is neither what was frozen nor
what it was last corrected to, a correction of something that was not published. Never uses the code
that made the files.
"""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from build_scripts.table_files import read_csv

FROZEN = ("month", "scope", "figure", "value", "numerator", "denominator", "frozen_on")
CORRECTIONS = (
    *("month", "number", "corrected_on", "scope", "figure"),
    *("old_value", "old_numerator", "old_denominator"),
    *("new_value", "new_numerator", "new_denominator"),
)
Key = tuple[str, str]  # scope, figure
Values = tuple[str, str, str]  # value, numerator, denominator
Recount = Callable[[str, str], Values]


@dataclass(frozen=True)
class Frozen:
    """A figure as first published, and on which day."""

    values: Values
    on: str


def load_frozen(tables: sqlite3.Connection, month: str, content: bytes) -> list[str]:
    """Puts a month's frozen figures in place of what was there; answers why it could not."""
    tables.execute("DELETE FROM frozen WHERE month = ?", (month,))
    try:
        lines = list(read_csv(content, FROZEN)) if content else []
    except (KeyError, ValueError, csv.Error) as error:
        return [f"frozen figures of {month}: cannot be read ({error})"]
    if any(line[0] != month for line in lines):
        return [f"frozen figures of {month}: a line of another month"]
    tables.executemany(f"INSERT INTO frozen VALUES ({', '.join('?' * len(FROZEN))})", lines)  # noqa: S608 - a number of marks
    return []


def frozen_figures(tables: sqlite3.Connection) -> dict[Key, Frozen]:
    """Every frozen figure that is published."""
    found = tables.execute("SELECT * FROM frozen ORDER BY month, scope, figure")
    return {
        (scope, figure): Frozen((value, top, bottom), on)
        for _, scope, figure, value, top, bottom, on in found
    }


def frozen_problems(
    frozen: Mapping[Key, Frozen], corrections: bytes, recount: Recount
) -> list[str]:
    """Where the frozen figures, their corrections and a recount disagree."""
    latest, wrong = published_figures(frozen, corrections)
    found = (unlike_recount(key, said, recount) for key, said in latest.items())
    return [*wrong, *(problem for problem in found if problem)]


def published_figures(
    frozen: Mapping[Key, Frozen], corrections: bytes
) -> tuple[dict[Key, Values], list[str]]:
    """The frozen figures as they were last corrected, and what is wrong with the corrections."""
    latest = {key: one.values for key, one in frozen.items()}
    wrong = []
    try:
        lines = list(read_csv(corrections, CORRECTIONS)) if corrections else []
        lines.sort(key=lambda line: (line[0], int(line[1])))
    except (KeyError, ValueError, csv.Error) as error:
        return {}, [f"corrections: cannot be read ({error})"]
    for _, _, on, scope, figure, *values in lines:
        old, new = (values[0], values[1], values[2]), (values[3], values[4], values[5])
        if latest.get((scope, figure)) != old:
            wrong.append(f"correction of {on}: {figure} [{scope}]: {_said(old)} was not published")
        latest[scope, figure] = new
    return latest, wrong


def unlike_recount(key: Key, published: Values, recount: Recount) -> str | None:
    """What is wrong with a figure that was published last, or None."""
    scope, figure = key
    now = recount(figure, scope)
    if published[1:] != now[1:] or published[0] not in ("", now[0]) or _empty(published, now):
        return f"frozen {figure} [{scope}]: published {_said(published)}, the data {_said(now)}"
    return None


def _empty(published: Values, now: Values) -> bool:
    """A figure without its value must have a base that says why: a share of too few."""
    return published[0] == "" and published[2] == "" and now[0] != ""


def _said(values: Values) -> str:
    value, top, bottom = values
    return f"{value or '—'}" + (f" ({top}/{bottom})" if bottom else "")
