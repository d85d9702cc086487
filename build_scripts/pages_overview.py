"""Pages that span the months, written at every build: the index of cases; lists by category and
street and community (`write_lists`). `write_overview` calls those that write home, statistics and
honours.

In: measures, and the rows of the newest months alone. Out: one page each. They carry the build's id
and the day of the data; no page of a month does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from build_scripts import view_words as words
from build_scripts.pages_cases import newest_first
from build_scripts.pages_corrections import write_corrections
from build_scripts.pages_feeds import category_feed, street_feed, write_feeds
from build_scripts.pages_home import write_home
from build_scripts.pages_honours import write_honours
from build_scripts.pages_notice_board import recent_boards
from build_scripts.pages_statistics import write_overdue, write_statistics
from build_scripts.pages_writer import FEED, PageWriter
from build_scripts.phrase import Phrase, month_phrase
from build_scripts.rollups import reported_by_month
from build_scripts.site_data import SiteData
from build_scripts.view_case import case_card, category_name, is_listed
from build_scripts.view_schematic import schematic
from suishou.domain.measures import Dimension, Measures, Tally
from suishou.domain.programme import street_of
from suishou.domain.public_row import PublicRow

RECENT_ROWS = 300  # shown rows held in memory for «latest» lists
INDEX_CASES = 30
LIST_CASES = 20
COMMUNITY_MONTHS = 12  # of its street; the street's own page has them all
# Of a case's page, told in English beside the list of cases.
GLOSSARY = (
    *("上报", "立案", "派单", "领单", "接单办理", "办结反馈", "核查通过", "结案"),
    *("退回", "暂缓办理", "延期", "提级办理", "不予受理", "首次响应", "办理时限"),
)


@dataclass(frozen=True)
class ListLink:
    """A list by month, category or street, with how many cases were reported in all; `path` is from
    the site's root."""

    name: str
    path: str
    reported: int
    scope: str  # of the mark by which verify finds the count


def write_overview(pages: PageWriter, data: SiteData) -> None:
    """All but the lists."""
    recent = recent_rows(data)
    write_home(pages, data)
    write_honours(pages, data)
    write_index(pages, data, recent)
    write_statistics(pages, data)
    write_overdue(pages, data)
    write_corrections(pages, data)
    write_feeds(pages, data, recent)


def recent_rows(data: SiteData) -> list[PublicRow]:
    """Shown rows of the newest months that have any, newest first, up to RECENT_ROWS."""
    found: list[PublicRow] = []
    for month in data.months:
        if len(found) >= RECENT_ROWS:
            break
        if data.shown_counts.get(month, 0):
            found += newest_first(row for row in data.rows(month) if row.shown)
    return found[:RECENT_ROWS]


def write_index(pages: PageWriter, data: SiteData, recent: Sequence[PublicRow]) -> None:
    """`cases/index.html`."""
    by_month = data.measures.by("month")
    pages.both(
        "cases/index.html",
        "cases.html",
        "事项公示",
        Phrase("{}逐件公示的事项，可按类别、乡镇（街道）和月份查看。", data.programme.title),
        cases=[case_card(row, data.programme) for row in recent[:INDEX_CASES]],
        shown=sum(data.shown_counts.values()),
        reported=data.measures.overall.reported,
        months=[_month_link(month, "index", by_month.get(month)) for month in data.months],
        categories=category_links(data),
        streets=street_links(data),
        schematic=schematic(data.programme, links=street_counts(data))
        if street_links(data)
        else None,
        glossary=GLOSSARY,
        build_id=data.build_id,
        data_day=data.data_day,
    )


def write_lists(pages: PageWriter, data: SiteData) -> None:
    """`cases/category/<code>.html`, `cases/street/<code>.html`, `cases/community/<code>.html`: the
    latest, then by month; a community leads to the newest months of its street."""
    recent = recent_rows(data)
    by_category = counts_by_month(data.measures, "category")
    for code in sorted({*data.programme.categories, *by_category} - {""}):
        _write_list(
            pages,
            f"cases/category/{code}.html",
            category_name(data.programme, code),
            (row for row in recent if row.category == code),
            [_list_month("category", code, entry) for entry in by_category.get(code, ())],
            category_feed(code) if is_listed(data.programme, code) else FEED,
            category=code,
        )
    by_street = counts_by_month(data.measures, "street")
    streets = {street.code for street in data.programme.streets}
    communities = data.programme.communities
    for code in sorted({*streets, *by_street} - {""}):
        _write_list(
            pages,
            f"cases/street/{code}.html",
            data.programme.area_name(code),
            (row for row in recent if row.street == code),
            [_list_month("street", code, entry) for entry in by_street.get(code, ())],
            street_feed(code) if code in streets else FEED,
            [(c.name, community_path(c.code)) for c in communities if street_of(c.code) == code],
        )
    boards = recent_boards(recent, data.months)
    for community in communities:
        street = street_of(community.code)
        months = by_street.get(street, [])
        _write_list(
            pages,
            community_path(community.code),
            community.name,
            (row for row in recent if row.community == community.code),
            [_list_month("street", street, one) for one in months[:COMMUNITY_MONTHS]],
            street_feed(street),
            earlier=len(months) > COMMUNITY_MONTHS,
            within=(data.programme.area_name(street), f"cases/street/{street}.html"),
            boards=boards.get(community.code, ()),
        )


def category_links(data: SiteData) -> list[ListLink]:
    """Categories that have cases, in the programme's order."""
    counted = data.measures.by("category")
    known = [code for code in data.programme.categories if code in counted]
    order = known + sorted(set(counted) - set(known) - {""})
    return [
        ListLink(
            category_name(data.programme, code),
            f"cases/category/{code}.html",
            counted[code].reported,
            f"category={code}",
        )
        for code in order
    ]


def street_links(data: SiteData) -> list[ListLink]:
    """Streets that have cases, by code."""
    return [
        ListLink(
            data.programme.area_name(code),
            f"cases/street/{code}.html",
            tally.reported,
            f"street={code}",
        )
        for code, tally in data.measures.by("street").items()
        if code
    ]


def street_counts(data: SiteData) -> dict[str, tuple[str, int]]:
    """Path and cases reported of every street, by code."""
    counted = data.measures.by("street")
    return {
        street.code: (
            f"cases/street/{street.code}.html",
            counted[street.code].reported if street.code in counted else 0,
        )
        for street in data.programme.streets
    }


def counts_by_month(
    measures: Measures, dimension: Dimension
) -> Mapping[str, list[tuple[str, int]]]:
    """Code → (month, cases reported), newest month first."""
    counts = reported_by_month(measures, dimension)
    return {code: sorted(months.items(), reverse=True) for code, months in counts.items()}


def _write_list(
    pages: PageWriter,
    path: str,
    name: str,
    rows: Iterable[PublicRow],
    months: Sequence[ListLink],
    feed: str,
    communities: Sequence[tuple[str, str]] = (),
    earlier: bool = False,
    within: tuple[str, str] | None = None,
    boards: Sequence[tuple[str, str]] = (),
    category: str = "",
) -> None:
    pages.page(
        path,
        "list.html",
        f"{name} · 事项公示",
        f"{name}的公示事项。",
        name=name,
        cases=[case_card(row, pages.programme) for row in islice(rows, LIST_CASES)],
        months=months,
        communities=communities,
        earlier=earlier,
        within=within,
        boards=boards,
        feed=feed,
        picture=pages.card(category, name),
    )


def community_path(code: str) -> str:
    """A community's list, from the site's root."""
    return f"cases/community/{code}.html"


def _month_link(month: str, stem: str, tally: Tally | None) -> ListLink:
    path = f"cases/{month.replace('-', '/')}/{stem}.html"
    return ListLink(month_phrase(month), path, tally.reported if tally else 0, f"month={month}")


def _list_month(kind: str, code: str, entry: tuple[str, int]) -> ListLink:
    month, reported = entry
    path = f"cases/{month.replace('-', '/')}/{kind}-{code}.html"
    scope = f"month={month};{kind}={code}"
    return ListLink(words.month_words(month), path, reported, scope)
