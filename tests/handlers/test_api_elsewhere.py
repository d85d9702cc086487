"""An API that has a host of its own: what it answers leads back to the site, not to itself."""

from __future__ import annotations

from dataclasses import replace

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
