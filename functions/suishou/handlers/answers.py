"""What goes back: JSON, a page or a redirect, and the one table from error to HTTP status.

In: a service's result or an error. Out: `Answer`, and the response that API Gateway takes. An
error's body always has the same shape; its message comes from `wording.py`, never from the error.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from suishou.domain import errors
from suishou.domain.deadline import CHINA
from suishou.handlers import context
from suishou.handlers.request import Request
from suishou.wording import message

# The first class that fits decides; a subclass stands before its parent.
STATUSES: tuple[tuple[type[Exception], int], ...] = (
    (errors.Malformed, 400),
    (errors.NotSignedIn, 401),
    (errors.NotAllowed, 403),
    (errors.NotFound, 404),
    (errors.Lost, 409),
    (errors.TooLarge, 413),
    (errors.UnsupportedType, 415),
    (errors.Invalid, 422),
    (errors.Busy, 503),
    (errors.StorageFailure, 503),
)
RETRY_AFTER_SECONDS = 2  # longer than all retries inside a request together
# Of an error's values only these may stand in a body: codes and ids, never what somebody wrote.
SHOWN_VALUES = (
    *("stage", "held_by", "unit", "post", "case_id", "id", "most", "least", "lowest", "highest"),
    *("at_least", "at_most"),
    *("allowed", "known", "characters_max", "photos_max", "days", "kind", "newest"),
    *("points", "price", "by", "at"),
)
# A page of our own runs no script; one in the site's frame carries the site's own stricter policy.
OUTER_POLICY = "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
PAGE_POLICY = f"default-src 'none'; style-src 'self'; img-src 'self'; {OUTER_POLICY}"


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    content_type: str
    headers: Mapping[str, str] = field(default_factory=dict)


def as_json(body: Any, status: int = 200, **headers: str) -> Answer:
    """A JSON answer. Times become RFC 3339 with +08:00; keys keep their order."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"), default=_shown)
    return Answer(status, text.encode(), "application/json; charset=utf-8", _headers(headers))


def as_page(html: str, status: int = 200) -> Answer:
    """A readable page. Never kept by a cache and never told to others: its address has a token."""
    policy = PAGE_POLICY if context.frame() is None else OUTER_POLICY
    headers = {"content-security-policy": policy, "referrer-policy": "no-referrer"}
    return Answer(status, html.encode(), "text/html; charset=utf-8", _headers(headers))


def redirect(location: str) -> Answer:
    """303: the browser fetches `location` (relative to the address it posted to) with GET."""
    return Answer(303, b"", "text/plain; charset=utf-8", _headers({"location": location}))


def refusal(error: Exception, request: Request) -> Answer:
    """The answer to an error, as JSON or, for a form or page in a browser, as a page."""
    status = next((s for kind, s in STATUSES if isinstance(error, kind)), 500)
    described = describe(error, request)
    headers = {"retry-after": str(RETRY_AFTER_SECONDS)} if status == 503 else {}
    if status == 401:
        headers["www-authenticate"] = 'Bearer realm="suishou"'
    if request.wants_page:
        from suishou.handlers import pages  # templates: a tenth of a cold start, for pages alone

        page = as_page(pages.error_page(request, status, described), status)
        return Answer(page.status, page.body, page.content_type, {**page.headers, **headers})
    return as_json({"error": described}, status, **headers)


def describe(error: Exception, request: Request) -> dict[str, Any]:
    """`code`, `field`, `message`, `request_id`, and who is ahead where somebody is (409)."""
    if isinstance(error, errors.Refused):
        # A form has flat fields: its latitude is called `lat`, not `location.lat`.
        name = error.field.removeprefix("location.") if request.is_form else error.field
        values, code = error.values_for_wording, error.code
    else:
        busy = isinstance(error, errors.Busy | errors.StorageFailure)
        name, values, code = "", {}, "busy" if busy else "internal"
    return {
        "code": code,
        "field": name,
        "message": message(code, request.language, values),
        "request_id": request.id,
        **{key: values[key] for key in SHOWN_VALUES if key in values},
    }


def method_answer(request: Request, allowed: Sequence[str]) -> Answer:
    """405, naming the methods that the address takes."""
    error = {
        "code": "method_not_allowed",
        "field": "",
        "message": message("method_not_allowed", request.language, {}),
        "request_id": request.id,
    }
    return as_json({"error": error}, 405, allow=", ".join(allowed))


def to_event(answer: Answer) -> dict[str, Any]:
    """The response that API Gateway takes (payload version 2); text as text, bytes in base64."""
    text = answer.content_type.startswith(("text/", "application/json"))
    return {
        "statusCode": answer.status,
        "headers": {"content-type": answer.content_type, **answer.headers},
        "body": answer.body.decode() if text else base64.b64encode(answer.body).decode(),
        "isBase64Encoded": not text,
    }


def shown_time(moment: datetime | None) -> str | None:
    """RFC 3339 in Asia/Shanghai, whole seconds."""
    return moment.astimezone(CHINA).isoformat(timespec="seconds") if moment else None


def _shown(value: object) -> Any:
    if isinstance(value, datetime):
        return shown_time(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _headers(more: Mapping[str, str]) -> dict[str, str]:
    base = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
    return {**base, **{name.replace("_", "-"): value for name, value in more.items()}}
