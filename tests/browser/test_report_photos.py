"""Photos of a report: sent on their own, again after a lost connection, and without scripts."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from PIL import Image

from tests.browser.served_sites import ServedSite

SENT = "[data-photo-list] li:has-text('已传好')"
FORMS, FORM = "**/api/v1/uploads", "**/api/v1/uploads/*"


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    """Two photos, one larger than the form itself may hold."""
    made = []
    for name, size in (("one.jpg", (800, 600)), ("two.jpg", (900, 1200))):
        made.append(tmp_path / name)
        Image.effect_noise(size, 90).convert("RGB").save(made[-1], "JPEG", quality=95)
    return made


def fill_in(page: Any, demo: ServedSite, path: str = "report.html") -> None:
    page.goto(demo.root + path)
    page.locator("#category").select_option("manhole")
    page.locator("#description").fill("井盖松动，电动车经过会翘起来。")
    page.locator("#community").select_option(index=1)
    page.locator("#landmark").fill("菜市场东门")


def send(page: Any) -> None:
    page.locator("[data-report] [type=submit]").click()


def sent_with_a_photo_under_way(page: Any, demo: ServedSite, photo: Path) -> list[Any]:
    """The form filled in and sent; the photo's own request is held in the list."""
    held: list[Any] = []
    page.route(FORM, lambda route: held.append(route))
    fill_in(page, demo)
    page.locator("#photo").set_input_files(photo)
    page.wait_for_function("() => document.querySelectorAll('[data-photo-list] li').length === 1")
    send(page)
    return held


def photo_states(page: Any, demo: ServedSite) -> list[str]:
    """Of the case whose receipt the page shows."""
    page.wait_for_url("**/receipts/**")
    address = urlsplit(page.url)
    case_id, (token,) = address.path.rpartition("/")[2], parse_qs(address.query)["token"]
    answer = httpx.get(f"{demo.root}api/v1/reports/{case_id}", params={"token": token})
    return [photo["state"] for photo in answer.json()["photo_states"]]


def test_photos_are_sent_while_the_words_are_typed(
    page: Any, demo: ServedSite, photos: list[Path]
) -> None:
    posted: list[int] = []
    page.on(
        "request",
        lambda request: (
            posted.append(len(request.post_data_buffer or b""))
            if request.url.endswith("/reports")
            else None
        ),
    )
    fill_in(page, demo)
    page.locator("#photo").set_input_files(photos)
    page.locator(SENT).nth(1).wait_for()
    send(page)
    assert photo_states(page, demo) == ["received", "received"]
    assert posted[0] < 10_000  # the words alone


def test_a_lost_connection_costs_another_try(
    page: Any, demo: ServedSite, photos: list[Path]
) -> None:
    tries: list[str] = []

    def fail_twice(route: Any) -> None:
        tries.append(route.request.url)
        route.abort() if len(tries) < 3 else route.continue_()

    page.route(FORM, fail_twice)
    fill_in(page, demo)
    page.locator("#photo").set_input_files(photos[0])
    page.locator("[data-photo-list] li:has-text('信号不好')").wait_for()
    page.evaluate("() => dispatchEvent(new Event('online'))")  # not to wait for the pause
    page.locator(SENT).wait_for()
    assert len(tries) == 3
    send(page)
    assert photo_states(page, demo) == ["received"]


def test_the_report_waits_for_its_photos_and_then_goes_by_itself(
    page: Any, demo: ServedSite, photos: list[Path]
) -> None:
    held = sent_with_a_photo_under_way(page, demo, photos[0])
    page.get_by_text("还有 1 张照片在传").wait_for()
    held[0].continue_()
    assert photo_states(page, demo) == ["received"]


def test_the_words_can_go_before_the_photos(
    page: Any, demo: ServedSite, photos: list[Path]
) -> None:
    held = sent_with_a_photo_under_way(page, demo, photos[0])
    page.get_by_role("button", name="先提交文字").click()
    page.get_by_text("照片还在传，请先不要关闭本页").wait_for()
    held[0].continue_()
    assert photo_states(page, demo) == ["received"]


def test_a_photo_that_is_none_is_said_to_be_none_and_can_be_left_out(
    page: Any, demo: ServedSite, photos: list[Path], tmp_path: Path
) -> None:
    none = tmp_path / "none.jpg"
    none.write_bytes(b"<!doctype html>")
    fill_in(page, demo)
    page.locator("#photo").set_input_files([none, photos[0]])
    page.locator("[data-photo-list] li:has-text('这不是照片')").wait_for()
    page.locator(SENT).wait_for()
    send(page)
    page.get_by_role("button", name="不带这些照片").click()
    assert photo_states(page, demo) == ["received"]


def test_where_no_upload_is_to_be_had_the_form_posts_its_photos_itself(
    page: Any, demo: ServedSite, photos: list[Path]
) -> None:
    page.route(FORMS, lambda route: route.abort())
    fill_in(page, demo)
    page.locator("#photo").set_input_files(photos[0])
    page.wait_for_timeout(500)
    send(page)
    assert photo_states(page, demo) == ["received"]


def test_without_scripts_a_photo_goes_with_the_form(
    browser: Any, demo: ServedSite, photos: list[Path]
) -> None:
    context = browser.new_context(java_script_enabled=False)
    try:
        page = context.new_page()
        fill_in(page, demo)
        page.locator("#photo").set_input_files(photos[0])
        send(page)
        assert photo_states(page, demo) == ["received"]
    finally:
        context.close()


def test_in_english_too(page: Any, demo: ServedSite, photos: list[Path]) -> None:
    fill_in(page, demo, "en/report.html")
    page.locator("#photo").set_input_files(photos[0])
    page.locator("[data-photo-list] li:has-text('Photo 1: sent')").wait_for()
    send(page)
    assert photo_states(page, demo) == ["received"]
