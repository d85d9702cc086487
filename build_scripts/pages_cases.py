"""The files of one month: a page and a JSON twin per shown case, and the month's lists.

In: a month's rows and the programme. Out: files below `cases/YYYY/MM/`, which follow from these
rows alone, so that a finished month never changes. Never reads another month, nor the measures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from markupsafe import Markup

from build_scripts import view_words as words
from build_scripts.pages_writer import PageWriter
from build_scripts.partitions import line_of
from build_scripts.share_cards import Picture
from build_scripts.site_paths import case_path, case_stem
from build_scripts.view_case import (
    CaseCard,
    CaseView,
    case_card,
    case_view,
    category_name,
    is_listed,
)
from suishou.domain.public_row import PublicRow

if TYPE_CHECKING:
    from build_scripts.view_measures import FigureRow

CASES_PER_PAGE = 100  # about 6 KB gzipped: one screen's worth of patience on a slow telephone


def write_month(
    pages: PageWriter,
    month: str,
    rows: Sequence[PublicRow],
    board: str = "",
    lines: Mapping[str, bytes] = MappingProxyType({}),
    figures: Sequence[Sequence[FigureRow]] = (),
) -> None:
    """Every file of a month. `lines` are rows as canonical JSON by id, where that is at hand;
    `figures` is what is told of the month's cases, and of those closed in it."""
    shown = {row.id: row for row in rows if row.shown}
    crumbs = _crumbs(pages, month) if shown else ""
    root = "../" * case_stem(month, "").count("/")
    for row in shown.values():
        twin, said = f"{case_stem(month, row.id)}.json", case_json(row, lines.get(row.id))
        # A page follows from its row alone, unless it names others of the same matter.
        alone = not (row.duplicates or row.merged_into)
        if alone and pages.standing and pages.standing.keep(case_path(row), twin, said):
            continue
        view = case_view(row, pages.programme, shown, pages.sayings, pages.places)
        words_of = view.description or view.title
        picture = photo_of(view) or pages.card(row.category, view.category)
        pages.page(
            view.path,
            "case.html",
            view.title,
            words_of,
            picture=picture,
            case=view,
            crumbs=crumbs,
            where=pages.once("where", view.place, root),
            steps=pages.around_each("step", view.steps),
        )
        pages.write(twin, said)
    cards = {row.id: case_card(row, pages.programme) for row in shown.values()}
    write_month_list(pages, month, rows, cards, board, figures)
    for code, name, chosen in _by(rows, lambda row: row.category, pages):
        write_list(pages, month, f"category-{code}", name, chosen, cards)
    for code, name, chosen in _by(rows, lambda row: row.street, pages):
        write_list(pages, month, f"street-{code}", name, chosen, cards)
    for code, name, chosen in _unfinished(rows):
        write_list(pages, month, f"stage-{code}", name, chosen, cards)


def _crumbs(pages: PageWriter, month: str) -> Markup:
    """The way to a case of the month, the same on each of its pages."""
    folder = f"cases/{month.replace('-', '/')}"
    way = (("事项公示", "cases/index.html"), (words.month_words(month), f"{folder}/index.html"))
    return pages.macro("crumbs", "../" * (folder.count("/") + 1), way, "详情")


def write_month_list(
    pages: PageWriter,
    month: str,
    rows: Sequence[PublicRow],
    cards: Mapping[str, CaseCard],
    board: str,
    figures: Sequence[Sequence[FigureRow]],
) -> None:
    """`cases/2026/05/index.html` and its further pages: all shown cases of the month."""
    categories = [
        (f"category-{code}.html", name, len(chosen), code)
        for code, name, chosen in _by(rows, lambda row: row.category, pages)
    ]
    streets = [
        (f"street-{code}.html", name, len(chosen), code)
        for code, name, chosen in _by(rows, lambda row: row.street, pages)
    ]
    stages = [
        (f"stage-{code}.html", name, len(chosen), code) for code, name, chosen in _unfinished(rows)
    ]
    write_list(
        pages,
        month,
        "index",
        "",
        rows,
        cards,
        categories=categories,
        streets=streets,
        stages=stages,
        board=board,
        figures=figures,
    )


def write_list(
    pages: PageWriter,
    month: str,
    stem: str,
    name: str,
    rows: Sequence[PublicRow],
    cards_by_id: Mapping[str, CaseCard],
    categories: Sequence[tuple[str, str, int, str]] = (),
    streets: Sequence[tuple[str, str, int, str]] = (),
    stages: Sequence[tuple[str, str, int, str]] = (),
    board: str = "",
    figures: Sequence[Sequence[FigureRow]] = (),
) -> None:
    """A list of a month's shown cases, newest first, with how many were only counted."""
    cards = [cards_by_id[row.id] for row in newest_first(rows) if row.shown]
    folder = f"cases/{month.replace('-', '/')}"
    sheets = [cards[n : n + CASES_PER_PAGE] for n in range(0, len(cards), CASES_PER_PAGE)] or [[]]
    scope = f"month={month}" + (f";{stem.replace('-', '=', 1)}" if name else "")
    heading = f"{words.month_words(month)}{f' · {name}' if name else '事项'}"
    for number, sheet in enumerate(sheets, 1):
        path = f"{folder}/{page_name(stem, number)}"
        pages.page(
            path,
            "month.html",
            heading if number == 1 else f"{heading}（第 {number} 页）",
            f"{heading}：受理 {len(rows)} 件，逐件公示 {len(cards)} 件。",
            picture=pages.card(stem.removeprefix("category-"), heading),
            heading=heading,
            month=month,
            name=name,
            cases=pages.case_items(sheet, path),
            received=len(rows),
            shown=len(cards),
            scope=scope,
            shown_agrees=all(is_listed(pages.programme, row.category) for row in rows if row.shown),
            number=number,
            links=[page_name(stem, other) for other in range(1, len(sheets) + 1)],
            categories=categories if number == 1 else (),
            streets=streets if number == 1 else (),
            stages=stages if number == 1 else (),
            board=board if number == 1 else "",
            figures=figures if number == 1 else (),
        )


def page_name(stem: str, number: int) -> str:
    """index.html, index-2.html, …"""
    return f"{stem}.html" if number == 1 else f"{stem}-{number}.html"


def newest_first(rows: Iterable[PublicRow]) -> list[PublicRow]:
    """By the day of reporting, newest first, then by id."""
    return sorted(
        sorted(rows, key=lambda row: row.id), key=lambda row: row.reported_on, reverse=True
    )


def photo_of(view: CaseView) -> Picture | None:
    """The photo that stands for a case when it is shared: what was mended, else what was found."""
    if view.after:
        return Picture(view.after[0], f"处置后照片：{view.category}")
    return Picture(view.before[0], f"处置前照片：{view.category}") if view.before else None


def cards_of(pages: PageWriter, rows: Iterable[PublicRow]) -> list[CaseCard]:
    """Cards of the shown rows, in the order given."""
    return [case_card(row, pages.programme) for row in rows if row.shown]


def case_json(row: PublicRow, line: bytes | None = None) -> bytes:
    """The public document of a case, keys sorted: what `public_row.to_json` says, and what the
    row's line of a part file holds already."""
    return (line or line_of(row)) + b"\n"


def _unfinished(rows: Sequence[PublicRow]) -> list[tuple[str, str, list[PublicRow]]]:
    """Shown cases that are not closed, by stage: nearly all others on a month's list are closed."""
    groups: dict[str, list[PublicRow]] = {}
    for row in rows:
        if row.shown and row.stage != "closed":
            groups.setdefault(row.stage, []).append(row)
    return [(code, words.STAGES.get(code, code), groups[code]) for code in sorted(groups)]


def _by(
    rows: Sequence[PublicRow], code_of: Callable[[PublicRow], str], pages: PageWriter
) -> list[tuple[str, str, list[PublicRow]]]:
    groups: dict[str, list[PublicRow]] = {}
    for row in rows:
        if code := code_of(row):
            groups.setdefault(code, []).append(row)
    known = pages.programme
    return [
        (
            code,
            known.area_name(code) if code in known.areas else category_name(known, code),
            groups[code],
        )
        for code in sorted(groups)
    ]
