"""Publishing and roll-back, on a folder and what is kept beside it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from build_scripts.content_store import flush_disk
from build_scripts.public_place import PublicFolder
from build_scripts.publications import Publication, Publications
from build_scripts.publish import (
    NothingToRestore,
    NotOurFolder,
    publish,
    roll_back,
)
from tests.build.tiny_site import (
    county,
    put,
    rows_for,
    tiny_build,
    tree,
)

Files = Mapping[str, str]


def staged(publications: Publications, files: Files) -> Publication:
    listed = {path: publications.content.put(text.encode()) for path, text in files.items()}
    group = publications.group(listed, "")
    return Publication(0, "build", "id", {"every-build": group}, frozenset())


def publish_files(target: Path, files: Files, **options: Any) -> tuple[int, int]:
    publications = Publications(target)
    done = publish(publications, staged(publications, files), frozenset, **options)
    return done.written, done.removed


def test_only_what_changed_is_touched(tmp_path: Path) -> None:
    site = tmp_path / "site"
    assert publish_files(site, {"a.html": "1", "b.html": "1", "old/c.html": "1"}) == (3, 0)
    before = (site / "a.html").stat().st_mtime_ns, (site / "a.html").stat().st_ino
    assert publish_files(site, {"a.html": "1", "b.html": "2"}) == (1, 1)
    assert ((site / "a.html").stat().st_mtime_ns, (site / "a.html").stat().st_ino) == before
    assert tree(site) == {"a.html": b"1", "b.html": b"2"}
    assert not (site / "old").exists()


def test_content_comes_first_home_last_and_removals_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site"
    publish_files(site, {"index.html": "old", "gone.html": "x"})
    done: list[str] = []
    for name in ("_put", "_remove"):
        original = getattr(PublicFolder, name)

        def noted(self: PublicFolder, path: str, *rest: str, original: Any = original) -> None:
            done.append(path)
            original(self, path, *rest)

        monkeypatch.setattr(PublicFolder, name, noted)
    publish_files(
        site,
        {
            "index.html": "new",
            "cases/index.html": "x",
            "cases/street/1.html": "x",
            "cases/2026/05/index.html": "x",
            "cases/2026/05/category-a.html": "x",
            "cases/2026/05/zz.html": "x",
            "assets/a.css": "x",
        },
    )
    assert done == [
        "assets/a.css",
        "cases/2026/05/zz.html",
        "cases/2026/05/category-a.html",
        "cases/street/1.html",
        "cases/2026/05/index.html",
        "cases/index.html",
        "index.html",
        "gone.html",
    ]


def test_a_folder_with_files_of_unknown_origin_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "thesis.doc").write_text("mine")
    with pytest.raises(NotOurFolder):
        publish_files(tmp_path / "site", {"index.html": "1"})
    assert tree(tmp_path / "site") == {"thesis.doc": b"mine"}


def test_a_full_disk_puts_back_what_stood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = tmp_path / "site"
    publish_files(site, {"a.html": "1", "b.html": "1", "index.html": "1"})
    real_link, calls = os.link, iter(range(100))

    def link(source: Path, target: Path) -> None:
        if next(calls) == 1:
            raise OSError(28, "No space left on device")
        real_link(source, target)

    monkeypatch.setattr(os, "link", link)
    with pytest.raises(OSError, match="No space"):
        publish_files(site, {"a.html": "2", "b.html": "2", "new.html": "2", "index.html": "2"})
    assert tree(site) == {"a.html": b"1", "b.html": b"1", "index.html": b"1"}
    assert publish_files(site, {"a.html": "3"}) == (1, 2)


@pytest.mark.parametrize("stop_at", range(6))
def test_a_publishing_cut_short_is_made_good_by_the_next(tmp_path: Path, stop_at: int) -> None:
    site = tmp_path / "site"
    publish_files(site, {"a.html": "1", "b.html": "1", "index.html": "1"})
    phases = iter(range(100))

    def killed() -> None:
        if next(phases) == stop_at:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        publish_files(
            site, {"a.html": "2", "new.html": "2", "x.css": "2", "index.html": "2"}, guard=killed
        )
    publish_files(site, {"a.html": "1", "c.html": "3"})
    assert tree(site) == {"a.html": b"1", "c.html": b"3"}
    assert Publications(site).under_way() is None


def test_roll_back_restores_the_build_before_and_then_the_one_before_that(tmp_path: Path) -> None:
    system, site = county(tmp_path), tmp_path / "site"
    for number in "123":
        publish_files(site, {"a.html": number, f"{number}.html": ""})
    for number in "21":
        roll_back(site, system.public)
        assert tree(site) == {"a.html": number.encode(), f"{number}.html": b""}
    with pytest.raises(NothingToRestore):
        roll_back(site, system.public)


def test_a_build_after_a_roll_back_is_like_any_other(tmp_path: Path) -> None:
    system, site = county(tmp_path), tmp_path / "site"
    rows = rows_for(system.programme, 20)
    put(system, *rows[:10])
    tiny_build(system, site, tmp_path / "work")
    first = tree(site)
    put(system, *rows[10:])
    tiny_build(system, site, tmp_path / "work")
    second = tree(site)
    roll_back(site, system.public)
    assert tree(site) == first
    tiny_build(system, site, tmp_path / "work")
    assert tree(site) == second


def test_old_publications_and_their_contents_go_in_time(tmp_path: Path) -> None:
    system, site = county(tmp_path), tmp_path / "site"
    for number in range(9):
        rows = rows_for(system.programme, 1, first=number)
        put(system, *rows)
        tiny_build(system, site, tmp_path / "work")
    publications = Publications(site)
    assert [p.number for p in publications.kept()] == [9, 8, 7, 6, 5]
    assert publications.drop_old() == 0


@pytest.mark.parametrize("content", ["", "12", "{}", '"x"', "null"])
@pytest.mark.parametrize("damaged", ["current.json", "under_way.json", "builds/00000002.json"])
def test_damaged_notes_on_the_public_folder_are_made_good_from_the_folder_itself(
    tmp_path: Path, damaged: str, content: str, caplog: pytest.LogCaptureFixture
) -> None:
    system, site = county(tmp_path), tmp_path / "site"
    put(system, *rows_for(system.programme, 20)[:10])
    tiny_build(system, site, tmp_path / "work")
    put(system, *rows_for(system.programme, 20)[10:])
    tiny_build(system, site, tmp_path / "work")
    whole = tree(site)
    (site / "latest.json").unlink()
    (site / "verify-mine.html").write_text("not of the build")
    (tmp_path / "site.kept" / damaged).write_text(content)
    tiny_build(system, site, tmp_path / "work")
    tiny_build(system, site, tmp_path / "work", force=True)
    assert tree(site) == {**whole, "verify-mine.html": b"not of the build"}
    assert "site.kept does not say what site holds" in caplog.text
    assert Publications(site).under_way() is None


def test_contents_and_names_are_on_the_disk_before_the_site_is_said_to_be_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, seen = tmp_path / "site", []
    publish_files(site, {"a.html": "1"})

    def flushed(folder: Path) -> None:
        seen.append((folder.name, (site / "a.html").read_text(), Publications(site).current()))

    for module in ("publication_notes", "public_place"):
        monkeypatch.setattr(f"build_scripts.{module}.flush_disk", flushed)
    before = Publications(site).current()
    publish_files(site, {"a.html": "2"})
    assert seen == [("site.kept", "1", before), ("site", "2", before)]
    assert Publications(site).current() != before


def test_a_disk_that_does_not_take_what_was_written_is_an_error() -> None:
    flush_disk(Path("/proc/self"))  # a file system that has nothing to write
    with pytest.raises(FileNotFoundError):
        flush_disk(Path("/nowhere at all"))
