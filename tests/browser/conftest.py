"""A headless Chromium and the sites it looks at, each made once for all tests."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.served_sites import (
    ServedSite,
    demonstration,
    empty_site,
    fabricated_site,
)

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")


def chromium_path() -> str | None:
    """The system's own browser; none is downloaded. CHROME_PATH names another."""
    named = os.environ.get("CHROME_PATH")
    return named or next((found for name in CHROMIUMS if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed: make browser installs it"
    )
    path = chromium_path()
    if path is None:
        pytest.skip("no Chromium here (apt-get install chromium, or set CHROME_PATH)")
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=path)
        yield started
        started.close()


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedSite]:
    with demonstration(tmp_path_factory.mktemp("demonstration")) as site:
        yield site


@pytest.fixture(scope="session")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedSite]:
    with fabricated_site(tmp_path_factory.mktemp("fabricated")) as site:
        yield site


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedSite]:
    with empty_site(tmp_path_factory.mktemp("empty")) as site:
        yield site


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A fresh visitor with a telephone."""
    context = browser.new_context(viewport={"width": 360, "height": 800}, locale="zh-CN")
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def axe() -> str:
    source = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
    if not source.is_file():
        pytest.skip("axe-core is not installed: make browser installs it")
    return source.read_text(encoding="utf-8")
