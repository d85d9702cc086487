"""With JavaScript on: search finds, its filters narrow, and the nearest station comes first."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.served_sites import ServedSite

WAIT_MILLISECONDS = 10_000


@pytest.fixture
def visitor(browser: Any, demo: ServedSite) -> Iterator[Any]:
    """Somebody who stands at the demonstration's last station and lets the browser say so."""
    station = stations(demo)[-1]
    context = browser.new_context(
        viewport={"width": 360, "height": 800},
        locale="zh-CN",
        geolocation={"latitude": station["lat"], "longitude": station["lon"]},
        permissions=["geolocation"],
    )
    context.set_default_timeout(WAIT_MILLISECONDS)
    yield context.new_page()
    context.close()


def stations(site: ServedSite) -> list[dict[str, Any]]:
    """What the stations page itself knows of places, in the order of codes."""
    found: dict[str, list[dict[str, Any]]] = json.loads(
        (site.folder / "stations" / "nearby.json").read_text(encoding="utf-8")
    )
    return [station for station in found["stations"] if "lat" in station]


def a_title(site: ServedSite) -> str:
    """The title of a case of the newest month that is shown one by one."""
    pages = sorted(site.folder.glob("cases/*/*/*.html"), reverse=True)
    twins = [page.with_suffix(".json") for page in pages if page.with_suffix(".json").is_file()]
    bodies = [json.loads(twin.read_text(encoding="utf-8")) for twin in twins]
    return str(next(body["title"] for body in bodies if len(body["title"]) >= 4))


def test_search_finds_a_case_by_part_of_its_title(page: Any, demo: ServedSite) -> None:
    title = a_title(demo)
    page.goto(demo.root)
    page.get_by_role("searchbox").fill(title[1:4])
    page.get_by_role("searchbox").press("Enter")
    page.locator("[data-results] [data-case] a", has_text=title).first.wait_for()


def test_search_finds_simplified_text_by_traditional_characters(page: Any, odd: ServedSite) -> None:
    page.goto(odd.root + "search.html?q=井蓋")
    page.locator("[data-results] [data-case]").first.wait_for()
    found = page.locator("[data-found]").inner_text()
    page.goto(odd.root + "search.html?q=井盖")
    page.locator("[data-found]", has_text=found).wait_for()


def test_search_says_when_nothing_is_found(page: Any, demo: ServedSite) -> None:
    page.goto(demo.root + "search.html?q=" + "没有这样的事情")
    page.locator("[data-found]", has_text=re.compile(".")).wait_for()
    assert page.locator("[data-results] [data-case]").count() == 0


def test_without_a_network_search_says_so_and_tries_again(page: Any, odd: ServedSite) -> None:
    page.goto(odd.root + "search.html")
    page.context.set_offline(True)
    page.get_by_label("要找的文字").fill("井盖")
    page.get_by_label("要找的文字").press("Enter")
    page.locator("[data-found]", has_text="请检查网络后重试").wait_for()
    page.context.set_offline(False)
    page.get_by_role("button", name="重试").click()
    page.locator("[data-results] [data-case]").first.wait_for()


def test_going_back_asks_the_former_question_again(page: Any, odd: ServedSite) -> None:
    page.goto(odd.root + "search.html?q=井盖")
    page.locator("[data-results] [data-case]").first.wait_for()
    words = page.get_by_label("要找的文字")
    words.fill("盖")
    words.press("Enter")
    page.locator("[data-found]", has_text="请至少输入两个字").wait_for()
    page.go_back()
    page.locator("[data-results] [data-case]").first.wait_for()
    assert words.input_value() == "井盖"


def test_a_filter_narrows_what_was_found(page: Any, odd: ServedSite) -> None:
    page.goto(odd.root + "search.html?q=井盖")
    street = page.get_by_label("乡镇（街道）").locator("option").nth(1).get_attribute("value")
    for query, streets in (("井盖", set()), (f"井盖&street={street}", {street})):
        page.goto(f"{odd.root}search.html?q={query}")
        page.locator("[data-results] [data-case]").first.wait_for()
        found = {
            str(item.get_attribute("data-case"))
            for item in page.locator("[data-results] [data-case]").all()
        }
        twins = [next(odd.folder.glob(f"cases/*/*/{case_id}.json")) for case_id in found]
        told = {json.loads(twin.read_text(encoding="utf-8"))["street"] for twin in twins}
        assert told == streets if streets else len(told) > 1


def test_the_nearest_station_is_told_at_home(visitor: Any, demo: ServedSite) -> None:
    visitor.goto(demo.root)
    visitor.locator("[data-nearest] button").click()
    answer = visitor.locator("[data-nearest] a")
    answer.wait_for()
    assert answer.get_attribute("href") == stations(demo)[-1]["path"]


def test_the_list_of_stations_is_sorted_by_distance(visitor: Any, demo: ServedSite) -> None:
    visitor.goto(demo.root + "stations/index.html")
    visitor.locator("[data-choose] [data-locate] button").click()
    visitor.locator(".tile__distance").first.wait_for()
    first = visitor.locator("[data-station]:visible").first
    assert first.get_attribute("data-station") in stations(demo)[-1]["path"]


def test_a_visitor_who_does_not_say_where_is_told_so(page: Any, demo: ServedSite) -> None:
    page.goto(demo.root)
    page.locator("[data-nearest] button").click()
    page.locator("[data-nearest] [role=status]", has_text="没有得到定位许可").wait_for()


def test_stations_are_filtered_by_what_they_offer(page: Any, demo: ServedSite) -> None:
    page.goto(demo.root + "stations/index.html")
    page.locator("[data-choose]").wait_for()
    boxes = page.locator("[data-choose] input[name=amenity]")
    box = boxes.nth(boxes.count() - 1)
    wanted = box.get_attribute("value") or ""
    box.check()
    shown = page.locator("[data-station]:visible").all()
    assert shown
    assert all(wanted in (item.get_attribute("data-amenities") or "").split() for item in shown)
