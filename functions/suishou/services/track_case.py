"""What a reporter sees of their own case, and what they may still say about it.

Comes in: a case id with its tracking token, or the rider who reported it. Goes out: `TrackedCase`.
A wrong id and a wrong token get the same answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from suishou.domain.case import Case, Event
from suishou.domain.decide import Decision, decide_for_reporter
from suishou.domain.errors import NotAllowed, NotFound
from suishou.domain.people import ANONYMOUS, Principal
from suishou.domain.public_row import Step
from suishou.domain.timeline import timeline
from suishou.services.advance_case import change_case, context_of
from suishou.services.case_store import StoredCase, find_case, read_events
from suishou.services.identity import token_matches
from suishou.services.stored_photos import PhotoState, photo_states
from suishou.services.system import System
from suishou.storage import private_keys as keys


@dataclass(frozen=True)
class TrackedCase:
    """The reporter's own words, the public timeline, the result, and what they may do now."""

    case: Case
    title: str
    description: str
    timeline: tuple[Step, ...]
    result: str
    photos: tuple[PhotoState, ...]
    photos_after: tuple[str, ...]
    can_confirm: bool
    can_reopen: bool
    can_withdraw: bool


def own_case(system: System, case_id: str, token: str, principal: Principal) -> StoredCase:
    """The case, for whoever holds its token or reported it as a rider. Raises NotFound."""
    stored = find_case(system.private, case_id)
    if stored is not None:
        if token and token_matches(system.secret, case_id, token):
            return stored
        if principal.kind == "rider" and stored.case.reporter == principal.id:
            return stored
    raise NotFound("unknown_case_or_token", "tracking_token")


def track(
    system: System, case_id: str, token: str, principal: Principal = ANONYMOUS
) -> TrackedCase:
    """How the case stands. Raises NotFound."""
    case = own_case(system, case_id, token, principal).case
    events = read_events(system.private, case)
    text = system.private.get(keys.case(case_id), keys.TEXT)
    body = text.body if text else {}
    reopen_until = timedelta(days=system.programme.loop.reopen_days_max)
    return TrackedCase(
        case=case,
        title=body.get("title", ""),
        description=body.get("description", ""),
        timeline=timeline(events),
        result=_result(system, case, events),
        photos=photo_states(system, case.photos, case.reported_at),
        photos_after=case.after_photos,
        can_confirm=case.stage in ("resolved", "verified", "closed") and case.satisfied is None,
        can_reopen=case.closed_at is not None and system.now() <= case.closed_at + reopen_until,
        can_withdraw=case.stage in ("reported", "registered"),
    )


def _result(system: System, case: Case, events: tuple[Event, ...]) -> str:
    """The words of the last resolution that still stands, or of a rejection."""
    wanted = "rejected" if case.stage == "rejected" else "resolved"
    if wanted == "resolved" and case.resolved_at is None:
        return ""
    numbers = [event.number for event in events if event.kind == wanted]
    note = system.private.get(keys.case(case.id), keys.note(numbers[-1])) if numbers else None
    return str(note.body.get("text", "")) if note else ""


def give_feedback(
    system: System,
    case_id: str,
    token: str,
    satisfied: bool,
    reason: str,
    key: str,
    principal: Principal = ANONYMOUS,
) -> Case:
    """Satisfied: the case is confirmed. Not: it is reopened, with a reason.

    Raises NotFound, Lost, Invalid (`reason` missing, or too late to reopen), Busy.
    """
    if satisfied:
        return _by_reporter(system, case_id, token, "confirm", {"satisfied": True}, key, principal)
    return _by_reporter(system, case_id, token, "reopen", {"reason": reason}, key, principal)


def withdraw(
    system: System, case_id: str, token: str, key: str, principal: Principal = ANONYMOUS
) -> Case:
    """The reporter takes the report back before anybody set out. Raises NotFound, Lost, Busy."""
    return _by_reporter(system, case_id, token, "withdraw", {}, key, principal)


def _by_reporter(
    system: System,
    case_id: str,
    token: str,
    action: str,
    fields: dict[str, object],
    key: str,
    principal: Principal,
) -> Case:
    own_case(system, case_id, token, principal)
    if principal.kind == "staff":
        raise NotAllowed("reporters_only")
    person = principal.id or f"holder of {case_id}"

    def decided(stored: StoredCase) -> Decision:
        return decide_for_reporter(stored.case, action, fields, principal.id, context_of(system))

    return change_case(system, case_id, action, fields, key, person, decided)
