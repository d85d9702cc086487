"""The monthly 办结公示 of a community: closed and named cases; a small count points at nobody."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from build_scripts.cut_out import without_cases
from build_scripts.pages_notice_board import (
    RESULT_CHARACTERS_MAX,
    board_line,
    closed_by_community,
    county_count,
    recent_boards,
    write_month_boards,
)
from build_scripts.pages_writer import PageWriter
from build_scripts.site import build_shells
from build_scripts.site_paths import month_of_path
from build_scripts.site_shell import Shells
from suishou.domain.programme import Programme
from suishou.domain.public_row import PublicRow
from tests.build.fabricated import PROJECT, programme, public_row

MONTH = "2026-05"


@pytest.fixture(scope="module")
def within() -> Programme:
    return programme()


@pytest.fixture(scope="module")
def shells(within: Programme, tmp_path_factory: pytest.TempPathFactory) -> Shells:
    return build_shells(within, PROJECT / "site_src", tmp_path_factory.mktemp("frame"))


def row(
    within: Programme, number: int, community: str = "360926100001", **changes: object
) -> PublicRow:
    values = {"community": community, "street": community[:9], "stage": "closed", "shown": True}
    made = public_row(number, within, MONTH)
    made = replace(
        made, closed_on=f"2026-05-{number % 28 + 1:02d}", title=f"第{number}件", result="修好了"
    )
    return replace(made, **{**values, **changes})  # type: ignore[arg-type]


def written(within: Programme, shells: Shells, rows: list[PublicRow]) -> dict[str, str]:
    files: dict[str, bytes] = {}
    write_month_boards(PageWriter(within, shells, files.__setitem__), MONTH, rows)
    return {path: body.decode() for path, body in files.items()}


def test_a_community_is_told_of_its_boards_newest_first_and_of_none_without_a_closed_case(
    within: Programme,
) -> None:
    rows = [
        row(within, 1),
        row(within, 2, month="2026-01", closed_on="2026-03-31"),
        row(within, 4, closed_on="2026-06-01"),
        row(within, 3, "360926100002", stage="accepted"),
    ]
    assert recent_boards(rows, ("2026-05", "2026-03")) == {
        "360926100001": [
            ("2026-05", "notice-board/2026-05/360926100001.html"),
            ("2026-03", "notice-board/2026-03/360926100001.html"),
        ]
    }


def test_a_board_lists_the_communitys_closed_and_named_cases(
    within: Programme, shells: Shells
) -> None:
    rows = [
        row(within, 1),
        row(within, 2, "360926100002"),
        row(within, 3, stage="accepted", closed_on=""),
        row(within, 4, shown=False, title="", result=""),
        row(within, 5, stage="rejected"),
        row(within, 6, ""),
    ]
    site = written(within, shells, rows)
    assert set(site) == {
        f"notice-board/{MONTH}/{name}.html" for name in ("360926100001", "360926100002", "index")
    }
    board = site[f"notice-board/{MONTH}/360926100001.html"]
    assert re.findall(r'data-case="([^"]+)"', board) == [rows[0].id]
    assert {month_of_path(path) for path in site} == {MONTH}


def test_cases_stand_in_the_order_of_their_closing(within: Programme) -> None:
    found = closed_by_community([row(within, n) for n in (9, 3, 27, 1)])
    days = [one.closed_on for one in found["360926100001"]]
    assert days == sorted(days)


def test_a_month_without_a_named_closed_case_has_no_board(
    within: Programme, shells: Shells
) -> None:
    assert written(within, shells, [row(within, 1, shown=False)]) == {}


@pytest.mark.parametrize(("hidden", "told"), [(9, None), (10, 10)])
def test_a_small_count_of_unnamed_cases_is_not_told(
    within: Programme, shells: Shells, hidden: int, told: int | None
) -> None:
    rows = [row(within, 1), *(row(within, n, shown=False) for n in range(2, 2 + hidden))]
    assert county_count(rows, within).counted == told
    page = written(within, shells, rows)[f"notice-board/{MONTH}/360926100001.html"]
    assert ("只计数的不足 10 件，不列" in page) is (told is None)
    # Nor can it be worked out from the others.
    assert (f">{1 + hidden}</data> 件" in page) is (told is not None)


def test_a_case_that_is_taken_down_leaves_the_board_whole(
    within: Programme, shells: Shells
) -> None:
    rows = [row(within, 1), row(within, 2)]
    path = f"notice-board/{MONTH}/360926100001.html"
    page = written(within, shells, rows)[path].encode()
    left = without_cases(path, page, {rows[0].id})
    assert left is not None
    assert rows[0].id.encode() not in left
    assert "第1件" not in left.decode()
    assert "第2件" in left.decode()


def test_a_long_result_is_cut_and_words_are_never_markup(within: Programme, shells: Shells) -> None:
    long = row(within, 1, result="好" * 200)
    assert len(board_line(long, within, MONTH).result) == RESULT_CHARACTERS_MAX
    page = written(within, shells, [row(within, 2, title="<script>alert(1)</script>")])
    assert "<script>alert" not in page[f"notice-board/{MONTH}/360926100001.html"]


def test_the_board_is_a_function_of_its_months_rows(within: Programme, shells: Shells) -> None:
    rows = [row(within, n) for n in range(1, 9)]
    assert written(within, shells, rows) == written(within, shells, rows[::-1])
