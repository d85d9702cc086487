"""Case → public row: what may be shown of a case, decided from the case and the category's policy.

Comes in: the case, its events, the approved publication (None before approval). Goes out: the
`PublicRow`. Never takes in private text: the publication is what two people agreed to show.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from suishou.domain.case import Case, ClockState, Event
from suishou.domain.programme import Publication, community_of, street_of
from suishou.domain.public_row import PublicClock, PublicRow
from suishou.domain.redaction import redact
from suishou.domain.timeline import day, extension_reasons, timeline


@dataclass(frozen=True)
class Published:
    """The approved text and photo copies."""

    title: str
    text: str
    result: str
    photos_before: tuple[str, ...]
    photos_after: tuple[str, ...]


def may_be_shown(case: Case, policy: Publication) -> bool:
    """Whether the case may have a page: approved, not taken down, and as far as its category's
    policy wants it. A reopened case is shown again once it is closed again."""
    if case.taken_down or not case.approved or case.stage in ("merged", "rejected", "withdrawn"):
        return False
    if policy == "at_once":
        return True
    return policy == "after_closed" and case.stage == "closed"


def public_row(
    case: Case, events: Sequence[Event], policy: Publication, published: Published | None
) -> PublicRow:
    """The row. Text goes through redaction once more, whoever approved it."""
    shown = published is not None and may_be_shown(case, policy)
    return PublicRow(
        id=case.id,
        version=case.version,
        kind=case.kind,
        category=case.category,
        dictionary=case.dictionary,
        national_code=case.national_code,
        urgency=case.urgency,
        source=case.source,
        street=street_of(case.area),
        community=case.community or community_of(case.area),
        grid_cell=case.area if shown and len(case.area) == 15 else "",
        month=day(case.reported_at)[:7],
        reported_on=day(case.reported_at),
        changed_on=day(case.changed_at),
        resolved_on=day(case.resolved_at),
        closed_on=day(case.closed_at),
        stage=case.stage,
        lead_unit=case.lead_unit,
        assisting_units=case.assisting_units,
        clocks=_clocks(case),
        outcome=case.outcome,
        satisfied=case.satisfied,
        escalation_level=case.escalation_level,
        returned_count=case.returned_count,
        reopened_count=case.reopened_count,
        extended_count=case.extended_count,
        rework_count=case.rework_count,
        merged_into=case.merged_into,
        duplicates=case.duplicates,
        timeline=timeline(events) if shown else (),
        shown=shown,
        title=redact(published.title) if shown and published else "",
        text=redact(published.text) if shown and published else "",
        result=redact(published.result) if shown and published else "",
        photos_before=published.photos_before if shown and published else (),
        photos_after=published.photos_after if shown and published else (),
        extension_reasons=extension_reasons(events),
    )


def _clocks(case: Case) -> Mapping[str, PublicClock]:
    clocks = {}
    for name, clock in sorted(case.clocks.items()):
        started = case.closed_at if name == "feedback" else case.reported_at
        clocks[str(name)] = _public_clock(clock, started)
    return clocks


def _public_clock(clock: ClockState, started: datetime | None) -> PublicClock:
    minutes = None
    if clock.met_at is not None and started is not None:
        minutes = max(0, int((clock.met_at - started).total_seconds() // 60))
    on_time: bool | None = None
    if clock.met_at is not None and clock.due is not None:
        on_time = clock.met_at <= clock.due
    elif clock.overdue:
        on_time = False
    return PublicClock(day(clock.due), minutes, on_time, clock.pending)
