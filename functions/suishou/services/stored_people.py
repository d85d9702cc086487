"""People as stored: profiles, the lists of all, and the write that enrols somebody once.

In: checked values. Out: profiles, or the engine's answer in words that a caller can act on. It
decides nothing about who may do what: that is `people.py`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from suishou.domain.errors import Conflict, KeyReused, Lost, NotFound
from suishou.domain.people import Post, Principal
from suishou.services.system import System
from suishou.services.tokens import PersonKind, keyed, remember, token_text
from suishou.storage import private_keys as keys
from suishou.storage.retry import retried
from suishou.storage.table import Action, Insert, Item, encode_body

LIST = {"rider": keys.RIDERS, "staff": keys.STAFF}
PARTITION = {"rider": keys.rider, "staff": keys.staff}
_ID = re.compile(r"[rs][0-9a-f]{20}")


@dataclass(frozen=True)
class Enrolled:
    """A person's id, and the token that signs them in: hand it over, it is kept nowhere."""

    id: str
    token: str


@dataclass(frozen=True)
class Rider:
    """A rider's profile. `display`: full, masked, alias or none; `consent` is the version of the
    honour rules agreed to, "" for none, `consent_at` RFC 3339."""

    id: str
    name: str
    phone: str
    display: str
    alias: str
    consent: str
    consent_at: str
    revoked: bool


@dataclass(frozen=True)
class StaffMember:
    """A member of staff and the posts held."""

    id: str
    name: str
    posts: tuple[Post, ...]
    revoked: bool


def found_person(system: System, kind: PersonKind, person_id: str) -> Item:
    """The profile's item. Raises NotFound, also for text that cannot be an id."""
    known = _ID.fullmatch(person_id)
    item = system.private.get(PARTITION[kind](person_id), keys.PROFILE) if known else None
    if item is None:
        raise NotFound("unknown_person", "id")
    return item


def find_person(system: System, person_id: str) -> tuple[PersonKind, Item]:
    """Whether the id is a rider's or a member of staff's, and the profile. Raises NotFound."""
    kind: PersonKind = "staff" if person_id.startswith("s") else "rider"
    return kind, found_person(system, kind, person_id)


def new_person_id(system: System, by: Principal, kind: PersonKind, key: str) -> str:
    """The id that this admin's `key` always leads to; a new one each time for ""."""
    return kind[0] + keyed(system, kind, by.id, key or system.token()).hex()[:20]


def enrol_once(
    system: System, kind: PersonKind, person_id: str, asked: Mapping[str, Any], more: list[Action]
) -> Enrolled:
    """Stores a new person, or answers again as before to the same id and the same fields.

    Raises KeyReused for other fields, Lost when the telephone is already somebody's.
    """
    # A hash of what was asked tells a retry from another enrolment under the same key.
    plain = {**asked, "honour_consent": (asked.get("honour_consent") or {}).get("version", "")}
    asked_hash = hashlib.sha256(encode_body(plain).encode()).hexdigest()
    body = {**asked, "serial": 1, "revoked": False, "asked": asked_hash}
    partition = PARTITION[kind](person_id)
    actions: list[Action] = [
        Insert(partition, keys.PROFILE, body),
        Insert(LIST[kind], person_id, {}),
        remember(system, person_id, kind, 1),
        *more,
    ]
    try:
        write(system, actions, lost=False)
    except Conflict as conflict:
        item = system.private.get(partition, keys.PROFILE)
        if item is None:
            taken = next(f for f in conflict.failed if f.sort == keys.RIDER_OF_PHONE)
            found = taken.found
            rider_id = found.body["id"] if isinstance(found, Item) else ""
            raise Lost("already_enrolled", "phone", id=rider_id) from conflict
        if item.body["asked"] != asked_hash:
            raise KeyReused("key_reused", "idempotency_key") from conflict
        return Enrolled(person_id, token_text(system, person_id, item.body["serial"]))
    return Enrolled(person_id, token_text(system, person_id, 1))


def write(system: System, actions: Sequence[Action], lost: bool = True) -> None:
    """One write with bounded retries. Raises Lost (or, with `lost` False, Conflict) and Busy."""
    try:
        retried(lambda: system.private.write(actions), random=system.jitter, sleep=system.sleep)
    except Conflict as conflict:
        if lost:
            raise Lost("changed_meanwhile") from conflict
        raise


def id_of(item: Item) -> str:
    return item.partition.partition("#")[2]


def posts_of(body: Mapping[str, Any]) -> tuple[Post, ...]:
    return tuple(Post(post["role"], post["scope"]) for post in body.get("posts", ()))


def rider_of(item: Item, body: Mapping[str, Any] | None = None) -> Rider:
    body = body or item.body
    consent = body["honour_consent"] or {"version": "", "at": ""}
    return Rider(
        id=id_of(item),
        name=body["name"],
        phone=body["phone"],
        display=body["display"],
        alias=body["alias"],
        consent=consent["version"],
        consent_at=consent["at"],
        revoked=body["revoked"],
    )
