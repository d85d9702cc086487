"""Taking down: gone at once, from what is shown and from all that is kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from build_scripts import take_down as taking_down
from build_scripts.publications import NOTHING, Publications
from build_scripts.publish import (
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
