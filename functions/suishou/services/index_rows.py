"""The index rows of a case: queues, due lists, duplicates nearby, a rider's own cases.

Comes in: a case. Goes out: key -> body. `case_store.py` writes the difference between the rows of
the old case and the new in the same transaction as the head, so every list is as true as the case.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from suishou.domain.case import Case, ClockState
from suishou.domain.programme import CLOCKS, street_of
from suishou.storage import private_keys as keys

Rows = Mapping[tuple[str, str], Mapping[str, Any]]
_NO_DUE = "9999-12-31T23:59:59Z"  # after every real deadline


def index_rows(case: Case | None) -> Rows:
    """All rows that stand for this case; none for None. Pure."""
    if case is None:
        return {}
    rows: dict[tuple[str, str], Mapping[str, Any]] = {}
    if case.reporter:
        key = (keys.rider(case.reporter), f"CASE#{instant(case.reported_at)}#{case.id}")
        rows[key] = {"case": case.id}
    for name, clock in running_clocks(case).items():
        if clock.due is not None:
            rows[(keys.due(case.id), f"{instant(clock.due)}#{name}#{case.id}")] = {}
        elif clock.pending:
            rows[(keys.pending(case.id), f"{case.id}#{name}")] = {}
    if case.open:
        rows[(keys.near(case.area, case.id), f"{case.category}#{case.id}")] = {}
        for scope in queue_scopes(case):
            rows[(keys.queue(scope, case.id), queue_sort(case))] = queue_summary(case)
    return rows


def running_clocks(case: Case) -> Mapping[str, ClockState]:
    """The clocks that can still become overdue: not met, not overdue already, not held."""
    running: dict[str, ClockState] = {}
    for name in CLOCKS:
        clock = case.clocks.get(name)
        if clock is None or clock.met_at is not None or clock.overdue:
            continue
        if name == "feedback":
            if case.stage == "closed":
                running[name] = clock
        elif case.open and not (name == "resolution" and case.stage == "on_hold"):
            running[name] = clock
    return running


def next_due(case: Case) -> datetime | None:
    """The deadline that comes first of those still to be met, overdue ones included."""
    open_clocks = [
        clock.due
        for name, clock in case.clocks.items()
        if clock.due is not None and clock.met_at is None and name != "feedback"
    ]
    return min(open_clocks, default=None)


def queue_scopes(case: Case) -> tuple[str, ...]:
    """Whose queues hold the case: its street (or the county while its place is in review), the
    street of the community it was dispatched to, and its lead and assisting units."""
    streets = {street_of(case.area) or case.area}
    if case.community:
        streets.add(street_of(case.community))
    units = {keys.unit_scope(u) for u in (case.lead_unit, *case.assisting_units) if u}
    return tuple(sorted(streets | units))


def queue_sort(case: Case) -> str:
    """Emergencies first, then by the next deadline; cases on hold last. The case's version ends the
    key, so that a row under one key never changes its body."""
    due = next_due(case)
    rank = 0 if case.urgency == "emergency" else 1
    if case.stage == "on_hold":
        rank = 8
    return f"{rank}{instant(due) if due else _NO_DUE}#{case.id}#{case.version:06d}"


def queue_summary(case: Case) -> Mapping[str, Any]:
    """What the queue's filters look at."""
    return {
        "stage": case.stage,
        "category": case.category,
        "area": case.area,
        "community": case.community,
        "units": [u for u in (case.lead_unit, *case.assisting_units) if u],
        "overdue": any(c.overdue and c.met_at is None for c in case.clocks.values()),
    }


def instant(moment: datetime) -> str:
    """UTC to the second: equal widths, so that text order is time order."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
