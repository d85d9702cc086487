"""Who is let in where: every route of the table, every action of the loop."""

from __future__ import annotations

import re
from typing import Any

import pytest
from http_client import REPORT, call, get, post_json, rider_token, staff_token

from suishou.domain.people import Post
from suishou.domain.programme import Steps
from suishou.domain.transitions import transitions
from suishou.handlers.functions import FUNCTIONS
from suishou.handlers.routing import Route
from suishou.services import people
from suishou.services.case_store import get_case
from suishou.services.system import System

ROUTES = [route for function in FUNCTIONS.values() for route in function.routes]
CLOSED = [route for route in ROUTES if route.access != "anyone"]
STAFF_ACTIONS = sorted(
    name for name, row in transitions(Steps()).items() if row.who - {"reporter", "system"}
)


def label(route: Route) -> str:
    return f"{route.method} {route.path}"


def ask(route: Route, token: str = "", **fields: str) -> Any:
    path = re.sub(r"\{(\w+)\}", lambda m: fields.get(m[1], "x"), route.path)
    body = b"{}" if route.method == "POST" else b""
    return call(route.method, path, body, {"content-type": "application/json"}, token=token)


def street(system: System, number: int) -> str:
    return system.programme.streets[number].code


@pytest.mark.parametrize("route", CLOSED, ids=label)
def test_nobody_is_let_in_without_signing_in(system: System, route: Route) -> None:
    reply = ask(route)
    assert (reply.status, reply.error["code"]) == (401, "sign_in_first")
    assert "www-authenticate" in reply.headers


@pytest.mark.parametrize("route", ROUTES, ids=label)
def test_a_false_token_is_never_taken_for_nobody(system: System, route: Route) -> None:
    assert ask(route, "not-a-token").status == 401


@pytest.mark.parametrize("route", CLOSED, ids=label)
def test_riders_and_staff_do_not_enter_each_others_routes(system: System, route: Route) -> None:
    if route.access == "rider":
        assert ask(route, staff_token(system, Post("clerk", "360926"))).status == 403
    else:
        assert ask(route, rider_token(system)).status == 403


@pytest.mark.parametrize("route", [route for route in ROUTES if route.access == "admin"], ids=label)
def test_staff_are_no_administrators(system: System, route: Route) -> None:
    reply = ask(route, staff_token(system, Post("dispatcher", "360926")))
    assert (reply.status, reply.error["code"]) == (403, "for_admins_only")


def test_a_revoked_token_ends_at_once(system: System) -> None:
    made = people.enrol_rider(system, people.operator(system), "测试骑手", "", demonstration=True)
    assert get("/me", made.token).status == 200
    people.revoke(system, people.operator(system), made.id)
    assert get("/me", made.token).status == 401


@pytest.mark.parametrize("role", ["dispatcher", "community", "department"])
@pytest.mark.parametrize("action", [*STAFF_ACTIONS, "no_such_action"])
def test_an_officer_of_another_street_may_take_no_action(
    system: System, action: str, role: str
) -> None:
    case_id = post_json("/reports", REPORT).json["case_id"]
    before = get_case(system.private, case_id)
    scope = "gas_company" if role == "department" else street(system, 1)
    token = staff_token(system, Post(role, scope))  # type: ignore[arg-type]
    fields = {
        "reason": "x",
        "reason_code": "not_ours",
        "result": "x",
        "into": case_id,
        "draft": 1,
        "title": "x",
        "text": "x",
    }
    reply = post_json(f"/cases/{case_id}/{action}", fields, token=token)
    expected = 422 if action == "no_such_action" else 403
    assert reply.status == expected
    assert get_case(system.private, case_id) == before


@pytest.mark.parametrize("path", ["/staff/cases/{}", "/staff/cases/{}/photos/" + "0" * 64])
def test_an_officer_of_another_street_may_not_look(system: System, path: str) -> None:
    case_id = post_json("/reports", REPORT).json["case_id"]
    token = staff_token(system, Post("dispatcher", street(system, 1)))
    reply = get(path.format(case_id), token)
    assert (reply.status, reply.error["code"]) == (403, "not_your_case")
    assert "井盖" not in reply.text


def test_the_queue_holds_only_the_officers_own_street(system: System) -> None:
    case_id = post_json("/reports", REPORT).json["case_id"]
    own = staff_token(system, Post("dispatcher", street(system, 0)))
    other = staff_token(system, Post("dispatcher", street(system, 1)))
    assert [c["id"] for c in get("/queue", own).json["cases"]] == [case_id]
    assert get("/queue", other).json["cases"] == []


def test_a_rider_sees_only_their_own(system: System) -> None:
    mine, other = rider_token(system, phone="13800000001"), rider_token(system, "别人")
    made = post_json("/reports", REPORT, token=mine).json
    case_id = made["case_id"]
    assert [c["id"] for c in get("/me/cases", mine).json["cases"]] == [case_id]
    assert get("/me/cases", other).json["cases"] == []
    assert get(f"/reports/{case_id}", mine).status == 200
    assert get(f"/reports/{case_id}", other).status == 404
    assert get(f"/reports/{case_id}").status == 404
    assert get(f"/reports/{case_id}", query={"token": made["tracking_token"]}).status == 200
    feedback = post_json(f"/reports/{case_id}/feedback", {"satisfied": True}, token=other)
    assert feedback.status == 404
    assert post_json(f"/reports/{case_id}/withdraw", {}, token=other).status == 404
    assert get("/me/ledger", other).json["lines"] == []


def test_an_unpublished_case_is_unknown_to_the_public(system: System) -> None:
    case_id = post_json("/reports", REPORT).json["case_id"]
    assert get(f"/cases/{case_id}").status == 404
    assert get("/cases").json["cases"] == []
