from __future__ import annotations

import html
import json
import re
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from http_client import (
    LANDMARK,
    PAGE,
    REPORT,
    call,
    flat,
    get,
    post_form,
    post_json,
    post_multipart,
    rider_token,
    staff_token,
    stored,
)
from hypothesis import given
from hypothesis import strategies as st

from suishou.domain.people import Post
from suishou.handlers.bodies import read_report
from suishou.handlers.request import Request
from suishou.services.case_store import get_case
from suishou.services.system import System

POINT = {"lat": 28.5206, "lon": 114.3712, "crs": "gcj02"}
FORGED = {
    "points": "9999",
    "stage": "closed",
    "role": "admin",
    "reporter": "r00000000000000000000",
    "case_id": "mine",
    "entered_by": "s1",
    "version": "7",
    "approved": "1",
}


@pytest.mark.parametrize("location", [LANDMARK, POINT])
def test_three_kinds_of_body_give_the_same_case(system: System, location: dict[str, Any]) -> None:
    report = {**REPORT, "location": location}
    with_key = {**flat(report), "idempotency_key": "one"}
    replies = [
        post_json("/reports", report, key="one"),
        post_form("/reports", with_key),
        post_multipart("/reports", with_key),
    ]
    assert [reply.status for reply in replies] == [201, 201, 201]
    assert len({reply.body for reply in replies}) == 1
    assert set(replies[0].json) == {"case_id", "tracking_token", "tracking_url", "due"}
    assert all(due.endswith("+08:00") for due in replies[0].json["due"].values())


def test_forged_fields_change_nothing(system: System) -> None:
    plain = post_json("/reports", REPORT, key="plain").json["case_id"]
    forged = {**REPORT, **FORGED, "location": {**LANDMARK, "area": "360926"}}
    bodies = [
        post_json("/reports", forged, key="forged"),
        post_form("/reports", {**flat(REPORT), **FORGED, "idempotency_key": "form"}),
        post_multipart("/reports", {**flat(REPORT), **FORGED, "idempotency_key": "multi"}),
    ]
    expected = get_case(system.private, plain).case
    for reply in bodies:
        assert reply.status == 201
        case = get_case(system.private, reply.json["case_id"]).case
        assert replace(case, id=expected.id) == expected


def test_empty_form_fields_are_absent(system: System) -> None:
    empty = dict.fromkeys(("lat", "lon", "crs", "contact", "kind", "severity", "photos"), "")
    reply = post_form("/reports", {**empty, **flat(REPORT)})
    assert reply.status == 201


def test_a_clerk_enters_a_report_for_somebody(system: System) -> None:
    token = staff_token(system, Post("clerk", system.programme.county.code))
    entered = {**REPORT, "source": "window", "for_name": "李四", "for_phone": "13800000000"}
    reply = post_json("/reports", entered, token=token)
    assert reply.status == 201
    case = get_case(system.private, reply.json["case_id"]).case
    assert case.source == "window"
    assert case.entered_by
    assert case.reporter == ""


REFUSED_JSON: list[tuple[bytes, int, str]] = [
    (b"", 400, "body"),
    (b"{", 400, "body"),
    (b"[]", 400, "body"),
    (b"\xff\xfe", 400, "body"),
    (b'{"description": "\\ud800"}', 400, "body"),
    (b"[" * 100_000, 400, "body"),
]
REFUSED_FIELDS: list[tuple[dict[str, Any], str]] = [
    ({"category": "flying_saucer"}, "category"),
    ({"category": None}, "category"),
    ({"category": 7}, "category"),
    ({"description": ""}, "description"),
    ({"description": ["x"]}, "description"),
    ({"description": "长" * 2_001}, "description"),
    ({"title": {"a": 1}}, "title"),
    ({"location": None}, "location"),
    ({"location": "here"}, "location"),
    ({"location": {"lat": 28.5, "lon": 114.3}}, "location.crs"),
    ({"location": {"lat": 28.5, "lon": 114.3, "crs": "mars"}}, "location.crs"),
    ({"location": {"lat": 28.5, "lon": 114.3, "crs": 4326}}, "location.crs"),
    ({"location": {"lat": "28.5", "lon": 114.3, "crs": "wgs84"}}, "location.lat"),
    ({"location": {"lat": True, "lon": 114.3, "crs": "wgs84"}}, "location.lat"),
    ({"location": {"lon": 114.3, "crs": "wgs84"}}, "location.lat"),
    ({"location": {"lat": 28.5, "lon": 10**400, "crs": "wgs84"}}, "location.lon"),
    ({"location": {"lat": float("nan"), "lon": 114.3, "crs": "wgs84"}}, "location.lat"),
    ({"location": {"lat": float("inf"), "lon": 114.3, "crs": "wgs84"}}, "location.lat"),
    ({"location": {"lat": 128.5, "lon": 114.3, "crs": "wgs84"}}, "location.lat"),
    ({"location": {"lat": 39.9, "lon": 116.4, "crs": "wgs84"}}, "location"),
    ({"location": {"community": "360926999999", "landmark": "x"}}, "location.community"),
    ({"location": {"community": "360926100001"}}, "location.landmark"),
    ({"photos": "a"}, "photos"),
    ({"photos": ["0" * 64]}, "photos"),
    ({"photos": ["../../private.sqlite3"]}, "photos"),
    ({"kind": "wish"}, "kind"),
    ({"severity": "end_of_the_world"}, "severity"),
]


@pytest.mark.parametrize(("body", "status", "field"), REFUSED_JSON)
def test_a_malformed_body_is_refused_and_nothing_is_stored(
    system: System, tmp_path: Path, body: bytes, status: int, field: str
) -> None:
    before = stored(tmp_path)
    reply = call("POST", "/reports", body, {"content-type": "application/json"})
    assert (reply.status, reply.error["field"]) == (status, field)
    assert stored(tmp_path) == before


@pytest.mark.parametrize(("changes", "field"), REFUSED_FIELDS)
def test_a_wrong_field_is_named_and_nothing_is_stored(
    system: System, tmp_path: Path, changes: dict[str, Any], field: str
) -> None:
    before = stored(tmp_path)
    reply = post_json("/reports", {**REPORT, **changes})
    assert (reply.status, reply.error["field"]) == (422, field)
    assert stored(tmp_path) == before


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"lat": "28.5", "lon": "114.3", "crs": ""}, "crs"),
        ({"lat": "NaN", "lon": "114.3", "crs": "wgs84"}, "lat"),
        ({"lat": "28.5", "crs": "wgs84"}, "lon"),
        ({"lat": "28.5", "lon": "1e999", "crs": "wgs84"}, "lon"),
        ({"lat": "39.9", "lon": "116.4", "crs": "wgs84"}, "location"),
        ({"category": "flying_saucer"}, "category"),
        ({"landmark": ""}, "landmark"),
        ({"idempotency_key": "k" * 201}, "idempotency_key"),
    ],
)
def test_a_form_is_told_its_own_field(
    system: System, tmp_path: Path, changes: dict[str, str], field: str
) -> None:
    before = stored(tmp_path)
    for post in (post_form, post_multipart):
        reply = post("/reports", {**flat(REPORT), **changes})
        assert (reply.status, reply.error["field"]) == (422, field)
    assert stored(tmp_path) == before


@pytest.mark.parametrize(
    "content_type",
    ["multipart/form-data", "multipart/form-data; boundary=x", "multipart/form-data; boundary="],
)
@pytest.mark.parametrize("body", [b"", b"--x\r\n", b"--x\r\n\r\nno name\r\n--x--", b"\x00" * 50])
def test_broken_multipart_is_malformed(system: System, content_type: str, body: bytes) -> None:
    reply = call("POST", "/reports", body, {"content-type": content_type})
    assert (reply.status, reply.error["field"]) == (400, "body")


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "image/jpeg"])
def test_other_kinds_of_body_are_not_taken(system: System, content_type: str) -> None:
    reply = call("POST", "/reports", b"{}", {"content-type": content_type})
    assert (reply.status, reply.error["code"]) == (415, "unsupported_body")


def test_a_browsers_form_is_led_to_a_readable_receipt(system: System) -> None:
    reply = post_form("/reports", flat(REPORT), PAGE)
    assert reply.status == 303
    receipt = get(f"/{reply.headers['location']}")
    assert receipt.status == 200
    assert "上报凭证" in receipt.text
    assert "script" not in receipt.text.lower()
    assert "default-src 'none'" in receipt.headers["content-security-policy"]
    assert receipt.headers["referrer-policy"] == "no-referrer"


def test_a_form_on_an_english_page_is_answered_in_english_to_the_end(system: System) -> None:
    chinese_browser = {**PAGE, "accept-language": "zh-CN"}
    reply = post_form("/reports?lang=en", flat(REPORT), chinese_browser)
    receipt = get(f"/{reply.headers['location']}")
    assert "Your report has arrived" in receipt.text
    following = re.search(r'href="[./]*([^"]*track[^"]*)"', receipt.text)
    assert following
    tracked = get("/" + html.unescape(following[1]))
    assert "What has been done" in tracked.text
    assert 'withdraw?lang=en"' in tracked.text
    assert "上报凭证" in get(f"/{reply.headers['location'].replace('lang=en', 'lang=xx')}").text


def test_a_browsers_refused_form_is_told_in_words(system: System) -> None:
    reply = post_form("/reports", {**flat(REPORT), "category": "x<script>"}, PAGE)
    assert reply.status == 422
    assert "<strong>类别</strong>" in reply.text
    assert "<script" not in reply.text
    english = post_form(
        "/reports", {**flat(REPORT), "category": "x"}, {**PAGE, "accept-language": "en"}
    )
    assert "Category" in english.text


def test_the_same_key_with_another_body_is_422(system: System) -> None:
    first = post_json("/reports", REPORT, key="k")
    again = post_json("/reports", REPORT, key="k")
    other = post_json("/reports", {**REPORT, "title": "别的"}, key="k")
    assert again.body == first.body
    assert (other.status, other.error["field"]) == (422, "idempotency_key")


def test_two_riders_with_one_key_have_two_cases(system: System) -> None:
    tokens = [rider_token(system, phone=p) for p in ("13800000001", "13800000002")]
    ids = {post_json("/reports", REPORT, token=t, key="k").json["case_id"] for t in tokens}
    assert len(ids) == 2


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
NAMES = st.sampled_from([*REPORT, "photos", "kind", "contact", "source", "severity", "for_name"])


@given(st.dictionaries(NAMES, JSON))
def test_any_json_is_read_or_refused_never_an_accident(fields: dict[str, Any]) -> None:
    from suishou.domain.errors import Refused

    body = json.dumps(fields).encode()
    request = Request("POST", "/api/v1/reports", {}, {}, body, "id")
    try:
        report, _ = read_report(request)
    except Refused as refusal:
        assert refusal.field
    else:
        assert all(isinstance(v, str) for k, v in asdict(report).items() if k in ("title", "kind"))


@given(st.binary(max_size=300))
def test_any_bytes_as_multipart_are_read_or_refused(body: bytes) -> None:
    from suishou.domain.errors import Refused

    headers = {"content-type": "multipart/form-data; boundary=x"}
    request = Request("POST", "/api/v1/reports", {}, headers, b"--x\r\n" + body, "id")
    try:
        read_report(request)
    except Refused as refusal:
        assert refusal.field
