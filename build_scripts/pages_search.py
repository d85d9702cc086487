"""Search: the files of each month, and the page with what spans the months.

In: a month's rows; for the page, how many cases each month shows and the signatures. Out: below
`cases/YYYY/MM/` the shards `search-00a.bin` and the lists `search-list-000.json` (which name the
cases, each in an object with its `id`, so that a take-down cuts them out); `search.html`,
`search/index.json` and `search/bits-00a.bin`. The text of a case is read from its own `.json` twin:
no copy of it is made here.
"""

from __future__ import annotations

from collections.abc import Sequence

from build_scripts import view_words as words
from build_scripts.content_store import canonical_json
from build_scripts.pages_cases import newest_first
from build_scripts.pages_writer import PageWriter
from build_scripts.phrase import Phrase
from build_scripts.search_index import (
    Document,
    MonthIndex,
    filter_term,
    index_month,
    signature_files,
)
from build_scripts.site_data import SiteData
from build_scripts.view_case import CaseCard, case_card, category_name
from suishou.domain.programme import Programme
from suishou.domain.public_row import PublicRow

CASES_A_LIST = 16  # about 1 KB compressed: a result costs one of them, or shares it


def write_month_search(
    pages: PageWriter, data: SiteData, month: str, rows: Sequence[PublicRow]
) -> None:
    """Every search file of a month, and a note of its signature."""
    shown = documents_in_order(rows)
    index = month_index(pages.programme, month, shown)
    folder = f"cases/{month.replace('-', '/')}"
    for number, shard in enumerate(index.shards):
        pages.write(f"{folder}/search-{number:03x}.bin", shard)
    for start in range(0, len(shown), CASES_A_LIST):
        listed = [
            _listed(number, row, case_card(row, pages.programme))
            for number, row in enumerate(shown[start : start + CASES_A_LIST], start)
        ]
        name = f"search-list-{start // CASES_A_LIST:03}.json"
        pages.write(f"{folder}/{name}", canonical_json(listed))
    if data.search_notes is not None:
        data.search_notes.put(month, _note(index))


def write_search(pages: PageWriter, data: SiteData) -> None:
    """The page, the list of months, and the signatures of all of them."""
    months = [month for month in data.months if data.shown_counts.get(month, 0)]
    noted = [_noted(data, month) for month in months]
    programme = data.programme
    categories = {code: category_name(programme, code) for code in programme.categories}
    contents = {
        "list": CASES_A_LIST,
        "months": [
            [month, shards, len(signature), data.shown_counts[month]]
            for month, (shards, signature) in zip(months, noted, strict=True)
        ],
        "categories": categories,
        "stages": {
            code: [name, words.STAGE_TONES.get(code, "doing")]
            for code, name in words.STAGES.items()
        },
    }
    pages.write("search/index.json", canonical_json(contents))
    for number, content in enumerate(signature_files(signature for _, signature in noted)):
        pages.write(f"search/bits-{number:03x}.bin", content)
    pages.both(
        "search.html",
        "search.html",
        "搜索事项",
        Phrase("在{}逐件公示的事项里查找文字，可按乡镇（街道）、类别和环节筛选。", programme.title),
        streets=[(street.code, street.name) for street in programme.streets],
        categories=list(categories.items()),
        stages=list(words.STAGES.items()),
        months=[(f"cases/{month.replace('-', '/')}/index.html", month) for month in months],
        shown=sum(data.shown_counts.values()),
    )


def documents_in_order(rows: Sequence[PublicRow]) -> list[PublicRow]:
    """The shown rows, oldest first: in the open month what is listed already keeps its number."""
    return newest_first(row for row in rows if row.shown)[::-1]


def month_index(programme: Programme, month: str, shown: Sequence[PublicRow]) -> MonthIndex:
    """The index of these rows of a month, numbered as they stand."""
    return index_month([_document(row, case_card(row, programme)) for row in shown], month)


def _document(row: PublicRow, card: CaseCard) -> Document:
    return Document(
        texts=(card.title, card.category, card.place, row.text, row.result),
        filters=(
            filter_term("street", row.street),
            filter_term("category", row.category),
            filter_term("stage", row.stage),
        ),
    )


def _listed(number: int, row: PublicRow, card: CaseCard) -> dict[str, str | int]:
    """What a result says. `n` because a list that lost a case must not move the others."""
    return {
        "n": number,
        "id": card.id,
        "title": card.title,
        "place": card.place,
        "street": row.street,
        "category": row.category,
        "stage": row.stage,
        "day": row.reported_on,
    }


def _note(index: MonthIndex) -> bytes:
    """What `write_search` needs of a month: a byte, 2 to whose power is the number of shards, and
    the signature."""
    return bytes([len(index.shards).bit_length() - 1]) + index.signature


def _noted(data: SiteData, month: str) -> tuple[int, bytes]:
    """Number of shards and signature of a month, from its note or else from its rows."""
    note = data.search_notes.get(month) if data.search_notes is not None else None
    if note is None:
        note = _note(month_index(data.programme, month, documents_in_order(data.rows(month))))
        if data.search_notes is not None:
            data.search_notes.put(month, note)
    return 1 << note[0], note[1:]
