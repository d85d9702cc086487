"""robots.txt and sitemap.xml: what search engines may read.

In: the site's own address (mkdocs.yml `site_url`), the months. Out: robots.txt always; the sitemap
only where the address is known, since its entries must be whole addresses. Demonstration data is
not listed at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import escape

from build_scripts.pages_overview import community_path
from build_scripts.pages_stations import COVERAGE, station_path
from build_scripts.pages_writer import PageWriter
from build_scripts.site_data import SiteData
from build_scripts.site_paths import case_path
from build_scripts.translations import ENGLISH
from build_scripts.view_coverage import has_coverage
from build_scripts.view_honour import rounds
from suishou.domain.public_row import PublicRow

URLS_MAX = 40_000  # a sitemap may hold 50,000 addresses; a month has its list besides
_PAGES = "sitemap/pages.xml"
_SPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'

_SECTIONS = (
    "index.html",
    "cases/index.html",
    "search.html",
    "stations/index.html",
    "calendar.html",
    "honours.html",
    "statistics.html",
    "overdue.html",
    "corrections.html",
    "data.html",
    "rules.html",
    "report.html",
    "track.html",
    "about.html",
    "accessibility.html",
)


def write_sitemap(pages: PageWriter, data: SiteData) -> None:
    """`robots.txt`, and where the address is known the index of sitemaps with its first part."""
    if not _listed(pages):
        rule = "Disallow: /" if data.programme.demonstration else "Allow: /"
        pages.write("robots.txt", f"User-agent: *\n{rule}\n".encode())
        return
    address = pages.shells.address
    pages.write("robots.txt", f"User-agent: *\nAllow: /\nSitemap: {address}sitemap.xml\n".encode())
    paths = [*_SECTIONS]
    paths += [path for path in sorted(pages.shells.frames) if path.startswith(ENGLISH)]
    twins = [station_path(station.code) for station in data.stations]
    twins += [COVERAGE] if has_coverage(data.programme) else []
    twins += [one.path for one in rounds(data.honours)]
    paths += [*twins, *(ENGLISH + path for path in twins)]
    paths += [f"cases/category/{code}.html" for code in sorted(data.programme.categories)]
    paths += [f"cases/street/{street.code}.html" for street in data.programme.streets]
    paths += [community_path(community.code) for community in data.programme.communities]
    pages.write(_PAGES, _urls(address, [(path, "") for path in paths]))
    parts = [_PAGES]
    for month in data.months:
        parts += [_part(month, number) for number in range(_parts(data.shown_counts[month]))]
    entries = "".join(f"<sitemap><loc>{escape(address + p)}</loc></sitemap>\n" for p in parts)
    pages.write(
        "sitemap.xml",
        f'{_XML}<sitemapindex xmlns="{_SPACE}">\n{entries}</sitemapindex>\n'.encode(),
    )


def write_month_sitemap(pages: PageWriter, month: str, rows: Iterable[PublicRow]) -> None:
    """The month's list and its case pages, each with its last change."""
    if not _listed(pages):
        return
    shown = [(case_path(row), row.changed_on) for row in rows if row.shown]
    for number in range(_parts(len(shown))):
        chosen = shown[number * URLS_MAX : (number + 1) * URLS_MAX]
        first = [(f"cases/{month.replace('-', '/')}/index.html", "")] if number == 0 else []
        pages.write(_part(month, number), _urls(pages.shells.address, [*first, *chosen]))


def _listed(pages: PageWriter) -> bool:
    return bool(pages.shells.address) and not pages.programme.demonstration


def _parts(shown: int) -> int:
    return max(1, -(-shown // URLS_MAX))


def _part(month: str, number: int) -> str:
    return f"sitemap/{month}/{number + 1}.xml"


def _urls(address: str, paths: Iterable[tuple[str, str]]) -> bytes:
    entries = "".join(
        f"<url><loc>{escape(address + path)}</loc>"
        + (f"<lastmod>{day}</lastmod>" if day else "")
        + "</url>\n"
        for path, day in paths
    )
    return f'{_XML}<urlset xmlns="{_SPACE}">\n{entries}</urlset>\n'.encode()
