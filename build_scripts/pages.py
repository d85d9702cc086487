"""Nightly build, third step: every page of the site from the snapshot's data.

In: `SiteData` and `Shells`. Out: calls of `write(path, bytes)`, paths from the site's root. Months
that did not change are passed over; what spans the months is written anew. Never looks at a clock,
and the same data give the same bytes.
"""

from __future__ import annotations

from build_scripts.pages_calendar import write_calendar
from build_scripts.pages_cases import write_month
from build_scripts.pages_english import write_english
from build_scripts.pages_fixed import write_fixed
from build_scripts.pages_overview import write_overview
from build_scripts.pages_sitemap import write_sitemap
from build_scripts.pages_stations import write_stations
from build_scripts.pages_writer import PageWriter
from build_scripts.site import Shells
from build_scripts.site_data import SiteData, Write


def render_pages(data: SiteData, shells: Shells, write: Write) -> None:
    """Writes the changed months, then everything that spans them."""
    pages = PageWriter(data.programme, shells, write)
    for month in sorted(data.changed_months):
        write_month(pages, month, data.rows(month))
    write_overview(pages, data)
    write_stations(pages, data)
    write_calendar(pages, data)
    write_fixed(pages)
    write_english(pages, data)
    write_sitemap(pages, data)
