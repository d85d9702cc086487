"""A notice board lists what was closed in its month, and the build knows which board it touches."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from build_scripts.closings import added, closings_of
from build_scripts.verify_site import site_at, verify
from suishou.domain.public_row import PublicRow
from suishou.services.system import System
from tests.build.fabricated import programme, public_row
from tests.build.test_frozen_pages import Rebuild, closed_in_april, rebuild, reopened, system
from tests.build.test_open_data import shells, within
from tests.build.tiny_site import put, tree

__all__ = ["rebuild", "shells", "system", "within"]


def board(site: Path, month: str, row: PublicRow) -> str:
    return (site / f"notice-board/{month}/{row.community}.html").read_text(encoding="utf-8")


def closed_later(row: PublicRow, day: str) -> PublicRow:
    return replace(row, closed_on=day, resolved_on=day, changed_on="2026-06-25", version=99)


def test_a_case_reported_in_april_and_closed_in_may_stands_on_the_board_of_may(
    rebuild: Rebuild, system: System
) -> None:
    row = closed_in_april(system)
    assert row.id in board(rebuild(), "2026-04", row)
    put(system, closed_later(row, "2026-05-30"))
    site = rebuild()
    path = site / f"notice-board/2026-04/{row.community}.html"
    assert not path.exists() or row.id not in path.read_text(encoding="utf-8")
    may = board(site, "2026-05", row)
    assert row.id in may
    assert f'href="../../cases/2026/04/{row.id}.html"' in may
    assert tree(site) == tree(rebuild("fresh", "fresh-work"))
    found = verify(site_at(str(site)))
    assert found.agrees, (found.data, found.figures)


def test_a_case_that_is_opened_again_leaves_the_board_of_the_month_in_which_it_was_closed(
    rebuild: Rebuild, system: System
) -> None:
    row = closed_later(closed_in_april(system), "2026-05-30")
    put(system, row)
    site = rebuild()
    assert row.id in board(site, "2026-05", row)
    count = r'data-scope="closed_month=2026-05">(\d+)</data>'
    before = re.search(count, (site / "notice-board/2026-05/index.html").read_text())
    put(system, reopened(row))
    site = rebuild()
    assert row.id not in "".join(
        path.read_text(encoding="utf-8") for path in (site / "notice-board").rglob("*.html")
    )
    after = re.search(count, (site / "notice-board/2026-05/index.html").read_text())
    assert before and after and int(after[1]) == int(before[1]) - 1


def test_parts_add_up_in_any_order_and_a_hidden_case_is_only_counted() -> None:
    within = programme()
    rows = [
        public_row(n, within, "2026-04", stage="closed", closed_on=f"2026-0{4 + n % 2}-20")
        for n in range(8)
    ]
    halves = closings_of(rows[:4]), closings_of(rows[4:])
    assert added(halves) == added(halves[::-1])
    assert set(added(halves)) == {"2026-04", "2026-05"}
    hidden = replace(rows[0], shown=False, title="")
    assert closings_of([hidden]) == closings_of([replace(hidden, satisfied=None, version=3)])
    assert closings_of([hidden]) != closings_of([hidden, hidden])
    assert closings_of([rows[0]]) != closings_of([replace(rows[0], result="别的结果")])
