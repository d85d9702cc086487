"""What an action on a case comes to: the events it makes, or why it may not be done.

Comes in: the case, the action with its fields, who acts, the programme, the calendar, the time.
Goes out: a `Decision`. Writes nothing and reads no clock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from suishou.domain.action_fields import ActionContext, event_data
from suishou.domain.case import Actor, Case, Event
from suishou.domain.errors import Invalid, Lost, NotAllowed
from suishou.domain.field_checks import is_blank
from suishou.domain.people import Principal, posts_reaching
from suishou.domain.transitions import Transition, transitions

SYSTEM = Actor("system", "system")
_ADMIN_ACTIONS = frozenset({"take_down", "redact"})


@dataclass(frozen=True)
class Decision:
    """The events, in order, and the erasable words that go with the last of them: `note` (a reason
    or a result, as written) and `draft` (a text for publication)."""

    events: tuple[Event, ...]
    note: str = ""
    draft: Mapping[str, Any] | None = None


def decide(
    case: Case, action: str, fields: Mapping[str, Any], principal: Principal, context: ActionContext
) -> Decision:
    """What a staff member's action makes. Raises NotAllowed, Lost (the case is elsewhere now; with
    its stage and who moved it there) or Invalid (a field, by name)."""
    row = transitions(context.programme.loop.steps).get(action)
    if row is None or not row.who - {"reporter", "system"}:
        raise Invalid("unknown_action", "action", action=action)
    actor = staff_actor(case, row, principal)
    check_stage(case, row, actor.role, context)
    if _same_person(case, row, principal, context):
        raise NotAllowed("needs_another_person", action=action)
    return decided(case, row, fields, actor, context)


def decide_for_reporter(
    case: Case, action: str, fields: Mapping[str, Any], reporter_id: str, context: ActionContext
) -> Decision:
    """What the reporter's own confirmation, reopening or withdrawal makes."""
    row = transitions(context.programme.loop.steps)[action]
    if "reporter" not in row.who:
        raise Invalid("unknown_action", "action", action=action)
    check_stage(case, row, "reporter", context)
    return decided(case, row, fields, Actor(reporter_id, "reporter"), context)


def decided(
    case: Case, row: Transition, fields: Mapping[str, Any], actor: Actor, context: ActionContext
) -> Decision:
    """The decision, once stage and person are right: missed deadlines first, then the action."""
    for name in row.needs:
        if is_blank(fields.get(name)):
            raise Invalid("required", name)
    data, note, draft = event_data(row.action, case, fields, context)
    missed = overdue_events(case, context.now)
    number = case.version + len(missed) + 1
    event = Event(number, row.event, context.now, actor, data)
    return Decision((*missed, event), note, draft)


def staff_actor(case: Case, row: Transition, principal: Principal) -> Actor:
    """The post under which somebody acts. Raises NotAllowed when none of theirs covers the case,
    or none that does may take this action."""
    if principal.is_admin and row.action in _ADMIN_ACTIONS:
        return Actor(principal.id, "admin")
    reaching = posts_reaching(principal, case)
    if not reaching:
        raise NotAllowed("not_your_case")
    for post in reaching:
        if post.role in row.who:
            return Actor(principal.id, post.role, post.scope)
    raise NotAllowed("not_your_action", action=row.action)


def _same_person(case: Case, row: Transition, principal: Principal, context: ActionContext) -> bool:
    """Whether the rule of two people stands in the way: 核查 is not done by whoever resolved, nor
    审核 by whoever drafted (unless the programme lets one person do both)."""
    if row.action == "approve" and not context.programme.loop.two_person_approval:
        return False
    return bool(row.other_than) and getattr(case, row.other_than) == principal.id


def check_stage(case: Case, row: Transition, role: str, context: ActionContext) -> None:
    """Raises Lost when the case does not stand where this action starts."""
    early = (
        row.action == "resolve"
        and role == "department"
        and case.stage == "claimed"
        and context.programme.loop.steps.accepted
    )
    if case.stage not in row.sources or early:
        raise Lost(
            "wrong_stage",
            "stage",
            stage=case.stage,
            action=row.action,
            held_by=case.accepted_by or case.claimed_by,
            unit=case.lead_unit,
        )


def available_actions(case: Case, principal: Principal, context: ActionContext) -> tuple[str, ...]:
    """The actions that this principal could take now, in the table's order."""
    found = []
    for action, row in transitions(context.programme.loop.steps).items():
        if not row.who - {"reporter", "system"}:
            continue
        try:
            actor = staff_actor(case, row, principal)
            check_stage(case, row, actor.role, context)
        except (NotAllowed, Lost):
            continue
        if not _same_person(case, row, principal, context):
            found.append(action)
    return tuple(found)


def overdue_events(case: Case, now: datetime) -> tuple[Event, ...]:
    """`became_overdue` for each clock that ran out before `now` unmet, each with its escalation.

    The same whoever asks first: the watcher every few minutes, or an officer who acts in between.
    """
    events: list[Event] = []
    level = case.escalation_level
    for name in _missed(case, now):
        events.append(_next(case, events, "became_overdue", now, {"clock": name}))
        if name != "feedback":
            level += 1
            events.append(_next(case, events, "escalated", now, {"level": level}))
    return tuple(events)


def _missed(case: Case, now: datetime) -> list[str]:
    missed = []
    for name, clock in sorted(case.clocks.items()):
        if clock.due is None or clock.met_at is not None or clock.overdue or clock.due >= now:
            continue
        if name == "feedback":
            running = case.stage == "closed"
        else:
            running = case.open and not (name == "resolution" and case.stage == "on_hold")
        if running:
            missed.append(str(name))
    return missed


def _next(
    case: Case, before: Sequence[Event], kind: str, now: datetime, data: Mapping[str, Any]
) -> Event:
    return Event(case.version + len(before) + 1, kind, now, SYSTEM, data)
