"""The public timeline of a case: which unit did what on which day, and nothing about people.

Comes in: events. Goes out: `Step`s, in order. Internal facts (notes, drafts, approvals) are left
out; so are all free words.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from suishou.domain.case import Event
from suishou.domain.deadline import CHINA
from suishou.domain.public_row import Step

PUBLIC_KINDS = frozenset(
    {
        "reported",
        "registered",
        "dispatched",
        "claimed",
        "accepted",
        "returned",
        "held",
        "resumed",
        "extended",
        "resolved",
        "verified",
        "verification_failed",
        "closed",
        "reopened",
        "withdrawn",
        "rejected",
        "merged",
        "duplicate_linked",
        "became_overdue",
        "escalated",
        "transferred",
        "confirmed",
    }
)


def timeline(events: Iterable[Event]) -> tuple[Step, ...]:
    """One step an event that the public may know of."""
    return tuple(
        Step(event.kind, day(event.at), event.actor.unit, str(event.data.get("reason", "")))
        for event in events
        if event.kind in PUBLIC_KINDS
    )


def extension_reasons(events: Iterable[Event]) -> tuple[str, ...]:
    """The configured code of each 延期 that was granted, in order, "" where none was given."""
    granted = (event for event in events if event.kind == "extended")
    return tuple(str(event.data.get("reason", "")) for event in granted)


def day(moment: datetime | None) -> str:
    """YYYY-MM-DD in Asia/Shanghai, "" for None."""
    return moment.astimezone(CHINA).strftime("%Y-%m-%d") if moment else ""
