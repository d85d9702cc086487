"""The Lambda function `casework`: what the staff do with cases.

In: the queue's filters, a case, an action with its fields. Out: cases as the staff may see them.
Who reaches which case is decided by the services, on every route.
"""

from __future__ import annotations

from typing import Any

from suishou.domain.errors import Invalid, NotFound
from suishou.handlers import context
from suishou.handlers.answers import Answer, as_json
from suishou.handlers.bodies import read_optional_json
from suishou.handlers.paging import page_cursor, page_limit
from suishou.handlers.request import Request
from suishou.handlers.routing import Route, serve
from suishou.handlers.shapes import case_shape, file_shape, queue_shape
from suishou.services.advance_case import advance_case, case_file
from suishou.services.case_queue import QueueFilter, queue
from suishou.services.stored_photos import raw_photo

FILTERS = ("stage", "category", "street", "community", "unit")


def get_queue(request: Request) -> Answer:
    """Open cases within the caller's posts, most urgent first."""
    wanted = {name: request.query.get(name, "") for name in FILTERS}
    page = queue(
        context.current(),
        request.principal,
        QueueFilter(**wanted, overdue=_overdue(request)),
        page_cursor(request),
        page_limit(request),
    )
    return as_json(queue_shape(page, context.current().programme))


def get_case(request: Request) -> Answer:
    found = case_file(context.current(), request.principal, request.fields["id"])
    return as_json(file_shape(found, context.current().programme))


def get_photo(request: Request) -> Answer:
    """A photo of a case, re-encoded but not masked: for the staff alone."""
    found = case_file(context.current(), request.principal, request.fields["id"])
    photo = request.fields["photo"]
    if photo not in (*found.case.photos, *found.case.after_photos):
        raise NotFound("unknown_photo", "photo")
    content = raw_photo(context.current(), photo)
    return Answer(200, content, "image/jpeg", {"cache-control": "no-store"})


def post_action(request: Request) -> Answer:
    """Any action of the transition table, by its name; its fields are the JSON body's."""
    fields = read_optional_json(request)
    case_id, action = request.fields["id"], request.fields["action"]
    case = advance_case(context.current(), request.principal, case_id, action, fields, request.key)
    return as_json(case_shape(case, context.current().programme))


def _overdue(request: Request) -> bool | None:
    text = request.query.get("overdue", "")
    if text not in ("", "true", "false"):
        raise Invalid("not_yes_or_no", "overdue")
    return text == "true" if text else None


ROUTES = (
    Route(
        "GET",
        "/queue",
        get_queue,
        "Open cases, most urgent first",
        "staff",
        answer="Queue",
        query=(*FILTERS, "overdue", "cursor", "limit"),
    ),
    Route("GET", "/staff/cases/{id}", get_case, "A case, whole", "staff", answer="CaseFile"),
    Route("GET", "/staff/cases/{id}/photos/{photo}", get_photo, "A photo, unmasked", "staff"),
    Route(
        "POST",
        "/cases/{id}/{action}",
        post_action,
        "Do one step of the loop",
        "staff",
        body="Action",
        answer="Case",
    ),
)


def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Lambda's entry point."""
    return serve(ROUTES, event)
