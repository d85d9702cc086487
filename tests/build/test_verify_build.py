"""Verify inside the build: it stops at a wrong figure, and at no other thing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from build_scripts.check import CheckFailed
from build_scripts.open_lines import case_lines, measure_lines
from build_scripts.open_tables import CASES, MEASURES
from build_scripts.site_data import SiteData
from build_scripts.site_paths import Write
from build_scripts.table_files import as_csv
from suishou.storage import public_keys
from tests.build.test_open_data import rows_of, within
from tests.build.tiny_site import TinyShells, county, put, take_down, tiny_build, tiny_render

__all__ = ["within"]


def test_the_build_stops_at_a_wrong_figure(tmp_path: Path) -> None:
    def wrongly(data: SiteData, shells: TinyShells, write: Write) -> None:
        tiny_render(data, shells, write)
        page = f'<html lang="zh"><title>t</title><h1><data value="{stated}" data-figure="reported">'
        write("a.html", f"{page}{stated}</data></h1></html>".encode())
        for month in data.changed_months:
            cases = case_lines(data.rows(month), data.programme)
            write(CASES.path("csv", month), as_csv(CASES, cases))
            tallies = measure_lines(data.measures, month, data.programme)
            write(MEASURES.path("csv", month), as_csv(MEASURES, tallies))

    system, out = county(tmp_path), tmp_path / "out"
    put(system, *rows_of(system.programme, 30))
    stated = 31
    with pytest.raises(CheckFailed, match=r"reported \[\]: 31 ≠ 30"):
        tiny_build(system, out, tmp_path / "work", render=wrongly)
    stated = 30
    tiny_build(system, out, tmp_path / "work", render=wrongly)
    put(system, *rows_of(system.programme, 34)[30:])
    with pytest.raises(CheckFailed, match=r"30 ≠ 34"):
        tiny_build(system, out, tmp_path / "work", render=wrongly)


def test_a_case_taken_down_while_pages_are_rendered_does_not_fail_the_figures(
    tmp_path: Path,
) -> None:
    system, out = county(tmp_path), tmp_path / "out"
    found = rows_of(system.programme, 30)
    victim = next(row for row in found if row.shown)

    def meanwhile(data: SiteData, shells: TinyShells, write: Write) -> None:
        tiny_render(data, shells, write)
        for month in data.changed_months:
            rows_now = data.rows(month)
            shown = sum(row.shown for row in rows_now)
            mark = f'<data value="{shown}" data-figure="shown" data-scope="month={month}">'
            page = f'<html lang="zh"><title>t</title><h1>{mark}{shown}</data></h1></html>'
            write(f"cases/{month.replace('-', '/')}/index-2.html", page.encode())
            cases = case_lines(rows_now, data.programme)
            write(CASES.path("csv", month), as_csv(CASES, cases))
            tallies = measure_lines(data.measures, month, data.programme)
            write(MEASURES.path("csv", month), as_csv(MEASURES, tallies))
        if not system.public.get(public_keys.TOMBSTONE, victim.id):
            take_down(system, victim)

    put(system, *found)
    for _ in range(2):
        tiny_build(system, out, tmp_path / "work", render=meanwhile)
        assert victim.id not in (out / CASES.path("csv", victim.month)).read_text("utf-8")


def test_a_damaged_database_is_made_again(within: Any, tmp_path: Path) -> None:
    system, out, work = county(tmp_path), tmp_path / "out", tmp_path / "work"
    put(system, *rows_of(within, 6))
    tiny_build(system, out, work)
    (database,) = work.glob("*verify.sqlite")
    database.write_bytes(b"not a database at all" * 100)
    put(system, *rows_of(within, 8)[6:])
    assert tiny_build(system, out, work).cases == 8
