"""Events → messages: who is to be told of what, written once for each event.

Comes in: a case with its events. Goes out: messages in the outbox, without any personal text.
`notify.py` delivers them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from suishou.domain.case import Case, Event
from suishou.domain.errors import Conflict, Contended
from suishou.domain.programme import street_of
from suishou.services.case_store import patiently
from suishou.services.index_rows import instant
from suishou.services.system import System
from suishou.storage import private_keys as keys
from suishou.storage.table import ACTIONS_MAX, Action, Insert, Replace

REPORTER = "reporter"
_TELL_REPORTER = frozenset(
    {"registered", "dispatched", "returned", "resolved", "closed", "rejected", "merged"}
)
_MESSAGES_A_WRITE = ACTIONS_MAX - 1  # the projection's own mark takes one action


@dataclass(frozen=True)
class Message:
    """`to` is `reporter` or a post as `role:scope`; `urgent` for emergencies and escalations."""

    case_id: str
    event: int
    kind: str
    to: str
    urgent: bool
    at: str


def write_outbox(system: System, case: Case, events: Sequence[Event]) -> None:
    """Writes the messages of events not yet covered, and how far it came, in one transaction."""

    def attempt() -> None:
        partition = keys.case(case.id)
        mark = system.private.get(partition, keys.PROJECTED)
        done = mark.body["through"] if mark else 0
        actions: list[Action] = []
        through = done
        for event in events:
            if event.number <= done:
                continue
            new = [_insert(message) for message in messages(system, case, event)]
            if len(actions) + len(new) > _MESSAGES_A_WRITE:
                break
            actions += new
            through = event.number
        if through == done:
            return
        body = {"through": through}
        key = (partition, keys.PROJECTED)
        actions.append(Replace(*key, mark.version, body) if mark else Insert(*key, body))
        try:
            system.private.write(actions)
        except Conflict as lost:
            raise Contended("somebody else is writing this outbox") from lost

    patiently(system, attempt)


def _insert(message: Message) -> Insert:
    sort = f"{message.case_id}#{message.event:06d}#{message.to}"
    return Insert(keys.outbox(message.case_id), sort, {**asdict(message), "attempts": 0})


def messages(system: System, case: Case, event: Event) -> Iterator[Message]:
    """Whom an event concerns: the next in the loop, those above on escalation, the reporter."""
    urgent = case.urgency == "emergency" or event.kind == "escalated"
    for to in _recipients(system, case, event):
        yield Message(case.id, event.number, event.kind, to, urgent, instant(event.at))


def _recipients(system: System, case: Case, event: Event) -> tuple[str, ...]:
    dispatcher = f"dispatcher:{street_of(case.area) or system.programme.county.code}"
    staff: tuple[str, ...] = ()
    if event.kind in ("reported", "returned", "asked", "resolved", "reopened"):
        staff = (dispatcher,)
    elif event.kind == "dispatched":
        staff = (f"community:{event.data['community']}",)
    elif event.kind in ("claimed", "extended", "request_refused", "resumed"):
        staff = tuple(f"department:{u}" for u in (case.lead_unit, *case.assisting_units) if u)
    elif event.kind == "escalated":
        level = min(event.data["level"], len(system.programme.loop.escalation_levels))
        staff = (f"escalation:{level}",) if level else ()
    return (*staff, REPORTER) if event.kind in _TELL_REPORTER else staff
