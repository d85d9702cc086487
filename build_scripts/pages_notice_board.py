"""The monthly 办结公示 of every community, for the notice board: A3, in large type.

In: the rows closed in a month, the programme. Out: `notice-board/<YYYY-MM>/<community>.html` for
each community with cases to name, and the list of them: what was closed in the month, whenever it
was reported. Cases that are only counted are told county-wide alone, and only in numbers that point
at nobody.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from build_scripts import view_words as words
from build_scripts.pages_writer import PageWriter
from build_scripts.qr_code import qr_code
from build_scripts.site_paths import BOARDS
from build_scripts.view_case import case_card, clean, is_listed
from suishou.domain.programme import Programme, community_of
from suishou.domain.public_row import PublicRow

if TYPE_CHECKING:
    from build_scripts.view_measures import FigureRow

FOLDER = BOARDS
RESULT_CHARACTERS_MAX = 80  # a poster is read from a metre away; the case's page has it all


@dataclass(frozen=True)
class BoardLine:
    """A closed case on the board; `path` is from the site's root, days are YYYY-MM-DD and, in
    `reported` and `closed`, in words."""

    id: str
    path: str
    title: str
    category: str
    place: str
    unit: str
    reported_on: str
    closed_on: str
    reported: str
    closed: str
    result: str


@dataclass(frozen=True)
class CountyCount:
    """Cases closed in the month, in the whole county: all, named one by one (`agrees` unless some
    are named whose category is only counted by now), and only counted (None where so few that they
    might point at somebody)."""

    closed: int
    named: int
    counted: int | None
    agrees: bool = True


def write_month_boards(
    pages: PageWriter,
    month: str,
    rows: Sequence[PublicRow],
    closings: Sequence[FigureRow] = (),
) -> None:
    """The month's boards and their list; nothing for a month in which none is named. `closings` is
    what statistics say of the month: of a finished one, what was frozen."""
    by_community = closed_by_community(rows)
    if not by_community:
        return
    county = county_count(rows, pages.programme)
    heading, ended = words.month_words(month), closings[0].ended if closings else None
    for code, chosen in by_community.items():
        name = pages.programme.area_name(code)
        path = board_path(month, code)
        pages.page(
            path,
            "notice_board.html",
            f"{name}{heading}办结公示",
            f"{name}{heading}结案的事项，供公告栏张贴。",
            name=name,
            street=pages.programme.area_name(code[:9]),
            month=month,
            lines=[board_line(row, pages.programme, month) for row in chosen],
            county=county,
            ended=ended,
            address=pages.shells.address,
            qr=qr_code(pages.shells.address + path) if pages.shells.address else None,
        )
    pages.page(
        f"{FOLDER}/{month}/index.html",
        "notice_boards.html",
        f"{heading}办结公示（公告栏）",
        f"{heading}结案的事项，按社区（村）列出，可打印张贴。",
        month=month,
        boards=[
            (pages.programme.area_name(code), f"{code}.html", len(chosen), code)
            for code, chosen in by_community.items()
        ],
        county=county,
        ended=ended,
    )


def closed_by_community(rows: Sequence[PublicRow]) -> dict[str, list[PublicRow]]:
    """Closed cases that are named one by one, under their community's code, by the day they were
    closed and their id."""
    found: dict[str, list[PublicRow]] = {}
    for row in sorted(rows, key=lambda row: (row.closed_on, row.id)):
        if row.shown and row.stage == "closed" and community_of(row.community):
            found.setdefault(row.community, []).append(row)
    return dict(sorted(found.items()))


def board_index(month: str, rows: Sequence[PublicRow]) -> str:
    """Where the list of a month's boards stands, "" where there is none."""
    return f"{FOLDER}/{month}/index.html" if closed_by_community(rows) else ""


def recent_boards(
    recent: Iterable[PublicRow], months: Collection[str]
) -> dict[str, list[tuple[str, str]]]:
    """(month, path) of the boards that these rows alone tell of, newest first, by community; only
    `months` have files."""
    found: dict[str, list[tuple[str, str]]] = {}
    by_month: dict[str, list[PublicRow]] = {}
    for row in recent:
        by_month.setdefault(row.closed_on[:7], []).append(row)
    for month in sorted(by_month.keys() & set(months), reverse=True):
        for code in closed_by_community(by_month[month]):
            found.setdefault(code, []).append((month, board_path(month, code)))
    return found


def board_path(month: str, community: str) -> str:
    """A board's address, from the site's root."""
    return f"{FOLDER}/{month}/{community}.html"


def county_count(rows: Sequence[PublicRow], programme: Programme) -> CountyCount:
    """The whole county's count of the month."""
    closed = [row for row in rows if row.stage == "closed"]
    named = sum(row.shown for row in closed)
    counted = len(closed) - named
    told = counted if counted >= programme.loop.sample_min else None
    agrees = all(is_listed(programme, row.category) for row in closed if row.shown)
    return CountyCount(len(closed), named, told, agrees)


def board_line(row: PublicRow, programme: Programme, month: str) -> BoardLine:
    """A case in the words of the month's board."""
    card = case_card(row, programme)
    result = " ".join(clean(row.result).split())
    if len(result) > RESULT_CHARACTERS_MAX:
        result = result[: RESULT_CHARACTERS_MAX - 1] + "…"
    return BoardLine(
        id=row.id,
        path=card.path,
        title=card.title,
        category=card.category,
        place=card.place,
        unit=programme.unit_name(row.lead_unit),
        reported_on=row.reported_on,
        closed_on=row.closed_on,
        reported=_day_words(row.reported_on, month),
        closed=_day_words(row.closed_on, month),
        result=result,
    )


def _day_words(day: str, month: str) -> str:
    """5月3日; with its year where that is not the board's own."""
    written = words.day_words(day)
    return written.partition("年")[2] if day[:4] == month[:4] else written
