"""Atom feeds (订阅): the newest shown cases of all, of each street, of each category.

In: the latest shown rows. Out: `feeds/all.xml`, `feeds/street-<code>.xml`,
`feeds/category-<code>.xml`, written at every build. Times are the days of the data; ids follow
from the county, the programme and the case, and stay when the site moves. Links are whole addresses
only where the site's own is configured.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from xml.sax.saxutils import escape, quoteattr

from build_scripts import view_words as words
from build_scripts.pages_writer import FEED, PageWriter
from build_scripts.site_data import SiteData
from build_scripts.site_paths import case_path
from build_scripts.view_case import category_name, clean, is_listed, place_of, title_of
from suishou.domain.public_row import PublicRow

ENTRIES_MAX = 50
SUMMARY_CHARACTERS = 200
EPOCH = "2026-01-01"  # of the ids, which never change; and when an empty feed was updated
ALL = FEED


def street_feed(code: str) -> str:
    """The address of a street's feed from the site's root."""
    return f"feeds/street-{code}.xml"


def category_feed(code: str) -> str:
    """The address of a category's feed from the site's root."""
    return f"feeds/category-{code}.xml"


def write_feeds(pages: PageWriter, data: SiteData, recent: Sequence[PublicRow]) -> None:
    """All feeds; a street or category without a case has an empty one, so that nobody who
    subscribed is told it is gone."""
    programme = data.programme
    newest = sorted(recent, key=lambda row: row.id)
    newest.sort(key=lambda row: (row.changed_on, row.reported_on), reverse=True)
    _write(pages, ALL, programme.title, "cases/index.html", newest, data)
    for street in programme.streets:
        rows = (row for row in newest if row.street == street.code)
        title = f"{street.name} · {programme.title}"
        _write(
            pages,
            street_feed(street.code),
            title,
            f"cases/street/{street.code}.html",
            rows,
            data,
        )
    for code in sorted(filter(lambda code: is_listed(programme, code), programme.categories)):
        rows = (row for row in newest if row.category == code)
        title = f"{category_name(programme, code)} · {programme.title}"
        _write(pages, category_feed(code), title, f"cases/category/{code}.html", rows, data)


def _write(
    pages: PageWriter,
    path: str,
    title: str,
    page: str,
    rows: Iterable[PublicRow],
    data: SiteData,
) -> None:
    chosen = list(islice(rows, ENTRIES_MAX))
    root = pages.shells.address or "../"
    newest = max((row.changed_on for row in chosen), default=data.data_day) or EPOCH
    author = data.programme.site.organiser or data.programme.title
    title += "（演示数据）" if data.programme.demonstration else ""
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh-CN">\n'
        f"<id>{_id(pages, path)}</id>\n<title>{escape(title)}</title>\n"
        f"<updated>{_time(newest)}</updated>\n"
        f"<author><name>{escape(author)}</name></author>\n"
        f'<link rel="self" type="application/atom+xml" href={quoteattr(root + path)}/>\n'
        f'<link rel="alternate" type="text/html" href={quoteattr(root + page)}/>\n'
    )
    entries = "".join(_entry(pages, row, root) for row in chosen)
    pages.write(path, f"{head}{entries}</feed>\n".encode())


def _entry(pages: PageWriter, row: PublicRow, root: str) -> str:
    programme = pages.programme
    stage = words.STAGES.get(row.stage, row.stage)
    category = category_name(programme, row.category)
    said = " ".join(clean(row.result or row.text).split())[:SUMMARY_CHARACTERS]
    summary = f"{stage} · {category} · {place_of(row, programme)}" + (f"。{said}" if said else "")
    return (
        f"<entry><id>{_id(pages, f'case/{row.id}')}</id>"
        f"<title>{escape(title_of(row, programme))}</title>"
        f"<updated>{_time(row.changed_on)}</updated>"
        f"<published>{_time(row.reported_on)}</published>"
        f"<category term={quoteattr(row.category)} label={quoteattr(category)}/>"
        f'<link rel="alternate" type="text/html" href={quoteattr(root + case_path(row))}/>'
        f'<summary type="text">{escape(summary)}</summary></entry>\n'
    )


def _id(pages: PageWriter, name: str) -> str:
    """A tag URI (RFC 4151) that is the same wherever the site is reached, so that a move makes
    nothing new to a reader. No UUID: its digits may look like a telephone number."""
    place = f"county-{pages.programme.county.code}/{pages.programme.name}"
    return escape(f"tag:suishou.invalid,{EPOCH}:{place}/{name}")


def _time(day: str) -> str:
    """The day's beginning in China, as Atom wants it."""
    return f"{day}T00:00:00+08:00"
