"""The builder under a lease: what it writes down, and when it stops."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from build_scripts.build import build
from build_scripts.builder_lock import builder_lock
from build_scripts.nightly import rebuild_if_wanted, rebuild_now
from suishou.services.rebuild import (
    LEASE_SECONDS,
    LeaseLost,
    rebuild,
    rebuilds,
    start_if_wanted,
    want_rebuild,
)
from tests.build.fabricated import PROJECT
from tests.build.tiny_site import (
    county,
    dirty_ids,
    put,
    rows_for,
    tiny_build,
    tiny_render,
    tiny_shells,
    tree,
)


def test_a_wanted_build_is_made_and_its_figures_kept(tmp_path: Path) -> None:
    system = county(tmp_path)
    put(system, *rows_for(system.programme, 10))
    assert rebuild_if_wanted(system, tmp_path / "a", tmp_path / "w", builder=tiny_build) is None
    done = rebuild_now(system, "admin", tmp_path / "a", tmp_path / "w", builder=tiny_build)
    assert done is not None and done.status == "succeeded"
    assert done.result is not None and done.result["cases"] == 10
    assert rebuild(system, 1) == done
    assert dirty_ids(system) == set()


def test_a_site_that_fails_its_check_ends_as_failed_with_its_problems(tmp_path: Path) -> None:
    system = county(tmp_path)

    def render(data: Any, shells: Any, write: Callable[[str, bytes], None]) -> None:
        write("index.html", b"<html></html>")

    failed = rebuild_now(
        system, "admin", tmp_path / "a", tmp_path / "w", make_shells=tiny_shells, render=render
    )
    assert failed is not None and failed.status == "failed" and failed.result is not None
    assert failed.result["error"] == "CheckFailed"
    assert "index.html: html: no lang on <html>" in failed.result["problems"]
    assert not (tmp_path / "a").exists()


def test_an_unknown_error_is_written_down_without_its_words_and_raised(tmp_path: Path) -> None:
    system = county(tmp_path)

    def builder(*args: Any, **options: Any) -> Any:
        raise RuntimeError("张三 13800138000")

    with pytest.raises(RuntimeError):
        rebuild_now(system, "admin", tmp_path / "a", tmp_path / "w", builder=builder)
    assert rebuild(system, 1).status == "failed"
    assert "138" not in str(rebuild(system, 1))


def test_a_builder_overtaken_while_it_renders_publishes_nothing(tmp_path: Path) -> None:
    clock = [datetime(2026, 6, 1, tzinfo=UTC)]
    system = replace(county(tmp_path), now=lambda: clock[0])
    put(system, *rows_for(system.programme, 10))
    want_rebuild(system, "admin")

    def render(*args: Any) -> None:
        for write in (args[2],):
            write("a.txt", b"")
        tiny_render(*args)
        clock[0] += timedelta(seconds=LEASE_SECONDS)
        assert start_if_wanted(system, "another") is not None

    with pytest.raises(LeaseLost):
        rebuild_if_wanted(
            system,
            tmp_path / "a",
            tmp_path / "w",
            builder=build,
            make_shells=tiny_shells,
            render=render,
        )
    assert not (tmp_path / "a").exists()
    assert len(dirty_ids(system)) == 10
    assert [made.status for made in rebuilds(system)] == ["running", "lost"]


def test_a_long_build_keeps_its_lease(tmp_path: Path) -> None:
    clock = [datetime(2026, 6, 1, tzinfo=UTC)]
    system = replace(county(tmp_path), now=lambda: clock[0])
    put(system, *rows_for(system.programme, 10))
    want_rebuild(system, "admin")

    def render(data: Any, shells: Any, write: Callable[[str, bytes], None]) -> None:
        for number in range(30):
            clock[0] += timedelta(seconds=LEASE_SECONDS // 4)
            write(f"{number}.txt", b"")
        tiny_render(data, shells, write)

    done = rebuild_if_wanted(
        system, tmp_path / "a", tmp_path / "w", make_shells=tiny_shells, render=render
    )
    assert done is not None and done.status == "succeeded"
    assert len(tree(tmp_path / "a")) > 30


BUILD_UNTIL_KILLED = """
import sys, time
from pathlib import Path
from build_scripts.nightly import rebuild_if_wanted
from tests.build.tiny_site import county, tiny_render, tiny_shells

folder = Path(sys.argv[1])

def render(data, shells, write):
    tiny_render(data, shells, write)
    print("building", flush=True)
    time.sleep(600)

rebuild_if_wanted(
    county(folder), folder / "a", folder / "w", make_shells=tiny_shells, render=render
)
"""


def test_after_a_builder_was_killed_the_next_one_need_not_wait_for_its_lease(
    tmp_path: Path,
) -> None:
    system = county(tmp_path)
    put(system, *rows_for(system.programme, 10))
    want_rebuild(system, "admin")
    with subprocess.Popen(
        [sys.executable, "-c", BUILD_UNTIL_KILLED, str(tmp_path)],
        stdout=subprocess.PIPE,
        cwd=PROJECT,
    ) as builder:
        assert builder.stdout and builder.stdout.readline() == b"building\n"
        folders = (tmp_path / "a", tmp_path / "w")
        assert rebuild_if_wanted(system, *folders, builder=tiny_build) is None, "it is alive"
        builder.kill()
    done = rebuild_if_wanted(system, *folders, builder=tiny_build)
    assert done is not None and done.status == "succeeded"
    assert [made.status for made in rebuilds(system)] == ["succeeded", "lost"]


def test_a_builder_with_a_lock_of_its_own_waits_for_anothers_lease(tmp_path: Path) -> None:
    system = county(tmp_path)
    want_rebuild(system, "admin")
    with builder_lock(tmp_path / "elsewhere") as there:
        assert there and start_if_wanted(system, there.new_owner(), there.died)
    assert rebuild_if_wanted(system, tmp_path / "a", tmp_path / "w", builder=tiny_build) is None
