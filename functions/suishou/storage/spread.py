"""Lists that are spread over several partitions, so that none of them is hot.

In: the id of what a list holds. Out: in which part it stands, and all parts read as one list. How
many parts a list needs is shown by `make simulate` (docs/scale.md).
"""

from __future__ import annotations

import heapq
import zlib
from collections.abc import Iterator, Sequence

from suishou.storage.table import PAGE_ITEMS_MAX, Item, Table, query_all


def part(identifier: str, parts: int) -> int:
    """Which part holds it: evenly, the same on every machine."""
    return zlib.crc32(identifier.encode()) % parts


def query_merged(
    table: Table,
    partitions: Sequence[str],
    *,
    prefix: str = "",
    after: str = "",
    page_items: int = PAGE_ITEMS_MAX,
) -> Iterator[Item]:
    """The items of a list that is spread over partitions, in the order of their sort keys."""
    streams = [
        query_all(table, name, prefix=prefix, after=after, page_items=page_items)
        for name in partitions
    ]
    return heapq.merge(*streams, key=lambda item: item.sort)
