"""Case → public row: writes what the outside may know into the public table, or a tombstone.

Comes in: a case with its events. Goes out: `PUBLIC#<id>`, its place in the month's list and its
dirty row, in one transaction guarded by the case's version. An older case never overwrites a newer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from suishou.domain.case import Case, Event
from suishou.domain.errors import Conflict, Contended, Invalid, NotFound
from suishou.domain.public_row import PublicRow, from_json, to_json
from suishou.domain.public_view import Published, public_row
from suishou.services.case_store import patiently
from suishou.services.system import System
from suishou.storage import private_keys, public_keys
from suishou.storage.spread import query_merged
from suishou.storage.table import Action, Delete, Insert, Replace, query_some

PAGE_ROWS_MAX = 200


def publish_case(system: System, case: Case, events: Sequence[Event]) -> None:
    """Brings the public row up to the case's version. Idempotent; raises Busy."""
    row = public_row(case, events, _policy(system, case), _published(system, case))

    def attempt() -> None:
        _write(system, case, row)

    patiently(system, attempt)


def _policy(system: System, case: Case) -> Any:
    """The category's policy; a category since removed from the programme is only counted."""
    category = system.programme.categories.get(case.category)
    return category.publication if category else "aggregate"


def _published(system: System, case: Case) -> Published | None:
    if not case.approved or case.taken_down:
        return None
    item = system.private.get(private_keys.case(case.id), private_keys.PUBLICATION)
    if item is None or item.body.get("erased"):
        return None
    b = item.body
    return Published(
        b["title"],
        b["text"],
        b["result"],
        tuple(b["photos_before"]),
        tuple(b["photos_after"]),
    )


def _write(system: System, case: Case, row: PublicRow) -> None:
    table = system.public
    body: Mapping[str, Any] = to_json(row)
    existing = table.get(public_keys.public(case.id), public_keys.ROW)
    if existing and (existing.body["version"] > row.version or existing.body == body):
        return
    actions: list[Action] = []
    if existing is None:
        actions.append(Insert(public_keys.public(case.id), public_keys.ROW, body))
        actions.append(Insert(public_keys.month(row.month, case.id), case.id, {}))
    else:
        key = (public_keys.public(case.id), public_keys.ROW, existing.version)
        actions.append(Replace(*key, body))
    actions += _marks(system, case, row, existing.body if existing else {})
    try:
        table.write(actions)
    except Conflict as lost:
        raise Contended("the public row changed meanwhile") from lost


def _marks(system: System, case: Case, row: PublicRow, before: Mapping[str, Any]) -> list[Action]:
    """The dirty row, the month in the list of months, and the tombstone that a take-down sets and
    a new approval lifts."""
    table = system.public
    actions: list[Action] = []
    dirty = table.get(public_keys.dirty(case.id), case.id)
    key = (public_keys.dirty(case.id), case.id)
    actions.append(Replace(*key, dirty.version, {}) if dirty else Insert(*key, {}))
    if table.get(public_keys.MONTHS, row.month) is None:
        actions.append(Insert(public_keys.MONTHS, row.month, {}))
    tombstone = table.get(public_keys.TOMBSTONE, case.id)
    key = (public_keys.TOMBSTONE, case.id)
    if case.taken_down and tombstone is None:
        photos = [*before.get("photos_before", ()), *before.get("photos_after", ())]
        actions.append(Insert(*key, {"month": row.month, "photos": photos}))
    elif not case.taken_down and tombstone is not None:
        actions.append(Delete(*key, tombstone.version))
    return actions


def public_case(system: System, case_id: str) -> PublicRow:
    """The public document of a case that may be shown. Raises NotFound for all others, alike."""
    item = system.public.get(public_keys.public(case_id), public_keys.ROW) if case_id else None
    if item is None or not item.body.get("shown"):
        raise NotFound("unknown_case", "case_id")
    return from_json(item.body)


def public_cases(
    system: System, month: str, cursor: str | None = None, limit: int = 50
) -> tuple[tuple[PublicRow, ...], str | None]:
    """The shown cases reported in a month (YYYY-MM, "" for the newest), by id."""
    if not 1 <= limit <= PAGE_ROWS_MAX:
        raise Invalid("out_of_range", "limit", lowest=1, highest=PAGE_ROWS_MAX)
    if not month:
        newest, _ = query_some(system.public, public_keys.MONTHS, 1, descending=True)
        if not newest:
            return (), None
        month = newest[0].sort
    rows: list[PublicRow] = []
    parts = public_keys.month_partitions(month)
    found = query_merged(system.public, parts, after=cursor or "", page_items=limit + 1)
    entries = list(islice(found, limit + 1))
    for entry in entries[:limit]:
        item = system.public.get(public_keys.public(entry.sort), public_keys.ROW)
        if item is not None and item.body.get("shown"):
            rows.append(from_json(item.body))
    return tuple(rows), entries[limit - 1].sort if len(entries) > limit else None
