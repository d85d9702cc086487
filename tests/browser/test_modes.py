"""长者模式 and 外观: found, used and remembered, page after page; printing is always light."""

from __future__ import annotations

from typing import Any

from tests.browser.served_sites import ServedSite

PAPER = "() => getComputedStyle(document.body).backgroundColor"
LETTERS = "() => parseFloat(getComputedStyle(document.body).fontSize)"
LIGHT, DARK = "rgb(244, 246, 243)", "rgb(16, 22, 23)"


def test_elder_mode_enlarges_the_letters_and_is_remembered(page: Any, bare: ServedSite) -> None:
    page.goto(bare.root)
    before = page.evaluate(LETTERS)
    page.get_by_role("button", name="长者模式").click()
    assert page.evaluate(LETTERS) > 1.2 * before
    page.goto(bare.root + "rules.html")
    assert page.evaluate(LETTERS) > 1.2 * before
    page.get_by_role("button", name="长者模式", pressed=True).click()
    page.reload()
    assert page.evaluate(LETTERS) == before


def test_the_chosen_appearance_is_remembered_and_auto_follows_the_system(
    page: Any, bare: ServedSite
) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(bare.root)
    assert page.evaluate(PAPER) == DARK
    page.get_by_label("外观").select_option("light")
    assert page.evaluate(PAPER) == LIGHT
    page.goto(bare.root + "about.html")
    assert page.evaluate(PAPER) == LIGHT
    assert page.get_by_label("外观").input_value() == "light"
    page.get_by_label("外观").select_option("")
    page.reload()
    assert page.evaluate(PAPER) == DARK
    page.emulate_media(color_scheme="light")
    assert page.evaluate(PAPER) == LIGHT
    page.get_by_label("外观").select_option("dark")
    page.reload()
    assert page.evaluate(PAPER) == DARK


def test_both_modes_hold_together(page: Any, bare: ServedSite) -> None:
    page.goto(bare.root)
    page.get_by_role("button", name="长者模式").click()
    page.get_by_label("外观").select_option("dark")
    page.goto(bare.root + "en/index.html")
    assert page.evaluate(PAPER) == DARK
    assert page.evaluate(LETTERS) == 20
    assert page.get_by_role("button", name="Large type", pressed=True).is_visible()


def test_a_dark_page_is_printed_light_and_without_its_navigation(
    page: Any, bare: ServedSite
) -> None:
    page.goto(bare.root + "rules.html")
    page.get_by_label("外观").select_option("dark")
    page.emulate_media(media="print")
    ink = page.evaluate("() => getComputedStyle(document.body).color")
    assert ink == "rgb(0, 0, 0)"
    assert not page.locator(".nav").is_visible()
    assert not page.locator(".tools").is_visible()
    assert page.get_by_role("heading", level=1).is_visible()


def test_in_large_type_a_page_still_begins_on_the_upper_half_of_a_telephone(
    page: Any, bare: ServedSite
) -> None:
    page.goto(bare.root)
    page.get_by_role("button", name="长者模式").click()
    begins = page.evaluate("() => document.querySelector('.md-main').getBoundingClientRect().top")
    assert begins < 0.4 * page.viewport_size["height"]
