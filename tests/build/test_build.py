"""The build as a whole: the same data give the same bytes, and a failure changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from build_scripts import figures
from build_scripts.build import STEPS, Guard
from build_scripts.check import CheckFailed
from build_scripts.site_data import SiteData
from build_scripts.site_paths import Write, case_path
from build_scripts.summaries import FiguresDiffer
from suishou.domain.public_row import PublicRow
from tests.build import tiny_site
from tests.build.tiny_site import (
    TinyShells,
    county,
    dirty_ids,
    mentions,
    months_in,
    put,
    rows_for,
    tiny_build,
    tiny_render,
    tree,
)


def test_two_fresh_builds_of_the_same_data_give_the_same_bytes(tmp_path: Path) -> None:
    system = county(tmp_path)
    put(system, *rows_for(system.programme, 30))
    first = tiny_build(system, tmp_path / "a", tmp_path / "work-a")
    second = tiny_build(system, tmp_path / "b", tmp_path / "work-b")
    assert tree(tmp_path / "a") == tree(tmp_path / "b") != {}
    assert first.build_id == second.build_id
    assert list(first.milliseconds) == list(STEPS)
    assert first.files == len(tree(tmp_path / "a"))


def test_rendering_only_what_changed_gives_the_bytes_of_a_full_build(tmp_path: Path) -> None:
    system = county(tmp_path)
    rows = rows_for(system.programme, 30)
    put(system, *rows)
    tiny_build(system, tmp_path / "a", tmp_path / "work")
    put(system, replace(rows[3], title="改过的标题"), *rows_for(system.programme, 1, first=30))
    result = tiny_build(system, tmp_path / "a", tmp_path / "work")
    tiny_build(system, tmp_path / "b", tmp_path / "fresh")
    assert result.months == ("2026-03",)
    assert result.rows_read == 2
    assert tree(tmp_path / "a") == tree(tmp_path / "b")
    assert mentions(tmp_path / "a", "改过的标题")


@pytest.mark.parametrize("left", [b"", b"garbage", None], ids=["empty", "garbage", "gone"])
@pytest.mark.parametrize("kind", ["snapshot/content/*/*", "snapshot/roots.json", "summaries/*/*"])
def test_a_damaged_work_folder_costs_a_build_from_all_rows_and_loses_no_case(
    tmp_path: Path, kind: str, left: bytes | None
) -> None:
    system = county(tmp_path)
    rows = rows_for(system.programme, 30)
    put(system, *rows)
    tiny_build(system, tmp_path / "a", tmp_path / "work")
    for path in (tmp_path / "work").glob(kind):
        path.write_bytes(left) if left is not None else path.unlink()
    put(system, replace(rows[3], title="改过的标题"))
    tiny_build(system, tmp_path / "a", tmp_path / "work")
    tiny_build(system, tmp_path / "b", tmp_path / "fresh")
    assert tree(tmp_path / "a") == tree(tmp_path / "b")
    assert mentions(tmp_path / "a", "改过的标题")


def test_nothing_new_writes_nothing(tmp_path: Path) -> None:
    system = county(tmp_path)
    put(system, *rows_for(system.programme, 9))
    tiny_build(system, tmp_path / "a", tmp_path / "work")
    assert dirty_ids(system) == set()
    again = tiny_build(system, tmp_path / "a", tmp_path / "work")
    assert (again.months, again.files_written, again.files_removed) == ((), 0, 0)


def test_a_new_template_or_programme_renders_everything_again(tmp_path: Path) -> None:
    system = county(tmp_path)
    put(system, *rows_for(system.programme, 9))
    tiny_build(system, tmp_path / "a", tmp_path / "work")
    renamed = replace(system, programme=replace(system.programme, title="另一个名字"))
    assert len(tiny_build(renamed, tmp_path / "a", tmp_path / "work").months) == 3


def test_force_repairs_a_public_folder_that_somebody_damaged(tmp_path: Path) -> None:
    system = county(tmp_path)
    put(system, *rows_for(system.programme, 9))
    tiny_build(system, tmp_path / "a", tmp_path / "work")
    whole = tree(tmp_path / "a")
    (tmp_path / "a" / "index.html").unlink()
    tiny_build(system, tmp_path / "a", tmp_path / "work", force=True)
    assert tree(tmp_path / "a") == whole


def test_a_public_folder_that_was_emptied_is_filled_again(tmp_path: Path) -> None:
    system = county(tmp_path)
    put(system, *rows_for(system.programme, 9))
    tiny_build(system, tmp_path / "a", tmp_path / "work")
    whole = tree(tmp_path / "a")
    for path in whole:
        (tmp_path / "a" / path).unlink()
    for folder in sorted((tmp_path / "a").rglob("*"), reverse=True):
        folder.rmdir()
    tiny_build(system, tmp_path / "a", tmp_path / "work")
    assert tree(tmp_path / "a") == whole


def test_the_build_before_any_case_makes_an_empty_site(tmp_path: Path) -> None:
    result = tiny_build(county(tmp_path), tmp_path / "a", tmp_path / "work")
    assert (result.cases, result.months) == (0, ())
    assert (tmp_path / "a" / "index.html").exists()


def _broken_link(data: SiteData, shells: TinyShells, write: Write) -> None:
    tiny_render(data, shells, write)
    write(
        "about.html", tiny_site.PAGE.format(title="关于", main='<a href="x.html">无</a>').encode()
    )


def _phone(data: SiteData, shells: TinyShells, write: Write) -> None:
    tiny_render(data, shells, write)
    text = "请打 138 0013-8000 找我"
    write("about.html", tiny_site.PAGE.format(title="关于", main=text).encode())


def _stops_half_way(data: SiteData, shells: TinyShells, write: Write) -> None:
    tiny_render(replace(data, changed_months=frozenset({"2026-05"})), shells, write)
    raise RuntimeError("out of memory")


def _stray_month(data: SiteData, shells: TinyShells, write: Write) -> None:
    tiny_render(data, shells, write)
    write("cases/1999/01/index.html", b"")


@pytest.mark.parametrize(
    ("render", "error"),
    [
        (_broken_link, CheckFailed),
        (_phone, CheckFailed),
        (_stops_half_way, RuntimeError),
        (_stray_month, ValueError),
    ],
)
def test_a_failed_build_leaves_yesterdays_site_whole_and_the_rows_dirty(
    tmp_path: Path, render: Callable[..., None], error: type[Exception]
) -> None:
    system = county(tmp_path)
    rows = rows_for(system.programme, 20)
    put(system, *rows)
    tiny_build(system, tmp_path / "a", tmp_path / "work")
    yesterday = tree(tmp_path / "a")
    put(system, *(replace(row, title="今天") for row in rows[:6]))
    with pytest.raises(error):
        tiny_build(system, tmp_path / "a", tmp_path / "work", render=render)
    assert tree(tmp_path / "a") == yesterday
    assert dirty_ids(system) == {row.id for row in rows[:6]}
    tiny_build(system, tmp_path / "a", tmp_path / "work")
    tiny_build(system, tmp_path / "b", tmp_path / "fresh")
    assert tree(tmp_path / "a") == tree(tmp_path / "b") != yesterday


def test_figures_that_a_recount_does_not_confirm_stop_the_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = county(tmp_path)
    put(system, *rows_for(system.programme, 20))
    wrong = {**figures._FIGURES, "closed": "sum(stage = 'closed') + 1"}
    monkeypatch.setattr(figures, "_FIGURES", wrong)
    with pytest.raises(FiguresDiffer, match="closed"):
        tiny_build(system, tmp_path / "a", tmp_path / "work")
    assert not (tmp_path / "a").exists()


def test_a_builder_that_lost_its_lease_publishes_nothing_more(tmp_path: Path) -> None:
    system = county(tmp_path)
    put(system, *rows_for(system.programme, 20))
    asked = []

    def lost() -> None:
        asked.append(1)
        raise TimeoutError

    with pytest.raises(TimeoutError):
        tiny_build(system, tmp_path / "a", tmp_path / "work", guard=Guard(check=lost))
    assert (asked, (tmp_path / "a").exists(), len(dirty_ids(system))) == ([1], False, 20)


def test_a_photo_is_published_beside_its_case_and_goes_with_it(tmp_path: Path) -> None:
    system = county(tmp_path)
    (row,) = (r for r in rows_for(system.programme, 1) if r.photos_before)
    put(system, row)
    tiny_build(system, tmp_path / "a", tmp_path / "work")
    photos = [path for path in tree(tmp_path / "a") if path.endswith(".jpg")]
    assert photos and all(path.startswith(case_path(row)[: -len(".html")]) for path in photos)
    put(system, replace(row, photos_before=(), photos_after=(), version=99))
    tiny_build(system, tmp_path / "a", tmp_path / "work")
    assert [path for path in tree(tmp_path / "a") if path.endswith(".jpg")] == []


def test_a_month_whose_cases_are_all_only_counted_keeps_its_figures(tmp_path: Path) -> None:
    system = county(tmp_path)
    rows = [_hidden(row) for row in rows_for(system.programme, 9)]
    put(system, *rows)
    result = tiny_build(system, tmp_path / "a", tmp_path / "work")
    assert (result.cases, result.shown) == (9, 0)
    assert months_in(tree(tmp_path / "a")) == set(tiny_site.MONTHS)


def _hidden(row: PublicRow) -> PublicRow:
    empty: dict[str, Any] = {"photos_before": (), "photos_after": (), "timeline": ()}
    return replace(row, shown=False, title="", text="", result="", **empty)
