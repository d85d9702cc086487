"""A case (事项), its events, and the JSON form of its head.

`Case` is the state that the head item stores, made from events by `apply_event.py`. It holds no
personal text: title, description, exact place and contacts live in a separate, erasable item.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Literal, cast

from suishou.domain.programme import Clock, Kind, Urgency

Stage = Literal[
    "reported",
    "registered",
    "dispatched",
    "claimed",
    "accepted",
    "resolved",
    "verified",
    "closed",
    "rejected",
    "merged",
    "withdrawn",
    "returned",
    "on_hold",
    "reopened",
    "transferred",
]

ENDS: frozenset[str] = frozenset({"closed", "rejected", "merged", "withdrawn"})
SOURCES = ("rider", "resident", "merchant", "patrol", "window", "telephone", "imported")


@dataclass(frozen=True)
class Actor:
    """Who did something. `role`: rider, resident, a staff role, or `system`."""

    id: str
    role: str
    unit: str = ""


@dataclass(frozen=True)
class Event:
    """A fact in a case's history: past tense, frozen, append-only. `number` counts from 1.

    `data` is JSON; times inside it are RFC 3339 in UTC. It never holds personal text.
    """

    number: int
    kind: str
    at: datetime
    actor: Actor
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ClockState:
    """One clock of a case. `due` None with `pending` True: past the calendar's last known year.

    `met_at` is when it was stopped; `overdue` is True once the event says so, never by a look at
    the time.
    """

    due: datetime | None
    pending: bool = False
    met_at: datetime | None = None
    overdue: bool = False


@dataclass(frozen=True)
class Case:
    """The head of a case. Areas, units and categories are codes of the programme."""

    id: str
    kind: Kind
    category: str
    dictionary: str
    national_code: str
    urgency: Urgency
    source: str
    area: str  # deepest known area code; the county's own when the place awaits review
    place_in_review: bool
    reporter: str  # rider id, or "" for a resident without an account
    entered_by: str  # staff id when entered for somebody (代报), else ""
    stage: Stage
    reported_at: datetime
    clocks: Mapping[Clock, ClockState]
    version: int  # number of the last event
    changed_at: datetime
    request_hash: str = ""  # keyed hash of what was sent, so that a repeated request is known
    photos: tuple[str, ...] = ()
    after_photos: tuple[str, ...] = ()
    severity: str = ""
    lead_unit: str = ""
    assisting_units: tuple[str, ...] = ()
    community: str = ""  # area code of the community that the case was dispatched to
    claimed_by: str = ""  # staff id
    accepted_by: str = ""
    resolved_by: str = ""
    stage_before: str = ""  # where a hold, or a failed verification, goes back to
    held_since: datetime | None = None
    asked: str = ""  # an open request of the unit: "extension", "hold" or ""
    asked_until: datetime | None = None
    registered_at: datetime | None = None
    first_response_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    told_at: datetime | None = None
    outcome: str = ""  # settled, unsettled, answered
    satisfied: bool | None = None
    escalation_level: int = 0
    returned_count: int = 0
    reopened_count: int = 0
    extended_count: int = 0
    rework_count: int = 0
    merged_into: str = ""
    duplicates: tuple[str, ...] = ()
    outside_system: str = ""
    outside_number: str = ""
    draft: int = 0  # number of the newest draft (拟稿), 0 for none
    drafted_by: str = ""
    approved: int = 0  # number of the draft that was approved (审核), 0 for none
    taken_down: bool = False

    @property
    def open(self) -> bool:
        """Whether anybody still has something to do."""
        return self.stage not in ENDS


_NAMES = {f.name: None for f in fields(Case)}  # in their order
_PLAIN = frozenset({str, int, bool, type(None)})


def to_json(case: Case) -> dict[str, Any]:
    """The head's body: times as RFC 3339 text, tuples as lists, sorted by nature of JSON."""
    return {name: _plain(getattr(case, name)) for name in _NAMES}


def _plain(value: Any) -> Any:
    if type(value) in _PLAIN:
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, ClockState):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    return value


_TIMES = {
    "reported_at",
    "changed_at",
    "held_since",
    "asked_until",
    "registered_at",
    "first_response_at",
    "resolved_at",
    "closed_at",
    "told_at",
}
_TUPLES = {"photos", "after_photos", "assisting_units", "duplicates"}


def from_json(body: Mapping[str, Any]) -> Case:
    """The case that `to_json` wrote; fields added since take their defaults."""
    values: dict[str, Any] = {k: v for k, v in body.items() if k in _NAMES}
    for name in _TIMES & values.keys():
        values[name] = parse_time(values[name])
    for name in _TUPLES & values.keys():
        values[name] = tuple(values[name])
    values["clocks"] = {cast(Clock, k): clock_from_json(v) for k, v in body["clocks"].items()}
    return Case(**values)


def clock_from_json(body: Mapping[str, Any]) -> ClockState:
    return ClockState(
        due=parse_time(body.get("due")),
        pending=bool(body.get("pending", False)),
        met_at=parse_time(body.get("met_at")),
        overdue=bool(body.get("overdue", False)),
    )


def parse_time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
