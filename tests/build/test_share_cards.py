"""Share pictures: one card a category, whole words in any Chinese, the tags that show them."""

from __future__ import annotations

import io
import shutil
from dataclasses import replace
from html import unescape
from pathlib import Path
from re import findall, fullmatch

import pytest
from PIL import Image, ImageChops

from build_scripts import gather
from build_scripts.card_font import BOLD, FONT, CardFont, card_font
from build_scripts.pages import render_pages
from build_scripts.share_cards import HEIGHT, SITE, WIDTH, share_cards
from build_scripts.site import build_shells
from build_scripts.site_shell import Shells
from suishou.domain.programme import Programme
from suishou.domain.public_row import PublicRow
from tests.build.fabricated import PROJECT, programme, public_row, site_data

SITE_SRC = PROJECT / "site_src"
ADDRESS = "https://www.example.gov.cn/suishou/"


@pytest.fixture(scope="module")
def within() -> Programme:
    return programme()


@pytest.fixture(scope="module")
def shells(within: Programme, tmp_path_factory: pytest.TempPathFactory) -> Shells:
    made = build_shells(within, SITE_SRC, tmp_path_factory.mktemp("frame"))
    return replace(made, address=ADDRESS)


@pytest.fixture(scope="module")
def font() -> CardFont:
    found = card_font(PROJECT)
    assert found is not None, "make setup installs the font"
    return found


def called(within: Programme, name: str) -> Image.Image:
    """The card of a category that has this name."""
    code, category = next(iter(within.categories.items()))
    cards = share_cards(replace(within, categories={code: replace(category, name=name)}), SITE_SRC)
    return Image.open(io.BytesIO(cards.files[cards.paths[code]])).convert("RGB")


def tags(page: bytes) -> dict[str, str]:
    found = findall(r'<meta (?:property|name)="([a-z:]+)" content="([^"]*)">', page.decode())
    return {name: unescape(said) for name, said in found}


def pages(within: Programme, shells: Shells, *rows: PublicRow) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    render_pages(site_data([*rows], within), shells, files.__setitem__)
    return files


def test_every_category_and_the_site_have_a_card_of_the_asked_size(within: Programme) -> None:
    cards = share_cards(within, SITE_SRC)
    assert set(cards.paths) == {SITE, *within.categories}
    assert len(set(cards.paths.values())) == len(cards.paths)
    assert all(fullmatch(r"assets/share-[a-z_]+\.[a-p]{10}\.png", p) for p in cards.paths.values())
    for path in cards.paths.values():
        assert Image.open(io.BytesIO(cards.files[path])).size == (WIDTH, HEIGHT)
        assert len(cards.files[path]) < 60_000


def test_the_same_programme_gives_the_same_bytes_and_another_name_another_address(
    within: Programme,
) -> None:
    first = share_cards(within, SITE_SRC)
    assert share_cards(within, SITE_SRC) == first
    code = next(iter(within.categories))
    category = replace(within.categories[code], name="下水道堵塞")
    other = share_cards(replace(within, categories={**within.categories, code: category}), SITE_SRC)
    assert {c for c in first.paths if first.paths[c] != other.paths[c]} == {code}


def test_demonstration_is_marked_on_the_card(within: Programme) -> None:
    marked, real = (
        called(within, "井盖破损"),
        called(replace(within, demonstration=False), "井盖破损"),
    )
    (red, _, blue), (without, _, _) = (c.getpixel((10, HEIGHT - 10)) for c in (marked, real))
    assert red > 200 > 100 > blue  # the yellow of the banner
    assert without < 100


@pytest.mark.parametrize(
    "name",
    [
        "噪声",
        "门牌号混乱、找路难（难事三天内回应）",
        "电动自行车违规停放、充电及飞线充电安全隐患专项整治（含老旧小区楼道）和其他有关事项",
        "Damaged manhole covers and drain gratings",
        "X" * 90,
        "㙟\u202e铜\n\u0000鼓",
    ],
)
def test_no_name_runs_over_the_edge_or_into_other_words(within: Programme, name: str) -> None:
    difference = ImageChops.difference(called(within, "一"), called(within, name)).convert("L")
    changed = difference.point(lambda tone: 255 * (tone > 40)).getbbox()
    assert changed is not None
    left, top, right, bottom = changed
    assert left >= 80
    assert right <= WIDTH - 80
    assert top >= 140  # below the programme's name
    assert bottom <= HEIGHT - 74 - 110  # above the line under it


def test_different_characters_are_drawn_differently(within: Programme) -> None:
    # Characters of different files of the font, rare ones among them; none is an empty box.
    drawn = {called(within, character).tobytes() for character in "井盖龘塅瑾A〓"}
    assert len(drawn) == 7


def test_lines_are_broken_where_chinese_may_be_broken(font: CardFont) -> None:
    for width in range(200, 1000, 50):
        _, lines = font.fitted("门牌号混乱、找路难（难事三天内回应）。", width, (60,), 20, BOLD)
        assert not [line for line in lines if line[0] in "、）。" or line[-1] == "（"]
        assert "".join(lines) == "门牌号混乱、找路难（难事三天内回应）。"
        assert all(font.width(line, 60, BOLD) <= width for line in lines)


def test_without_the_font_there_are_no_cards_and_the_pages_do_without(
    within: Programme, shells: Shells, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.copytree(SITE_SRC, tmp_path / "site_src")
    cards = share_cards(within, tmp_path / "site_src")
    assert (cards.paths, cards.files) == ({}, {})
    assert "make setup" in caplog.text
    bare = replace(public_row(1, within), photos_before=(), photos_after=())
    page = pages(within, replace(shells, cards={}), bare)[
        f"cases/{bare.month[:4]}/{bare.month[5:]}/{bare.id}.html"
    ]
    assert "og:image" not in tags(page)
    assert "twitter:card" not in tags(page)


def test_pages_are_made_anew_when_the_font_comes_or_changes(
    within: Programme, tmp_path: Path
) -> None:
    site_src = tmp_path / "site_src"
    site_src.mkdir()
    before = gather.inputs_hash(within, site_src, None)
    (tmp_path / FONT).mkdir(parents=True)
    (tmp_path / FONT / "package.json").write_text('{"version": "5.3.1"}')
    assert gather.inputs_hash(within, site_src, None) != before


def test_a_case_is_shared_with_its_photo_or_the_card_of_its_category(
    within: Programme, shells: Shells
) -> None:
    row = public_row(0, within)
    path = f"cases/2026/05/{row.id}.html"
    name = within.categories[row.category].name
    with_photo = tags(pages(within, shells, row)[path])
    assert with_photo["og:image"].startswith(f"{ADDRESS}cases/2026/05/{row.id}-")
    assert with_photo["og:image:alt"] == f"处置后照片：{name}"
    bare = replace(row, photos_before=(), photos_after=())
    without = tags(pages(within, shells, bare)[path])
    assert without["og:image"] == ADDRESS + shells.cards[row.category]
    assert shells.cards[row.category] in shells.files
    assert without["og:image:alt"] == name
    assert (without["og:image:width"], without["og:image:height"]) == ("1200", "630")
    assert without["twitter:card"] == "summary_large_image"


def test_every_page_has_whole_tags_for_sharing(within: Programme, shells: Shells) -> None:
    made = pages(within, shells, *(public_row(n, within) for n in range(30)))
    code = next(iter(within.categories))
    assert tags(made[f"cases/category/{code}.html"])["og:image"] == ADDRESS + shells.cards[code]
    for path, content in made.items():
        if path.endswith(".html"):
            said = tags(content)
            assert said["og:url"] == ADDRESS + path
            assert said["og:type"] == "website"
            assert said["og:title"]
            assert said["og:description"]
            assert said["og:image:alt"]
            picture = said["og:image"].removeprefix(ADDRESS)
            assert picture in shells.files or picture.startswith("cases/"), path
