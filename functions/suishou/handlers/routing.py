"""From an API Gateway event to an answer: find the route, sign the caller in, call, refuse well.

In: a table of `Route`s and an event. Out: the response that API Gateway takes. Every request ends
here in exactly one answer and, when it was refused or failed, one log line of ids and codes. Routes
are data, so that the gateway, the API document and the tests read the same table.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from aws_lambda_powertools import Logger

from suishou.domain.errors import NotAllowed, NotFound, NotSignedIn, Refused
from suishou.domain.people import ANONYMOUS, Principal
from suishou.handlers import context
from suishou.handlers.answers import Answer, method_answer, refusal, to_event
from suishou.handlers.request import Request, from_event

PREFIX = "/api/v1"
FRAMES_LOGGED = 6
# To standard error, and no further: a command's own output stays clean, no line comes twice.
LOG = Logger(service="suishou", stream=sys.stderr)
logging.getLogger("suishou").propagate = False

Access = Literal["anyone", "rider", "staff", "admin"]


@dataclass(frozen=True)
class Route:
    """`path` is below /api/v1, with `{names}`; `access` is who may ask at all (services decide the
    rest); `summary`, `body`, `answer` (names of schemas) and `query` are for the API document."""

    method: str
    path: str
    call: Callable[[Request], Answer]
    summary: str
    access: Access = "anyone"
    body: str = ""
    answer: str = ""
    query: tuple[str, ...] = ()

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(PREFIX + re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]{1,200})", self.path))


def serve(routes: Sequence[Route], event: Mapping[str, Any]) -> dict[str, Any]:
    """The response to one event. Raises nothing: what is not ours is answered 500 with an id."""
    request_id = str(event["requestContext"].get("requestId", ""))
    request = Request("GET", "", {}, {}, b"", request_id)
    try:
        request = from_event(event, request_id)
        return to_event(_called(routes, request))
    except Exception as error:  # noqa: BLE001 - the outermost edge
        answer = refusal(error, request)
        _log(error, request, answer.status)
        return to_event(answer)


def _called(routes: Sequence[Route], request: Request) -> Answer:
    route, fields = find(routes, request.method, request.path)
    if route is None:
        allowed = sorted({r.method for r in routes if r.pattern.fullmatch(request.path)})
        if allowed:
            return method_answer(request, allowed)
        raise NotFound("no_such_address")
    principal = _principal(request)
    check_access(route.access, principal)
    return route.call(replace(request, principal=principal, fields=fields))


def find(routes: Sequence[Route], method: str, path: str) -> tuple[Route | None, Mapping[str, str]]:
    """The route of a method and path, with the path's named parts."""
    wanted = "GET" if method == "HEAD" else method
    for route in routes:
        match = route.pattern.fullmatch(path) if route.method == wanted else None
        if match:
            return route, match.groupdict()
    return None, {}


def _principal(request: Request) -> Principal:
    """Whoever signed in; a token that is not good is refused, never taken for nobody."""
    if "authorization" not in request.headers:
        return ANONYMOUS
    if not request.bearer:
        raise NotSignedIn("unknown_token", "authorization")
    from suishou.services.people import sign_in  # most who report do not sign in

    return sign_in(context.current(), request.bearer)


def check_access(access: Access, principal: Principal) -> None:
    """Raises NotSignedIn for nobody, NotAllowed for somebody of the wrong kind."""
    if access == "anyone":
        return
    if principal.kind == "anonymous":
        raise NotSignedIn("sign_in_first", "authorization")
    if access == "rider" and principal.kind != "rider":
        raise NotAllowed("for_riders_only")
    if access in ("staff", "admin") and principal.kind != "staff":
        raise NotAllowed("for_staff_only")
    if access == "admin" and not principal.is_admin:
        raise NotAllowed("for_admins_only")


def _log(error: Exception, request: Request, status: int) -> None:
    line: dict[str, Any] = {"request_id": request.id, "method": request.method, "status": status}
    if isinstance(error, Refused):
        LOG.info("refused", extra={**line, "code": error.code, "field": error.field})
        return
    # Only the kind of the error and where it arose: its message may quote what somebody wrote.
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES_LOGGED:]
    places = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames]
    LOG.error("failed", extra={**line, "error": type(error).__name__, "places": places})
