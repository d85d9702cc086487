"""Every template in every mode at both widths: axe, HTML, policy, hosts, no sideways scroll."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.browser.page_kinds import one_of_each_kind
from tests.browser.served_sites import ServedSite

WIDTHS = (360, 1280)
MODES = (("light", False), ("dark", False), ("light", True), ("dark", True))
SET_MODE = """([theme, elder]) => {
  const chosen = document.documentElement.dataset;
  chosen.theme = theme;
  if (elder) chosen.elder = ""; else delete chosen.elder;
}"""
EVERY_RULE = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
RULES_OF_LOOKS = ("color-contrast", "target-size", "link-in-text-block")  # all that a mode changes
RUN_AXE = """async (runOnly) => {
  const found = await axe.run(document, { resultTypes: ["violations"], runOnly });
  return found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).slice(0, 3)}`
    + ` ${v.nodes[0].any.map((a) => a.message).slice(0, 1)}`);
}"""
WATCH_POLICY = """addEventListener("securitypolicyviolation", (event) => {
  (window.policyViolations ??= []).push(`${event.violatedDirective} ${event.blockedURI}`);
});"""
TOO_WIDE = """() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return [];
  return Array.from(document.querySelectorAll("body *"))
    .filter((e) => e.getBoundingClientRect().right > room + 1)
    .slice(0, 4).map((e) => `${e.tagName}.${e.className}`);
}"""


def wake_map(page: Any) -> None:
    """The map comes once somebody uses the page."""
    if page.locator("[data-map]").count():
        page.mouse.move(9, 9)
        page.locator("[data-map]").scroll_into_view_if_needed()
        page.locator(".leaflet-container").wait_for()


@pytest.fixture(params=["demo", "odd", "bare"])
def site(request: pytest.FixtureRequest) -> ServedSite:
    served: ServedSite = request.getfixturevalue(request.param)
    return served


@pytest.mark.parametrize("width", WIDTHS)
def test_no_template_has_a_barrier_or_scrolls_sideways_in_any_mode(
    browser: Any, axe: str, site: ServedSite, width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, locale="zh-CN")
    page = context.new_page()
    problems = []
    for path in one_of_each_kind(site.folder):
        page.goto(site.root + path)
        wake_map(page)
        page.evaluate(axe)
        for theme, elder in MODES:
            page.evaluate(SET_MODE, [theme, elder])
            where = f"{path} {theme}{' elder' if elder else ''} {width}"
            rules = EVERY_RULE if (theme, elder) == MODES[0] else RULES_OF_LOOKS
            problems += [f"{where}: {found}" for found in page.evaluate(RUN_AXE, rules)]
            problems += [f"{where}: too wide: {found}" for found in page.evaluate(TOO_WIDE)]
    context.close()
    assert not problems, "\n".join(problems)


def test_no_page_breaks_its_policy_asks_another_host_or_misses_a_file(
    browser: Any, site: ServedSite
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.add_init_script(WATCH_POLICY)
    page = context.new_page()
    problems: list[str] = []
    host = urlsplit(site.root).netloc
    page.on("pageerror", lambda error: problems.append(f"{page.url}: {error}"))
    page.on(
        "console",
        lambda said: problems.append(f"{page.url}: {said.text}") if said.type == "error" else None,
    )
    page.on(
        "request",
        lambda asked: (
            problems.append(f"{page.url}: asks {asked.url}")
            if urlsplit(asked.url).netloc not in (host, "")
            else None
        ),
    )
    page.on(
        "response",
        lambda answer: (
            problems.append(f"{answer.url}: {answer.status}") if answer.status >= 400 else None
        ),
    )
    for path in one_of_each_kind(site.folder):
        page.goto(site.root + path)
        wake_map(page)
        page.wait_for_load_state("networkidle")
        page.evaluate("() => scrollTo(0, document.body.scrollHeight)")
        problems += page.evaluate("() => window.policyViolations ?? []")
    context.close()
    assert not problems, "\n".join(problems)


def test_the_nu_html_checker_finds_no_error(site: ServedSite) -> None:
    checker = Path(__file__).parent / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
    if not checker.is_file():
        pytest.skip("vnu-jar is not installed: make browser installs it")
    if shutil.which("java") is None:
        pytest.skip("no Java here: the Nu HTML checker did not run")
    pages = [str(site.folder / path) for path in one_of_each_kind(site.folder)]
    command = ["java", "-Xss4m", "-jar", str(checker), "--errors-only", "--format", "json"]
    run = subprocess.run([*command, *pages], capture_output=True, text=True, check=False)
    found = json.loads(run.stderr or "{}").get("messages", [])
    errors = [f"{said['url']}:{said.get('lastLine')}: {said['message']}" for said in found]
    assert not errors, "\n".join(errors)


def test_the_checks_would_find_what_they_look_for(page: Any, axe: str) -> None:
    page.set_content(
        '<html lang="zh"><title>x</title><main><h1>x</h1><img src="data:,"><p style="color:#aaa">'
        'grey on white</p><div style="width:2000px">wide</div></main></html>'
    )
    page.evaluate(axe)
    found = "\n".join(page.evaluate(RUN_AXE, EVERY_RULE))
    assert "image-alt" in found
    assert "color-contrast" in found
    assert "color-contrast" in "\n".join(page.evaluate(RUN_AXE, RULES_OF_LOOKS))
    assert page.evaluate(TOO_WIDE)
