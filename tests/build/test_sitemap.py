"""The sitemap: whole addresses of pages that are there, in both languages."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from build_scripts.pages import render_pages
from build_scripts.site import build_shells
from tests.build.fabricated import PROJECT, programme, public_row, site_data
from tests.build.test_honour_pages import DECIDED

ADDRESS = "https://www.example.gov.cn/suishou/"


def test_it_lists_each_page_once_and_none_that_is_not_there(tmp_path: Path) -> None:
    within = replace(programme(), demonstration=False)
    shells = replace(build_shells(within, PROJECT / "site_src", tmp_path), address=ADDRESS)
    data = replace(site_data([public_row(0, within)], within), honours=(DECIDED,))
    site: dict[str, bytes] = {}
    render_pages(data, shells, site.__setitem__)
    found = re.findall(f"<loc>{ADDRESS}([^<]+)</loc>", site["sitemap/pages.xml"].decode())
    assert len(found) == len(set(found))
    assert not set(found) - site.keys()
    for path in (f"stations/{within.stations[0].code}.html", "honours/star-2026-05.html"):
        assert {path, f"en/{path}"} <= set(found)
    assert f"cases/community/{within.communities[0].code}.html" in found
