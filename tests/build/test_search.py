"""Search: finds whatever a plain scan finds, newest first, and forgets what was taken down."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from build_scripts.cut_out import without_cases
from build_scripts.month_notes import MonthNotes
from build_scripts.pages import render_pages
from build_scripts.pages_search import CASES_A_LIST, documents_in_order, write_search
from build_scripts.pages_writer import PageWriter
from build_scripts.search_index import Document, fold, index_month
from build_scripts.site import build_shells
from build_scripts.site_data import SiteData
from build_scripts.site_paths import month_of_path
from build_scripts.site_shell import Shells
from build_scripts.view_case import case_card
from suishou.domain.programme import Programme
from suishou.domain.public_row import PublicRow
from tests.build.fabricated import PROJECT, programme, public_row, site_data
from tests.build.search_reader import candidates, months_with

MONTHS = ("2025-11", "2025-12", "2026-01")
CLIENT = PROJECT / "bench" / "search_client.mjs"
WORDS = "人民三路|通道堵塞|井盖破损|消防|路灯不亮|Ａ区3栋|垃圾 桶|沿河\n步道|第二天".split("|")
WORDS.append("護欄鬆動")
NOWHERE = "没有这样的话"
QUERIES = (
    *("井盖", "通道堵塞", "人民三路", "三路", "民三路", "路灯不", "a区", "Ａ区3", "3栋", "垃圾桶"),
    *("河步道", "消防 井盖", "沿河 二天", NOWHERE, "复核"),
    *("護欄鬆", "护栏松动", "護栏", "井蓋破損", "路燈", "複核"),
)
LETTERS = st.sampled_from("人民三路井盖蓋東东。 \nＡa1１É\u0301ß㎡\u200b\U00020000")
TEXTS = st.text(LETTERS, max_size=12)


@pytest.fixture(scope="module")
def within() -> Programme:
    return programme()


@pytest.fixture(scope="module")
def shells(within: Programme, tmp_path_factory: pytest.TempPathFactory) -> Shells:
    return build_shells(within, PROJECT / "site_src", tmp_path_factory.mktemp("frame"))


@pytest.fixture(scope="module")
def rows(within: Programme) -> list[PublicRow]:
    dice = random.Random(7)
    return [
        public_row(
            n,
            within,
            MONTHS[n % 3],
            title="".join(dice.choices(WORDS, k=2)),
            text="，".join(dice.choices(WORDS, k=3)),
            result=f"复核{n}次",
        )
        for n in range(150)
    ]


@pytest.fixture(scope="module")
def data(rows: list[PublicRow], within: Programme) -> SiteData:
    return site_data(rows, within)


@pytest.fixture(scope="module")
def site(data: SiteData, shells: Shells) -> dict[str, bytes]:
    return rendered(data, shells)


def rendered(data: SiteData, shells: Shells) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    render_pages(data, shells, files.__setitem__)
    return files


def of_search(files: dict[str, bytes]) -> dict[str, bytes]:
    return {path: files[path] for path in files if "search" in path and "assets" not in path}


def document(*texts: str) -> Document:
    return Document(texts, ())


@given(TEXTS, TEXTS)
def test_folding_loses_nothing_that_stood_in_a_text(one: str, other: str) -> None:
    assert fold(one + other) == fold(one) + fold(other)


@given(st.lists(TEXTS, min_size=1, max_size=30), TEXTS)
def test_every_document_that_contains_a_word_is_a_candidate(texts: list[str], word: str) -> None:
    if len(fold(word)) < 2:
        return
    index = index_month([document(text) for text in texts], "2026-01")
    plain = {n for n, text in enumerate(texts) if word in text or fold(word) in fold(text)}
    assert plain <= candidates(index, word)


@given(st.lists(st.lists(TEXTS, max_size=4), min_size=1, max_size=6), TEXTS)
def test_no_month_that_contains_a_word_is_passed_over(months: list[list[str]], word: str) -> None:
    if len(fold(word)) < 2:
        return
    named = {f"2026-{number:02}": of for number, of in enumerate(months, 1)}
    signatures = {
        month: index_month([document(text) for text in of], month).signature
        for month, of in named.items()
    }
    plain = {month for month, of in named.items() if any(fold(word) in fold(text) for text in of)}
    assert plain <= set(months_with(signatures, word))


def test_a_large_month_is_cut_into_shards_and_still_finds_everything() -> None:
    dice = random.Random(1)
    texts = ["".join(chr(0x4E00 + dice.randrange(3000)) for _ in range(120)) for _ in range(400)]
    index = index_month([document(text) for text in texts], "2026-01")
    assert len(index.shards) > 16
    for number, text in enumerate(texts[::20]):
        assert number * 20 in candidates(index, text[50:54])
        assert len(candidates(index, text[50:54])) < 5


def test_pairs_do_not_span_two_texts() -> None:
    assert candidates(index_month([document("人民", "三路")], "2026-01"), "民三") == set()


def test_a_months_files_follow_from_its_rows_alone(
    rows: list[PublicRow], site: dict[str, bytes], within: Programme, shells: Shells
) -> None:
    alone = rendered(site_data([r for r in rows if r.month == "2025-12"], within), shells)
    mine = {path for path in of_search(site) if month_of_path(path) == "2025-12"}
    assert mine
    assert {path: alone[path] for path in mine} == {path: site[path] for path in mine}


def test_notes_of_unchanged_months_give_the_bytes_of_a_whole_build(
    data: SiteData,
    rows: list[PublicRow],
    site: dict[str, bytes],
    within: Programme,
    shells: Shells,
    tmp_path: Path,
) -> None:
    notes = MonthNotes(tmp_path / "search", {month: f"made of {month}" for month in MONTHS})
    whole = rendered(site_data(rows, within, search_notes=notes), shells)
    assert of_search(whole) == of_search(site)

    def unread(month: str) -> tuple[PublicRow, ...]:
        assert month == MONTHS[-1], "an unchanged month was read again"
        return data.rows(month)

    months = site_data(rows, within, changed=MONTHS[-1:], load_month=unread, search_notes=notes)
    files: dict[str, bytes] = {}
    write_search(PageWriter(within, shells, files.__setitem__), months)
    assert files == {path: site[path] for path in of_search(site) if not month_of_path(path)}


def test_notes_on_months_as_they_were_are_removed(tmp_path: Path) -> None:
    MonthNotes(tmp_path, {"2026-01": "old"}).put("2026-01", b"bits")
    renewed = MonthNotes(tmp_path, {"2026-01": "new"})
    assert renewed.get("2026-01") is None
    assert list(tmp_path.iterdir()) == []


def test_a_case_that_was_taken_down_leaves_no_word_in_any_search_file(
    rows: list[PublicRow], site: dict[str, bytes]
) -> None:
    gone = next(row for row in rows if row.shown)
    kept = {path: without_cases(path, body, [gone.id]) for path, body in of_search(site).items()}
    assert not [path for path, body in kept.items() if body and gone.id.encode() in body]
    sheets = [json.loads(body) for path, body in kept.items() if body and "search-list" in path]
    listed = {row["id"]: row["n"] for sheet in sheets for row in sheet}
    month = documents_in_order([row for row in rows if row.month == gone.month])
    assert gone.id not in listed
    assert all(listed[row.id] == n for n, row in enumerate(month) if row.id != gone.id)


def test_text_is_kept_nowhere_but_in_the_cases_own_files(
    rows: list[PublicRow], site: dict[str, bytes]
) -> None:
    for path, body in of_search(site).items():
        assert "沿河".encode() not in body or "search-list" in path or path == "search.html"
    assert any(row.shown for row in rows)


def test_without_scripts_the_page_leads_to_every_list(site: dict[str, bytes]) -> None:
    page = site["search.html"].decode()
    assert "<noscript>" in page
    for month in MONTHS:
        assert f'href="cases/{month.replace("-", "/")}/index.html"' in page
    assert 'method="get"' in page


def test_a_site_without_cases_has_a_search_page(within: Programme, shells: Shells) -> None:
    files = rendered(site_data([], within), shells)
    assert json.loads(files["search/index.json"])["months"] == []
    assert files["search/bits-000.bin"] == b""


def asked(folder: Path, questions: list[dict[str, str]]) -> list[dict[str, Any]]:
    node = shutil.which("node")
    assert node
    ran = subprocess.run(
        [node, str(CLIENT), str(folder)],
        input=json.dumps(questions),
        capture_output=True,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in ran.stdout.splitlines()]


@pytest.mark.skipif(shutil.which("node") is None, reason="Node runs search.js here; it is not here")
def test_the_script_finds_what_a_plain_scan_finds_newest_first(
    rows: list[PublicRow], site: dict[str, bytes], within: Programme, tmp_path: Path
) -> None:
    for path, content in site.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    newest = [
        row
        for month in sorted(MONTHS, reverse=True)
        for row in documents_in_order([row for row in rows if row.month == month])[::-1]
    ]

    def scanned(query: str, **filters: str) -> list[str]:
        return [
            row.id
            for row in newest
            if all(getattr(row, kind) == code for kind, code in filters.items())
            and all(
                any(fold(word) in text for text in _texts(row, within)) for word in query.split()
            )
        ]

    first = next(row for row in newest if row.street)
    filters: list[dict[str, str]] = [
        {"street": first.street},
        {"category": first.category, "stage": "closed"},
        {"stage": "accepted"},
    ]
    questions = [{"q": query} for query in QUERIES]
    questions += [{"q": "井盖", **of} for of in filters] + [{"q": "", **of} for of in filters]
    answers = asked(tmp_path, questions)
    wanted = [
        scanned(question["q"], **{k: v for k, v in question.items() if k != "q"})
        for question in questions
    ]
    assert [answer["ids"] for answer in answers] == wanted
    assert [query for query, ids in zip(QUERIES, wanted, strict=False) if not ids] == [NOWHERE]
    assert len(wanted[0]) > CASES_A_LIST


def _texts(row: PublicRow, within: Programme) -> list[str]:
    card = case_card(row, within)
    return [fold(t) for t in (card.title, card.category, card.place, row.text, row.result)]


def test_a_word_that_shares_a_bit_in_one_month_does_not_in_all() -> None:
    common = [document("".join(chr(0x4E00 + n) for n in range(900)))]
    signatures = {
        f"2026-{number:02}": index_month(common, f"2026-{number:02}").signature
        for number in range(1, 13)
    }
    seen = [len(months_with(signatures, chr(0x9000 + n) + "乙")) for n in range(300)]
    assert sum(seen) > 0
    assert max(seen) < len(signatures) - 2
