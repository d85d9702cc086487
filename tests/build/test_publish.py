"""Publishing, roll-back and taking down, on a folder and what is kept beside it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from build_scripts import take_down as taking_down
from build_scripts.content_store import flush_disk
from build_scripts.public_place import PublicFolder
from build_scripts.publications import NOTHING, Publication, Publications
from build_scripts.publish import (
    NothingToRestore,
    NotOurFolder,
    publish,
    roll_back,
)
from build_scripts.site_paths import case_path, photo_path
from build_scripts.take_down import take_down_now
from tests.build.tiny_site import (
    county,
    lift,
    mentions,
    put,
    rows_for,
    take_down,
    tiny_build,
    tiny_render,
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


@pytest.mark.parametrize("at_once", [20_000, 0], ids=["searched at once", "its month first"])
def test_a_case_taken_down_is_gone_at_once_and_stays_gone_after_roll_backs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(taking_down, "FILES_SEARCHED_AT_ONCE", at_once)
    system, site = county(tmp_path), tmp_path / "site"
    rows = rows_for(system.programme, 20)
    put(system, *rows[:10])
    tiny_build(system, site, tmp_path / "work")
    put(system, *rows[10:])
    tiny_build(system, site, tmp_path / "work")
    victim = next(row for row in rows if row.shown and row.photos_before)
    others = len(tree(site))
    assert mentions(site, victim.text) and mentions(site, victim.id)
    take_down(system, victim)
    assert take_down_now(site, system.public) == {victim.id}
    for again in range(2):
        assert mentions(site, victim.id) == mentions(site, victim.text) == []
        assert (site / "index.html").exists()
        if again == 0:
            photos = len(victim.photos_before + victim.photos_after)
            assert len(tree(site)) == others - 2 - 2 * photos  # each with its small copy
            roll_back(site, system.public)
    assert mentions(Publications(site).folder, victim.text) == []
    assert take_down_now(site, system.public) == frozenset()
    tiny_build(system, site, tmp_path / "work")
    tiny_build(system, tmp_path / "b", tmp_path / "fresh")
    assert tree(site) == tree(tmp_path / "b")
    assert mentions(tmp_path / "work", victim.text) == []
    assert mentions(site, victim.id) == []


def test_a_large_site_shows_the_case_no_more_before_it_has_searched_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking_down, "FILES_SEARCHED_AT_ONCE", 0)
    system, site = county(tmp_path), tmp_path / "site"
    rows = rows_for(system.programme, 20)
    put(system, *rows)
    tiny_build(system, site, tmp_path / "work")
    victim = next(row for row in rows if row.shown and row.photos_before)
    take_down(system, victim)
    seen: list[list[str]] = []

    def searched(*args: Any) -> frozenset[str]:
        seen.append(mentions(site, victim.id))
        raise OSError("the power went")

    with monkeypatch.context() as patch:
        patch.setattr(taking_down, "take_down_alone", searched)
        with pytest.raises(OSError, match="power"):
            take_down_now(site, system.public)
    assert seen == [[]]
    assert take_down_now(site, system.public) == {victim.id}  # the rest is made good
    assert mentions(Publications(site).folder, victim.text) == []


def test_a_photo_that_another_case_has_too_stays_when_one_is_taken_down(tmp_path: Path) -> None:
    system, site = county(tmp_path), tmp_path / "site"
    rows = rows_for(system.programme, 20)
    victim = next(row for row in rows if row.shown and row.photos_before)
    other = next(row for row in rows if row.shown and row.month != victim.month)
    other = replace(other, photos_before=victim.photos_before)
    put(system, victim, other)
    tiny_build(system, site, tmp_path / "work")
    photo = site / photo_path(other, other.photos_before[0])
    before = photo.read_bytes()
    take_down(system, victim)
    assert take_down_now(site, system.public) == {victim.id}
    assert photo.read_bytes() == before
    kept = Publications(site)
    for publication in kept.kept():
        for group in publication.groups.values():
            assert all(map(kept.content.get, kept.files(group).values()))


def test_take_downs_leave_as_many_builds_to_roll_back_to(tmp_path: Path) -> None:
    system, site = county(tmp_path), tmp_path / "site"
    rows = [row for row in rows_for(system.programme, 40) if row.shown]
    for night in range(3):
        put(system, rows[night])
        tiny_build(system, site, tmp_path / "work")
    for row in rows[3:9]:
        put(system, row)
        tiny_build(system, site, tmp_path / "work")
        take_down(system, row)
        take_down_now(site, system.public)
    builds = [one for one in Publications(site).kept() if one.kind == "build"]
    assert len(builds) >= 5


def test_a_case_taken_down_while_pages_are_rendered_is_not_published(tmp_path: Path) -> None:
    system, site = county(tmp_path), tmp_path / "site"
    rows = rows_for(system.programme, 10)
    put(system, *rows)
    victim = next(row for row in rows if row.shown and row.photos_before)

    def render(*args: Any) -> None:
        tiny_render(*args)
        take_down(system, victim)
        for key in victim.photos_before:
            system.public_photos.delete(key)

    tiny_build(system, site, tmp_path / "work", render=render)
    assert mentions(site, victim.id) == mentions(site, victim.text) == []
    assert len(tree(site)) > 10


def test_a_tombstone_that_a_new_approval_lifted_hides_nothing(tmp_path: Path) -> None:
    system, site = county(tmp_path), tmp_path / "site"
    rows = rows_for(system.programme, 10)
    put(system, *rows)
    tiny_build(system, site, tmp_path / "work")
    take_down(system, rows[0])
    take_down_now(site, system.public)
    tiny_build(system, site, tmp_path / "work")
    lift(system, rows[0])
    tiny_build(system, site, tmp_path / "work")
    assert (site / case_path(rows[0])).exists()
    stone = system.public.get("TOMBSTONE", rows[0].id)
    assert stone is not None
    assert take_down_now(site, system.public) == frozenset()


def test_taking_down_before_the_first_build_does_nothing(tmp_path: Path) -> None:
    system = county(tmp_path)
    rows = rows_for(system.programme, 1)
    put(system, *rows)
    take_down(system, rows[0])
    assert take_down_now(tmp_path / "site", system.public) == frozenset()
    assert Publications(tmp_path / "site").current() == NOTHING


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
