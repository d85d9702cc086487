"""Case → case: one action of the staff, decided by the domain and written in one transaction.

Comes in: who, which case, which action with its fields, and an Idempotency-Key. Goes out: the case
as it stands after it. Of two officers who act at once one wins; the other is told who.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from suishou.domain.action_fields import ActionContext
from suishou.domain.case import Case, Event
from suishou.domain.decide import SYSTEM, Decision, available_actions, decide
from suishou.domain.errors import Conflict, Contended, Invalid, KeyReused, Lost, NotAllowed
from suishou.domain.people import Principal, posts_reaching
from suishou.services.approve_publication import check_draft, publication_actions
from suishou.services.case_store import (
    StoredCase,
    case_actions,
    find_case,
    get_case,
    patiently,
    read_events,
)
from suishou.services.erase_text import erase_actions
from suishou.services.identity import keyed_hash, readable, request_hash
from suishou.services.known_photos import require_photos
from suishou.services.report_fields import KEY_CHARACTERS_MAX
from suishou.services.stored_photos import PhotoState, photo_states
from suishou.services.system import System
from suishou.storage import private_keys as keys
from suishou.storage.spread import query_merged
from suishou.storage.table import Action, Insert, query_all


@dataclass(frozen=True)
class CaseFile:
    """All that the staff see of a case. `text` holds the reporter's words, place and contact;
    `notes` the words that came with events, by event number; `nearby` ids of open cases of the same
    category in the same area, which may be the same thing; `actions` what this person may do now.
    """

    case: Case
    events: tuple[Event, ...]
    text: Mapping[str, Any]
    notes: Mapping[int, str]
    drafts: Mapping[int, Mapping[str, Any]]
    photos: tuple[PhotoState, ...]  # from before and after
    nearby: tuple[str, ...]
    actions: tuple[str, ...]


def case_file(system: System, principal: Principal, case_id: str) -> CaseFile:
    """The case with its history. Raises NotFound, NotAllowed (no post of theirs covers it)."""
    case = get_case(system.private, case_id).case
    if not posts_reaching(principal, case):
        raise NotAllowed("not_your_case")
    partition = keys.case(case_id)
    text = system.private.get(partition, keys.TEXT)
    notes = query_all(system.private, partition, prefix="NOTE#")
    drafts = query_all(system.private, partition, prefix="DRAFT#")
    here = keys.near_partitions(case.area)
    nearby = query_merged(system.private, here, prefix=f"{case.category}#")
    return CaseFile(
        case=case,
        events=read_events(system.private, case),
        text=text.body if text else {},
        notes={int(item.sort.split("#")[1]): item.body.get("text", "") for item in notes},
        drafts={int(item.sort.split("#")[1]): item.body for item in drafts},
        photos=(
            *photo_states(system, case.photos, case.reported_at),
            *photo_states(system, case.after_photos, case.resolved_at or case.reported_at),
        ),
        nearby=tuple(i for item in nearby if (i := item.sort.split("#")[-1]) != case_id),
        actions=available_actions(case, principal, context_of(system)),
    )


def context_of(system: System) -> ActionContext:
    """The rules at this moment."""
    return ActionContext(system.programme, system.calendar, system.now())


def advance_case(
    system: System,
    principal: Principal,
    case_id: str,
    action: str,
    fields: Mapping[str, Any],
    key: str,
) -> Case:
    """The case after the action. The same key with the same fields answers the same again.

    Raises NotFound, NotAllowed, Lost (409: stage and holder), Invalid, KeyReused, Busy.
    """
    if principal.kind != "staff":
        raise NotAllowed("staff_only")

    def decided(stored: StoredCase) -> Decision:
        decision = decide(stored.case, action, fields, principal, context_of(system))
        if action == "merge":
            _check_reach_of_target(system, principal, str(fields["into"]))
        return decision

    return change_case(system, case_id, action, fields, key, principal.id, decided)


def change_case(
    system: System,
    case_id: str,
    action: str,
    fields: Mapping[str, Any],
    key: str,
    person: str,
    decided: Callable[[StoredCase], Decision],
) -> Case:
    """Reads, decides, writes; after a lost race it reads and decides again, so that the answer is
    about the case as it is now. Shared by staff and reporters."""
    if len(key) > KEY_CHARACTERS_MAX:
        raise Invalid("too_long", "idempotency_key", characters_max=KEY_CHARACTERS_MAX)
    content = request_hash(system.secret, {"action": action, "fields": dict(fields)})
    mark = readable(keyed_hash(system.secret, "action", person, action, key or content), 32)

    def attempt() -> Case:
        stored = get_case(system.private, case_id)
        if done := _already_done(system, stored, mark, content, keyed=bool(key)):
            return done
        decision = decided(stored)
        case, actions = case_actions(case_id, stored, decision.events)
        number = decision.events[-1].number
        actions.append(
            Insert(
                keys.case(case_id),
                keys.action_key(mark if key else f"{mark}#{number:06d}"),
                {"content": content, "event": number},
            )
        )
        actions += _beside(system, stored.case, case, action, fields, decision)
        try:
            system.private.write(actions)
        except Conflict as lost:
            raise Contended("the case changed meanwhile") from lost
        return case

    return patiently(system, attempt)


def _already_done(
    system: System, stored: StoredCase, mark: str, content: str, *, keyed: bool
) -> Case | None:
    """The case, if this very request was done before: under its key at any time, or, without a key,
    as the last thing that happened to the case."""
    if keyed:
        item = system.private.get(keys.case(stored.case.id), keys.action_key(mark))
        if item is None:
            return None
        if item.body["content"] != content:
            raise KeyReused("key_reused", "idempotency_key")
        return stored.case
    last = keys.action_key(f"{mark}#{stored.case.version:06d}")
    return stored.case if system.private.get(keys.case(stored.case.id), last) else None


def _beside(
    system: System,
    before: Case,
    after: Case,
    action: str,
    fields: Mapping[str, Any],
    decision: Decision,
) -> list[Action]:
    """What else is written with the events: words that may be erased later, and what the action
    does beyond its own case."""
    actions: list[Action] = []
    partition = keys.case(after.id)
    number = decision.events[-1].number
    if decision.note:
        actions.append(Insert(partition, keys.note(number), {"text": decision.note}))
    if decision.draft is not None:
        check_draft(decision.draft)
        actions.append(Insert(partition, keys.draft(after.draft), dict(decision.draft)))
    require_photos(system, decision.events[-1].data.get("photos", ()))
    if action == "merge":
        actions += _link_target(system, before, str(fields["into"]))
    if action == "approve":
        actions += publication_actions(system, before)
    if action == "redact":
        actions += erase_actions(system, before)
    return actions


def _check_reach_of_target(system: System, principal: Principal, into: str) -> None:
    """Merging writes into the other case too, so it must be theirs as well. Raises NotAllowed."""
    target = find_case(system.private, into)
    if target is not None and not posts_reaching(principal, target.case):
        raise NotAllowed("not_your_case", "into")


def _link_target(system: System, case: Case, into: str) -> list[Action]:
    """The other case learns of its duplicate in the same transaction. Raises Invalid, Lost."""
    target = find_case(system.private, into)
    if target is None:
        raise Invalid("unknown_case", "into")
    if target.case.stage in ("merged", "rejected", "withdrawn"):
        raise Lost("merge_into_ended", "into", stage=target.case.stage)
    event = Event(
        target.case.version + 1,
        "duplicate_linked",
        system.now(),
        SYSTEM,
        {"case": case.id},
    )
    return case_actions(into, target, [event])[1]
