"""Who takes part: riders and staff, how they are enrolled, signed in, listed and revoked.

In: an admin's wish, or a token. Out: a `Principal`, a profile, or a new person's token (shown this
once). Revoking takes effect with the next request. Names and telephones stay in the private table.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from suishou.domain.errors import Invalid, NotAllowed, NotSignedIn
from suishou.domain.people import Post, Principal
from suishou.services import person_fields as fields
from suishou.services.appointments import publish_ladder_of
from suishou.services.honour_round import republish_rounds
from suishou.services.standings import publish_standing_of
from suishou.services.stored_people import (
    LIST,
    PARTITION,
    Enrolled,
    Rider,
    StaffMember,
    enrol_once,
    find_person,
    found_person,
    id_of,
    new_person_id,
    posts_of,
    rider_of,
    write,
)
from suishou.services.system import System
from suishou.services.tokens import PersonKind, holder, keyed, remember, token_key, token_text
from suishou.storage import private_keys as keys
from suishou.storage.table import Action, Delete, Insert, Item, Replace

__all__ = ["Enrolled", "Rider", "StaffMember"]  # what the functions below answer with
LISTED_MAX = 100  # each entry of a list is one read


def operator(system: System) -> Principal:
    """Whoever sits at the machine itself: the first admin, who enrols the others."""
    return Principal("operator", "staff", (Post("admin", system.programme.county.code),))


def sign_in(system: System, token: str) -> Principal:
    """The principal who holds this token, with the posts of this moment.

    Raises NotSignedIn for a token that is missing, unknown, expired or revoked.
    """
    who = holder(system, token)
    item = system.private.get(PARTITION[who.kind](who.id), keys.PROFILE)
    if item is None or item.body["revoked"] or item.body["serial"] != who.serial:
        raise NotSignedIn("revoked_credential")
    return Principal(who.id, who.kind, posts_of(item.body))


def enrol_rider(
    system: System,
    by: Principal,
    name: str,
    phone: str,
    display: str = "masked",
    alias: str = "",
    *,
    consent: str = "",
    key: str = "",
    demonstration: bool = False,
) -> Enrolled:
    """A new rider (or, with the same `key` and fields, the same one again).

    `phone` may be "" when unknown; otherwise one number enrols one rider. Raises NotAllowed,
    Invalid, KeyReused, or Lost when the number is already somebody's.
    """
    _may_enrol(system, by, demonstration)
    number = fields.phone_number(phone)
    body: dict[str, Any] = {
        "name": fields.person_name(name),
        "phone": number,
        **fields.chosen_display(display, alias),
        "honour_consent": fields.consent_now(system, consent),
    }
    person_id = new_person_id(system, by, "rider", key)
    more: list[Action] = []
    if number:
        partition = keys.phone(keyed(system, "phone", number).hex())
        more.append(Insert(partition, keys.RIDER_OF_PHONE, {"id": person_id}))
    return enrol_once(system, "rider", person_id, body, more)


def enrol_staff(
    system: System,
    by: Principal,
    name: str,
    posts: Sequence[Post],
    *,
    key: str = "",
    demonstration: bool = False,
) -> Enrolled:
    """A new member of staff. Raises NotAllowed, Invalid (`posts.<n>.scope`) or KeyReused."""
    _may_enrol(system, by, demonstration)
    body = {
        "name": fields.person_name(name),
        "posts": fields.checked_posts(system.programme, posts),
    }
    return enrol_once(system, "staff", new_person_id(system, by, "staff", key), body, [])


def revoke(system: System, by: Principal, person_id: str) -> None:
    """The person's token is good no longer; nothing that they did changes. Repeating is fine."""
    _admins_only(by)
    kind, item = find_person(system, person_id)
    if item.body["revoked"]:
        return
    current = token_key(token_text(system, person_id, item.body["serial"]))
    profile = Replace(item.partition, keys.PROFILE, item.version, {**item.body, "revoked": True})
    write(system, [profile, Delete(current, keys.TOKEN)])
    if kind == "rider":
        _show(system, person_id)


def renew(system: System, by: Principal, person_id: str) -> Enrolled:
    """A new token in place of a lost one, which ends with this; lifts a revocation."""
    _admins_only(by)
    kind, item = find_person(system, person_id)
    serial = item.body["serial"] + 1
    old = token_key(token_text(system, person_id, item.body["serial"]))
    body = {**item.body, "serial": serial, "revoked": False}
    profile = Replace(item.partition, keys.PROFILE, item.version, body)
    write(system, [profile, Delete(old, keys.TOKEN), remember(system, person_id, kind, serial)])
    if kind == "rider":
        _show(system, person_id)
    return Enrolled(person_id, token_text(system, person_id, serial))


def profile(system: System, rider_id: str) -> Rider:
    """A rider's profile. Raises NotFound."""
    return rider_of(found_person(system, "rider", rider_id))


def riders(
    system: System, by: Principal, cursor: str | None = None, limit: int = LISTED_MAX
) -> tuple[tuple[Rider, ...], str | None]:
    """A page of riders in the order of their ids, and the cursor of the next one."""
    items, following = _listed(system, by, "rider", cursor, limit)
    return tuple(rider_of(item) for item in items), following


def staff(
    system: System, by: Principal, cursor: str | None = None, limit: int = LISTED_MAX
) -> tuple[tuple[StaffMember, ...], str | None]:
    """A page of staff in the order of their ids, and the cursor of the next one."""
    items, following = _listed(system, by, "staff", cursor, limit)
    people = (
        StaffMember(id_of(item), item.body["name"], posts_of(item.body), item.body["revoked"])
        for item in items
    )
    return tuple(people), following


def set_display(system: System, rider_id: str, display: str, alias: str, consent: str) -> Rider:
    """A rider's own choice of how to be named; `consent` "" withdraws it.

    Agreeing again to the same version keeps the day of the first time. The rider's public standing
    follows at once; cases hold nothing of it. Raises Invalid, NotFound, Lost.
    """
    item = found_person(system, "rider", rider_id)
    given = fields.consent_now(system, consent)
    before = item.body["honour_consent"]
    if given and before and given["version"] == before["version"]:
        given = before
    body = {**item.body, **fields.chosen_display(display, alias), "honour_consent": given}
    write(system, [Replace(item.partition, keys.PROFILE, item.version, body)])
    _show(system, rider_id)
    return rider_of(item, body)


def _show(system: System, rider_id: str) -> None:
    """Wherever the rider is named in public follows what was just chosen, or the name is gone."""
    publish_standing_of(system, rider_id)
    publish_ladder_of(system, rider_id)
    republish_rounds(system)


def _may_enrol(system: System, by: Principal, demonstration: bool) -> None:
    _admins_only(by)
    if system.programme.demonstration and not demonstration:
        raise NotAllowed("demonstration_only")


def _admins_only(by: Principal) -> None:
    if not by.is_admin:
        raise NotAllowed("admins_only")


def _listed(
    system: System, by: Principal, kind: PersonKind, cursor: str | None, limit: int
) -> tuple[list[Item], str | None]:
    _admins_only(by)
    if not 1 <= limit <= LISTED_MAX:
        raise Invalid("out_of_range", "limit", at_least=1, at_most=LISTED_MAX)
    try:
        page = system.private.query(LIST[kind], limit=limit, cursor=cursor)
    except ValueError as error:
        raise Invalid("bad_cursor", "cursor") from error
    return [found_person(system, kind, entry.sort) for entry in page.items], page.cursor
