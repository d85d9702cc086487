"""Sign-in tokens: 256 bits that only their holder has; the store knows their SHA-256.

In: a person's id and a serial. Out: the token's text, or the items that remember or revoke it.
A token is derived, never stored, so that a retried enrolment answers the very same one.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from suishou.domain.errors import NotSignedIn
from suishou.services.system import System
from suishou.storage import private_keys as keys
from suishou.storage.table import Insert

PersonKind = Literal["rider", "staff"]
VALID_DAYS = {"rider": 730, "staff": 180}  # a rider's link is printed once; staff sign in anew
TEXT_MAX = 200  # longer than any token of ours: refused before it is hashed


@dataclass(frozen=True)
class Holder:
    """Whom a good token belongs to."""

    id: str
    kind: PersonKind
    serial: int


def keyed(system: System, *parts: str | int) -> bytes:
    """HMAC-SHA-256 of the parts under the system's secret; parts cannot run into each other."""
    text = "\0".join(str(part).replace("\0", "") for part in parts)
    return hmac.new(system.secret, text.encode(), hashlib.sha256).digest()


def token_text(system: System, person_id: str, serial: int) -> str:
    """The token of a person with this serial: 43 characters that are safe in a link."""
    digest = keyed(system, "token", person_id, serial)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def token_key(token: str) -> str:
    """The partition under which a token is remembered."""
    return keys.token(hashlib.sha256(token.encode()).hexdigest())


def remember(system: System, person_id: str, kind: PersonKind, serial: int) -> Insert:
    """The action that makes a token good from now on, for VALID_DAYS."""
    until = system.now() + timedelta(days=VALID_DAYS[kind])
    body = {"id": person_id, "kind": kind, "serial": serial}
    partition = token_key(token_text(system, person_id, serial))
    return Insert(partition, keys.TOKEN, body, expires_at=int(until.timestamp()))


def holder(system: System, token: str) -> Holder:
    """Whose token this is. Raises NotSignedIn for one that is missing, unknown or expired."""
    if not token or len(token) > TEXT_MAX:
        raise NotSignedIn("no_credential" if not token else "unknown_credential")
    item = system.private.get(token_key(token), keys.TOKEN)
    if item is None:
        raise NotSignedIn("unknown_credential")
    if item.expires_at is not None and item.expires_at <= system.now().timestamp():
        raise NotSignedIn("expired_credential")
    return Holder(item.body["id"], item.body["kind"], item.body["serial"])
