"""The clock → events: cases whose deadline has passed become overdue and rise one level.

Comes in: the due lists up to now. Goes out: events, through the same decision that an officer's
action takes, so it does not matter who notices first. Deadlines that awaited the calendar are set
once it knows their year.
"""

from __future__ import annotations

from collections.abc import Iterator

from suishou.domain.action_fields import clock_states, due_json
from suishou.domain.case import Case, Event
from suishou.domain.deadline import due_at
from suishou.domain.decide import SYSTEM, overdue_events
from suishou.domain.errors import Busy, Conflict, Contended, StorageFailure
from suishou.services.advance_case import context_of
from suishou.services.case_store import case_actions, find_case, patiently
from suishou.services.index_rows import instant
from suishou.services.record_failure import record_failure
from suishou.services.system import System
from suishou.storage import private_keys as keys
from suishou.storage.table import query_all


def watch_deadlines(system: System) -> int:
    """Writes what is due to be written now; answers how many events."""
    written = 0
    for case_id in _cases_due(system):
        try:
            written += _settle(system, case_id)
        except (Busy, StorageFailure):
            continue  # it stays in its list for the next pass
        except Exception as error:  # noqa: BLE001 - a poison case must not hide the others' deadlines
            record_failure(system, case_id, error)
    return written


def _cases_due(system: System) -> Iterator[str]:
    """Cases with a deadline before now, and those whose deadline awaits the calendar."""
    now = instant(system.now())
    for partition in keys.due_partitions():
        for item in query_all(system.private, partition):
            if item.sort >= now:
                break
            yield item.sort.split("#")[-1]
    for partition in keys.pending_partitions():
        for item in query_all(system.private, partition):
            yield item.sort.split("#")[0]


def _settle(system: System, case_id: str) -> int:
    def attempt() -> int:
        stored = find_case(system.private, case_id)
        if stored is None:
            return 0
        now = system.now()  # after the read: an event is never earlier than the one before it
        events = _deadlines_now_known(system, stored.case) or overdue_events(stored.case, now)
        if not events:
            return 0
        _, actions = case_actions(case_id, stored, events)
        try:
            system.private.write(actions)
        except Conflict as lost:
            raise Contended("the case changed meanwhile") from lost
        return len(events)

    return patiently(system, attempt)


def _deadlines_now_known(system: System, case: Case) -> tuple[Event, ...]:
    """`deadline_set` for each clock whose year the calendar has since learned."""
    category = system.programme.categories.get(case.category)
    pending = sorted(name for name, clock in case.clocks.items() if clock.pending)
    if category is None or not pending:
        return ()
    context = context_of(system)
    states = clock_states(category, case.reported_at, context)
    if case.closed_at is not None:
        ends = system.programme.loop.day_ends_at
        limit = category.limits["feedback"]
        states["feedback"] = due_json(due_at(case.closed_at, limit, system.calendar, ends))
    events: list[Event] = []
    for name in pending:
        if due := states[name]["due"]:
            number = case.version + len(events) + 1
            data = {"clock": name, "due": due}
            events.append(Event(number, "deadline_set", system.now(), SYSTEM, data))
    return tuple(events)
