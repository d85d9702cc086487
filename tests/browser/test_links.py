"""Every address that a page of the site names answers, over HTTP, fragments included."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag, urljoin

import httpx
import pytest

from tests.browser.page_kinds import pages_of
from tests.browser.served_sites import ServedSite


class Addresses(HTMLParser):
    """Links and ids of a page. Forms are posted elsewhere, and told by their own tests."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.ids.add(given.get("id") or "")
        for name in ("href", "src"):
            if link := given.get(name):
                self.links.append(link)
        for entry in (given.get("srcset") or "").split(","):
            self.links += entry.split()[:1]


@pytest.mark.parametrize("name", ["demo", "odd", "bare"])
def test_every_internal_link_resolves(name: str, request: pytest.FixtureRequest) -> None:
    site: ServedSite = request.getfixturevalue(name)
    pages = {
        site.root + path: Addresses((site.folder / path).read_text(encoding="utf-8"))
        for path in pages_of(site.folder)
    }
    pages[site.root] = pages[site.root + "index.html"]
    statuses: dict[str, int] = {}
    broken: set[str] = set()
    with httpx.Client() as client:
        for address, page in pages.items():
            for link in page.links:
                target, fragment = urldefrag(urljoin(address, link))
                if not target.startswith(site.root):
                    continue
                if target not in statuses:
                    statuses[target] = client.get(target, follow_redirects=True).status_code
                if statuses[target] != 200:
                    broken.add(f"{address}: {link}: {statuses[target]}")
                elif fragment and target in pages and unquote(fragment) not in pages[target].ids:
                    broken.add(f"{address}: {link}: no such id")
    assert not broken, "\n".join(sorted(broken)[:20])
