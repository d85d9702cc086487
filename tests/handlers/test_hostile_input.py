"""What attackers, hurried riders and clumsy officers send, and what must come of it: a refusal."""

from __future__ import annotations

from typing import Any

import pytest
from http_client import REPORT, get, post_json, rider_token, staff_token, uploaded
from pictures import jpeg

from suishou.domain.people import Post
from suishou.services.case_store import get_case
from suishou.services.system import System

COUNTY = Post("dispatcher", "360926")
STREET = Post("dispatcher", "360926100")
STEWARD = Post("community", "360926100001")


def reported(**changes: Any) -> str:
    return str(post_json("/reports", {**REPORT, **changes}).json["case_id"])


def claimed(system: System) -> tuple[str, str]:
    """A claimed case and its steward's token."""
    case_id, lead = reported(), staff_token(system, COUNTY)
    steward = staff_token(system, STEWARD, name="社区网格员")
    for action, token in (("register", lead), ("dispatch", lead), ("claim", steward)):
        assert post_json(f"/cases/{case_id}/{action}", {}, token).status == 200
    return case_id, steward


def test_an_id_that_is_nobodys_is_not_found_however_long(system: System) -> None:
    for case_id in ("x" * 5_000, "%E4%B8%AD" * 400):
        assert get(f"/track?id={case_id}&token=x").status == 404


@pytest.mark.parametrize("path", ["/queue", "/cases", "/redemptions"])
def test_a_cursor_of_many_bytes_is_the_callers_mistake(system: System, path: str) -> None:
    reply = get(f"{path}?cursor={'%E4%B8%AD' * 500}", staff_token(system, COUNTY))
    assert (reply.status, reply.error["field"]) == (422, "cursor")


def test_a_case_merges_only_into_one_that_the_officer_reaches_too(system: System) -> None:
    mine, far = reported(), reported(location={**REPORT["location"], "community": "360926101001"})
    officer, county = staff_token(system, STREET), staff_token(system, COUNTY)
    for case_id in (mine, far):
        post_json(f"/cases/{case_id}/register", {}, county)
    before = get_case(system.private, far)
    refused = post_json(f"/cases/{mine}/merge", {"into": far}, officer)
    assert (refused.status, refused.error["code"]) == (403, "not_your_case")
    assert get_case(system.private, far) == before
    assert post_json(f"/cases/{mine}/merge", {"into": far}, county).status == 200


def test_a_case_cannot_merge_into_a_text_that_is_no_id(system: System) -> None:
    case_id, token = reported(), staff_token(system, COUNTY)
    refused = post_json(f"/cases/{case_id}/merge", {"into": "中" * 600}, token)
    assert (refused.status, refused.error["field"]) == (422, "into")


@pytest.mark.parametrize(
    ("action", "fields", "field"),
    [
        ("ask_hold", {"until": "9999-12-31T23:59:59-14:00", "reason": "等料"}, "until"),
        ("ask_hold", {"until": "9999-12-31T23:59:59+00:00", "reason": "等料"}, "until"),
        ("ask_extension", {"until": "2062-01-01T00:00:00+08:00", "reason": "等料"}, "until"),
        ("ask_extension", {"until": "2026-11-30T18:00:00+08:00", "reason": " \u0000 "}, "reason"),
        ("resolve", {"result": " \n\t "}, "result"),
        ("note", {"reason": "\u202e\u0007"}, "reason"),
        ("draft", {"title": "x", "text": "x", "photos": 5}, "photos"),
        ("draft", {"title": "x", "text": "x", "photos": True}, "photos"),
        ("draft", {"title": "x", "text": "x", "photos": ["0" * 64] * 5_000}, "photos"),
        ("draft", {"title": "\u0000", "text": "x"}, "title"),
    ],
)
def test_a_field_that_makes_no_sense_is_named_and_breaks_nothing(
    system: System, action: str, fields: dict[str, Any], field: str
) -> None:
    case_id, steward = claimed(system)
    reply = post_json(f"/cases/{case_id}/{action}", fields, steward)
    assert (reply.status, reply.error["field"]) == (422, field)
    assert get("/queue", steward).status == 200
    assert get(f"/staff/cases/{case_id}", steward).status == 200


@pytest.mark.parametrize("units", [[["x"]], [{}], [1], "gas_company", 5])
def test_assisting_units_are_a_list_of_codes(system: System, units: object) -> None:
    case_id, token = reported(), staff_token(system, COUNTY)
    post_json(f"/cases/{case_id}/register", {}, token)
    reply = post_json(f"/cases/{case_id}/dispatch", {"assisting_units": units}, token)
    assert (reply.status, reply.error["field"]) == (422, "assisting_units")


@pytest.mark.parametrize("mask", [[10**30, 0, 1, 1], [2**53, 2**53, 1, 1]])
def test_a_mask_far_beyond_any_photo_is_refused(system: System, mask: list[int]) -> None:
    (photo,) = uploaded(jpeg())
    case_id, token = reported(photos=[photo]), staff_token(system, COUNTY)
    fields = {"title": "x", "text": "x", "photos": [{"id": photo, "masks": [mask]}]}
    reply = post_json(f"/cases/{case_id}/draft", fields, token)
    assert (reply.status, reply.error["field"]) == (422, "photos")


def test_a_station_off_the_globe_is_refused(system: System) -> None:
    admin = staff_token(system, Post("admin", "360926"))
    fields = {**get("/stations").json["stations"][0], "code": "far-away"}
    fields["location"] = {"lat": 10**400, "lon": 114, "crs": "wgs84"}
    reply = post_json("/stations", fields, admin)
    assert (reply.status, reply.error["field"]) == (422, "location.lat")


def test_a_rider_does_not_set_how_severe_their_report_is(system: System) -> None:
    made = post_json("/reports", {**REPORT, "severity": "major"}, rider_token(system)).json
    case = get_case(system.private, made["case_id"]).case
    assert case.severity == ""
    lead = staff_token(system, COUNTY)
    registered = post_json(f"/cases/{case.id}/register", {}, lead).json
    assert registered["severity"] == system.programme.points.default_severity
    entered = post_json("/reports", {**REPORT, "severity": "major"}, lead).json
    assert get_case(system.private, entered["case_id"]).case.severity == "major"


@pytest.mark.parametrize(
    "alias", ["138-0013-8000", "一三八零零一三八零零零", "加微信abc12345x", "京A·12345"]
)
def test_an_alias_holds_no_number_that_would_stop_the_site(system: System, alias: str) -> None:
    fields = {"display": "alias", "alias": alias, "consent": "2026-01"}
    reply = post_json("/me/display", fields, rider_token(system))
    assert (reply.status, reply.error["field"]) == (422, "alias")


def test_a_rider_learns_of_no_officer_from_their_own_list(system: System) -> None:
    rider, lead = rider_token(system), staff_token(system, COUNTY)
    case_id = post_json("/reports", REPORT, rider).json["case_id"]
    for action in ("register", "dispatch"):
        post_json(f"/cases/{case_id}/{action}", {}, lead)
    steward = staff_token(system, STEWARD, name="社区网格员")
    holder = post_json(f"/cases/{case_id}/claim", {}, steward).json["claimed_by"]
    shown = get("/me/cases", rider)
    assert [case["stage"] for case in shown.json["cases"]] == ["claimed"]
    assert holder not in shown.text


def test_a_receipt_copied_in_capitals_and_with_spaces_still_tracks(system: System) -> None:
    made = post_json("/reports", REPORT).json
    query = {"id": f" {made['case_id'].upper()} ", "token": f" {made['tracking_token'].upper()}"}
    assert get("/track", query=query).status == 200
