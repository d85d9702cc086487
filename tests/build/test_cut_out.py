"""Cutting a case out of files that are already rendered."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from build_scripts.cut_out import without_cases

ID = "abcdefghij2345abcdef"
OTHER = "zzzzzzzzzzzzzzzzzzzz"


@pytest.mark.parametrize("name", [".html", ".json", "-0a1b.jpg", "-0a1b.webp"])
def test_a_cases_own_files_go(name: str) -> None:
    assert without_cases(f"cases/2026/05/{ID}{name}", b"x", {ID}) is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('<ul><li data-case="{id}">x</li><li>y</li></ul>', "<ul><li>y</li></ul>"),
        ('<li class="a" data-case="{id}"><ul><li>n</li></ul></li><b>k</b>', "<b>k</b>"),
        ('<article data-case="{id}" class="z"><p>t</p></article>', ""),
        ('<tr data-case="{id}"><td>1</td></tr><tr data-case="o"></tr>', '<tr data-case="o"></tr>'),
        ('<p>如 <a class="c" href="../05/{id}.html">重复<b>件</b></a>。</p>', "<p>如 。</p>"),
        ('<li data-case="{id}">never closed', ""),
        ('<p data-case="other">stays</p>', '<p data-case="other">stays</p>'),
    ],
)
def test_html_loses_the_element_and_nothing_else(before: str, after: str) -> None:
    text = before.replace("{id}", ID)
    assert without_cases("cases/index.html", text.encode(), {ID}) == after.encode()


def test_json_loses_the_object() -> None:
    value = {
        "cases": [{"id": ID, "title": "t"}, {"id": OTHER, "duplicates": [ID]}],
        "by_id": {ID: 1, OTHER: 2},
        "features": [{"properties": {"id": ID}}, {"properties": {"id": OTHER}}],
    }
    cut = without_cases("latest.json", json.dumps(value).encode(), {ID})
    assert cut is not None
    assert json.loads(cut) == {
        "cases": [{"id": OTHER, "duplicates": []}],
        "by_id": {OTHER: 2},
        "features": [{"properties": {"id": OTHER}}],
    }


def test_lines_and_feed_entries_go() -> None:
    csv = f"id,title\n{ID},t\n{OTHER},u\n"
    assert without_cases("data.csv", csv.encode(), {ID}) == f"id,title\n{OTHER},u\n".encode()
    one, two = (f"<url>\n<loc>{case}.html</loc></url>\n" for case in (ID, OTHER))
    xml = f"<urlset>\n{one}{two}</urlset>"
    expected = f"<urlset>\n{two}</urlset>".encode()
    assert without_cases("sitemap.xml", xml.encode(), {ID}) == expected


@given(st.binary(max_size=200))
def test_a_file_that_mentions_no_case_is_the_same_object(content: bytes) -> None:
    assert without_cases("index.html", content, {ID}) is content
