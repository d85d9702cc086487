"""Nightly build, fourth step: every page of the site from the snapshot's data.

In: `SiteData` and `Shells`. Out: calls of `write(path, bytes)`, paths from the site's root. Months
that did not change are passed over; what spans the months is written anew. Never looks at a clock,
and the same data give the same bytes.

A new product with a file (or files) a month goes into `render_month`: it may run in a process of
its own, and follows from that month's rows, programme and shells alone. What spans months goes into
one of the pieces below it, which may run in processes too; from `data.measures` it takes `overall`,
`by`, `reported_by_month` and, for the newest months, `month_measures`, and it loads the rows of the
newest months alone.
"""

from __future__ import annotations

from build_scripts.pages_calendar import write_calendar
from build_scripts.pages_cases import write_month
from build_scripts.pages_fixed import write_fixed
from build_scripts.pages_labels import write_labels
from build_scripts.pages_notice_board import board_index, write_month_boards
from build_scripts.pages_open_data import write_month_data, write_open_data
from build_scripts.pages_overview import write_lists, write_overview
from build_scripts.pages_search import write_month_search, write_search
from build_scripts.pages_sitemap import write_month_sitemap, write_sitemap
from build_scripts.pages_stations import write_stations
from build_scripts.pages_statistics import month_figures
from build_scripts.pages_writer import PageWriter
from build_scripts.site_data import InPieces, SiteData
from build_scripts.site_paths import Write
from build_scripts.site_shell import Shells


def render_month(data: SiteData, shells: Shells, month: str, write: Write) -> None:
    """Everything that belongs to one month."""
    pages = PageWriter(data.programme, shells, write, data.standing)
    rows = data.rows(month)
    closed = data.closed_rows(month)
    figures = month_figures(data, month)
    write_month(pages, month, rows, board_index(month, closed), data.lines(month), figures)
    write_month_boards(pages, month, closed, figures[1])
    write_month_data(pages, data, month, rows)
    write_month_sitemap(pages, month, rows)
    write_month_search(pages, data, month, rows)


def render_overview(data: SiteData, shells: Shells, write: Write) -> None:
    """Home, statistics, honours, the index of cases, feeds."""
    write_overview(PageWriter(data.programme, shells, write), data)


def render_lists(data: SiteData, shells: Shells, write: Write) -> None:
    """Lists by category, street and community."""
    write_lists(PageWriter(data.programme, shells, write), data)


def render_rest(data: SiteData, shells: Shells, write: Write) -> None:
    """Everything else that spans the months, but search."""
    pages = PageWriter(data.programme, shells, write)
    write_stations(pages, data)
    write_calendar(pages, data)
    write_fixed(pages, data.rules_history)
    write_labels(pages)
    write_open_data(pages, data)
    write_sitemap(pages, data)


def render_search(data: SiteData, shells: Shells, write: Write) -> None:
    """Search over all months, from what each month noted."""
    write_search(PageWriter(data.programme, shells, write), data)


render_pages = InPieces(render_month, (render_rest, render_lists, render_overview), render_search)
