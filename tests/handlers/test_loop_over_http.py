"""The whole loop over HTTP: reported, worked, returned, lost races, rated, rewarded."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from http_client import (
    PAGE,
    REPORT,
    call,
    get,
    post_form,
    post_json,
    rider_token,
    staff_token,
    uploaded,
)
from pictures import jpeg

from suishou.domain.errors import Busy
from suishou.domain.people import Post
from suishou.handlers import notify as notify_function
from suishou.handlers import project, watch_deadlines
from suishou.services.project_case import project_case
from suishou.services.system import System
from suishou.storage import private_keys

ORDER = ("register", "dispatch", "claim", "accept", "resolve", "verify", "close")


class People:
    """The staff of the first street, signed in, and one rider."""

    def __init__(self, system: System) -> None:
        street = system.programme.streets[0].code
        unit = system.programme.categories["manhole"].lead_unit
        self.dispatcher = staff_token(system, Post("dispatcher", street), name="甲统筹")
        self.second = staff_token(system, Post("dispatcher", street), name="乙统筹")
        self.steward = staff_token(system, Post("community", "360926100001"), name="丙网格")
        self.other_steward = staff_token(system, Post("community", "360926100001"), name="丁网格")
        self.department = staff_token(system, Post("department", unit), name="戊部门")
        self.admin = staff_token(system, Post("admin", "360926"), name="己管理")
        self.rider = rider_token(system, "庚骑手", "13800138000")

    def token(self, action: str) -> str:
        special = {"claim": self.steward, "accept": self.department, "resolve": self.department}
        return special.get(action, self.dispatcher)


@pytest.fixture
def people(system: System) -> Iterator[People]:
    yield People(system)


def advance(people: People, case_id: str, last: str) -> None:
    for action in ORDER[: ORDER.index(last) + 1]:
        fields = {"result": "已更换井盖。", "outcome": "settled"} if action == "resolve" else {}
        reply = post_json(f"/cases/{case_id}/{action}", fields, people.token(action))
        assert reply.status == 200, reply.text


def test_a_case_goes_round_the_whole_loop(system: System, people: People) -> None:
    made = post_json("/reports", REPORT, people.rider).json
    case_id, token = made["case_id"], made["tracking_token"]
    advance(people, case_id, "close")
    tracked = get(f"/reports/{case_id}", query={"token": token}).json
    assert tracked["stage"] == "closed"
    assert tracked["result"] == "已更换井盖。"
    assert [step["kind"] for step in tracked["timeline"]][:3] == [
        "reported",
        "registered",
        "dispatched",
    ]
    assert tracked["can_confirm"] and tracked["can_reopen"]
    rated = post_json(f"/reports/{case_id}/feedback", {"satisfied": True, "token": token})
    assert rated.status == 200
    assert rated.json["satisfied"] is True


def test_the_case_file_holds_what_a_console_needs(system: System, people: People) -> None:
    upload = uploaded(jpeg())
    location = {"lat": 28.5206, "lon": 114.3712, "crs": "gcj02"}
    report = {**REPORT, "photos": upload, "location": location}
    county = staff_token(system, Post("dispatcher", "360926"))
    case_id = post_json("/reports", report).json["case_id"]
    found = get(f"/staff/cases/{case_id}", county).json
    assert found["text"]["description"] == REPORT["description"]
    assert found["text"]["place"]["crs"] == "wgs84"
    assert found["text"]["place"]["came_in"] == location
    assert "register" in found["actions"]
    assert found["events"][0]["kind"] == "reported"
    assert found["events"][0]["at"].endswith("+08:00")
    photo = get(f"/staff/cases/{case_id}/photos/{upload[0]}", county)
    assert (photo.status, photo.headers["content-type"]) == (200, "image/jpeg")
    assert photo.body.startswith(b"\xff\xd8\xff")
    assert get(f"/staff/cases/{case_id}/photos/{'0' * 64}", county).status == 404


def test_a_second_claim_loses_and_is_told_who_won(system: System, people: People) -> None:
    case_id = post_json("/reports", REPORT).json["case_id"]
    advance(people, case_id, "dispatch")
    first = post_json(f"/cases/{case_id}/claim", {}, people.steward, key="mine")
    second = post_json(f"/cases/{case_id}/claim", {}, people.other_steward, key="theirs")
    again = post_json(f"/cases/{case_id}/claim", {}, people.steward, key="mine")
    assert (first.status, second.status, again.status) == (200, 409, 200)
    assert second.error["held_by"] == first.json["claimed_by"]
    assert second.error["stage"] == "claimed"
    assert "丙网格" not in second.text


def test_two_officers_claim_at_once_and_one_wins(system: System, people: People) -> None:
    case_id = post_json("/reports", REPORT).json["case_id"]
    advance(people, case_id, "dispatch")
    tokens = [people.steward, people.other_steward]
    with ThreadPoolExecutor(2) as pool:
        replies = list(
            pool.map(lambda t: post_json(f"/cases/{case_id}/claim", {}, t, key=t), tokens)
        )
    assert sorted(reply.status for reply in replies) == [200, 409]


def test_an_action_with_a_wrong_field_names_it(system: System, people: People) -> None:
    case_id = post_json("/reports", REPORT).json["case_id"]
    reject = post_json(f"/cases/{case_id}/reject", {}, people.dispatcher)
    assert (reject.status, reject.error["field"]) == (422, "reason_code")
    listed = call(
        "POST",
        f"/cases/{case_id}/register",
        b"[1]",
        {"content-type": "application/json"},
        token=people.dispatcher,
    )
    assert (listed.status, listed.error["field"]) == (400, "body")
    assert post_json("/cases/none/register", {}, people.dispatcher).status == 404
    photos = post_json(f"/cases/{case_id}/register", {"severity": "everything"}, people.dispatcher)
    assert (photos.status, photos.error["field"]) == (422, "severity")


def test_an_unsatisfied_reporter_reopens_by_form(system: System, people: People) -> None:
    made = post_json("/reports", REPORT).json
    case_id, token = made["case_id"], made["tracking_token"]
    advance(people, case_id, "close")
    page = get("/track", query={"id": case_id, "token": token})
    assert page.status == 200
    assert "重新办理" in page.text and 'name="reason"' in page.text
    address = f"/reports/{case_id}/feedback"
    without = post_form(address, {"token": token, "satisfied": "false"}, PAGE)
    assert without.status == 422
    assert "原因" in without.text
    form = {"token": token, "satisfied": "false", "reason": "井盖还在响"}
    reply = post_form(address, form, PAGE)
    assert reply.status == 303
    assert reply.headers["location"] == f"../../track?id={case_id}&token={token}"
    after = get("/track", query={"id": case_id, "token": token})
    assert "重新办理" in after.text


def test_a_reporter_withdraws_before_work_begins(system: System, people: People) -> None:
    made = post_json("/reports", REPORT).json
    token = made["tracking_token"]
    done = post_json(f"/reports/{made['case_id']}/withdraw", {"token": token})
    assert (done.status, done.json["stage"]) == (200, "withdrawn")


def test_the_tracking_page_escapes_what_was_written(system: System) -> None:
    made = post_json("/reports", {**REPORT, "description": "<img src=x onerror=alert(1)>"}).json
    page = get("/track", query={"id": made["case_id"], "token": made["tracking_token"]})
    assert "<img" not in page.text
    assert "&lt;img" in page.text


def test_a_wrong_id_and_a_wrong_token_look_alike(system: System) -> None:
    made = post_json("/reports", REPORT).json
    wrong_token = get("/track", query={"id": made["case_id"], "token": "x"}, headers=PAGE)
    wrong_id = get("/track", query={"id": "x", "token": made["tracking_token"]}, headers=PAGE)
    assert (wrong_token.status, wrong_id.status) == (404, 404)
    assert wrong_token.body == wrong_id.body


def test_points_follow_and_are_redeemed_once_for_a_key(system: System, people: People) -> None:
    made = post_json("/reports", REPORT, people.rider).json
    advance(people, made["case_id"], "close")
    project_case(system, made["case_id"])
    points = get("/me", people.rider).json["points"]
    assert points > 0
    lines = get("/me/ledger", people.rider).json["lines"]
    assert sum(line["points"] for line in lines) == points
    rewards = get("/rewards").json["rewards"]
    cheap = min((r for r in rewards if r["kind"] == "goods"), key=lambda r: r["points"])
    without_key = post_json("/redemptions", {"reward": cheap["code"]}, people.rider)
    assert (without_key.status, without_key.error["field"]) == (422, "idempotency_key")
    dear = max((r for r in rewards if r["kind"] == "goods"), key=lambda r: r["points"])
    refused = post_json("/redemptions", {"reward": dear["code"]}, people.rider, key="dear")
    assert (refused.status, refused.error["code"]) == (422, "not_enough_points")
    assert refused.error["points"] == points


def test_the_public_reads_only_what_was_approved(system: System, people: People) -> None:
    made = post_json("/reports", REPORT, people.rider).json
    case_id = made["case_id"]
    advance(people, case_id, "close")
    words = {"title": "井盖松动已修复", "text": "井盖松动。", "result": "已更换井盖。"}
    draft = post_json(f"/cases/{case_id}/draft", words, people.dispatcher).json["draft"]
    own = post_json(f"/cases/{case_id}/approve", {"draft": draft}, people.dispatcher)
    assert own.status == 403
    assert post_json(f"/cases/{case_id}/approve", {"draft": draft}, people.second).status == 200
    project_case(system, case_id)
    public = get(f"/cases/{case_id}")
    assert public.json["title"] == "井盖松动已修复"
    assert REPORT["description"] not in public.text
    assert get("/cases").json["cases"] == [public.json]
    assert get("/measures").status == 200


def test_admins_enrol_list_and_revoke(system: System, people: People) -> None:
    refused = post_json("/riders", {"name": "辛", "phone": "13900139000"}, people.admin)
    assert (refused.status, refused.error["code"]) == (403, "demonstration_only")
    riders = get("/riders", people.admin).json["riders"]
    assert [r["name"] for r in riders] == ["庚骑手"]
    assert len(get("/staff", people.admin).json["staff"]) == 6
    revoked = post_json(f"/people/{riders[0]['id']}/revoke", {}, people.admin)
    assert revoked.status == 200
    assert get("/me", people.rider).status == 401
    bad = get("/riders?cursor=nonsense", people.admin)
    assert (bad.status, bad.error["field"]) == (422, "cursor")
    posts = post_json("/staff", {"name": "x", "posts": "admin"}, people.admin)
    assert posts.status in (403, 422)


def test_a_rebuild_is_asked_for_and_its_state_read(system: System, people: People) -> None:
    first = post_json("/rebuilds", {}, people.admin)
    second = post_json("/rebuilds", {}, people.admin)
    assert (first.status, second.status) == (202, 202)
    assert second.json["number"] == first.json["number"]
    assert get("/rebuilds", people.admin).json["rebuilds"][0]["status"] == "waiting"
    assert get(f"/rebuilds/{first.json['number']}", people.admin).json["requests"] == 2
    assert get("/rebuilds/99", people.admin).status == 404
    assert get("/rebuilds/x", people.admin).status == 404


def test_a_station_is_kept_and_listed(system: System, people: People) -> None:
    station = get("/stations").json["stations"][0]
    fields = {k: v for k, v in station.items() if k != "assumed"}
    changed = post_json("/stations", {**fields, "hours": "全天"}, people.admin)
    assert changed.status == 200, changed.text
    assert get("/stations").json["stations"][0]["hours"] == "全天"


def test_the_functions_behind_streams_and_schedules_work(system: System, people: People) -> None:
    made = post_json("/reports", REPORT, people.rider).json
    record = {
        "eventID": "1",
        "dynamodb": {
            "Keys": {"pk": {"S": f"CASE#{made['case_id']}"}, "sk": {"S": "HEAD"}},
            "SequenceNumber": "1",
        },
        "eventSource": "aws:dynamodb",
    }
    other = {**record, "dynamodb": {**record["dynamodb"], "SequenceNumber": "2"}}
    other["dynamodb"]["Keys"] = {"pk": {"S": "RIDER#r"}, "sk": {"S": "PROFILE"}}
    answer = project.handler({"Records": [record, other]}, None)
    assert answer == {"batchItemFailures": []}
    assert watch_deadlines.handler({}, None) == {"events": 0, "rounds": 0}
    assert set(notify_function.handler({}, None)) == {"delivered"}


def test_busy_storage_keeps_a_stream_record_and_poison_does_not(
    system: System, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = post_json("/reports", REPORT, people.rider).json
    record = {
        "eventID": "1",
        "dynamodb": {
            "Keys": {"pk": {"S": f"CASE#{made['case_id']}"}, "sk": {"S": "HEAD"}},
            "SequenceNumber": "7",
        },
        "eventSource": "aws:dynamodb",
    }

    def failing(error: Exception) -> None:
        def fail(*_: object) -> None:
            raise error

        monkeypatch.setattr(project, "project_case", fail)

    failing(Busy("contended"))
    answer = project.handler({"Records": [record]}, None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "7"}]}
    failing(ValueError("poison"))
    assert project.handler({"Records": [record]}, None) == {"batchItemFailures": []}
    assert system.private.get(private_keys.FAILED, made["case_id"]) is not None
