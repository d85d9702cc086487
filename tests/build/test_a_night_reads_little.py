"""A night reads what changed and short lists: counted by the files it opens, not by the clock."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from build_scripts import pages_overview, publications
from build_scripts.publications import EVERY_BUILD, Publications
from build_scripts.site_shell import Shells
from build_scripts.snapshot import take_snapshot
from suishou.services.system import System
from tests.build.fabricated import case_id, public_row
from tests.build.test_open_data import shells, within
from tests.build.tiny_site import county, framed_build, put

__all__ = ["shells", "within"]
CASES_A_MONTH = 12
FILES_A_MONTH = 4  # lists of its files (those that others link to, and all), search, summaries
MONTHS = [f"{year}-{month:02}" for year in range(2022, 2026) for month in range(1, 13)]
OPENED: list[str] = []
_listening: list[bool] = []


def _hear(event: str, arguments: tuple[object, ...]) -> None:
    if _listening and event == "open" and isinstance(arguments[0], str | Path):
        OPENED.append(str(arguments[0]))


sys.addaudithook(_hear)  # stays for good, and says nothing unless it is listened to


@contextmanager
def opened() -> Iterator[list[str]]:
    OPENED.clear()
    _listening.append(True)
    try:
        yield OPENED
    finally:
        _listening.clear()


def a_night(folder: Path, shells: Shells, months: int) -> tuple[System, list[str]]:
    """The files within `folder` that the third night over so many months opened, with one case in
    each of the newest two months changed."""
    system = county(folder)

    newest = MONTHS[-months:]
    rows = [
        public_row(n, system.programme, newest[n // CASES_A_MONTH], id=case_id(n))
        for n in range(months * CASES_A_MONTH)
    ]
    put(system, *rows)
    framed_build(system, folder, shells)
    found: list[str] = []
    for night in (1, 2):
        changed = [rows[-1], rows[-1 - CASES_A_MONTH]]
        put(system, *(replace(row, text=f"第 {night} 晚", version=night + 1) for row in changed))
        with opened() as all_opened:
            framed_build(system, folder, shells)
            found = [path for path in all_opened if path.startswith(str(folder))]
    return system, found


@pytest.fixture(scope="module")
def nights(
    shells: Shells, tmp_path_factory: pytest.TempPathFactory
) -> dict[int, tuple[Path, System, list[str]]]:
    made = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pages_overview, "RECENT_ROWS", CASES_A_MONTH)  # of months this small
        patch.setattr(publications, "FILES_SWEPT_ALWAYS", 0)  # as on a large site
        for months in (6, 30):
            folder = tmp_path_factory.mktemp("months")
            made[months] = (folder, *a_night(folder, shells, months))
    return made


def test_a_night_opens_a_few_short_lists_more_for_every_month_that_did_not_change(
    nights: dict[int, tuple[Path, System, list[str]]],
) -> None:
    few, many = (len(nights[months][2]) for months in sorted(nights))
    assert many - few <= 24 * FILES_A_MONTH


def test_a_night_opens_no_rows_and_no_pages_of_a_month_that_did_not_change(
    nights: dict[int, tuple[Path, System, list[str]]],
) -> None:
    folder, system, found = nights[30]
    snapshot = take_snapshot(system.public, folder / "work" / "snapshot")
    kept = Publications(folder / "site")
    changed = {*MONTHS[-2:], EVERY_BUILD}
    named = kept.current().groups
    stands = {
        digest
        for month, group in named.items()
        if month not in changed
        for digest in kept.files(group).values()
    }
    stands -= {d for m in changed for d in kept.files(named[m]).values()}
    parts = {part for m in snapshot.months if m not in changed for part in snapshot.months[m].parts}
    opened_contents = {Path(path).name for path in found}
    assert len(stands) > 500
    assert opened_contents & parts == set()
    assert not opened_contents & stands
