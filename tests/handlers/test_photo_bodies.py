"""Photos over HTTP: in the report, on their own, before or after it, and what is no photo."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from http_client import (
    PAGE,
    REPORT,
    call,
    flat,
    get,
    post_json,
    post_multipart,
    stored,
    uploaded,
)
from pictures import HTML, SVG, huge_png, jpeg

from suishou.services import stored_photos
from suishou.services.case_store import get_case
from suishou.services.system import System


def test_a_multipart_photo_is_kept_without_what_the_camera_wrote_into_it(
    system: System, tmp_path: Path
) -> None:
    assert b"Exif" in jpeg()
    reply = post_multipart("/reports", flat(REPORT), (jpeg(), jpeg("blue")))
    assert reply.status == 201
    photos = list((tmp_path / "data" / "photos").rglob("*.jpg"))
    assert len(photos) == 2
    assert not any(b"Exif" in photo.read_bytes() for photo in photos)


def test_an_uploaded_photo_is_named_in_a_report(system: System) -> None:
    photos = uploaded(jpeg())
    reply = post_json("/reports", {**REPORT, "photos": photos})
    assert reply.status == 201
    assert get_case(system.private, reply.json["case_id"]).case.photos == tuple(photos)


def test_a_form_sends_photos_on_their_own_and_a_report_may_name_them_before(
    system: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = post_json("/uploads", {"photos": 2})
    assert asked.status == 201
    assert asked.json["bytes_max"] > 4_000_000
    first, second = asked.json["uploads"]
    reply = post_json("/reports", {**REPORT, "photos": [first["id"], second["id"]]})
    assert reply.status == 201
    path = "/" + first["url"]
    sent = post_multipart(path, first["fields"], (jpeg(),))
    assert (sent.status, sent.json["uploads"]) == (201, [{"id": first["id"]}])
    assert len(list((tmp_path / "data" / "photos").rglob("*.jpg"))) == 1
    own = f"/reports/{reply.json['case_id']}?token={reply.json['tracking_token']}"
    tracked = get(own).json
    assert [state["state"] for state in tracked["photo_states"]] == ["received", "waiting"]
    shown = {"id": reply.json["case_id"], "token": reply.json["tracking_token"]}
    page = get("/track", query=shown, headers=PAGE).text
    assert "照片 1：已收到" in page
    assert "照片 2：还在路上" in page
    monkeypatch.setattr(stored_photos, "WAITED_FOR", timedelta(0))
    assert "照片 2：没有传到，事项照常办理" in get("/track", query=shown, headers=PAGE).text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"signature": "0" * 64}, "signature"),
        ({"expires": "99999999999"}, "signature"),
        ({"signature": "", "expires": ""}, "signature"),
    ],
)
def test_a_forged_upload_form_is_refused(
    system: System, tmp_path: Path, changes: dict[str, str], field: str
) -> None:
    before = stored(tmp_path)
    (form,) = post_json("/uploads", {}).json["uploads"]
    path = "/" + form["url"]
    sent = post_multipart(path, {**form["fields"], **changes}, (jpeg(),))
    assert (sent.status, sent.error["field"]) == (403, field)
    other = post_multipart(f"/uploads/{'0' * 64}", form["fields"], (jpeg(),))
    assert other.status == 403
    assert stored(tmp_path) == before


@pytest.mark.parametrize("photos", [0, -1, 10, "2", True, 1.5, None])
def test_forms_are_asked_for_by_a_count(system: System, photos: object) -> None:
    reply = post_json("/uploads", {"photos": photos})
    assert (reply.status, reply.error["field"]) == (422, "photos")


@pytest.mark.parametrize(
    ("photo", "statuses"), [(huge_png(), {413}), (SVG, {415}), (HTML, {415}), (jpeg()[:200], {422})]
)
def test_what_is_no_photo_is_refused_and_nothing_is_stored(
    system: System, tmp_path: Path, photo: bytes, statuses: set[int]
) -> None:
    before = stored(tmp_path)
    # A good photo before it must not be left behind either.
    reply = post_multipart("/reports", flat(REPORT), (jpeg(), photo))
    assert reply.status in statuses
    assert reply.error["field"] == "photo"
    upload = call("POST", "/uploads", photo, {"content-type": "image/png"})
    assert upload.status in statuses
    assert upload.error["field"] == "photo"
    assert stored(tmp_path) == before


def test_multipart_bodies_are_bounded(system: System, tmp_path: Path) -> None:
    before = stored(tmp_path)
    many = post_multipart("/reports", {f"f{n}": "x" for n in range(100)})
    long = post_multipart("/reports", {**flat(REPORT), "description": "x" * 30_000})
    large = post_multipart("/reports", flat(REPORT), (b"\xff\xd8\xff" + b"0" * 4_100_000,))
    photos = post_multipart("/reports", flat(REPORT), tuple(jpeg() for _ in range(10)))
    assert (many.status, many.error["field"]) == (422, "body")
    assert (long.status, long.error["field"]) == (422, "description")
    assert (large.status, large.error["field"]) == (413, "photo")
    assert (photos.status, photos.error["field"]) == (422, "photo")
    assert stored(tmp_path) == before
