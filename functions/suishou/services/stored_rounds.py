"""Rounds of honours as stored: the private head, and the public documents that follow from it.

In: a round as it should be. Out: the head, written only over the version that was read; the public
notice while it is up, the public round once decided. Names are printed as each winner chooses now;
rider ids and objections never leave the private table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from suishou.domain.errors import Conflict, Contended, Invalid, NotFound
from suishou.domain.honours import Place
from suishou.domain.programme import HonourRule
from suishou.services.case_store import patiently
from suishou.services.standings import public_name
from suishou.services.system import System
from suishou.storage import private_keys, public_keys
from suishou.storage.table import Action, Delete, Insert, Replace, query_all

RULE_FACTS = ("rule", "name", "measure", "tie", "places_max", "benefit", "notice_days")
ON_NOTICE = ("proposed", "notice", "noticed")  # proposed, not decided yet


@dataclass(frozen=True)
class Round:
    """`state`: `open` → `proposed` (拟定) → `notice` (公示中) → `noticed` (公示期满) → `decided`.

    `period` is "2026-05", "2026-Q2" or "2026". `places` name riders by id and stay private, like
    `without` (riders left out after an objection was upheld). The notice is up from `opens_on` to
    the end of `closes_on` (days in Asia/Shanghai; "" where the calendar does not know yet).
    `considered` counts who earned anything in the period.
    """

    id: str
    honour: str
    period: str
    state: str
    opened_by: str
    proposed_by: str = ""
    opens_on: str = ""
    closes_on: str = ""
    considered: int = 0
    places: tuple[Place, ...] = ()
    without: tuple[str, ...] = ()
    objections: int = 0
    objections_open: int = 0
    objections_upheld: int = 0
    decided_by: str = ""
    decided_on: str = ""


def find_round(system: System, round_id: str) -> tuple[Round, int] | None:
    """The round and its version."""
    item = system.private.get(private_keys.honour_round(round_id), private_keys.HEAD)
    if item is None:
        return None
    body = dict(item.body)
    places = tuple(Place(**place) for place in body.pop("places"))
    without = tuple(body.pop("without", ()))
    return Round(**body, places=places, without=without), item.version


def rounds(system: System) -> Iterator[Round]:
    """All rounds, by id."""
    for item in query_all(system.private, private_keys.ROUNDS):
        found = find_round(system, item.sort)
        if found is not None:
            yield found[0]


def change_round(
    system: System, round_id: str, change: Callable[[Round], tuple[Round, Sequence[Action]]]
) -> Round:
    """The round as `change` makes it of the one that stands, written with the actions beside it; an
    equal round with no action writes nothing. Raises NotFound, Busy and whatever `change` raises.
    """

    def attempt() -> Round:
        found = find_round(system, round_id) if round_id else None
        if found is None:
            raise NotFound("unknown_round", "round_id")
        before, version = found
        after, actions = change(before)
        if after == before and not actions:
            return before
        key = (private_keys.honour_round(round_id), private_keys.HEAD)
        try:
            system.private.write([Replace(*key, version, round_body(after)), *actions])
        except Conflict as lost:
            raise Contended("the round changed meanwhile") from lost
        return after

    return patiently(system, attempt)


def round_body(one: Round) -> Mapping[str, Any]:
    """The round as stored."""
    return {**asdict(one), "places": [asdict(p) for p in one.places], "without": [*one.without]}


def rule_of(system: System, honour: str) -> HonourRule:
    """The honour's rule. Raises Invalid."""
    for rule in system.programme.honours:
        if rule.code == honour:
            return rule
    raise Invalid("unknown_honour", "honour")


def publish_round(system: System, one: Round) -> bool:
    """Brings the public documents of a round up to what it is, and to what each winner agrees to
    now; answers whether anything changed."""
    notice = _document(system, one) if one.state == "notice" else None
    decided = _document(system, one) if one.state == "decided" else None
    changed = decided is not None and _bring(system, public_keys.HONOUR, one.id, decided)
    return _bring(system, public_keys.NOTICE, one.id, notice) or changed


def _document(system: System, one: Round) -> Mapping[str, Any]:
    named = [(place, public_name(system, place.rider)) for place in one.places]
    return {
        **_rule_facts(system, one),
        "id": one.id,
        "period": one.period,
        "considered": one.considered,
        "opens_on": one.opens_on,
        "closes_on": one.closes_on,
        "objections": one.objections,
        "decided_on": one.decided_on,
        "places": sorted(
            (
                {"place": place.place, "name": name, "figure": place.figure}
                for place, name in named
                if name is not None
            ),
            key=lambda shown: (shown["place"], shown["name"]),
        ),
        "unnamed": sum(name is None for _, name in named),
    }


def _rule_facts(system: System, one: Round) -> Mapping[str, Any]:
    """The rule in the words it was first published with: a rule that was changed or given up since
    changes no round that was decided by it."""
    for partition in (public_keys.HONOUR, public_keys.NOTICE):
        before = system.public.get(partition, one.id)
        if before is not None:
            return {name: before.body[name] for name in RULE_FACTS if name in before.body}
    rule = rule_of(system, one.honour)
    return {
        "rule": rule.code,
        "name": rule.name,
        "measure": rule.measure,
        "tie": rule.tie,
        "places_max": rule.places,
        "benefit": rule.benefit,
        "notice_days": rule.notice_days,
    }


def _bring(system: System, partition: str, sort: str, body: Mapping[str, Any] | None) -> bool:
    """The public document as it should be, none for None."""

    def attempt() -> bool:
        before = system.public.get(partition, sort)
        if (before.body if before else None) == body:
            return False
        action: Action
        if body is None:
            action = Delete(partition, sort, before.version if before else None)
        elif before is None:
            action = Insert(partition, sort, body)
        else:
            action = Replace(partition, sort, before.version, body)
        try:
            system.public.write([action])
        except Conflict as lost:
            raise Contended("published meanwhile") from lost
        return True

    return patiently(system, attempt)
