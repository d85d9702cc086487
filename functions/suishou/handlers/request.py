"""One HTTP request as a handler sees it, read from an API Gateway event (payload version 2).

In: the event, as AWS or the local gateway makes it. Out: `Request`, frozen, passed as an argument:
Powertools' resolver keeps the current event in a class attribute, which requests of several threads
would share, so that one caller could be answered as another. Never logs what it holds.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from suishou.domain.errors import Invalid, Malformed
from suishou.domain.people import ANONYMOUS, Principal

KEY_CHARACTERS_MAX = 200  # of an Idempotency-Key; a UUID has 36
LANGUAGES = ("zh", "en")
QUERY_FIELDS_MAX = 40


@dataclass(frozen=True)
class Request:
    """`headers` have lower-case names; `query` keeps the last of repeated names; `fields` are the
    parts of the path. `language` is what the caller reads, one of LANGUAGES."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    id: str
    principal: Principal = ANONYMOUS
    fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def language(self) -> str:
        asked = self.asked_language.get("lang")
        return asked or preferred_language(self.headers.get("accept-language", ""))

    @property
    def asked_language(self) -> Mapping[str, str]:
        """`lang=en` of the address, which a form on an English page adds: it is in English for
        whoever reads it, whatever the browser was set up for. Empty where there is none."""
        lang = self.query.get("lang", "")
        return {"lang": lang} if lang in LANGUAGES else {}

    @property
    def content_type(self) -> str:
        """The media type alone, lower case, "" when none is given."""
        return self.headers.get("content-type", "").split(";")[0].strip().lower()

    @property
    def is_form(self) -> bool:
        return self.content_type in ("application/x-www-form-urlencoded", "multipart/form-data")

    @property
    def wants_page(self) -> bool:
        """Whether a person in a browser is waiting, rather than a programme."""
        return "text/html" in self.headers.get("accept", "")

    @property
    def bearer(self) -> str:
        """The token of `Authorization: Bearer …`, "" when there is none of that kind."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""

    @property
    def key(self) -> str:
        """The Idempotency-Key, "" when none is given. Raises Invalid for one that is too long."""
        return checked_key(self.headers.get("idempotency-key", ""))


def checked_key(key: str) -> str:
    """The key without spaces around it. Raises Invalid when it is too long or not plain text."""
    key = key.strip()
    if len(key) > KEY_CHARACTERS_MAX or (key and not key.isprintable()):
        raise Invalid("bad_idempotency_key", "idempotency_key", most=KEY_CHARACTERS_MAX)
    return key


def from_event(event: Mapping[str, Any], request_id: str) -> Request:
    """The request of an API Gateway event. Raises Malformed: body or query is unreadable."""
    http = event["requestContext"]["http"]
    body = event.get("body") or ""
    try:
        raw = base64.b64decode(body, validate=True) if event.get("isBase64Encoded") else _text(body)
        query = parse_qsl(
            event.get("rawQueryString", ""),
            keep_blank_values=True,
            max_num_fields=QUERY_FIELDS_MAX,
            errors="strict",
        )
    except binascii.Error as error:
        raise Malformed("unreadable_body", "body") from error
    except ValueError as error:
        raise Malformed("unreadable_query", "query") from error
    stage = str(event["requestContext"].get("stage", "$default"))
    path = str(http["path"])
    if stage != "$default":
        path = path.removeprefix(f"/{stage}")
    return Request(
        method=str(http["method"]).upper(),
        path=path,
        query=dict(query),
        headers={name.lower(): str(value) for name, value in event.get("headers", {}).items()},
        body=raw,
        id=request_id,
    )


def _text(body: str) -> bytes:
    return body.encode("utf-8", "surrogatepass")


def preferred_language(accepted: str) -> str:
    """`en` where an Accept-Language header ranks English above Chinese, else `zh`."""
    ranks = dict.fromkeys(LANGUAGES, 0.0)
    for part in accepted.lower().split(","):
        name, _, weight = part.strip().partition(";q=")
        language = name.split("-")[0]
        if language in ranks:
            ranks[language] = max(ranks[language], _weight(weight))
    return "en" if ranks["en"] > ranks["zh"] else "zh"


def _weight(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0
