"""The queue: which cases wait for a member of staff, most urgent first.

Comes in: who asks, filters, a cursor. Goes out: one page of cases. It merges the queue partitions
that the person's posts reach, and looks at nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from suishou.domain.case import Case
from suishou.domain.errors import Invalid, NotAllowed
from suishou.domain.people import Post, Principal, posts_reaching
from suishou.domain.programme import Programme
from suishou.services.case_store import find_case
from suishou.services.index_rows import next_due
from suishou.services.system import System
from suishou.storage import private_keys as keys
from suishou.storage.spread import query_merged
from suishou.storage.table import Item, query_some

PAGE_CASES_MAX = 100


@dataclass(frozen=True)
class QueueFilter:
    """Codes to narrow by; "" and None take everything."""

    stage: str = ""
    category: str = ""
    street: str = ""
    community: str = ""
    unit: str = ""
    overdue: bool | None = None


@dataclass(frozen=True)
class QueueEntry:
    """A case with its next deadline; `overdue` when any running clock has run out."""

    case: Case
    next_due: datetime | None
    overdue: bool


@dataclass(frozen=True)
class QueuePage:
    """`cursor` None ends."""

    entries: tuple[QueueEntry, ...]
    cursor: str | None


def queue(
    system: System,
    principal: Principal,
    queue_filter: QueueFilter,
    cursor: str | None = None,
    limit: int = 50,
) -> QueuePage:
    """One page of the open cases that this person's posts reach.

    A cursor is the last row's place in the order: a case that changes meanwhile may be met twice or
    wait for the next look, and none is skipped for being unchanged. Raises NotAllowed, Invalid.
    """
    if principal.kind != "staff":
        raise NotAllowed("staff_only")
    if not 1 <= limit <= PAGE_CASES_MAX:
        raise Invalid("out_of_range", "limit", lowest=1, highest=PAGE_CASES_MAX)
    entries: list[QueueEntry] = []
    seen: set[str] = set()
    last = ""
    for item in _rows(system, principal, cursor or ""):
        case_id = item.sort.split("#")[1]
        if case_id in seen or not _matches(item, queue_filter):
            continue
        if len(entries) == limit:
            return QueuePage(tuple(entries), last)
        stored = find_case(system.private, case_id)
        if stored is None or not posts_reaching(principal, stored.case):
            continue
        seen.add(case_id)
        last = item.sort
        overdue = any(c.overdue and not c.met_at for c in stored.case.clocks.values())
        entries.append(QueueEntry(stored.case, next_due(stored.case), overdue))
    return QueuePage(tuple(entries), None)


def _rows(system: System, principal: Principal, after: str) -> Iterator[Item]:
    scopes = sorted({s for post in principal.posts for s in _scopes(system.programme, post)})
    partitions = [name for scope in scopes for name in keys.queue_partitions(scope)]
    return query_merged(system.private, partitions, after=after, page_items=PAGE_CASES_MAX)


def _scopes(programme: Programme, post: Post) -> tuple[str, ...]:
    """The queue partitions that hold what a post may reach."""
    if post.role == "department":
        return (keys.unit_scope(post.scope),)
    if post.role not in ("dispatcher", "community"):
        return ()
    if len(post.scope) >= 9:
        return (post.scope[:9],)
    return (programme.county.code, *(street.code for street in programme.streets))


def _matches(item: Item, wanted: QueueFilter) -> bool:
    row = item.body
    places = (row["area"], row["community"])
    return (
        wanted.stage in ("", row["stage"])
        and wanted.category in ("", row["category"])
        and (not wanted.street or any(p.startswith(wanted.street) for p in places if p))
        and (not wanted.community or any(p.startswith(wanted.community) for p in places if p))
        and (not wanted.unit or wanted.unit in row["units"])
        and wanted.overdue in (None, row["overdue"])
    )


def cases_of_rider(
    system: System, rider_id: str, cursor: str | None = None, limit: int = 20
) -> tuple[tuple[Case, ...], str | None]:
    """A rider's own cases, newest first."""
    if not 1 <= limit <= PAGE_CASES_MAX:
        raise Invalid("out_of_range", "limit", lowest=1, highest=PAGE_CASES_MAX)
    partition = keys.rider(rider_id)
    items, more = query_some(
        system.private, partition, limit, prefix="CASE#", after=cursor or "", descending=True
    )
    found = (find_case(system.private, item.body["case"]) for item in items)
    cases = tuple(stored.case for stored in found if stored)
    return cases, items[-1].sort if more else None
