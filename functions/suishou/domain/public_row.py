"""The public row: all that the outside world, and the nightly build, ever know of a case.

Comes in: the head and events of a case, and the approved text. Goes out: `PublicRow`, stored as
`PUBLIC#<id>` in the public table by `services/publish_case.py`. Every case has one from the start
(what the rates need); text and photos join on approval. It never holds a name, a telephone number,
an exact place, a raw photo, text before redaction, or anything that leads to the reporter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the public timeline: what was done (an event kind), on which day (YYYY-MM-DD,
    Asia/Shanghai), by which unit (a unit or area code, "" for the reporter), and, for a return,
    rejection, extension or hold, the configured reason's code."""

    kind: str
    on: str
    unit: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PublicClock:
    """One clock: its deadline's day, the minutes it took (None while running), whether it was met
    in time (None while running and not overdue), and whether its deadline awaits the calendar."""

    due_on: str
    minutes: int | None
    on_time: bool | None
    pending: bool


@dataclass(frozen=True, slots=True)
class PublicRow:
    """Codes are the programme's; days are YYYY-MM-DD and months YYYY-MM in Asia/Shanghai.

    `version` is the case's version it was made from. `shown` says whether the case may have a page
    of its own; when False, `title`, `text` and photos are empty and the case is only counted.
    """

    id: str
    version: int
    kind: str
    category: str
    dictionary: str
    national_code: str
    urgency: str
    source: str
    street: str  # area code, "" when unknown
    community: str  # area code, "" when unknown
    grid_cell: str  # area code, "" when unknown; "" always for cases not shown
    month: str
    reported_on: str
    changed_on: str
    resolved_on: str
    closed_on: str
    stage: str
    lead_unit: str
    assisting_units: tuple[str, ...]
    clocks: Mapping[str, PublicClock]
    outcome: str
    satisfied: bool | None
    escalation_level: int
    returned_count: int
    reopened_count: int
    extended_count: int
    rework_count: int
    merged_into: str
    duplicates: tuple[str, ...]
    timeline: tuple[Step, ...]
    shown: bool
    title: str = ""
    text: str = ""
    result: str = ""
    photos_before: tuple[str, ...] = ()  # keys in the public blob store, e.g. photos/<hash>.jpg
    photos_after: tuple[str, ...] = ()
    extension_reasons: tuple[
        str, ...
    ] = ()  # configured code of each grant, "" where none was given


def small_photo_key(key: str) -> str:
    """The key of a photo's small copy, for lists: `photos/<hash>-small.jpg`."""
    return f"{key.removesuffix('.jpg')}-small.jpg"


_NAMES = {f.name: None for f in fields(PublicRow)}  # in their order
_LISTS = ("assisting_units", "duplicates", "photos_before", "photos_after", "extension_reasons")
_PLAIN = frozenset({str, int, bool, type(None)})


def to_json(row: PublicRow) -> dict[str, Any]:
    """The JSON form, all keys always present."""
    return {name: _listed(getattr(row, name)) for name in _NAMES}


def _listed(value: Any) -> Any:
    if type(value) in _PLAIN:
        return value
    if isinstance(value, Step | PublicClock):
        return {f.name: getattr(value, f.name) for f in fields(value)}
    if isinstance(value, tuple | list):
        return [_listed(inner) for inner in value]
    if isinstance(value, Mapping):
        return {key: _listed(inner) for key, inner in value.items()}
    return value


def from_json(body: Mapping[str, Any]) -> PublicRow:
    """The row that `to_json` wrote; unknown keys are passed over, missing ones take defaults."""
    values: dict[str, Any] = {k: v for k, v in body.items() if k in _NAMES}
    for name in _LISTS:
        values[name] = tuple(values.get(name, ()))
    values["clocks"] = {name: PublicClock(**clock) for name, clock in body["clocks"].items()}
    values["timeline"] = tuple(Step(**step) for step in body["timeline"])
    return PublicRow(**values)
