"""A round of honours (评选): opened for a period, decided from the ledgers when it is over.

In: an honour's code and a period. Out: a private round with its winners, and a public one that
names only those who consent, each as they chose. Decided once: a later reversal changes no decided
round. Who may open and decide is the handler's question.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from suishou.domain.errors import Conflict, Contended, Invalid, Lost, NotFound
from suishou.domain.honours import Place, decide_round, period_of
from suishou.domain.programme import HonourRule
from suishou.services.case_store import patiently
from suishou.services.standings import public_name, standings
from suishou.services.system import System
from suishou.storage import private_keys, public_keys
from suishou.storage.table import Insert, Replace, query_all

CHINA = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Round:
    """`state` is `open` or `decided`; `places` name riders by id and stay private. `period` is
    "2026-05", "2026-Q2" or "2026"."""

    id: str
    honour: str
    period: str
    state: str
    opened_by: str
    decided_by: str = ""
    decided_on: str = ""
    places: tuple[Place, ...] = ()


def open_round(system: System, staff_id: str, honour: str, period: str) -> Round:
    """The round of an honour for a period, opened now or before. Raises Invalid, Busy."""
    rule = _rule(system, honour)
    try:
        period_of(rule.period, period)
    except ValueError as error:
        raise Invalid("bad_period", "period", kind=rule.period) from error
    made = Round(f"{honour}-{period}", honour, period, "open", staff_id)

    def attempt() -> Round:
        before = _find(system, made.id)
        if before is not None:
            return before[0]
        head = Insert(private_keys.honour_round(made.id), private_keys.HEAD, _body(made))
        try:
            system.private.write([head, Insert(private_keys.ROUNDS, made.id, {})])
        except Conflict as lost:
            raise Contended("opened meanwhile") from lost
        return made

    return patiently(system, attempt)


def decide(system: System, staff_id: str, round_id: str) -> Round:
    """The round with its winners, decided now or before, and published.

    Raises NotFound, Lost (`period_not_over`), Busy.
    """
    decided = patiently(system, lambda: _decide(system, staff_id, round_id))
    publish_round(system, decided)
    return decided


def rounds(system: System) -> tuple[Round, ...]:
    """All rounds, by id."""
    found = (_find(system, item.sort) for item in query_all(system.private, private_keys.ROUNDS))
    return tuple(one[0] for one in found if one is not None)


def publish_round(system: System, decided: Round) -> bool:
    """Brings the public round up to what each winner agrees to now; answers whether it changed."""
    rule = _rule(system, decided.honour)
    named = [(place, public_name(system, place.rider)) for place in decided.places]
    body: dict[str, Any] = {
        "id": decided.id,
        "rule": rule.code,
        "name": rule.name,
        "period": decided.period,
        "measure": rule.measure,
        "tie": rule.tie,
        "benefit": rule.benefit,
        "decided_on": decided.decided_on,
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
    return patiently(system, lambda: _publish(system, decided.id, body))


def republish_rounds(system: System) -> int:
    """Every decided round again, after somebody's choice or consent changed; how many changed."""
    return sum(publish_round(system, one) for one in rounds(system) if one.state == "decided")


def _decide(system: System, staff_id: str, round_id: str) -> Round:
    found = _find(system, round_id) if round_id else None
    if found is None:
        raise NotFound("unknown_round", "round_id")
    before, version = found
    if before.state == "decided":
        return before
    rule = _rule(system, before.honour)
    period = period_of(rule.period, before.period)
    now = system.now()
    if now < period.ends:
        raise Lost("period_not_over", "round_id")
    decided = Round(
        id=before.id,
        honour=before.honour,
        period=before.period,
        state="decided",
        opened_by=before.opened_by,
        decided_by=staff_id,
        decided_on=now.astimezone(CHINA).date().isoformat(),
        places=decide_round(rule, standings(system, rule.measure, period)),
    )
    head = (private_keys.honour_round(round_id), private_keys.HEAD, version)
    try:
        system.private.write([Replace(*head, _body(decided))])
    except Conflict as lost:
        raise Contended("decided meanwhile") from lost
    return decided


def _publish(system: System, round_id: str, body: Mapping[str, Any]) -> bool:
    before = system.public.get(public_keys.HONOUR, round_id)
    if before is not None and before.body == body:
        return False
    key = (public_keys.HONOUR, round_id)
    try:
        system.public.write([Replace(*key, before.version, body) if before else Insert(*key, body)])
    except Conflict as lost:
        raise Contended("published meanwhile") from lost
    return True


def _rule(system: System, honour: str) -> HonourRule:
    for rule in system.programme.honours:
        if rule.code == honour:
            return rule
    raise Invalid("unknown_honour", "honour")


def _find(system: System, round_id: str) -> tuple[Round, int] | None:
    item = system.private.get(private_keys.honour_round(round_id), private_keys.HEAD)
    if item is None:
        return None
    body = dict(item.body)
    places = tuple(Place(**place) for place in body.pop("places"))
    return Round(**body, places=places), item.version


def _body(one: Round) -> Mapping[str, Any]:
    places = [
        {"place": place.place, "rider": place.rider, "figure": place.figure} for place in one.places
    ]
    return {
        "id": one.id,
        "honour": one.honour,
        "period": one.period,
        "state": one.state,
        "opened_by": one.opened_by,
        "decided_by": one.decided_by,
        "decided_on": one.decided_on,
        "places": places,
    }
