"""A past case → the events that it would have had here, and what may be shown of it.

Comes in: a `PastCase` and where it belongs. Goes out: events at the times that the data knows
(nothing else is invented), the private text, the redacted publication. Its deadlines are only
those that the data names: today's were never promised to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from suishou.domain.action_fields import ActionContext, category_data, clock_states
from suishou.domain.case import Actor, Event
from suishou.domain.programme import Category, Steps, community_of
from suishou.domain.redaction import MARKS, redact
from suishou.services.past_case_lines import PastCase

IMPORTER = "import"
AUTHOR_CHARACTERS_MIN = 2  # a single character would be taken out of every other word
_NO_DEADLINE: Mapping[str, Any] = {"due": None, "pending": False}


@dataclass(frozen=True)
class Filed:
    """Where a past case belongs: area (deepest known code), whether somebody must look at its
    place first, category, unit, and the place as kept in private."""

    area: str
    place_in_review: bool
    category: Category
    unit: str
    place: Mapping[str, Any]


def past_events(
    past: PastCase, filed: Filed, context: ActionContext, content: str
) -> tuple[Event, ...]:
    """All events, oldest first. An answered case goes through every stage that the programme has
    switched on, at the moment of its answer; one without an answer is only reported."""
    data = {
        **category_data(filed.category),
        "source": "imported",
        "area": filed.area,
        "place_in_review": filed.place_in_review,
        "severity": "",
        "reporter": "",
        "entered_by": "",
        "photos": [],
        "clocks": _clocks(past, filed, context),
        "request_hash": content,
    }
    reported = Event(1, "reported", _utc(past.reported_at), Actor(IMPORTER, "system"), data)
    if past.replied_at is None:
        return (reported,)
    actor = Actor(IMPORTER, "system", filed.unit)
    at = _utc(past.replied_at)
    steps = _steps(filed, context.programme.loop.steps)
    following = (Event(n, kind, at, actor, d) for n, (kind, d) in enumerate(steps, start=2))
    return (reported, *following)


def _steps(filed: Filed, steps: Steps) -> list[tuple[str, dict[str, Any]]]:
    dispatched = {
        "lead_unit": filed.unit,
        "assisting_units": [],
        "community": community_of(filed.area),
    }
    resolved = {"outcome": "answered", "photos": []}
    whole: list[tuple[str, dict[str, Any], bool]] = [
        ("registered", {}, steps.registered),
        ("dispatched", dispatched, True),
        ("claimed", {}, steps.claimed),
        ("accepted", {}, steps.accepted),
        ("resolved", resolved, True),
        ("verified", {}, steps.verified),
        ("closed", {}, True),
        ("reporter_told", {}, True),
        ("drafted", {"draft": 1}, True),
        ("approved", {"draft": 1}, True),
    ]
    return [(kind, data) for kind, data, switched_on in whole if switched_on]


def _clocks(past: PastCase, filed: Filed, context: ActionContext) -> dict[str, Any]:
    if past.replied_at is None and past.due is None:
        # Somebody here works it from today on, under today's deadlines.
        return clock_states(filed.category, context.now, context)
    due = {**_NO_DEADLINE, "due": _utc(past.due).isoformat() if past.due else None}
    return {"first_response": _NO_DEADLINE, "resolution": due, "feedback": _NO_DEADLINE}


def personal_text(past: PastCase, filed: Filed) -> Mapping[str, Any]:
    """The erasable item, in the form that `accept_report` writes."""
    return {
        "title": past.title,
        "description": past.text,
        "address": past.address,
        "contact": past.author,
        "for_name": "",
        "for_phone": "",
        "place": filed.place,
    }


def publication(past: PastCase) -> Mapping[str, Any]:
    """Title, text and result without personal data; the author's own name is taken out too."""
    title = past.title or past.text[:30]
    return {
        "title": _public(title, past.author),
        "text": _public(past.text, past.author),
        "result": _public(past.reply, past.author),
    }


def _public(text: str, author: str) -> str:
    if len(author) >= AUTHOR_CHARACTERS_MIN:
        text = text.replace(author, MARKS["name"])
    return redact(text)


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
