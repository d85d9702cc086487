"""The Lambda function `rewards`: what riders see of themselves, and what points are for.

In: a signed-in rider, or staff who hand a reward over. Out: profile, own cases, 积分明细,
catalogue, redemptions. A rider's id always comes from the token, never from the request.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from suishou.handlers import context
from suishou.handlers.answers import Answer, as_json
from suishou.handlers.bodies import read_json, read_optional_json, text
from suishou.handlers.paging import cursor_checked, page_cursor, page_limit
from suishou.handlers.request import Request
from suishou.handlers.routing import Route, serve
from suishou.handlers.shapes import own_case_shape, rider_shape
from suishou.services import points_ledger, redeem_reward
from suishou.services.case_queue import cases_of_rider
from suishou.services.people import profile, set_display


def get_me(request: Request) -> Answer:
    rider = rider_shape(profile(context.current(), request.principal.id))
    points = points_ledger.balance(context.current(), request.principal.id)
    return as_json({**rider, "points": points})


def post_display(request: Request) -> Answer:
    """How the rider wants to be named in honours; an empty `consent` withdraws it."""
    fields = read_json(request)
    chosen = (text(fields, name) for name in ("display", "alias", "consent"))
    return as_json(rider_shape(set_display(context.current(), request.principal.id, *chosen)))


def get_ledger(request: Request) -> Answer:
    page = points_ledger.ledger(
        context.current(), request.principal.id, page_cursor(request), page_limit(request)
    )
    return as_json({"lines": [asdict(line) for line in page.lines], "cursor": page.cursor})


def get_own_cases(request: Request) -> Answer:
    """The rider's own cases, newest first."""
    with cursor_checked():
        cases, following = cases_of_rider(
            context.current(), request.principal.id, page_cursor(request), page_limit(request)
        )
    programme = context.current().programme
    return as_json({"cases": [own_case_shape(c, programme) for c in cases], "cursor": following})


def get_rewards(request: Request) -> Answer:
    entries = redeem_reward.catalogue(context.current())
    return as_json({"rewards": [{**asdict(e.reward), "left": e.left} for e in entries]})


def get_waiting(request: Request) -> Answer:
    """Redemptions not yet handed over, oldest first."""
    found, following = redeem_reward.waiting(
        context.current(), page_cursor(request), page_limit(request)
    )
    return as_json({"redemptions": [asdict(one) for one in found], "cursor": following})


def post_redemption(request: Request) -> Answer:
    code = text(read_json(request), "reward")
    redemption = redeem_reward.redeem(context.current(), request.principal.id, code, request.key)
    return as_json(asdict(redemption), 201)


def post_hand_over(request: Request) -> Answer:
    read_optional_json(request)
    handed = redeem_reward.hand_over(
        context.current(), request.principal.id, request.fields["id"], request.key
    )
    return as_json(asdict(handed))


PAGED = ("cursor", "limit")
ROUTES = (
    Route("GET", "/me", get_me, "Profile and points", "rider", answer="Me"),
    Route("POST", "/me/display", post_display, "How to be named", "rider", "Display", "Rider"),
    Route("GET", "/me/ledger", get_ledger, "积分明细", "rider", answer="Ledger", query=PAGED),
    Route("GET", "/me/cases", get_own_cases, "Own cases", "rider", answer="Cases", query=PAGED),
    Route("GET", "/rewards", get_rewards, "What points are exchanged for", answer="Rewards"),
    Route(
        "POST", "/redemptions", post_redemption, "Redeem", "rider", "NewRedemption", "Redemption"
    ),
    Route(
        "GET",
        "/redemptions",
        get_waiting,
        "What waits to be handed over",
        "staff",
        answer="Redemptions",
        query=PAGED,
    ),
    Route(
        "POST",
        "/redemptions/{id}/hand_over",
        post_hand_over,
        "The reward was handed over",
        "staff",
        answer="Redemption",
    ),
)


def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Lambda's entry point."""
    return serve(ROUTES, event)
