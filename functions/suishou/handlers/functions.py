"""Which function answers which address: the one table, read by the local gateway and the API
document, and repeated by the stack's template (a test compares them once there is one).

In: a method and a path. Out: the function's entry point and the route, or none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from suishou.handlers import admin, casework, intake, rewards
from suishou.handlers.routing import Route, find

Handler = Callable[[dict[str, Any], object], dict[str, Any]]


@dataclass(frozen=True)
class HttpFunction:
    """A Lambda function behind the HTTP API, and the routes that lead to it."""

    handler: Handler
    routes: Sequence[Route]


FUNCTIONS: Mapping[str, HttpFunction] = {
    "intake": HttpFunction(intake.handler, intake.ROUTES),
    "casework": HttpFunction(casework.handler, casework.ROUTES),
    "rewards": HttpFunction(rewards.handler, rewards.ROUTES),
    "admin": HttpFunction(admin.handler, admin.ROUTES),
}


def function_for(method: str, path: str) -> tuple[HttpFunction, str]:
    """The function that answers a request, and its route's template ("" where none fits: then the
    function that knows the path, or `intake`, refuses it)."""
    for function in FUNCTIONS.values():
        route, _ = find(function.routes, method, path)
        if route:
            return function, route.path
    for function in FUNCTIONS.values():
        if any(route.pattern.fullmatch(path) for route in function.routes):
            return function, ""
    return FUNCTIONS["intake"], ""
