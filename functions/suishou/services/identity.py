"""Ids and tokens that are computed, not stored, so that any request may be repeated.

Comes in: the secret, who asks, and their Idempotency-Key. Goes out: the same id every time.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

CASE_ID_CHARACTERS = 20  # 100 bits in base32: no two cases of a province ever meet
TOKEN_CHARACTERS = 32  # 160 bits
BITS_A_CHARACTER = 5  # base32
TRACKING_KEY_VERSION = "1"  # raise it to make every tracking link issued before worthless


def keyed_hash(secret: bytes, *parts: str) -> bytes:
    """HMAC-SHA-256 over the parts, each with its length, so that no two lists look alike."""
    message = b"".join(len(p.encode()).to_bytes(4, "big") + p.encode() for p in parts)
    return hmac.new(secret, message, hashlib.sha256).digest()


def readable(digest: bytes, characters: int) -> str:
    """Lower-case base32: easy to read out on the telephone."""
    needed = digest[: -(-characters * BITS_A_CHARACTER // 8)]
    return base64.b32encode(needed).decode().lower()[:characters]


def case_id_for(secret: bytes, principal_id: str, key: str) -> str:
    """The id of the case that this principal reports under this key."""
    return readable(keyed_hash(secret, "case", principal_id, key), CASE_ID_CHARACTERS)


def tracking_token(secret: bytes, case_id: str) -> str:
    """What the reporter shows to see the case: only the secret can make it."""
    digest = keyed_hash(secret, "track", case_id, TRACKING_KEY_VERSION)
    return readable(digest, TOKEN_CHARACTERS)


def token_matches(secret: bytes, case_id: str, token: str) -> bool:
    """Whether a tracking token belongs to a case, in constant time."""
    return hmac.compare_digest(tracking_token(secret, case_id).encode(), token.encode())


def request_hash(secret: bytes, fields: Mapping[str, Any]) -> str:
    """A keyed hash of canonical fields: tells a repeated request from another, and nothing else."""
    text = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return readable(keyed_hash(secret, "request", text), TOKEN_CHARACTERS)
