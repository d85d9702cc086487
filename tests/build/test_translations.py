"""English pages: every label translated, nothing Chinese unmarked, twins linked both ways."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, nodes

from build_scripts.pages import render_pages
from build_scripts.phrase import DAY, Phrase
from build_scripts.rules_history import RuleChange, RulesHistory
from build_scripts.site import build_shells, english_pages
from build_scripts.site_shell import Shells
from build_scripts.translations import (
    english_day,
    english_limit,
    english_words,
    said_in_english,
)
from suishou.domain.programme import Limit, Programme
from tests.build.fabricated import PROJECT, programme, public_row, site_data
from tests.build.test_honour_pages import DECIDED, NOTICE, OLD, STEWARD

SITE_SRC = PROJECT / "site_src"
CHINESE = re.compile(r"[\u3400-\u9fff]")
VOID = frozenset("area br col hr img input link meta source wbr".split())


class Unmarked(HTMLParser):
    """Chinese text outside elements marked as Chinese, in `found`."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self._languages: list[str] = []
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            inherited = self._languages[-1] if self._languages else ""
            self._languages.append(dict(attrs).get("lang") or inherited)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self._languages.pop()

    def handle_data(self, data: str) -> None:
        if CHINESE.search(data) and not self._languages[-1].startswith("zh"):
            self.found.append(data.strip())


@pytest.fixture(scope="module")
def within() -> Programme:
    return programme()


@pytest.fixture(scope="module")
def shells(within: Programme, tmp_path_factory: pytest.TempPathFactory) -> Shells:
    return build_shells(within, SITE_SRC, tmp_path_factory.mktemp("frame"))


@pytest.fixture(scope="module")
def pages(within: Programme, shells: Shells) -> dict[str, str]:
    return rendered(within, shells)


@pytest.fixture(scope="module")
def first_day(within: Programme, shells: Shells) -> dict[str, str]:
    return rendered(within, shells, rows=0)


def rendered(within: Programme, shells: Shells, rows: int = 30) -> dict[str, str]:
    files: dict[str, bytes] = {}
    documents: dict[str, Any] = {
        "notices": (NOTICE,),
        "honours": (DECIDED, OLD),
        "standings": ({"name": "李*", "points": 12},),
        "ladder": (STEWARD,),
        "rules_history": RulesHistory((RuleChange("2026-05-01", "改了时限"),), more=True),
    }
    data = site_data([public_row(n, within) for n in range(rows)], within)
    render_pages(replace(data, **documents) if rows else data, shells, files.__setitem__)
    return {path: body.decode() for path, body in files.items() if path.endswith(".html")}


def test_every_label_of_a_template_has_its_english() -> None:
    table = english_words(SITE_SRC)
    asked = {words for path in (SITE_SRC / "templates").rglob("*.html") for words in labels(path)}
    assert asked
    assert asked <= table.keys()


def labels(template: Path) -> list[str]:
    """The words that a template passes to `t`, whichever of several it chooses."""
    tree = Environment(autoescape=True).parse(template.read_text(encoding="utf-8"))
    calls = (
        call
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name == "t"
    )
    chosen = (
        const.value
        for call in calls
        for const in (call.args[0], *call.args[0].find_all(nodes.Const))
        if isinstance(const, nodes.Const)
    )
    return [words for words in chosen if CHINESE.search(str(words))]


def test_every_phrase_of_a_view_has_its_english() -> None:
    table = english_words(SITE_SRC)
    asked = {
        const.value
        for path in (PROJECT / "build_scripts").glob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Phrase"
        for const in ast.walk(call.args[0])
        if isinstance(const, ast.Constant)
    }
    assert asked
    assert {str(words) for words in asked if words} <= table.keys()


def test_english_has_the_values_of_its_chinese() -> None:
    for chinese, english in english_words(SITE_SRC).items():
        asked = range(chinese.count("{}"))
        named = {int(n) for n in re.findall(r"\{(\d+)[:}]", english)}
        assert named or english.count("{}") == len(asked), chinese
        assert named <= set(asked), chinese


def test_a_phrase_is_its_chinese_until_it_is_said_in_english() -> None:
    phrase = Phrase("{}评定，{} 人", Phrase(DAY, 2026, 5, 3), 1)
    assert phrase == "2026年5月3日评定，1 人"
    table = {"{}评定，{} 人": "{0}: {1} {1:person|people}"}
    assert said_in_english(phrase, table) == "3 May 2026: 1 person"
    assert said_in_english("没有这句话", table) == "没有这句话"


@pytest.mark.parametrize("site", ["pages", "first_day"])
def test_chinese_on_an_english_page_is_marked_as_chinese(
    site: str, request: pytest.FixtureRequest
) -> None:
    pages: dict[str, str] = request.getfixturevalue(site)
    english = {path: html for path, html in pages.items() if path.startswith("en/")}
    assert english.keys() >= {f"en/{page}" for page in english_pages(SITE_SRC / "pages")}
    for path, html in english.items():
        body = html.partition("<body")[2].partition("</html>")[0]
        assert Unmarked(f'<body lang="en"{body}').found == [], path


def test_twins_link_to_each_other(pages: dict[str, str]) -> None:
    for path in (path.removeprefix("en/") for path in pages if path.startswith("en/")):
        up = "../" * path.count("/")
        assert f'href="{up}en/{path}" lang="en" hreflang="en"' in pages[path]
        assert f'href="../{up}{path}" lang="zh-CN" hreflang="zh-CN"' in pages[f"en/{path}"]


def test_search_engines_are_told_of_twins_where_the_address_is_known(
    within: Programme, shells: Shells
) -> None:
    pages = rendered(within, replace(shells, address="https://www.example.gov.cn/"))
    for path in ("report.html", "en/report.html"):
        for language, section in (("zh-CN", ""), ("en", "en/")):
            address = f"https://www.example.gov.cn/{section}report.html"
            assert f'<link rel="alternate" hreflang="{language}" href="{address}">' in pages[path]
    assert "hreflang" not in pages["cases/2026/05/index.html"].partition("</head>")[0]


def test_a_case_has_no_second_copy_in_english(pages: dict[str, str]) -> None:
    assert not [path for path in pages if path.startswith("en/cases/") and path.count("/") > 2]


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (Limit(30, "minutes"), "30 minutes"),
        (Limit(60, "minutes"), "1 hour"),
        (Limit(120, "minutes"), "2 hours"),
        (Limit(0, "same_day"), "same day"),
        (Limit(1, "working_days"), "1 working day"),
        (Limit(3, "working_days"), "3 working days"),
    ],
)
def test_limits_in_english(limit: Limit, words: str) -> None:
    assert english_limit(limit) == words


def test_days_in_english() -> None:
    assert english_day("2026-05-03") == "3 May 2026"
    assert english_day("") == ""
