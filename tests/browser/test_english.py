"""English: a twin a page, and English labels on the pages that exist in Chinese alone."""

from __future__ import annotations

import re
from typing import Any

from tests.browser.page_kinds import one_of_each_kind
from tests.browser.served_sites import ServedSite

# Chinese that a screen reader would be told is English.
MISTOLD = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const { data, parentElement } = walker.currentNode;
    const lang = parentElement.closest("[lang]").lang;
    if (/[\\u3400-\\u9fff]/.test(data) && lang.startsWith("en")) found.push(data);
  }
  return found;
}"""
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def a_case(site: ServedSite) -> str:
    """The address of a case's page."""
    twin = max(site.folder.glob("cases/*/*/*.json"), key=lambda path: path.stat().st_size)
    return twin.with_suffix(".html").relative_to(site.folder).as_posix()


def switch(page: Any) -> Any:
    return page.locator("header a.tool[hreflang]")


def test_the_switch_leads_to_the_same_page_and_back(page: Any, demo: ServedSite) -> None:
    for path in ("calendar.html", "stations/hub.html", "stations/coverage.html", "search.html"):
        page.goto(demo.root + path)
        switch(page).click()
        page.wait_for_url(f"{demo.root}en/{path}")
        switch(page).click()
        page.wait_for_url(demo.root + path)


def test_a_case_says_its_labels_in_english_and_its_text_in_chinese(
    page: Any, demo: ServedSite
) -> None:
    page.goto(demo.root + a_case(demo))
    title = page.locator("h1").inner_text()
    switch(page).click()
    page.get_by_role("heading", name="What was done").wait_for()
    assert page.url == demo.root + a_case(demo)
    assert page.locator("h1").inner_text() == title
    assert (
        page.get_by_role("link", name="Cases", exact=True)
        .first.get_attribute("href")
        .endswith("/en/cases/index.html")
    )
    switch(page).click()
    page.get_by_role("heading", name="办理过程").wait_for()


def test_a_list_says_in_english_what_happened_on_which_day_and_where_the_rest_is(
    page: Any, odd: ServedSite
) -> None:
    page.goto(odd.root + "en/index.html")
    lists = odd.folder.glob("cases/community/*.html")
    path = max(lists, key=lambda path: path.stat().st_size).relative_to(odd.folder).as_posix()
    page.goto(odd.root + path)
    page.get_by_role("heading", name="Earlier cases, in the township's lists by month").wait_for()
    told = page.locator("[data-case] .case__meta:last-of-type").all_inner_texts()
    assert any(re.fullmatch(r"\d+ \w+ \d{4} reported · \d+ \w+ \d{4} closed", one) for one in told)


def test_who_came_in_english_stays_in_english_and_a_new_visitor_is_in_chinese(
    page: Any, browser: Any, demo: ServedSite
) -> None:
    page.goto(demo.root + "en/cases/index.html")
    page.goto(demo.root + a_case(demo))
    page.get_by_role("heading", name="What was done").wait_for()
    other = browser.new_page()
    other.goto(demo.root + a_case(demo))
    other.wait_for_load_state("networkidle")
    assert other.get_by_role("heading", name="What was done").count() == 0
    other.close()


def test_nothing_chinese_is_told_as_english_and_nothing_becomes_too_wide(
    page: Any, odd: ServedSite
) -> None:
    page.goto(odd.root + "en/index.html")
    problems = []
    for path in one_of_each_kind(odd.folder):
        if path.startswith(("cases/", "notice-board/")) and path != "cases/index.html":
            page.goto(odd.root + path)
            page.locator("header a.tool[hreflang=zh-CN]").wait_for()
            problems += [f"{path}: {words}" for words in page.evaluate(MISTOLD)]
            problems += [f"{path}: too wide"] if page.evaluate(TOO_WIDE) else []
    assert problems == []


def test_search_answers_in_english(page: Any, demo: ServedSite) -> None:
    page.goto(demo.root + "en/search.html?q=井盖")
    page.locator("[data-results] [data-case]").first.wait_for()
    assert "Reported " in page.locator("[data-results] [data-case]").first.inner_text()
    page.locator("[data-found]", has_text="found").wait_for()
