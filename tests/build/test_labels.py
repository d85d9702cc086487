"""English labels on pages that exist in Chinese alone: every word of ours on them is translated."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from build_scripts import view_words as words
from build_scripts.pages import render_pages
from build_scripts.site import build_shells
from build_scripts.site_shell import Shells
from build_scripts.translations import label_words
from suishou.domain.programme import Programme
from tests.build.fabricated import TITLES, programme, public_row, site_data
from tests.build.test_translations import CHINESE, SITE_SRC, VOID

VALUE = r"\d[\d年月日.,%:/-]*"
SPOKEN = ("aria-label", "alt", "placeholder", "data-label")
CONTENT = ("words", "case__link", "step__unit", "step__reason", "brand__name", "brand__county")
ADVISED = ("{}年{}月", "{}年{}月{}日", "{}月{}日")  # forms that the script knows by itself


class Texts(HTMLParser):
    """Chinese texts of a page and its attributes, but for what reporters and programmes wrote."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self._open: list[str] = []
        self.found: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.found |= {given[name] for name in SPOKEN if CHINESE.search(given.get(name, ""))}
        if tag not in VOID:
            self._open.append(f"{tag} {given.get('class', '')}")

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        passed_over = (*CONTENT, "script", "title")
        ours = not any(name in opened for opened in self._open for name in passed_over)
        if ours and CHINESE.search(data):
            self.found.add(data.strip())


@pytest.fixture(scope="module")
def within() -> Programme:
    return programme()


@pytest.fixture(scope="module")
def files(within: Programme, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    shells: Shells = build_shells(within, SITE_SRC, tmp_path_factory.mktemp("frame"))
    rows = [public_row(n, within) for n in range(60)]
    rows[5] = replace(rows[5], duplicates=(rows[0].id,))
    rows[7] = replace(rows[7], merged_into=rows[0].id)
    made: dict[str, bytes] = {}
    render_pages(site_data(rows, within), shells, made.__setitem__)
    return made


def chinese_alone(path: str) -> bool:
    return (
        path.endswith(".html")
        and path.startswith(("cases/", "notice-board/"))
        and (path != "cases/index.html")
    )


def is_said(text: str, table: dict[str, str]) -> bool:
    patterns = [*ADVISED, *(chinese for chinese in table if "{}" in chinese)]
    return all(
        part in table
        or any(re.fullmatch(VALUE.join(map(re.escape, p.split("{}"))), part) for p in patterns)
        for part in text.split(" · ")
    )


def test_every_word_of_ours_on_a_chinese_page_has_an_english_label(
    within: Programme, files: dict[str, bytes]
) -> None:
    table = dict(label_words(SITE_SRC))
    names = {area.name for area in within.areas.values()}
    names |= {category.name for category in within.categories.values()}
    names |= {within.unit_name(code) for code in within.units}
    names |= {within.title, within.site.organiser, *TITLES, public_row(0, within).result}
    theirs = [name for name in names if CHINESE.search(name)]
    missing = {
        text
        for path, body in files.items()
        if chinese_alone(path)
        for text in Texts(body.decode()).found
        if not is_said(text, table) and not any(name.split("\n")[0] in text for name in theirs)
    }
    assert missing == set()


def test_every_stage_step_and_source_has_a_label() -> None:
    table = label_words(SITE_SRC)
    for group in (words.STAGES, words.EVENTS, words.CLOCKS, words.SOURCES, words.KINDS):
        assert set(group.values()) <= table.keys()


@pytest.mark.skipif(shutil.which("node") is None, reason="Node runs labels.js here; it is not here")
def test_the_script_says_words_days_and_sentences_and_leaves_names_alone(
    files: dict[str, bytes], tmp_path: Path
) -> None:
    script = tmp_path / "labels.mjs"
    script.write_bytes(files["en/labels.js"])
    asked = {
        "已结案": "Closed",
        "2026年5月3日": "3 May 2026",
        "5月3日": "3 May",
        "2026年5月 · 已结案": "May 2026 · Closed",
        "2026年5月事项": "Cases of May 2026",
        "按时完成，约 1 小时": "On time, in about 1 hour",
        "按时完成，约 3 小时": "On time, in about 3 hours",
        "井盖破损": None,
        "处理 3 件事项": None,
    }
    source = f"import {{ english }} from {json.dumps(str(script))};"
    source += f"console.log(JSON.stringify({json.dumps(list(asked))}.map(english)));"
    run = subprocess.run(
        ["node", "--input-type=module", "-e", source], capture_output=True, text=True, check=True
    )
    assert json.loads(run.stdout) == list(asked.values())
