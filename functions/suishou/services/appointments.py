"""The stewards' ladder (成长阶梯): who was appointed (聘任) to which step, and since when.

In: an administrator's entry with the consent that the rider gave for this. Out: a private item with
every step and the consent's version; a public one under a keyed hash, with the name as the rider
chose, only while there is consent to both. Never a rider id in the public table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from suishou.domain.deadline import CHINA
from suishou.domain.errors import Conflict, Contended, Invalid
from suishou.services.case_store import patiently
from suishou.services.person_fields import consent_now
from suishou.services.standings import profiles, public_name
from suishou.services.stored_people import found_person
from suishou.services.system import System
from suishou.services.tokens import keyed
from suishou.storage import private_keys, public_keys
from suishou.storage.table import Action, Delete, Insert, Item, Replace


@dataclass(frozen=True)
class Appointment:
    """A rider's way up: steps (codes of the programme's ladder) with the day of each, lowest first.
    `consent` is the version agreed to for showing it, "" for none; `consent_at` RFC 3339."""

    rider: str
    steps: tuple[Mapping[str, str], ...]
    consent: str
    consent_at: str


def appoint(
    system: System, staff_id: str, rider_id: str, step: str, since: str, consent: str
) -> Appointment:
    """The rider's ladder with this step entered, or its day corrected; `consent` "" withdraws what
    was given before. Repeating changes nothing. Raises NotFound, Invalid, Busy."""
    found_person(system, "rider", rider_id)
    if step not in {known.code for known in system.programme.ladder}:
        raise Invalid("unknown_step", "step")
    day = _day(system, since)
    given = consent_now(system, consent)

    def attempt() -> Appointment:
        item = _stored(system, rider_id)
        before = item.body if item else {"steps": {}, "consent": None}
        agreed = before["consent"]
        keeps = agreed and given and agreed["version"] == given["version"]
        entered = before["steps"].get(step)
        same = entered is not None and entered["since"] == day
        steps = {
            **before["steps"],
            step: entered if same else {"since": day, "by": staff_id},
        }
        body = {"steps": steps, "consent": agreed if keeps else given}
        if item is None or body != before:
            key = (private_keys.rider(rider_id), private_keys.LADDER)
            write = Replace(*key, item.version, body) if item else Insert(*key, body)
            _write(system.private.write, write)
        return _appointment(system, rider_id, body)

    made = patiently(system, attempt)
    publish_ladder_of(system, rider_id)
    return made


def appointments(system: System) -> tuple[Appointment, ...]:
    """Everybody on the ladder, by rider id."""
    found = ((rider_id, _stored(system, rider_id)) for rider_id, _ in profiles(system))
    return tuple(_appointment(system, rider, item.body) for rider, item in found if item)


def publish_ladder_of(system: System, rider_id: str) -> None:
    """Brings one rider's public row up to date: changed consent shows, or is gone, at once."""
    item = _stored(system, rider_id)
    name = public_name(system, rider_id)
    body: Mapping[str, Any] | None = None
    if item is not None and item.body["consent"] and name is not None:
        body = {"name": name, "steps": list(_appointment(system, rider_id, item.body).steps)}
    sort = keyed(system, "ladder", rider_id).hex()[:32]

    def attempt() -> None:
        before = system.public.get(public_keys.LADDER, sort)
        if (before.body if before else None) == body:
            return
        action: Action
        if body is None:
            action = Delete(public_keys.LADDER, sort, before.version if before else None)
        elif before is None:
            action = Insert(public_keys.LADDER, sort, body)
        else:
            action = Replace(public_keys.LADDER, sort, before.version, body)
        _write(system.public.write, action)

    patiently(system, attempt)


def _stored(system: System, rider_id: str) -> Item | None:
    return system.private.get(private_keys.rider(rider_id), private_keys.LADDER)


def _appointment(system: System, rider_id: str, body: Mapping[str, Any]) -> Appointment:
    order = [step.code for step in system.programme.ladder]
    steps = tuple(
        {"step": code, "since": body["steps"][code]["since"]}
        for code in order
        if code in body["steps"]
    )
    consent = body["consent"] or {"version": "", "at": ""}
    return Appointment(rider_id, steps, consent["version"], consent["at"])


def _day(system: System, text: str) -> str:
    """Today or before: what is only planned is no appointment."""
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise Invalid("bad_day", "since") from error
    if day > system.now().astimezone(CHINA).date():
        raise Invalid("time_is_future", "since")
    return day.isoformat()


def _write(write: Callable[[list[Action]], object], action: Action) -> None:
    try:
        write([action])
    except Conflict as lost:
        raise Contended("the ladder changed meanwhile") from lost
