"""What stops a publication, one fault at a time."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from build_scripts.check import CheckFailed, Site, check_site
from build_scripts.page_facts import unbalanced
from build_scripts.privacy_scan import PrivacyScan
from build_scripts.publications import NOTHING, Publication, Publications, group_of_path

ID = "abcdefghij2345abcdef"
PAGE = (
    '<!doctype html><html lang="zh"><head><title>题</title></head><body><h1>题</h1>{}</body></html>'
)


def staged(publications: Publications, files: Mapping[str, str]) -> Publication:
    groups: dict[str, dict[str, str]] = {}
    for path, text in files.items():
        digest = publications.content.put(text.encode())
        groups.setdefault(group_of_path(path), {})[path] = digest
    listed = {name: publications.group(of, "") for name, of in groups.items()}
    return Publication(0, "build", "id", listed, frozenset())


def problems(
    folder: Path,
    files: Mapping[str, str],
    *,
    base_path: str = "/",
    allowed: str = "",
    before: Mapping[str, str] | None = None,
) -> list[str]:
    publications = Publications(folder / "site")
    site = Site(publications, staged(publications, files), base_path)
    standing = staged(publications, before) if before else NOTHING
    try:
        check_site(site, standing, PrivacyScan([allowed]), everything=before is None)
    except CheckFailed as failed:
        return [f"{problem.path} {problem.code}" for problem in failed.problems]
    return []


SITE = {
    "index.html": PAGE.format(
        '<a href="cases/index.html">列表</a>'
        f'<li data-case="{ID}"><a href="cases/2026/05/{ID}.html">一</a></li>'
    ),
    "cases/index.html": PAGE.format('<a href="../index.html#top">首页</a><a href="../">首页</a>'),
    f"cases/2026/05/{ID}.html": PAGE.format(
        f'<p id="a">文</p><a href="#a">上</a><img src="{ID}-1.jpg" alt="">'
        '<a href="../../../api/v1/cases">接口</a><a href="https://www.gov.cn/">外</a>'
        '<a href="tel:119">119</a>'
    ),
    f"cases/2026/05/{ID}-1.jpg": "photo",
}


def test_a_sound_site_passes(tmp_path: Path) -> None:
    assert problems(tmp_path, SITE) == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ('<a href="nowhere.html">x</a>', "link"),
        ("<a href='nowhere.html'>x</a>", "link"),
        ("<a class=b href=nowhere.html>x</a>", "link"),
        ('<a href="../outside.html">x</a>', "link"),
        ('<a href="#nothing">x</a>', "link"),
        ('<a href="javascript:alert(1)">x</a>', "link"),
        ('<img src="https://example.org/a.png" alt="">', "link"),
        ('<script src="//example.org/a.js"></script>', "link"),
        ('<link rel="stylesheet" href="https://fonts.example.org/a.css">', "link"),
        (f'<a href="cases/2026/05/{ID}.html">a mention that no take-down would find</a>', "link"),
        ("<img src='assets/a.png'>", "html"),
        ("<h1>second</h1>", "html"),
        ('<p id="a"></p><p id="a"></p>', "html"),
        ("<div><p>never closed</p>", "html"),
        ("<b><i>crossed</b></i>", "html"),
        ("联系 13800138000", "privacy"),
        ("联系１３８ ００１３－８０００", "privacy"),
        ("身份证 110101199003078515", "privacy"),
        ('<img src="assets/a.png" alt="车主 13800138000">', "privacy"),
    ],
)
def test_a_fault_on_a_page_is_found(tmp_path: Path, body: str, code: str) -> None:
    files = {**SITE, "assets/a.png": "", "about.html": PAGE.format(body)}
    assert set(problems(tmp_path, files)) == {f"about.html {code}"}


def test_a_page_without_language_or_title_is_found(tmp_path: Path) -> None:
    files = {"a.html": "<html><head><title> </title></head><body><h1>x</h1></body></html>"}
    assert problems(tmp_path, files) == ["a.html html", "a.html html"]


def test_numbers_that_the_county_configured_may_stand(tmp_path: Path) -> None:
    files = {"a.html": PAGE.format("燃气抢修 0795-8722110，站长 138 0013 8000")}
    assert problems(tmp_path, files) == ["a.html privacy"]
    assert problems(tmp_path, files, allowed="0795-8722110 13800138000") == []


def test_a_number_in_a_case_document_is_found(tmp_path: Path) -> None:
    files = {f"cases/2026/05/{ID}.json": '{"text":"请打13800138000"}'}
    assert problems(tmp_path, files) == [f"cases/2026/05/{ID}.json privacy"]


def test_an_error_page_may_use_addresses_from_the_sites_root(tmp_path: Path) -> None:
    files = {**SITE, "404.html": PAGE.format('<a href="/portal/index.html">首页</a>')}
    assert problems(tmp_path, files, base_path="/portal/") == []
    assert problems(tmp_path, files) == ["404.html link"]


def test_a_month_that_stands_already_is_not_read_again(tmp_path: Path) -> None:
    flawed = {**SITE, "cases/2026/04/index.html": PAGE.format('<a href="gone.html">x</a>')}
    assert problems(tmp_path, flawed) != []
    assert problems(tmp_path, flawed, before=flawed) == []


def test_when_a_page_has_gone_everything_that_may_link_to_it_is_read(tmp_path: Path) -> None:
    linking = {**SITE, "cases/2026/04/index.html": PAGE.format('<a href="../../../s.html">站</a>')}
    before = {**linking, "s.html": PAGE.format("")}
    assert problems(tmp_path, before) == []
    assert problems(tmp_path, linking, before=before) == ["cases/2026/04/index.html link"]


@pytest.mark.parametrize(
    "text",
    [
        "<ul><li>a<li>b</ul>",
        "<p>a<br>b",
        "<svg><path d='x'/></svg>",
        "<table><tr><td>a</table>",
        "<!-- <b> --><!doctype html><p title='a > b'>1 &lt; 2",
        '<script type="application/json">{"a": "<b>"}</script><style>a > b {}</style>',
        "<DIV><Br></div>",
    ],
)
def test_what_html_allows_is_balanced(text: str) -> None:
    assert unbalanced(text) == ""


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("<div>\n<b></i></b></div>", "</i> on line 2 closes nothing"),
        ("</p>", "</p> on line 1 closes nothing"),
        ("<section><p>a", "<section> is never closed"),
        ("<script>a", "<script> is never closed"),
        ('<a href="x" class=y href=z>a</a>', "<a> has an attribute twice"),
        ("<input disabled value=\"a b='c'\" disabled>", "<input> has an attribute twice"),
    ],
)
def test_what_is_wrong_with_the_nesting_is_said(text: str, wrong: str) -> None:
    assert unbalanced(text) == wrong
