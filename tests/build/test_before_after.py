"""Handling time before and after a milestone: two medians with their samples, recomputable."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from build_scripts.pages import render_pages
from build_scripts.site_shell import Shells
from build_scripts.verify_site import site_at, verify
from build_scripts.view_before_after import before_and_after
from suishou.domain.measures import Cell, Measures, Tally
from suishou.domain.programme import Milestone, Programme
from tests.build.fabricated import site_data
from tests.build.test_open_data import rows_of, shells, within, written

__all__ = ["shells", "within"]


def closed(**minutes: dict[int, int]) -> Measures:
    return Measures(
        {
            Cell("", "", "", "", "", name[1:].replace("_", "-")): Tally(resolution_minutes=spread)
            for name, spread in minutes.items()
        }
    )


def test_the_months_beside_the_milestones_own_are_compared(within: Programme) -> None:
    rules = replace(within.loop, milestones=(Milestone("2026-03-10", "新规则"),), sample_min=10)
    measures = closed(
        m2025_08={1: 50}, m2025_09={60: 5}, m2026_02={120: 6}, m2026_03={1: 99}, m2026_09={30: 10}
    )
    (one,) = before_and_after(measures, rules)
    assert (one.before.count, one.before.mark.value) == (11, "120")
    assert one.before.mark.scope == "closed_month=2025-09,2026-02"
    assert (one.after.count, one.after.value) == (10, "30 分钟")
    assert before_and_after(measures, replace(rules, sample_min=11)) == ()
    assert before_and_after(measures, replace(rules, milestones=())) == ()


def test_the_page_shows_both_sides_and_verify_recomputes_them(
    within: Programme, shells: Shells, tmp_path: Path
) -> None:
    loop = replace(within.loop, milestones=(Milestone("2026-05-01", "新规则"),), sample_min=1)
    known = replace(within, loop=loop)
    rows = [
        replace(row, closed_on="2026-06-02") if row.closed_on.startswith("2026-05") else row
        for row in rows_of(known)
    ]
    files: dict[str, bytes] = {}
    render_pages(site_data(rows, known), shells, files.__setitem__)
    site = written(files, tmp_path)
    assert "新规则" in files["statistics.html"].decode()
    assert "Handling time before and after" in files["en/statistics.html"].decode()
    found = verify(site_at(str(site)))
    assert found.agrees, (found.data, found.figures)
