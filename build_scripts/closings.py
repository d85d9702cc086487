"""Build, step 2, inner part: from which rows each month's notice boards are made.

In: the rows of a part file. Out: `Closings`: for each month of closing, the months of report of the
cases closed in it, with hashes of all that a board says of them; they add up. A case reported in
May and closed in June changes what June's boards are made from, and the build knows it without
reading any other month.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from build_scripts.content_store import content_hash
from build_scripts.partitions import line_of
from suishou.domain.public_row import PublicRow

Closings = Mapping[str, Mapping[str, Sequence[str]]]  # closed month → month → a hash a part


def closings_of(rows: Iterable[PublicRow]) -> Closings:
    """Of one part. Of a case that is not shown a board says only that it was closed."""
    found: dict[str, dict[str, list[bytes]]] = {}
    for row in rows:
        if row.stage == "closed" and row.closed_on:
            line = line_of(row) if row.shown else b"-"
            found.setdefault(row.closed_on[:7], {}).setdefault(row.month, []).append(line)
    return {
        closed: {
            month: [content_hash(b"\n".join(sorted(lines)))] for month, lines in months.items()
        }
        for closed, months in found.items()
    }


def added(every: Iterable[Closings]) -> Closings:
    """Of all of their cases."""
    sums: dict[str, dict[str, list[str]]] = {}
    for closings in every:
        for closed, months in closings.items():
            for month, hashes in months.items():
                sums.setdefault(closed, {}).setdefault(month, []).extend(hashes)
    return {
        closed: {month: sorted(hashes) for month, hashes in months.items()}
        for closed, months in sums.items()
    }
