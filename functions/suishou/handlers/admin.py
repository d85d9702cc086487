"""The Lambda function `admin`: riders, staff, stations, honour rounds and the site's rebuild.

In: an administrator's wish. Out: what was made; a person's token is shown this once. Never builds:
a wanted rebuild is started by the schedule.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from suishou.domain.errors import Invalid
from suishou.domain.people import Post
from suishou.handlers import context, honours, rebuilds
from suishou.handlers.answers import Answer, as_json
from suishou.handlers.bodies import read_json, text
from suishou.handlers.paging import cursor_checked, page_cursor, page_limit
from suishou.handlers.request import Request
from suishou.handlers.routing import Route, serve
from suishou.handlers.shapes import rider_shape, staff_shape, station_shape
from suishou.services import people
from suishou.services.stations import keep_station


def post_rider(request: Request) -> Answer:
    fields = read_json(request)
    made = people.enrol_rider(
        context.current(),
        request.principal,
        text(fields, "name"),
        text(fields, "phone"),
        text(fields, "display") or "masked",
        text(fields, "alias"),
        consent=text(fields, "consent"),
        key=request.key,
        demonstration=_invented(fields),
    )
    return as_json(asdict(made), 201)


def get_riders(request: Request) -> Answer:
    with cursor_checked():
        found, following = people.riders(
            context.current(), request.principal, page_cursor(request), page_limit(request)
        )
    return as_json({"riders": [rider_shape(r) for r in found], "cursor": following})


def post_staff(request: Request) -> Answer:
    """`posts` is a list of `{role, scope}`."""
    fields = read_json(request)
    made = people.enrol_staff(
        context.current(),
        request.principal,
        text(fields, "name"),
        _posts(fields),
        key=request.key,
        demonstration=_invented(fields),
    )
    return as_json(asdict(made), 201)


def get_staff(request: Request) -> Answer:
    with cursor_checked():
        found, following = people.staff(
            context.current(), request.principal, page_cursor(request), page_limit(request)
        )
    return as_json({"staff": [staff_shape(m) for m in found], "cursor": following})


def post_revoke(request: Request) -> Answer:
    people.revoke(context.current(), request.principal, request.fields["id"])
    return as_json({"id": request.fields["id"], "revoked": True})


def post_renew(request: Request) -> Answer:
    made = people.renew(context.current(), request.principal, request.fields["id"])
    return as_json(asdict(made), 201)


def post_station(request: Request) -> Answer:
    station = keep_station(context.current(), request.principal, read_json(request))
    return as_json(station_shape(station))


def _invented(fields: dict[str, Any]) -> bool:
    """Whether the caller says, in so many words, that this is nobody real: a demonstration
    programme enrols no others."""
    return fields.get("demonstration") is True


def _posts(fields: dict[str, Any]) -> tuple[Post, ...]:
    given = fields.get("posts")
    if not isinstance(given, list) or not all(isinstance(entry, dict) for entry in given):
        raise Invalid("not_a_list", "posts")
    # Which roles exist is the service's to say: it refuses any other by name.
    return tuple(
        Post(text(entry, "role", f"posts.{n}.role"), text(entry, "scope", f"posts.{n}.scope"))  # type: ignore[arg-type]
        for n, entry in enumerate(given)
    )


PAGED = ("cursor", "limit")
ROUTES = (
    Route("POST", "/riders", post_rider, "Enrol a rider", "admin", "NewRider", "Enrolled"),
    Route("GET", "/riders", get_riders, "Riders", "admin", answer="Riders", query=PAGED),
    Route("POST", "/staff", post_staff, "Enrol staff", "admin", "NewStaff", "Enrolled"),
    Route("GET", "/staff", get_staff, "Staff", "admin", answer="StaffList", query=PAGED),
    Route("POST", "/people/{id}/revoke", post_revoke, "End a token", "admin"),
    Route("POST", "/people/{id}/renew", post_renew, "A new token", "admin", answer="Enrolled"),
    Route("POST", "/stations", post_station, "Keep a station", "admin", "Station", "Station"),
    *honours.ROUTES,
    *rebuilds.ROUTES,
)


def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Lambda's entry point."""
    return serve(ROUTES, event)
