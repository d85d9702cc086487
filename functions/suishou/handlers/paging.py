"""How much of a list is asked for: `limit` and `cursor` of a query, checked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from suishou.domain.errors import Invalid
from suishou.handlers.request import Request

LIMIT_DEFAULT = 50
LIMIT_MAX = 100  # each entry may cost one read
CURSOR_BYTES_MAX = 600  # below what a table takes as a key
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


def page_limit(request: Request) -> int:
    """`limit`, 1 to LIMIT_MAX. Raises Invalid."""
    text = request.query.get("limit", str(LIMIT_DEFAULT))
    if not (text.isascii() and text.isdigit() and len(text) < 5 and 1 <= int(text) <= LIMIT_MAX):
        raise Invalid("bad_limit", "limit", most=LIMIT_MAX)
    return int(text)


def page_cursor(request: Request) -> str | None:
    """`cursor`, None for the first page. Raises Invalid for what we never gave out."""
    cursor = request.query.get("cursor", "")
    if len(cursor.encode()) > CURSOR_BYTES_MAX or (cursor and not cursor.isprintable()):
        raise Invalid("bad_cursor", "cursor")
    return cursor or None


def page_month(request: Request) -> str:
    """`month` as YYYY-MM, "" when not given. Raises Invalid."""
    month = request.query.get("month", "")
    if month and not _MONTH.fullmatch(month):
        raise Invalid("bad_month", "month")
    return month


@contextmanager
def cursor_checked() -> Iterator[None]:
    """The table refuses a foreign cursor with ValueError: here that is the caller's mistake."""
    try:
        yield
    except ValueError as error:
        raise Invalid("bad_cursor", "cursor") from error
