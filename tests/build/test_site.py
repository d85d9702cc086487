"""The frame: made strictly by MkDocs, cut at exactly two slots, its policy fits its script."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from pathlib import Path

import pytest

from build_scripts.site import (
    ERROR_PAGE,
    REPLY_PAGE,
    build_shells,
    content_policy,
    hashed_assets,
)
from build_scripts.site_shell import FrameChanged, Shells, cut
from suishou.domain.programme import Programme
from tests.build.fabricated import HOSTILE, PROJECT, programme

SWITCHES = (
    '<input class="md-toggle" id="a"><input class="md-toggle" id="b">'
    '<label class="md-overlay" for="a"></label>'
)
FRAME = (
    f"<html><head><!--csp--><!--slot:head--><script>1</script></head><body>{SWITCHES}"
    '<a href="../index.html">x</a><!--slot:main--></body></html>'
)


@pytest.fixture(scope="module")
def within() -> Programme:
    return programme()


@pytest.fixture(scope="module")
def shells(within: Programme, tmp_path_factory: pytest.TempPathFactory) -> Shells:
    return build_shells(within, PROJECT / "site_src", tmp_path_factory.mktemp("frame"))


def test_every_section_is_a_shell_and_no_theme_script_is_published(shells: Shells) -> None:
    assert {"index.html", "cases/index.html", "stations/index.html", "report.html"} <= set(
        shells.frames
    )
    assert not [name for name in shells.files if "bundle" in name or name.endswith(".map")]


def test_a_frame_without_its_slots_stops_the_build() -> None:
    for broken in (
        FRAME.replace("<!--slot:main-->", ""),
        FRAME.replace("slot:head", "slot:top"),
        FRAME + "<!--slot:main-->",
    ):
        with pytest.raises(FrameChanged):
            cut("cases/index.html", broken, {}, content_policy("/api/v1"))


def test_another_number_of_theme_switches_stops_the_build() -> None:
    with pytest.raises(FrameChanged, match="switches"):
        cut("cases/index.html", FRAME.replace('<input class="md-toggle" id="b">', ""), {}, "")


def test_links_of_the_frame_follow_the_depth_of_the_page() -> None:
    shell = cut("cases/index.html", FRAME, {}, "")
    assert b'href="../../../index.html"' in shell.page("cases/2026/05/x.html", "", "")
    assert b'href="index.html"' in shell.page("x.html", "", "")


def test_the_policy_holds_the_hash_of_the_one_inline_script(shells: Shells) -> None:
    pages = [shell.page(path, "", "").decode() for path, shell in shells.frames.items()]
    pages.append(shells.files[ERROR_PAGE].decode())
    for page in pages:
        (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
        assert f"script-src 'self' 'sha256-{digest}'" in policy
        assert "unsafe" not in policy
        assert page.index("http-equiv") < page.index("<script>")
        assert not re.search(r"\sstyle=|\son[a-z]+=|<style", page)


def test_an_api_on_another_host_is_allowed_by_the_policy() -> None:
    policy = content_policy("https://api.example.gov.cn/suishou/api/v1")
    assert "form-action 'self' https://api.example.gov.cn;" in policy


def test_a_site_knows_its_own_address_and_its_apis(within: Programme, tmp_path: Path) -> None:
    api = "https://api.example.org/api/v1"
    site = replace(within.site, address="https://www.example.org/sub/", api_root=api)
    made = build_shells(replace(within, site=site), PROJECT / "site_src", tmp_path)
    assert (made.address, made.api_root) == (site.address, api)
    assert b'href="/sub/' in made.files[ERROR_PAGE]
    policy = (
        "connect-src 'self' https://api.example.org; form-action 'self' https://api.example.org"
    )
    assert policy in made.frame("index.html").page("index.html", "", "").decode()


def test_a_programme_may_do_without_english(within: Programme, tmp_path: Path) -> None:
    site = replace(within.site, english=False)
    made = build_shells(replace(within, site=site), PROJECT / "site_src", tmp_path)
    assert not [path for path in (*made.frames, *made.files) if path.startswith("en/")]
    assert b"English" not in made.frame("index.html").page("index.html", "", "")
    assert b"en/index.html" not in made.files[ERROR_PAGE]


def test_assets_are_named_by_their_content_and_the_frame_refers_to_these_names(
    shells: Shells,
) -> None:
    address = shells.assets["assets/site.css"]
    digest = hashlib.sha256(shells.files[address]).hexdigest()[:10]
    assert address == f"assets/site.{digest}.css"
    assert f'href="../{address}"'.encode() in shells.frames["cases/index.html"].page(
        "cases/index.html", "", ""
    )
    assert f'href="/{address}"'.encode() in shells.files[ERROR_PAGE]


def test_the_frame_of_the_apis_answers_leaves_slots_and_root_open(shells: Shells) -> None:
    reply = shells.files[REPLY_PAGE].decode()
    assert reply.count("<!--slot:head-->") == reply.count("<!--slot:main-->") == 1
    assert 'href="<!--root-->index.html"' in reply
    assert 'content="noindex"' in reply


def test_the_words_of_a_programme_are_escaped_in_the_frame(
    within: Programme, tmp_path: Path
) -> None:
    hostile = replace(within, title=HOSTILE, site=replace(within.site, organiser=HOSTILE))
    shells = build_shells(hostile, PROJECT / "site_src", tmp_path)
    for page in (shells.frames["index.html"].page("index.html", "", ""), shells.files[ERROR_PAGE]):
        assert b"<script>alert" not in page
        assert b"<img src=x" not in page


def test_demonstration_is_said_on_every_page_and_kept_from_search_engines(
    within: Programme, tmp_path: Path
) -> None:
    shown = build_shells(replace(within, demonstration=True), PROJECT / "site_src", tmp_path / "a")
    real = build_shells(replace(within, demonstration=False), PROJECT / "site_src", tmp_path / "b")
    for path, shell in shown.frames.items():
        page = shell.page(path, "", "").decode()
        assert ("Demonstration data" if path.startswith("en/") else "演示数据") in page
        assert '<meta name="robots" content="noindex">' in page
    page = real.frames["index.html"].page("index.html", "", "").decode()
    assert "演示数据" not in page
    assert "noindex" not in page


def test_the_same_programme_gives_the_same_frame(
    within: Programme, shells: Shells, tmp_path: Path
) -> None:
    again = build_shells(within, PROJECT / "site_src", tmp_path)
    assert again.files == shells.files
    assert again.frames == shells.frames


def test_dark_by_choice_is_dark_by_the_system_and_neither_is_printed() -> None:
    sheet = (PROJECT / "site_src" / "assets" / "site.css").read_text(encoding="utf-8")
    blocks = re.findall(
        r"@media screen and \(prefers-color-scheme: dark\) \{\n"
        r'  (?:html|:root)(\[data-elder\])?:not\(\[data-theme="light"\]\) \{\n(.*?)  \}\n\}',
        sheet,
        re.DOTALL,
    )
    assert len(blocks) == sheet.count("prefers-color-scheme: dark") == 2
    for _, rules in blocks:
        assert sheet.count(rules) == 2, "the two dark blocks differ"


def test_a_module_imports_another_by_its_published_name_and_changes_with_it(tmp_path: Path) -> None:
    for name, content in {
        "a.js": 'import { b } from "./b.js";',
        "b.js": 'import { c } from "./c.js";',
        "c.js": "export const c = 1;",
    }.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    before, files = hashed_assets(tmp_path)
    for name, other in (("a", "b"), ("b", "c")):
        imported = Path(before[f"assets/{other}.js"]).name
        assert f'from "./{imported}"' in files[before[f"assets/{name}.js"]].decode()
    (tmp_path / "c.js").write_text("export const c = 2;", encoding="utf-8")
    after, _ = hashed_assets(tmp_path)
    assert not set(before.values()) & set(after.values())


def test_a_module_that_imports_what_is_not_there_stops_the_build(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text('import { b } from "./b.js";', encoding="utf-8")
    with pytest.raises(KeyError):
        hashed_assets(tmp_path)
