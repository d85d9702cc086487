"""The whole site is verified once a week; a figure that differs stands in the history of builds."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from build_scripts.nightly import rebuild_now, verified_weekly
from build_scripts.pages import render_pages
from build_scripts.site_shell import Shells
from suishou.services.rebuild import Rebuild
from suishou.services.system import System
from tests.build.test_open_data import rows_of, shells, within
from tests.build.tiny_site import county, put

__all__ = ["shells", "within"]


def built(system: System, shells: Shells, folder: Path) -> Rebuild:
    made = rebuild_now(
        system,
        "test",
        folder / "site",
        folder / "work",
        make_shells=lambda *_: shells,
        render=render_pages,
    )
    assert made is not None and made.result is not None
    return made


def later(system: System, **time: int) -> System:
    now = system.now() + timedelta(**time)
    return replace(system, now=lambda: now)


def test_a_site_is_verified_when_it_is_first_built_and_again_after_a_week(
    shells: Shells, tmp_path: Path
) -> None:
    system = county(tmp_path)
    put(system, *rows_of(system.programme))
    told: Any = (built(system, shells, tmp_path).result or {})["verified"]
    assert told["agrees"] and told["figures"] > 100 and told["problems"] == []
    assert "verified" not in (built(later(system, days=1), shells, tmp_path).result or {})
    assert "verified" in (built(later(system, days=7, hours=-1), shells, tmp_path).result or {})
    assert "verified" not in (built(later(system, days=8), shells, tmp_path).result or {})


def test_what_differs_is_written_down_for_the_administrators(
    shells: Shells, tmp_path: Path, caplog: Any
) -> None:
    system = county(tmp_path)
    put(system, *rows_of(system.programme))
    built(system, shells, tmp_path)
    page = tmp_path / "site/cases/index.html"
    text = page.read_text(encoding="utf-8")
    page.unlink()
    page.write_text(text.replace('data-scope="">90<', 'data-scope="">91<'), encoding="utf-8")
    told = verified_weekly(later(system, days=7), tmp_path / "site", lambda: None)["verified"]
    assert not told["agrees"]
    assert told["problems"] and "cases/index.html" in told["problems"][0]
    assert "weekly verification" in caplog.text
