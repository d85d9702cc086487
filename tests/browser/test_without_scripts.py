"""With JavaScript off: everything can be read, reported and tracked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.page_kinds import one_of_each_kind
from tests.browser.served_sites import ServedSite


@pytest.fixture
def plain_page(browser: Any) -> Iterator[Any]:
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": 360, "height": 800}, locale="zh-CN"
    )
    yield context.new_page()
    context.close()


def test_every_template_shows_its_heading_and_no_dead_switch(
    plain_page: Any, demo: ServedSite
) -> None:
    for path in one_of_each_kind(demo.folder):
        plain_page.goto(demo.root + path)
        assert plain_page.locator("h1").is_visible(), path
        for switch in plain_page.locator("[data-elder], select[data-theme], [data-locate]").all():
            assert not switch.is_visible(), path


def test_a_case_is_found_by_links_alone(plain_page: Any, demo: ServedSite) -> None:
    plain_page.goto(demo.root)
    plain_page.get_by_role("navigation", name="主导航").get_by_text("事项公示").click()
    plain_page.locator("[data-case] a").first.click()
    assert re.search(r"/cases/\d{4}/\d{2}/[^/]+\.html$", plain_page.url)
    assert plain_page.get_by_role("heading", name="办理过程").is_visible()


def test_a_report_is_sent_and_tracked_by_the_forms_alone(plain_page: Any, demo: ServedSite) -> None:
    plain_page.goto(demo.root + "report.html")
    plain_page.get_by_label("是哪类事项").select_option(index=1)
    plain_page.get_by_label("看到了什么").fill("路口井盖松动，车辆经过有响声。")
    plain_page.get_by_label("社区（村）").select_option(index=1)
    plain_page.get_by_label("附近的路口").fill("中心小学东门往北第二个路口")
    plain_page.get_by_role("button", name="提交上报").click()
    receipt = plain_page.content()
    assert "上报凭证" in receipt
    link = plain_page.locator('a[href*="token="]').first.get_attribute("href") or ""
    found = re.search(r"reports/([^?]+)\?(?:.*&)?token=([^&]+)", link) or re.search(
        r"id=([^&]+)&(?:amp;)?token=([^&]+)", link
    )
    assert found, link
    plain_page.goto(demo.root + "track.html")
    plain_page.get_by_label("受理编号").fill(found[1])
    plain_page.get_by_label("查询码").fill(found[2])
    plain_page.get_by_role("button", name="查询").click()
    assert found[1] in plain_page.content()
    assert plain_page.get_by_role("heading", level=1).is_visible()


def test_an_incomplete_report_is_refused_in_words(plain_page: Any, demo: ServedSite) -> None:
    plain_page.goto(demo.root + "report.html")
    plain_page.get_by_label("是哪类事项").select_option(index=1)
    plain_page.get_by_label("看到了什么").fill("没有写地点")
    plain_page.get_by_role("button", name="提交上报").click()
    assert plain_page.get_by_role("heading", level=1).is_visible()
    assert "上报凭证" not in plain_page.locator("h1").inner_text()
