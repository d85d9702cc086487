"""The pages of honours: a notice stands while its document does, denominators beside places."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from build_scripts.pages_honours import ROUNDS_IN_FULL, write_honours
from build_scripts.pages_writer import PageWriter
from build_scripts.site import build_shells
from build_scripts.site_shell import Shells
from build_scripts.view_honour import notices, stewards
from suishou.domain.programme import LadderStep, Programme
from tests.build.fabricated import PROJECT, programme, public_row, site_data

NOTICE: dict[str, Any] = {
    "id": "star-2026-05",
    "rule": "star",
    "name": "治理之星",
    "period": "2026-05",
    "measure": "reports_resolved",
    "tie": "earlier",
    "places_max": 3,
    "benefit": "进入后备人才库",
    "considered": 41,
    "opens_on": "2026-06-02",
    "closes_on": "2026-06-09",
    "notice_days": 5,
    "objections": 0,
    "decided_on": "",
    "places": [{"place": 1, "name": "李*", "figure": 12}],
    "unnamed": 2,
}
DECIDED = {**NOTICE, "decided_on": "2026-06-10", "objections": 2}
OLD = {
    name: value
    for name, value in {**DECIDED, "id": "star-2025-05", "period": "2025-05"}.items()
    if name
    not in ("places_max", "considered", "opens_on", "closes_on", "notice_days", "objections")
}
STEWARD = {
    "name": "<b>张*</b>",
    "steps": [
        {"step": "part_time", "since": "2025-03-01"},
        {"step": "full_time", "since": "2026-03-01"},
    ],
}


@pytest.fixture(scope="module")
def within() -> Programme:
    return programme()


@pytest.fixture(scope="module")
def shells(within: Programme, tmp_path_factory: pytest.TempPathFactory) -> Shells:
    return build_shells(within, PROJECT / "site_src", tmp_path_factory.mktemp("frame"))


def written(within: Programme, shells: Shells, **documents: Any) -> dict[str, str]:
    files: dict[str, bytes] = {}
    data = site_data([public_row(0, within)], within, **documents)
    write_honours(PageWriter(within, shells, files.__setitem__), data)
    return {path: body.decode() for path, body in files.items()}


def test_a_notice_says_its_days_who_is_named_and_how_to_object(
    within: Programme, shells: Shells
) -> None:
    site = written(within, shells, notices=(NOTICE,))
    for page in (site["honours.html"], site["honours/star-2026-05.html"]):
        for words in ("公示中", "2026年6月2日", "2026年6月9日", "5 个工作日", "李*", "2 名入选者"):
            assert words in re.sub(r" <abbr.*?</abbr>", "", page)
        assert "实名向" in page
        assert "已评定" not in page


def test_a_notice_without_its_document_is_gone_with_its_page(
    within: Programme, shells: Shells
) -> None:
    site = written(within, shells)
    assert set(site) == {"honours.html", "en/honours.html"}
    assert "公示中" not in site["honours.html"]


def test_a_decided_round_tells_how_it_was_decided(within: Programme, shells: Shells) -> None:
    page = written(within, shells, honours=(DECIDED,))["honours/star-2026-05.html"]
    for words in (
        "2026年5月上报后办结的事项数",
        "3 名；并列时先达到者入选",
        ">41 人，入选 3 人（2 人未公开姓名）</data>",
        ">收到 2 件</data>，均已处理",
        "2026年6月10日",
        "进入后备人才库",
        ">12 件</data>",
    ):
        assert words in re.sub(r" <abbr.*?</abbr>", "", page)


def test_rounds_decided_before_notices_existed_still_have_their_page(
    within: Programme, shells: Shells
) -> None:
    site = written(within, shells, honours=(OLD, DECIDED))
    assert "李*" in site["honours/star-2025-05.html"]
    assert "公示期" not in site["honours/star-2025-05.html"].partition("<article")[2]


def test_every_figure_of_honours_says_who_declares_it(within: Programme, shells: Shells) -> None:
    site = written(within, shells, honours=(DECIDED,), standings=({"name": "王*", "points": 12},))
    assert site["honours.html"].count('data-declared-by="演示单位（主办单位待填）"') == 3


def test_the_ladder_shows_each_way_up_and_names_are_never_markup(
    within: Programme, shells: Shells
) -> None:
    page = written(within, shells, ladder=(STEWARD,))["honours.html"]
    assert "&lt;b&gt;张*" in page
    assert page.index("2025年3月1日") < page.index("2026年3月1日")
    bare = written(replace(within, ladder=()), shells, ladder=(STEWARD,))["honours.html"]
    assert "网格员聘任" not in bare


def test_those_who_stand_highest_come_first_and_given_up_steps_are_passed_over() -> None:
    ladder = (LadderStep("part_time", "兼职"), LadderStep("full_time", "专职"))
    low = {"name": "甲", "steps": [{"step": "part_time", "since": "2024-01-01"}]}
    gone = {"name": "乙", "steps": [{"step": "mayor", "since": "2024-01-01"}]}
    assert [one.name for one in stewards((low, gone, STEWARD), ladder)] == ["<b>张*</b>", "甲"]


def test_the_notice_that_closes_first_comes_first() -> None:
    found = notices(
        [
            {**NOTICE, "id": "a", "closes_on": ""},
            {**NOTICE, "id": "b", "closes_on": "2026-06-20"},
            {**NOTICE, "id": "c", "closes_on": "2026-06-09"},
        ]
    )
    assert [one.path for one in found] == ["honours/c.html", "honours/b.html", "honours/a.html"]


def test_of_earlier_rounds_the_page_gives_the_link(within: Programme, shells: Shells) -> None:
    months = [f"2025-{month:02}" for month in range(1, 13)]
    decided = tuple(
        {**DECIDED, "id": f"star-{month}", "period": month, "decided_on": f"{month}-28"}
        for month in months
    )
    site = written(within, shells, honours=decided)
    page = site["honours.html"]
    assert page.count("怎样评出来的") == ROUNDS_IN_FULL
    assert page.index("2025年12月 治理之星") < page.index("历届评选") < page.index("2025年6月 ")
    for month in months:
        assert f'href="honours/star-{month}.html"' in page
        assert f"honours/star-{month}.html" in site
    assert "历届评选" not in written(within, shells, honours=decided[:2])["honours.html"]
