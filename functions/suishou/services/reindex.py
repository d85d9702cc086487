"""Index rows for a list that came after its cases: what an update runs once.

Comes in: the cases, found through the public months' lists. Goes out: the rows that `index_rows`
wants and the table lacks. A row that stands is left alone; nothing is deleted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from suishou.domain.errors import Conflict, Contended
from suishou.services.case_store import find_case, patiently
from suishou.services.index_rows import index_rows
from suishou.services.system import System
from suishou.storage import private_keys, public_keys
from suishou.storage.spread import query_merged
from suishou.storage.table import Action, Insert, Require, query_all


def reindex(
    system: System, progress: Callable[[int], None] = lambda cases: None
) -> tuple[int, int]:
    """(cases seen, rows written). May run while the system works; raises Busy."""
    cases = rows = 0
    for case_id in _case_ids(system):
        rows += patiently(system, lambda case_id=case_id: _missing_rows(system, case_id))  # type: ignore[misc]
        cases += 1
        progress(cases)
    return cases, rows


def _case_ids(system: System) -> Iterator[str]:
    for month in query_all(system.public, public_keys.MONTHS):
        for entry in query_merged(system.public, public_keys.month_partitions(month.sort)):
            yield entry.sort


def _missing_rows(system: System, case_id: str) -> int:
    stored = find_case(system.private, case_id)
    if stored is None:
        return 0
    missing: list[Action] = [
        Insert(*key, body)
        for key, body in sorted(index_rows(stored.case).items())
        if system.private.get(*key) is None
    ]
    if not missing:
        return 0
    # Rows of a case that moved on meanwhile would be wrong: the head must still stand as read.
    head = Require(private_keys.case(case_id), private_keys.HEAD, stored.version)
    try:
        system.private.write([head, *missing])
    except Conflict as lost:
        raise Contended("the case changed meanwhile") from lost
    return len(missing)
