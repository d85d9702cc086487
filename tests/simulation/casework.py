"""Dispatchers, stewards, departments, approvers: actions on cases, right and wrong, at once.

Comes in: the world. Goes out: `Request`s. Everyone acts on what a screen showed, which may be old.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from suishou.domain.case import Case
from suishou.domain.decide import available_actions
from suishou.domain.errors import Refused
from suishou.domain.people import Principal
from suishou.domain.transitions import transitions
from suishou.services.advance_case import advance_case, case_file, context_of
from suishou.services.case_queue import QueueFilter, queue
from suishou.services.identity import keyed_hash, readable
from tests.simulation.reporting import mark_of, stored_case
from tests.simulation.request import BrokenPromise, Request
from tests.simulation.world import SECRET, World, communities, streets

# The way to the end is taken more often than the byways, or few cases would ever get there.
FORWARD = ("register", "dispatch", "claim", "accept", "resolve", "verify", "close")
LIKELY = {**dict.fromkeys(FORWARD, 30), "draft": 4, "ask_hold": 4, "ask_extension": 4}
ANSWERS = {"extend": 60, "hold": 60, "refuse_request": 10}
RARE = {"reject": 1, "merge": 1, "transfer": 1, "redact": 1, "take_down": 1, "note": 1}
ORDINARY = 2


def action(world: World) -> list[Request]:
    """One officer, or two at once, act on one case."""
    random, promises = world.random, world.promises
    if not promises.case_ids:
        return []
    newest = promises.case_ids[-6:]  # work goes on where something happened last
    case = stored_case(world, random.choice(newest if random.random() < 0.7 else promises.case_ids))
    able = _able(world, case)
    if not able or random.random() < 0.05:
        name = random.choice(sorted(transitions(world.system.programme.loop.steps)))
        return [_acted(world, random.choice(world.staff), case, name)]
    names = sorted({name for names in able.values() for name in names})
    name = random.choices(names, [_weight(case, name) for name in names])[0]
    people = [person for person in world.staff if name in able.get(person.id, ())]
    rivals = 2 if random.random() < 0.3 else 1
    return [
        _acted(world, person, case, name)
        for person in random.sample(people, min(rivals, len(people)))
    ]


def _weight(case: Case, name: str) -> float:
    """How much the case calls for this action: what somebody waits for comes first."""
    if name == "approve":
        return 30 if case.draft > case.approved and not case.taken_down else 0.5
    if case.asked and name in ANSWERS:
        return ANSWERS[name]
    return LIKELY.get(name) or RARE.get(name) or ORDINARY


def _able(world: World, case: Case) -> Mapping[str, tuple[str, ...]]:
    """Who may do what with the case now."""
    context = context_of(world.system)
    return {
        person.id: actions
        for person in world.staff
        if (actions := available_actions(case, person, context))
    }


def _acted(world: World, person: Principal, case: Case, name: str) -> Request:
    fields = fields_of(world, case, name)
    key = f"key-{world.number()}" if world.random.random() < 0.8 else ""
    promises = world.promises

    def acknowledged(after: Case) -> None:
        if after.id != case.id:
            raise BrokenPromise("the answer is about another case")
        if key:
            promises.done[_mark(world, person, case, name, key)] = 1

    def refused(refusal: Refused) -> None:
        mark = _mark(world, person, case, name, key)
        if key and world.private.table.get(*mark) is not None:
            raise BrokenPromise(f"{name} was done, and its repetition refused: {refusal}")

    return Request(
        f"{name} {case.id}",
        lambda: advance_case(world.system, person, case.id, name, fields, key),
        acknowledged,
        refused,
        keeps_trying=True,
    )


def _mark(world: World, person: Principal, case: Case, name: str, key: str) -> tuple[str, str]:
    digest = keyed_hash(world.system.secret, "action", person.id, name, key)
    return mark_of(case.id, readable(digest, 32))


def fields_of(world: World, case: Case, name: str) -> dict[str, Any]:
    """Fields as an officer would send them; most are right, some are stale."""
    number = world.number()
    fields: dict[str, Any] = {"reason": f"{SECRET} reason {number}"}
    if name in _FIELDS:
        fields |= _FIELDS[name](world, case)
    return fields


def _area(world: World) -> str:
    programme = world.system.programme
    return communities(programme, world.random.choice(streets(programme)))[0]


def _category(world: World, case: Case) -> dict[str, Any]:
    return {"category": world.random.choice(sorted(world.system.programme.categories))}


def _dispatch(world: World, case: Case) -> dict[str, Any]:
    leads = sorted({c.lead_unit for c in world.system.programme.categories.values()})
    other = {"lead_unit": world.random.choice(leads)} if world.random.random() < 0.3 else {}
    return {"community": _area(world), **other}


def _reason_code(reasons: str) -> Callable[[World, Case], dict[str, Any]]:
    return lambda world, case: {
        "reason_code": world.random.choice(sorted(getattr(world.system.programme.loop, reasons)))
    }


def _until(world: World, case: Case) -> dict[str, Any]:
    days = world.random.randint(1, 5)
    return {"until": (world.time + timedelta(days=days)).replace(microsecond=0).isoformat()}


def _resolve(world: World, case: Case) -> dict[str, Any]:
    return {"result": f"{SECRET} result", "outcome": world.random.choice(("", "settled"))}


def _draft(world: World, case: Case) -> dict[str, Any]:
    photos = [photo for photo in case.photos if world.random.random() < 0.7]
    words = f"公开文字第{world.number() % 10}版"
    return {"title": "路面已修复", "text": words, "result": "已处理", "photos": photos}


_FIELDS: Mapping[str, Callable[[World, Case], dict[str, Any]]] = {
    "classify": _category,
    "locate": lambda world, case: {"area": _area(world)},
    "reject": _reason_code("reject_reasons"),
    "return": _reason_code("return_reasons"),
    "merge": lambda world, case: {"into": world.random.choice(world.promises.case_ids)},
    "dispatch": _dispatch,
    "ask_extension": _until,
    "ask_hold": _until,
    "resolve": _resolve,
    "record_result": _resolve,
    "transfer": lambda world, case: {"system": "12345", "outside_number": "JX-1"},
    "draft": _draft,
    "approve": lambda world, case: {"draft": case.draft},
}


def looking(world: World) -> list[Request]:
    """An officer reads the queue to its end and opens its first case."""
    person = world.random.choice(world.staff)

    def work() -> None:
        cursor: str | None = None
        first = ""
        while True:
            page = queue(world.system, person, QueueFilter(), cursor, limit=4)
            first = first or next((entry.case.id for entry in page.entries), "")
            cursor = page.cursor
            if cursor is None:
                break
        if first:
            case_file(world.system, person, first)

    return [Request("queue", work)]
