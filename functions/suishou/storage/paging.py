"""Queries: from the port's arguments to one plain range of sort keys, and its opaque cursor.

Both engines read through here, so that pages begin and end alike. In: partition, prefix, after,
direction, cursor. Out: a `Span`, or None when no key can match. Never touches an engine.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass

from suishou.storage.table import PAGE_ITEMS_MAX, check_key

BINDING_BYTES = 9  # enough to tell a mixed-up cursor; a cursor is no secret and grants nothing
LAST_CODE_POINT = 0x10FFFF
SURROGATES = range(0xD800, 0xE000)  # code points that UTF-8 cannot hold


@dataclass(frozen=True)
class Span:
    """Sort keys that begin with `prefix` and lie strictly beyond `beyond` ("": from the first)."""

    partition: str
    prefix: str
    beyond: str
    descending: bool
    limit: int

    def cursor(self, last_sort: str) -> str:
        """Where the next page goes on: beyond `last_sort`, in this partition, prefix, direction."""
        text = json.dumps([_binding(self.partition, self.prefix, self.descending), last_sort])
        return base64.urlsafe_b64encode(text.encode()).decode()


def span(
    partition: str, *, prefix: str, after: str, limit: int, descending: bool, cursor: str | None
) -> Span | None:
    """The range that a query reads; None if nothing can lie in it.

    Raises ValueError for a bad key or limit, or a cursor made for another query.
    """
    check_key(partition)
    for key in (prefix, after):
        if key:
            check_key(key)
    if not 1 <= limit <= PAGE_ITEMS_MAX:
        raise ValueError(f"a page holds 1 to {PAGE_ITEMS_MAX} items, not {limit}")
    starts = [after] if after else []
    if cursor is not None:
        starts.append(_position(cursor, partition, prefix, descending))
    if not starts:
        return Span(partition, prefix, "", descending, limit)
    # Python compares strings by code point, which is the order of their UTF-8 bytes.
    beyond = min(starts) if descending else max(starts)
    if not beyond.startswith(prefix):
        if (beyond < prefix) == descending:
            return None
        beyond = ""
    return Span(partition, prefix, beyond, descending, limit)


def first_beyond_prefix(prefix: str) -> str | None:
    """The least string above every string that begins with `prefix`; None if there is none."""
    for index in range(len(prefix) - 1, -1, -1):
        code_point = ord(prefix[index])
        if code_point < LAST_CODE_POINT:
            following = code_point + 1
            if following in SURROGATES:
                following = SURROGATES.stop
            return prefix[:index] + chr(following)
    return None


def _binding(partition: str, prefix: str, descending: bool) -> str:
    text = json.dumps([partition, prefix, descending])
    return base64.b64encode(hashlib.sha256(text.encode()).digest()[:BINDING_BYTES]).decode()


def _position(cursor: str, partition: str, prefix: str, descending: bool) -> str:
    try:
        binding, last_sort = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        check_key(last_sort)
    except (ValueError, TypeError, AttributeError) as error:
        raise ValueError("not a cursor") from error
    if binding != _binding(partition, prefix, descending) or not last_sort.startswith(prefix):
        raise ValueError("a cursor of another partition, prefix or direction")
    return str(last_sort)
