"""An API that has a host of its own: what it answers leads back to the site, not to itself."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from http_client import PAGE, get

from suishou.handlers import context
from suishou.services.system import System


@pytest.mark.parametrize(
    ("address", "api_root", "home"),
    [
        (
            "https://www.example.org/sub/",
            "https://api.example.org/api/v1",
            "https://www.example.org/sub/",
        ),
        ("https://www.example.org/sub/", "/api/v1", "../../"),
        ("", "", "../../"),
    ],
)
def test_a_page_of_the_api_links_home(
    system: System, address: str, api_root: str, home: str
) -> None:
    site = replace(system.programme.site, address=address, api_root=api_root)
    context.use(replace(system, programme=replace(system.programme, site=site)))
    page = get("/track", query={"id": "x", "token": "x"}, headers=PAGE)
    assert f'href="{home}index.html"' in page.text


def test_a_page_in_the_frame_of_the_site_takes_style_and_scripts_from_beside_it(
    system: System, tmp_path: Path
) -> None:
    """The policy of the frame allows no other host, the site's own address elsewhere included."""
    site = replace(system.programme.site, address="https://a/", api_root="https://b/api/v1")
    frame = '<link href="<!--root-->a.css"><!--slot:head--><!--slot:main-->'
    (tmp_path / context.FRAME).write_text(frame, encoding="utf-8")
    context.use(replace(system, programme=replace(system.programme, site=site)), tmp_path)
    page = get("/track", query={"id": "x", "token": "x"}, headers=PAGE)
    assert '<link href="../../a.css">' in page.text and "https://a/" not in page.text
