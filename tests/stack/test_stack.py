"""A report goes through the deployed stack: over its HTTP API, its stream, its functions."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from suishou.services.load_programme import load_programme
from tests.handlers.pictures import jpeg
from tests.services.local_systems import PROGRAMME
from tests.stack.conftest import Stack

PROGRAMME_READ = load_programme(PROGRAMME)
STREET = PROGRAMME_READ.streets[0].code
COMMUNITY = next(a.code for a in PROGRAMME_READ.communities if a.code.startswith(STREET))
REPORT = {
    "category": "manhole",
    "title": "井盖松动",
    "description": "井盖松动，电动车经过会翘起来。",
    "location": {"community": COMMUNITY, "landmark": "菜市场东门"},
}
WAIT_SECONDS = 60.0


def signed(token: str, key: str = "") -> dict[str, str]:
    headers = {"Authorization": f"Bearer {token}"}
    return headers | ({"Idempotency-Key": key} if key else {})


def eventually(look: Callable[[], Any]) -> Any:
    """What `look` answers once it answers something: the stream takes its time."""
    until = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < until:
        if found := look():
            return found
        time.sleep(0.3)
    raise AssertionError("it never came")


def enrolled(stack: Stack, name: str, *posts: str) -> str:
    words = [word for post in posts for word in ("--post", post)]
    made = stack.command("staff", "add", "--name", name, "--demonstration", *words)
    return str(made["token"])


@pytest.fixture
def api(stack: Stack) -> Any:
    with stack.api() as client:
        yield client


def test_a_report_goes_from_the_street_to_the_site(
    stack: Stack, api: httpx.Client, tmp_path: Path
) -> None:
    asked = api.post("/uploads", json={"photos": 2}).json()["uploads"]
    report = {**REPORT, "photos": [form["id"] for form in asked]}
    first = api.post("/reports", json=report, headers={"Idempotency-Key": "k-1"})
    assert first.status_code == 201, first.text
    receipt = first.json()
    again = api.post("/reports", json=report, headers={"Idempotency-Key": "k-1"})
    assert again.json()["case_id"] == receipt["case_id"]

    dispatcher = enrolled(stack, "调度甲", f"dispatcher:{STREET}")
    second = enrolled(stack, "调度乙", f"dispatcher:{STREET}")
    steward = enrolled(stack, "网格员", f"community:{COMMUNITY}")
    waiting = api.get("/queue", headers=signed(dispatcher)).json()
    assert [entry["id"] for entry in waiting["cases"]] == [receipt["case_id"]]

    case_id = receipt["case_id"]
    own = {"token": receipt["tracking_token"]}

    def photos() -> list[str]:
        found = api.get(f"/reports/{case_id}", params=own).json()["photo_states"]
        return [photo["refusal"] or photo["state"] for photo in found]

    assert photos() == ["waiting", "waiting"]
    sent_to_the_bucket(stack, asked[0], jpeg())
    sent_to_the_bucket(stack, asked[1], jpeg()[:-200])
    assert eventually(lambda: "waiting" not in photos() and photos()) == [
        "received",
        "photo_damaged",
    ]
    photo = api.get(f"/staff/cases/{case_id}/photos/{asked[0]['id']}", headers=signed(dispatcher))
    assert photo.content.startswith(b"\xff\xd8\xff") and b"Exif" not in photo.content

    def act(token: str, action: str, **fields: Any) -> dict[str, Any]:
        done = api.post(f"/cases/{case_id}/{action}", json=fields, headers=signed(token, action))
        assert done.status_code == 200, (action, done.text)
        found: dict[str, Any] = done.json()
        return found

    act(dispatcher, "register")
    unit = act(dispatcher, "dispatch")["lead_unit"]
    worker = enrolled(stack, "处置员", f"department:{unit}")
    act(steward, "claim")
    act(worker, "accept")
    act(worker, "resolve", result="已更换井盖。")
    act(dispatcher, "verify")
    act(dispatcher, "close")
    words = {"title": "井盖松动已修复", "text": "井盖松动。", "result": "已更换井盖。"}
    masked = [{"id": asked[0]["id"], "masks": [[0, 0, 20, 20]]}]
    act(dispatcher, "draft", **words, photos=masked)
    draft = api.get(f"/staff/cases/{case_id}", headers=signed(second)).json()["case"]["draft"]
    act(second, "approve", draft=draft)

    def shown() -> dict[str, Any] | None:
        found = api.get(f"/cases/{case_id}")
        document: dict[str, Any] = found.json()
        return document if found.status_code == 200 else None

    assert eventually(shown)["title"] == "井盖松动已修复"
    tracked = api.get(f"/reports/{case_id}", params=own)
    assert tracked.json()["stage"] == "closed"
    measures = api.get("/measures").json()
    assert measures["overall"]["reported"] == measures["overall"]["closed"] == 1

    built = stack.night()
    assert (built["status"], built["removed"]) == ("succeeded", 0)
    month = shown_month(api, case_id)
    page = f"cases/{month.replace('-', '/')}/{case_id}.html"
    assert "井盖松动已修复" in site_page(stack, page)
    assert case_id in site_page(stack, "index.html")
    (public,) = api.get(f"/cases/{case_id}").json()["photos_before"]
    beside = page.removesuffix(".html") + f"-{public.rpartition('/')[2]}"
    assert site_object(stack, beside).startswith(b"\xff\xd8\xff")
    again = stack.night()
    assert again["put"] < 20 < built["put"]
    stack.loses_the_nights_container()
    assert stack.night()["put"] < 20

    before = stack.command("roll-back")
    assert before["written"] + before["removed"] < 20 and site_page(stack, page)
    whole = stack.command("export", str(tmp_path / "whole"))
    restored = restored_from_backup(stack, stack.outputs["PrivateTable"])
    words = ("--private-table", restored)
    again = stack.command("export", str(tmp_path / "restored"), *words)
    assert again["private"]["count"] == whole["private"]["count"] - 1
    assert again["public"] == whole["public"]


def restored_from_backup(stack: Stack, table: str) -> str:
    """A table as it was a minute ago: one item was not there yet. (The emulator restores none.)"""
    dynamodb = stack.client("dynamodb")
    found = dynamodb.describe_table(TableName=table)["Table"]
    dynamodb.create_table(
        TableName="restored",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=found["AttributeDefinitions"],
        KeySchema=found["KeySchema"],
    )
    pages = dynamodb.get_paginator("scan").paginate(TableName=table)
    items = [item for page in pages for item in page["Items"]]
    latest = next(item for item in items if item["pk"]["S"].startswith("OUTBOX#"))
    for item in items:
        if item is not latest:
            dynamodb.put_item(TableName="restored", Item=item)
    return "restored"


def shown_month(api: httpx.Client, case_id: str) -> str:
    return str(api.get(f"/cases/{case_id}").json()["month"])


def sent_to_the_bucket(stack: Stack, form: dict[str, Any], content: bytes) -> None:
    """As the form's script does it: no header of ours, and nothing of it through the API."""
    assert form["url"].startswith(f"{stack.emulator.address}/{stack.outputs['RawPhotos']}")
    files = {form["file_field"]: ("photo.jpg", content, "image/jpeg")}
    sent = httpx.post(form["url"], data=form["fields"], files=files)
    assert sent.status_code == 204, sent.text


def site_object(stack: Stack, path: str) -> bytes:
    bucket = stack.outputs["SiteBucket"]
    return bytes(stack.client("s3").get_object(Bucket=bucket, Key=path)["Body"].read())


def site_page(stack: Stack, path: str) -> str:
    bucket = stack.outputs["SiteBucket"]
    answer = stack.client("s3").get_object(Bucket=bucket, Key=path)
    body = answer["Body"].read()
    packed = answer.get("ContentEncoding") == "gzip"
    return str((gzip.decompress(body) if packed else body).decode())


def test_an_address_that_nobody_knows_is_refused_in_the_usual_shape(api: httpx.Client) -> None:
    answer = api.get("/nothing/here")
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "no_such_address"


def test_bad_input_is_refused_in_words_and_nothing_is_written(api: httpx.Client) -> None:
    answer = api.post("/reports", json={**REPORT, "category": "dragon"})
    assert (answer.status_code, answer.json()["error"]["field"]) == (422, "category")


def test_what_has_expired_is_collected(stack: Stack) -> None:
    for name in ("PrivateTable", "PublicTable"):
        found = stack.client("dynamodb").describe_time_to_live(TableName=stack.outputs[name])
        said = found["TimeToLiveDescription"]
        assert (said["TimeToLiveStatus"], said.get("AttributeName")) == ("ENABLED", "x")


def test_a_failed_batch_leaves_a_note(stack: Stack) -> None:
    (mapping,) = stack.client("lambda").list_event_source_mappings()["EventSourceMappings"]
    assert mapping["DestinationConfig"]["OnFailure"]["Destination"].startswith("arn:")


def test_a_failed_schedule_leaves_a_note(stack: Stack) -> None:
    found = stack.client("cloudformation").describe_stack_resources(StackName="suishou")
    names = {r["LogicalResourceId"]: r["PhysicalResourceId"] for r in found["StackResources"]}
    for name in ("Notify", "WatchDeadlines", "Nightly", "Photo"):
        config = stack.client("lambda").get_function_event_invoke_config(FunctionName=names[name])
        assert config["DestinationConfig"]["OnFailure"]["Destination"].startswith("arn:")


def test_the_stream_is_handed_over_as_the_template_says(stack: Stack) -> None:
    (mapping,) = stack.client("lambda").list_event_source_mappings()["EventSourceMappings"]
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["BisectBatchOnFunctionError"] is True
    assert mapping["MaximumRetryAttempts"] == 10
    assert "CASE#" in mapping["FilterCriteria"]["Filters"][0]["Pattern"]
