"""Cases in the private table: read head first, then events; write head, events and rows at once.

Comes in: a decided change. Goes out: the stored case, or the engine's `Conflict`. It knows keys
and item shapes and decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from suishou.domain.apply_event import apply
from suishou.domain.case import Actor, Case, Event, from_json, parse_time, to_json
from suishou.domain.errors import NotFound
from suishou.services.index_rows import index_rows
from suishou.services.system import System
from suishou.storage import private_keys as keys
from suishou.storage.retry import retried
from suishou.storage.table import Action, Delete, Insert, Replace, Table, query_all

ID_BYTES_MAX = 200  # ours have 20; a table refuses far longer keys as a fault of the programme
Result = TypeVar("Result")


@dataclass(frozen=True)
class StoredCase:
    """A case with the version of its head item, which a change must name."""

    case: Case
    version: int


def find_case(table: Table, case_id: str) -> StoredCase | None:
    """The stored case, or None, also for a text that can be nobody's id."""
    possible = 0 < len(case_id.encode()) <= ID_BYTES_MAX
    item = table.get(keys.case(case_id), keys.HEAD) if possible else None
    return StoredCase(from_json(item.body), item.version) if item else None


def get_case(table: Table, case_id: str) -> StoredCase:
    """The stored case. Raises NotFound."""
    stored = find_case(table, case_id)
    if stored is None:
        raise NotFound("unknown_case", "case_id")
    return stored


def read_events(table: Table, case: Case) -> tuple[Event, ...]:
    """The case's events up to the head's version; later ones belong to a later head."""
    items = query_all(table, keys.case(case.id), prefix="EVENT#")
    events = (event_from_json(item.body) for item in items)
    return tuple(event for event in events if event.number <= case.version)


def event_to_json(event: Event) -> dict[str, Any]:
    return {
        "number": event.number,
        "kind": event.kind,
        "at": event.at.isoformat(),
        "actor": {"id": event.actor.id, "role": event.actor.role, "unit": event.actor.unit},
        "data": dict(event.data),
    }


def event_from_json(body: Any) -> Event:
    at = parse_time(body["at"])
    assert at is not None  # noqa: S101 - every event was written with its time
    return Event(body["number"], body["kind"], at, Actor(**body["actor"]), body["data"])


def case_actions(
    case_id: str, before: StoredCase | None, events: Sequence[Event]
) -> tuple[Case, list[Action]]:
    """The case after `events`, and the actions that store head, events and changed index rows."""
    old = before.case if before else None
    case = old
    actions: list[Action] = []
    for event in events:
        case = apply(case, event, case_id)
        actions.append(Insert(keys.case(case_id), keys.event(event.number), event_to_json(event)))
    if case is None:
        raise ValueError("a change holds at least one event")
    body = to_json(case)
    if before is None:
        actions.append(Insert(keys.case(case_id), keys.HEAD, body))
    else:
        actions.append(Replace(keys.case(case_id), keys.HEAD, before.version, body))
    return case, [*actions, *_row_changes(old, case)]


def _row_changes(old: Case | None, new: Case) -> list[Action]:
    """Rows that went and came. Their keys hold the case's id, so nobody else writes them and the
    head's version guards them; a row under one key never changes its body."""
    before, after = index_rows(old), index_rows(new)
    gone = [Delete(*key) for key in sorted(before.keys() - after.keys())]
    came = [Insert(*key, after[key]) for key in sorted(after.keys() - before.keys())]
    return [*gone, *came]


def patiently(system: System, attempt: Callable[[], Result]) -> Result:
    """`attempt` with bounded, jittered retries while the engine is contended; then `Busy`.

    A write whose outcome stayed unknown is attempted again as well: every attempt here reads first,
    so it sees its own earlier success.
    """
    return retried(attempt, random=system.jitter, sleep=system.sleep, repeat_unknown=True)
