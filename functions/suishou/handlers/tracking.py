"""Routes by which a reporter follows a case: tracking, feedback, withdrawal, and their pages.

In: a case id with its tracking token (query, form field, or header `X-Tracking-Token`), or a rider
who reported it. Out: JSON, or a readable page. A wrong id and a wrong token get the same answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from suishou.domain.errors import Invalid
from suishou.handlers import context
from suishou.handlers.answers import Answer, as_json, as_page, redirect
from suishou.handlers.bodies import read_fields, text, yes_or_no
from suishou.handlers.page_addresses import track_address
from suishou.handlers.request import Request
from suishou.handlers.routing import Route
from suishou.handlers.shapes import tracked_shape

if TYPE_CHECKING:
    from suishou.services.track_case import TrackedCase


def get_report(request: Request) -> Answer:
    tracked = _tracked(request, request.fields["id"], _token(request))
    return as_json(tracked_shape(tracked, context.current().programme))


def get_receipt(request: Request) -> Answer:
    tracked = _tracked(request, request.fields["id"], _token(request))
    from suishou.handlers.pages import receipt_page  # templates: for pages alone

    return as_page(receipt_page(request, tracked, _token(request)))


def get_track(request: Request) -> Answer:
    """The page behind the form 查进度."""
    case_id = request.query.get("id", "").strip().lower()  # copied from paper by a phone's keyboard
    if not case_id:
        raise Invalid("required", "case_id")
    from suishou.handlers.pages import track_page

    return as_page(
        track_page(request, _tracked(request, case_id, _token(request)), _token(request))
    )


def get_style(request: Request) -> Answer:
    from suishou.handlers.pages import style

    return Answer(200, style(), "text/css; charset=utf-8", {"cache-control": "max-age=300"})


def post_feedback(request: Request) -> Answer:
    """`satisfied` true confirms the result; false reopens the case with a `reason`."""
    from suishou.services.track_case import give_feedback

    fields, key = read_fields(request)
    token = _token(request, fields)
    satisfied = yes_or_no(fields, "satisfied")
    give_feedback(
        context.current(),
        request.fields["id"],
        token,
        satisfied,
        text(fields, "reason"),
        key,
        request.principal,
    )
    return _after(request, token)


def post_withdraw(request: Request) -> Answer:
    from suishou.services.track_case import withdraw

    fields, key = read_fields(request)
    token = _token(request, fields)
    withdraw(context.current(), request.fields["id"], token, key, request.principal)
    return _after(request, token)


def _after(request: Request, token: str) -> Answer:
    case_id = request.fields["id"]
    if request.is_form and request.wants_page:
        return redirect("../../" + track_address(request, case_id, token))
    tracked = _tracked(request, case_id, token)
    return as_json(tracked_shape(tracked, context.current().programme))


def _tracked(request: Request, case_id: str, token: str) -> TrackedCase:
    from suishou.services.track_case import track  # all of casework: not for a report

    return track(context.current(), case_id, token, request.principal)


def _token(request: Request, fields: Mapping[str, Any] | None = None) -> str:
    from_body = text(fields or {}, "token") or text(fields or {}, "tracking_token")
    from_query = request.query.get("token", "")
    given = from_body or from_query.strip() or request.headers.get("x-tracking-token", "")
    return given.lower()  # ours are in lower case; keyboards of phones begin with a capital


TOKEN = ("token",)
ROUTES = (
    Route("GET", "/reports/{id}", get_report, "Follow a case", answer="TrackedCase", query=TOKEN),
    Route(
        "POST",
        "/reports/{id}/feedback",
        post_feedback,
        "Satisfied, or reopen with a reason",
        body="Feedback",
        answer="TrackedCase",
    ),
    Route(
        "POST",
        "/reports/{id}/withdraw",
        post_withdraw,
        "Take a report back before work begins",
        body="Withdrawal",
        answer="TrackedCase",
    ),
    Route("GET", "/receipts/{id}", get_receipt, "The receipt as a page", query=TOKEN),
    Route("GET", "/track", get_track, "The tracking page", query=("id", "token")),
    Route("GET", "/reply.css", get_style, "The style sheet of the pages"),
)
