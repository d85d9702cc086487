"""What a visitor on a slow line pays for."""

from __future__ import annotations

import gzip
import re
from statistics import median
from typing import Any

from tests.browser.page_kinds import pages_of
from tests.browser.served_sites import ServedSite

KILOBYTE = 1000
HOME_BYTES_MAX = 60 * KILOBYTE  # compressed, before lazy pictures
CASE_BYTES_MAX = 5 * KILOBYTE  # compressed, a typical page
_CASE = re.compile(r"cases/\d{4}/\d{2}/(?!index|category|street)[^/]+\.html")
LAZY = "() => Array.from(document.querySelectorAll('img[loading=lazy]'), (i) => i.src)"


def test_a_first_visit_to_home_is_small(browser: Any, demo: ServedSite) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 800})
    page = context.new_page()
    bodies: dict[str, bytes] = {}
    page.on("response", lambda answer: bodies.update({answer.url: answer.body()}))
    page.goto(demo.root, wait_until="networkidle")
    lazy = set(page.evaluate(LAZY))
    context.close()
    sizes = {url: len(gzip.compress(body)) for url, body in bodies.items() if url not in lazy}
    assert sum(sizes.values()) < HOME_BYTES_MAX, sizes


def test_a_typical_case_page_is_small(demo: ServedSite) -> None:
    pages = [path for path in pages_of(demo.folder) if _CASE.fullmatch(path)]
    sizes = [len(gzip.compress((demo.folder / path).read_bytes())) for path in pages]
    assert median(sizes) < CASE_BYTES_MAX
