"""Verify inside the build, memory: what was confirmed of months whose data are the same since.

In: claims (a figure that a page states, a frozen value) and the months whose data were loaded anew.
Out: the claims that must be recomputed. A claim about one month of reporting, or one of closing,
follows from the rows of that month alone: with the same words over the same data it was confirmed
before. Claims over several months are always recomputed, and so is everything when the database is
new. Never recomputes anything.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Generic, NamedTuple, TypeVar

Problem = TypeVar("Problem")
ANY = ""  # of claims that no single month decides
_MONTHS = ("month=", "closed_month=")


class Claim(NamedTuple, Generic[Problem]):
    """What is said, in a form that differs when anything of it does, and the look at the data that
    says what is wrong with it (None: nothing)."""

    said: str
    look: Callable[[], Problem | None]


@lru_cache(maxsize=100_000)  # pages say the same scopes over and over
def decided_by(scope: str) -> str:
    """The one month that a scope's figures follow from, as `month=2026-05` or
    `closed_month=2026-05`; ANY where it is not one."""
    named = [pair for pair in scope.split(";") if pair.startswith(_MONTHS)]
    if len(named) != 1 or "," in named[0] or ".." in named[0]:
        return ANY
    return named[0]


def wrong_claims(
    tables: sqlite3.Connection, claims: Mapping[str, Iterable[Claim[Problem]]]
) -> Iterator[Problem]:
    """What is wrong with the claims, by the months that decide them. Remembers months of which
    every claim was confirmed."""
    known = dict(tables.execute("SELECT month, digest FROM confirmed"))
    for month, made in claims.items():
        made = list(made)
        digest = _digest(made)
        if month != ANY and known.get(month) == digest:
            continue
        wrong = [problem for claim in made if (problem := claim.look()) is not None]
        yield from wrong
        if month != ANY and not wrong:
            tables.execute("INSERT OR REPLACE INTO confirmed VALUES (?, ?)", (month, digest))


def touched_by(tables: sqlite3.Connection, month: str) -> None:
    """Forgets what was confirmed of a month, and of the months in which its cases were closed, as
    the database has them: to be called before and after its data are loaded."""
    closed = tables.execute("SELECT DISTINCT closed_month FROM measures WHERE month = ?", (month,))
    months = [f"month={month}", *(f"closed_month={one}" for (one,) in closed.fetchall())]
    tables.executemany("DELETE FROM confirmed WHERE month = ?", [(one,) for one in months])


def _digest(claims: Iterable[Claim[Problem]]) -> str:
    said = "\n".join(sorted({claim.said for claim in claims}))
    return hashlib.sha256(said.encode()).hexdigest()
