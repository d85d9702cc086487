"""Atom feeds: valid, escaped, newest first, at addresses that stay."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from build_scripts.cut_out import without_cases
from build_scripts.pages_feeds import ALL, ENTRIES_MAX, write_feeds
from build_scripts.pages_overview import recent_rows
from build_scripts.pages_writer import PageWriter
from build_scripts.privacy_scan import PrivacyScan
from build_scripts.site import build_shells
from build_scripts.site_paths import case_path
from build_scripts.site_shell import Shells
from suishou.domain.programme import Programme
from tests.build.fabricated import PROJECT, programme, public_row, site_data

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def within() -> Programme:
    return programme()


@pytest.fixture(scope="module")
def shells(within: Programme, tmp_path_factory: pytest.TempPathFactory) -> Shells:
    return build_shells(within, PROJECT / "site_src", tmp_path_factory.mktemp("frame"))


def feeds(within: Programme, shells: Shells, count: int = 120) -> dict[str, bytes]:
    data = site_data([public_row(n, within) for n in range(count)], within)
    files: dict[str, bytes] = {}
    write_feeds(PageWriter(within, shells, files.__setitem__), data, recent_rows(data))
    return files


def test_each_feed_is_whole_and_newest_first(within: Programme, shells: Shells) -> None:
    files = feeds(within, shells)
    assert {f"feeds/street-{street.code}.xml" for street in within.streets} < files.keys()
    for path, content in files.items():
        root = ElementTree.fromstring(content)  # noqa: S314 - our own
        entries = root.findall(f"{ATOM}entry")
        ids = [entry.findtext(f"{ATOM}id") for entry in entries]
        updated = [entry.findtext(f"{ATOM}updated") for entry in entries]
        assert len(ids) == len(set(ids)) <= ENTRIES_MAX, path
        assert updated == sorted(updated, reverse=True), path
        if entries:
            assert root.findtext(f"{ATOM}updated") == updated[0], path
    assert len(ElementTree.fromstring(files[ALL]).findall(f"{ATOM}entry")) == ENTRIES_MAX  # noqa: S314


def test_a_feed_without_a_case_is_still_a_feed(within: Programme, shells: Shells) -> None:
    root = ElementTree.fromstring(feeds(within, shells, 0)[ALL])  # noqa: S314
    assert root.findtext(f"{ATOM}updated")
    assert not root.findall(f"{ATOM}entry")


def test_links_are_whole_addresses_where_the_site_has_one(
    within: Programme, shells: Shells
) -> None:
    address = "https://www.example.gov.cn/suishou/"
    known = feeds(within, replace(shells, address=address), 40)[ALL].decode()
    assert f'href="{address}{case_path(public_row(0, within))}"' in known
    assert 'href="../cases/' in feeds(within, shells)[ALL].decode()


def test_ids_stay_when_the_site_moves_and_are_each_their_own(
    within: Programme, shells: Shells
) -> None:
    def ids(address: str) -> dict[str, list[str]]:
        files = feeds(within, replace(shells, address=address))
        roots = {path: ElementTree.fromstring(files[path]) for path in files}  # noqa: S314
        return {
            path: [one.text or "" for one in root.iter(f"{ATOM}id")] for path, root in roots.items()
        }

    at_home = ids("https://www.example.gov.cn/suishou/")
    assert at_home == ids("https://portal.example.cn/") == ids("")
    assert all(
        one.startswith("tag:suishou.invalid,2026-01-01:county-360926/tonggu/")
        for found in at_home.values()
        for one in found
    )
    firsts = [found[0] for found in at_home.values()]
    assert len(set(firsts)) == len(at_home)  # of the feeds themselves
    cases = [one for found in at_home.values() for one in found[1:]]
    assert set(cases).isdisjoint(firsts)


def test_each_feed_names_its_language_its_author_itself_and_its_page(
    within: Programme, shells: Shells
) -> None:
    address = "https://www.example.gov.cn/suishou/"
    for path, content in feeds(within, replace(shells, address=address)).items():
        root = ElementTree.fromstring(content)  # noqa: S314 - our own
        assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "zh-CN"
        assert root.findtext(f"{ATOM}author/{ATOM}name")
        assert (root.findtext(f"{ATOM}title") or "").endswith("（演示数据）")
        links = {one.get("rel"): one.get("href") for one in root.findall(f"{ATOM}link")}
        assert links["self"] == address + path
        assert (links["alternate"] or "").startswith(address + "cases/")


def test_a_case_taken_down_leaves_its_feed(within: Programme, shells: Shells) -> None:
    victim = public_row(0, within)
    before = feeds(within, shells, 40)[ALL]
    count = before.count(b"<entry>")
    assert victim.id.encode() in before
    after = without_cases(ALL, before, {victim.id})
    assert after is not None
    assert victim.id.encode() not in after
    assert len(ElementTree.fromstring(after).findall(f"{ATOM}entry")) == count - 1  # noqa: S314


def test_no_id_looks_like_something_private(within: Programme, shells: Shells) -> None:
    data = site_data([public_row(n, within) for n in range(3_000)], within)
    files: dict[str, bytes] = {}
    write_feeds(PageWriter(within, shells, files.__setitem__), data, list(data.rows("2026-05")))
    scan = PrivacyScan([])
    for path, content in files.items():
        for one in ElementTree.fromstring(content).iter(f"{ATOM}id"):  # noqa: S314
            assert scan.problems(path, one.text or "") == []
