"""robots.txt and sitemap.xml: what search engines may read.

In: the site's own address (mkdocs.yml `site_url`), the months. Out: robots.txt always; the sitemap
only where the address is known, since its entries must be whole addresses. Demonstration data is
not listed at all.
"""

from __future__ import annotations

from xml.sax.saxutils import escape

from build_scripts.pages_writer import PageWriter
from build_scripts.site_data import SiteData

_SECTIONS = (
    "index.html",
    "cases/index.html",
    "stations/index.html",
    "calendar.html",
    "honours.html",
    "statistics.html",
    "rules.html",
    "report.html",
    "track.html",
    "about.html",
    "accessibility.html",
)


def write_sitemap(pages: PageWriter, data: SiteData) -> None:
    """Case pages are reached through the months' lists, which name every one of them."""
    address = pages.shells.address
    if data.programme.demonstration or not address:
        rule = "Disallow: /" if data.programme.demonstration else "Allow: /"
        pages.write("robots.txt", f"User-agent: *\n{rule}\n".encode())
        return
    pages.write("robots.txt", f"User-agent: *\nAllow: /\nSitemap: {address}sitemap.xml\n".encode())
    paths = [*_SECTIONS]
    paths += [f"stations/{station.code}.html" for station in data.stations]
    paths += [f"cases/{month.replace('-', '/')}/index.html" for month in data.months]
    entries = "".join(f"<url><loc>{escape(address + path)}</loc></url>\n" for path in paths)
    pages.write(
        "sitemap.xml",
        (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
            f"{entries}</urlset>\n"
        ).encode(),
    )
