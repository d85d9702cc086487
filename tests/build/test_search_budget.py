"""Search stays within what a slow telephone can bear: bytes and rounds for the first answer.

Counted over fabricated cases with the site's own script, and so the same on every machine."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from bench.cases import case, cases
from bench.search import ask, write_files
from suishou.domain.public_row import PublicRow
from tests.build.fabricated import programme

WITHIN = programme()

# docs/decisions/2026-11-26-search-in-few-rounds.md
KB_MEDIAN_MAX, KB_WORST_MAX = 35, 99
ROUNDS_MEDIAN_MAX, ROUNDS_WORST_MAX = 4, 9
NOWHERE = "没有这样的话"
HARD = ("小区", "路灯 井盖", "常通行到场核", "桥头沿河步道", "4年1月2", "井盖", "通行，夜间")
SPARSE_MONTHS = 100

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="Node runs search.js")


def in_sparse_months() -> list[PublicRow]:
    """Four cases in each of a hundred months: search may not ask them one by one."""
    days = (date(2018, 1, 1) + timedelta(days=7.6 * n) for n in range(4 * SPARSE_MONTHS))
    return [case(number, day, WITHIN) for number, day in enumerate(days)]


def questions(rows: list[PublicRow]) -> list[dict[str, str]]:
    """Pieces of texts, words that are hard for pairs of characters, filters with and without."""
    pieces = [rows[n * len(rows) // 40].text[n % 20 :][: 2 + n % 5] for n in range(40)]
    of = {"street": rows[0].street, "category": rows[0].category, "stage": "closed"}
    asked = [{"q": query} for query in (*pieces, *HARD, NOWHERE)]
    return [*asked, {"q": "", "street": rows[0].street}, {"q": "", **of}, {"q": "行人", **of}]


def first_answers(rows: list[PublicRow], folder: Path) -> list[dict[str, int]]:
    write_files(rows, WITHIN, folder)
    answers: list[dict[str, Any]] = ask(folder, questions(rows), 10)
    assert sum(bool(answer["ids"]) for answer in answers) > 30
    return [answer["first"] for answer in answers]


@pytest.mark.parametrize("sparse", [False, True], ids=["24 months", "100 sparse months"])
def test_a_first_answer_is_fetched_within_its_budget(sparse: bool, tmp_path: Path) -> None:
    rows = in_sparse_months() if sparse else list(cases(2_000, WITHIN))
    first = first_answers(rows, tmp_path)
    sizes = sorted(read["compressed"] / 1000 for read in first)
    rounds = sorted(read["rounds"] for read in first)
    middle = len(first) // 2
    assert sizes[middle] <= KB_MEDIAN_MAX, sizes
    assert sizes[-1] <= KB_WORST_MAX, sizes
    assert rounds[middle] <= ROUNDS_MEDIAN_MAX, rounds
    assert rounds[-1] <= ROUNDS_WORST_MAX, rounds


def test_a_word_that_is_nowhere_costs_one_round(tmp_path: Path) -> None:
    write_files(in_sparse_months(), WITHIN, tmp_path)
    (answer,) = ask(tmp_path, [{"q": NOWHERE}], 0)
    assert (answer["ids"], answer["all"]["rounds"]) == ([], 1)


def test_what_is_found_after_a_pause_completes_the_plain_scan(tmp_path: Path) -> None:
    """«甲乙丙» and «乙丙丁» are in every text, «甲乙丙丁» only in the oldest."""
    rows = [
        replace(row, text="乙丙丁甲乙丙" if n else "甲乙丙丁")
        for n, row in enumerate(in_sparse_months())
    ]
    write_files(rows, WITHIN, tmp_path)
    (answer,) = ask(tmp_path, [{"q": "甲乙丙丁"}], 0)
    assert answer["paused"]
    assert answer["first"]["compressed"] < KB_WORST_MAX * 1000
    assert answer["ids"] == [rows[0].id]
