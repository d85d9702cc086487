"""Verify, scopes: which cases a figure is of, as its mark says it (`month=2026-05;street=…`).

In: a scope's text. Out: its codes by dimension, or that it is not understood.
"""

from __future__ import annotations

from collections.abc import Mapping

from build_scripts.verify_tables import CODES

# (month, dimension, code); None: all of them
Place = tuple[str | None, str, str | None]
_SCOPES = frozenset({"month", "listed", "community", "stage", "reason", *CODES})


class NotRecomputable(Exception):
    """The open data do not say enough for this figure, or its mark is not understood."""


def place_of(wanted: Mapping[str, list[str]]) -> Place | None:
    """The place of a scope of at most one month and one code; None for ranges and lists."""
    (month, *months) = wanted.get("month", [None])
    by_code = [(name, codes) for name, codes in wanted.items() if name != "month"]
    ((dimension, (code, *codes)),) = by_code or [("category", [None])]
    if months or codes or (month and ".." in month):
        return None
    return month, dimension, code


def scope_codes(scope: str) -> dict[str, list[str]]:
    """A scope's codes by dimension. Raises NotRecomputable for one that is not understood."""
    found = {}
    for pair in filter(None, scope.split(";")):
        name, equals, codes = pair.partition("=")
        if name not in _SCOPES or not equals:
            raise NotRecomputable(f"no such scope: {pair}")
        found[name] = codes.split(",")
    return found
