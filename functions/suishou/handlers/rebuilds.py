"""Routes of the site's rebuild, part of the function `admin`.

In: an administrator's wish. Out: the rebuild as it stands. Never builds: the schedule
starts what is wanted.
"""

from __future__ import annotations

from dataclasses import asdict

from suishou.domain.errors import NotFound
from suishou.handlers import context
from suishou.handlers.answers import Answer, as_json
from suishou.handlers.bodies import read_optional_json
from suishou.handlers.paging import page_limit
from suishou.handlers.request import Request
from suishou.handlers.routing import Route
from suishou.services import rebuild


def post_rebuild(request: Request) -> Answer:
    """202: the build that will honour this wish; one runs at a time."""
    read_optional_json(request)
    return as_json(asdict(rebuild.want_rebuild(context.current(), request.principal.id)), 202)


def get_rebuilds(request: Request) -> Answer:
    found = rebuild.rebuilds(context.current(), page_limit(request))
    return as_json({"rebuilds": [asdict(one) for one in found]})


def get_rebuild(request: Request) -> Answer:
    number = request.fields["id"]
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise NotFound("unknown_rebuild", "number")
    return as_json(asdict(rebuild.rebuild(context.current(), int(number))))


ROUTES = (
    Route("POST", "/rebuilds", post_rebuild, "Ask for a build", "admin", answer="Rebuild"),
    Route("GET", "/rebuilds", get_rebuilds, "Builds", "admin", answer="Rebuilds", query=("limit",)),
    Route("GET", "/rebuilds/{id}", get_rebuild, "One build", "admin", answer="Rebuild"),
)
