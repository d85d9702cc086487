"""Every page of a site: escaped, linked, titled, private, and the same bytes for the same data."""

from __future__ import annotations

import gzip
import json
import posixpath
import re
from dataclasses import replace
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

import pytest

from build_scripts import view_words
from build_scripts.pages import render_month, render_pages
from build_scripts.pages_cases import CASES_PER_PAGE
from build_scripts.site import build_shells
from build_scripts.site_data import SiteData
from build_scripts.site_paths import case_path, month_of_path, photo_path, small_photo_path
from build_scripts.site_shell import Shells
from suishou import wording
from suishou.domain.programme import Programme
from suishou.domain.public_row import PublicClock, PublicRow, to_json
from suishou.domain.timeline import PUBLIC_KINDS
from tests.build.fabricated import PROJECT, case_id, programme, public_row, site_data

MONTHS = ("2026-03", "2026-04", "2026-05")
HONOURS = (
    {
        "id": "governance_star-2025",
        "rule": "governance_star",
        "name": "治理之星",
        "period": "2025",
        "measure": "points",
        "tie": "share",
        "benefit": "",
        "decided_on": "2026-01-15",
        "places": [{"place": 1, "name": "李*", "figure": 820}],
        "unnamed": 2,
    },
)
STANDINGS = ({"name": "<b>小哥</b>", "points": 9}, {"name": "王*", "points": 12})


class Page(HTMLParser):
    """What the tests ask of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def links(self) -> list[str]:
        names = ("href", "src", "action")
        return [attrs[n] or "" for _, attrs in self.tags for n in names if n in attrs]

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.tags)


@pytest.fixture(scope="module")
def within() -> Programme:
    return programme()


@pytest.fixture(scope="module")
def shells(within: Programme, tmp_path_factory: pytest.TempPathFactory) -> Shells:
    return build_shells(within, PROJECT / "site_src", tmp_path_factory.mktemp("frame"))


@pytest.fixture(scope="module")
def data(within: Programme) -> SiteData:
    rows = [public_row(n, within, MONTHS[n % 3]) for n in range(120)]
    return site_data(rows, within, honours=HONOURS, standings=STANDINGS)


@pytest.fixture(scope="module")
def site(data: SiteData, shells: Shells) -> dict[str, bytes]:
    return {**shells.files, **rendered(data, shells)}


def rendered(data: SiteData, shells: Shells) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    render_pages(data, shells, files.__setitem__)
    return files


def rows_of(data: SiteData) -> list[PublicRow]:
    return [row for month in data.months for row in data.rows(month)]


def html_of(site: dict[str, bytes]) -> dict[str, str]:
    return {path: body.decode() for path, body in site.items() if path.endswith(".html")}


def test_the_same_data_give_the_same_bytes(data: SiteData, shells: Shells) -> None:
    assert rendered(data, shells) == rendered(data, shells)


def test_every_page_has_a_language_a_title_a_description_and_one_heading(
    site: dict[str, bytes],
) -> None:
    for path, html in html_of(site).items():
        if path.endswith("api-reply.html"):
            continue
        page = Page(html)
        language = "en" if path.startswith("en/") else "zh"
        assert ("html", {"lang": language, "class": "no-js"}) in page.tags, path
        assert page.count("h1") == 1, path
        assert html.partition("</head>")[0].count("<title>") == 1, path
        assert "<!--slot" not in html, path
        if path != "404.html":
            assert re.search(r'<meta name="description" content="[^"]+">', html), path


def test_every_internal_link_leads_to_a_file_of_the_site(
    data: SiteData, site: dict[str, bytes]
) -> None:
    photos = {
        path_of(row, key)
        for row in rows_of(data)
        for key in (*row.photos_before, *row.photos_after)
        for path_of in (photo_path, small_photo_path)
    }
    for path, html in html_of(site).items():
        if path.endswith("api-reply.html"):
            continue
        ids = {attrs["id"] for _, attrs in Page(html).tags if "id" in attrs}
        for link in Page(html).links():
            parts = urlsplit(link)
            if parts.scheme in ("tel", "mailto") or link.startswith("/api/v1/"):
                continue
            assert not parts.scheme, f"{path}: {link}"
            assert not parts.netloc, f"{path}: {link}"
            if not parts.path:
                assert parts.fragment in ids, f"{path}: {link}"
                continue
            target = posixpath.normpath(
                posixpath.join(posixpath.dirname("/" + path), unquote(parts.path))
            )[1:]
            assert target in site or target in photos, f"{path}: {link}"


def test_no_page_asks_anything_of_another_host(site: dict[str, bytes]) -> None:
    for path, body in site.items():
        if path.endswith((".html", ".css", ".js")):
            # Leaflet's own credit line holds a link, which our map script takes out.
            text = body.decode().replace('href="https://leafletjs.com"', "")
            assert not re.search(r'(?:src|href|action|url)\s*[=(]\s*["\']?\s*(?:https?:)?//', text)
            assert "@import" not in text, path


def test_text_from_reporters_is_never_markup(site: dict[str, bytes]) -> None:
    for path, html in html_of(site).items():
        assert "<script>alert" not in html, path
        assert "<img src=x" not in html, path
        assert "\u202e" not in html, path
        assert "<b>小哥" not in html, path
        for tag, attrs in Page(html).tags:
            assert not [name for name in attrs if name.startswith("on")], f"{path}: {tag}"
            assert "style" not in attrs, f"{path}: {tag}"


def test_a_case_that_is_not_shown_appears_nowhere(data: SiteData, site: dict[str, bytes]) -> None:
    hidden = [row for row in rows_of(data) if not row.shown]
    assert hidden
    for row in hidden:
        assert case_path(row) not in site
        linked = f'href="{row.id}.html"'
        assert not [path for path, html in html_of(site).items() if linked in html]


def test_every_mention_of_a_case_elsewhere_stands_in_one_element_that_names_it(
    data: SiteData, site: dict[str, bytes]
) -> None:
    row = next(row for row in rows_of(data) if row.shown and row.stage == "closed")
    mentioned = 0
    for path, html in html_of(site).items():
        if path == case_path(row) or row.id not in html:
            continue
        without = re.sub(
            rf'<(li|article|tr)\b[^>]*data-case="{row.id}".*?</\1>', "", html, flags=re.DOTALL
        )
        assert row.id not in without, path
        mentioned += 1
    assert mentioned >= 3


def test_files_of_a_month_follow_from_its_rows_alone(
    within: Programme, data: SiteData, shells: Shells
) -> None:
    before = {p: b for p, b in rendered(data, shells).items() if month_of_path(p) == "2026-03"}
    others = [row for row in rows_of(data) if row.month == "2026-03"]
    alone = rendered(site_data(others, within, build_id="f" * 64), shells)
    assert before == {p: b for p, b in alone.items() if month_of_path(p) == "2026-03"}
    assert before


def test_only_changed_months_are_written(within: Programme, data: SiteData, shells: Shells) -> None:
    again = rendered(replace(data, changed_months=frozenset({"2026-05"})), shells)
    assert {month_of_path(path) for path in again} == {"", "2026-05"}


def test_a_month_list_is_paged_and_every_shown_case_is_on_it(
    within: Programme, shells: Shells
) -> None:
    rows = [public_row(n, within, "2026-05", shown=True) for n in range(CASES_PER_PAGE + 1)]
    site = rendered(site_data(rows, within), shells)
    first, second = site["cases/2026/05/index.html"], site["cases/2026/05/index-2.html"]
    assert first.count(b"data-case=") == CASES_PER_PAGE
    assert second.count(b"data-case=") == 1
    assert "cases/2026/05/index-3.html" not in site


def test_a_list_reads_in_its_order_the_days_of_reporting_newest_first(
    within: Programme, shells: Shells
) -> None:
    rows = [public_row(n, within, "2026-05", shown=True) for n in range(CASES_PER_PAGE)]
    page = rendered(site_data(rows, within), shells)["cases/2026/05/index.html"].decode()
    said = re.findall(r'<p class="case__meta"><time datetime="([^"]*)">([^<]*)</time>上报', page)
    assert len(said) == len(rows)
    assert [day for day, _ in said] == sorted((row.reported_on for row in rows), reverse=True)
    closed = re.findall(r' · <time datetime="([^"]*)">[^<]*</time>结案', page)
    assert sorted(closed) == sorted(row.closed_on for row in rows if row.closed_on) != []


def test_a_case_page_tells_its_result_clocks_and_reasons(within: Programme, shells: Shells) -> None:
    row = public_row(
        0,
        within,
        clocks={
            "first_response": PublicClock("2026-05-01", 12, True, False),
            "resolution": PublicClock("2026-05-02", None, False, False),
            "feedback": PublicClock("", None, None, True),
        },
    )
    page = rendered(site_data([row], within), shells)[case_path(row)].decode()
    for words in (
        "按时完成",
        "已超期，仍在办理",
        "待日历公布",
        "理由：不属本单位职责",
        "处置前",
        "纠错",
    ):
        assert words in page


def test_a_reason_that_is_not_configured_is_not_printed(within: Programme, shells: Shells) -> None:
    row = public_row(0, within)
    steps = tuple(replace(step, reason="张三的电话") for step in row.timeline)
    page = rendered(site_data([replace(row, timeline=steps)], within), shells)[case_path(row)]
    assert "张三".encode() not in page


def test_a_case_page_links_duplicates_of_its_month_and_only_names_others(
    within: Programme, shells: Shells
) -> None:
    first, second = public_row(0, within), public_row(1, within)
    page = rendered(site_data([first, second], within), shells)[case_path(first)].decode()
    assert f'<a href="../../../cases/2026/05/{case_id(1)}.html">' in page
    assert '<li data-case="elsewhere">另有上报 <span class="number">elsewhere</span></li>' in page


class Standing:
    """Every page stands."""

    def __init__(self) -> None:
        self.kept: set[str] = set()

    def keep(self, page: str, twin: str, said: bytes) -> bool:
        self.kept |= {page, twin}
        return True


def test_a_page_that_stands_is_kept_unless_it_names_another_case(
    data: SiteData, shells: Shells
) -> None:
    standing, files = Standing(), dict[str, bytes]()
    for month in data.months:
        render_month(replace(data, standing=standing), shells, month, files.__setitem__)
    shown = [row for row in rows_of(data) if row.shown]
    alone = {case_path(row) for row in shown if not (row.duplicates or row.merged_into)}
    others = {case_path(row) for row in shown} - alone
    assert alone and others
    assert {path for path in standing.kept if path.endswith(".html")} == alone
    assert others <= files.keys() and not standing.kept & files.keys()


def test_the_json_twin_is_the_public_row(within: Programme, shells: Shells) -> None:
    row = public_row(3, within)
    twin = rendered(site_data([row], within), shells)[case_path(row).replace(".html", ".json")]
    assert json.loads(twin) == to_json(row)


def test_rates_come_with_their_denominators_and_none_stands_without_one(
    within: Programme, shells: Shells
) -> None:
    empty = rendered(site_data([], within), shells)["index.html"].decode()
    assert "还没有可计的事项" in empty
    assert "0.0" not in empty
    rows = [public_row(n, within) for n in range(6)]
    page = rendered(site_data(rows, within), shells)["statistics.html"].decode()
    assert "6 件已立案，3 件办结" in page


def test_a_share_of_fewer_cases_than_the_sample_is_counts_alone(
    within: Programme, shells: Shells
) -> None:
    rows = [public_row(n, within) for n in range(3)]
    page = rendered(site_data(rows, within), shells)["statistics.html"].decode()
    table = page[page.index("按上报月份") :]
    assert "%" not in table[: table.index("</table>")]
    assert ">3/3</span></small>" in table


def test_an_empty_programme_has_every_page(within: Programme, shells: Shells) -> None:
    bare = replace(within, honours=(), rewards={}, emergencies=())
    site = rendered(site_data([], bare, stations=()), shells)
    assert "还没有逐件公示的事项" in site["cases/index.html"].decode()
    assert {"report.html", "track.html", "rules.html", "about.html", "robots.txt"} <= set(site)


def test_the_report_form_works_without_scripts(site: dict[str, bytes], within: Programme) -> None:
    main = site["report.html"].decode().partition('id="content"')[2]  # the header has its own form
    page = Page(main)
    form = next(attrs for tag, attrs in page.tags if tag == "form")
    assert form["method"] == "post"
    assert form["action"] == "/api/v1/reports"
    assert form["enctype"] == "multipart/form-data"
    names = {attrs["name"] for tag, attrs in page.tags if "name" in attrs and tag != "meta"}
    fields = "category description title community landmark lat lon crs photo contact"
    assert names == {*fields.split(), "idempotency_key"}
    sent = {a.get("value") for tag, a in page.tags if tag == "option"}
    assert set(within.categories) <= sent
    emergency = main.index("tel:119")
    assert emergency < main.index("<form")


def test_the_schematic_is_drawn_only_where_maps_are_allowed(
    within: Programme, shells: Shells
) -> None:
    for approval, switched_on, drawn in (
        ("", False, 0),
        ("", True, 1),
        ("赣S(2026)001号", False, 1),
    ):
        duties = replace(within.site, map_approval=approval, schematic_maps=switched_on)
        site = rendered(site_data([], replace(within, site=duties)), shells)
        assert site["stations/index.html"].count(b'class="schematic"') == drawn
        assert (approval.encode() in site["stations/index.html"]) or not drawn


def test_honours_name_those_who_agreed_and_count_the_others(site: dict[str, bytes]) -> None:
    page = site["honours.html"].decode()
    for words in ("2025年 治理之星", "李*", "820 分", "另有 2 名入选者未公开姓名", "12 分"):
        assert words in page
    assert page.index("王*") < page.index("&lt;b&gt;小哥")


def test_the_site_and_the_api_call_stages_and_events_alike() -> None:
    assert {code: words[0] for code, words in wording.STAGES.items()} == view_words.STAGES
    for code, words in view_words.EVENTS.items():
        assert code == "confirmed" or words == wording.EVENTS[code][0]
    assert set(view_words.EVENTS) >= PUBLIC_KINDS


def test_a_case_page_is_small(data: SiteData, site: dict[str, bytes]) -> None:

    for row in rows_of(data):
        if row.shown:
            assert len(gzip.compress(site[case_path(row)])) < 5_000


def test_the_sitemap_is_written_once_the_address_is_known(
    within: Programme, shells: Shells
) -> None:
    real = replace(within, demonstration=False)
    known = replace(shells, address="https://www.example.gov.cn/suishou/")
    site = rendered(site_data([public_row(0, real)], real), known)
    root = b"<loc>https://www.example.gov.cn/suishou/"
    assert root + b"sitemap/2026-05/1.xml</loc>" in site["sitemap.xml"]
    assert root + b"cases/2026/05/index.html</loc>" in site["sitemap/2026-05/1.xml"]
    page = case_path(public_row(0, real)).encode()
    assert root + page + b"</loc><lastmod>2026-05-01</lastmod>" in site["sitemap/2026-05/1.xml"]
    assert b"Disallow" not in site["robots.txt"]
    hidden = rendered(site_data([], replace(real, demonstration=True)), known)
    assert b"Disallow: /" in hidden["robots.txt"]
    assert "sitemap.xml" not in hidden
