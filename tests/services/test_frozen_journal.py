"""The journal of frozen figures: written once, whoever repeats it, and never over another's."""

from __future__ import annotations

from pathlib import Path

import pytest

from suishou.domain.errors import Conflict
from suishou.domain.frozen_figures import Entry, Value
from suishou.services.frozen_journal import ENTRIES_A_WRITE, frozen_months, keep_entries
from suishou.storage.table import Require
from tests.services.local_systems import demonstration_system


def entry(number: int = 0, month: str = "2026-05", value: str = "30") -> Entry:
    frozen = {} if number else {("closed_month=2026-05", "closed"): Value(value)}
    return Entry(month, number, "2026-06-16", frozen)


def test_entries_are_found_again_in_their_order(tmp_path: Path) -> None:
    public = demonstration_system(tmp_path).public
    months = [f"{year}-{month:02d}" for year in (2024, 2025, 2026) for month in range(1, 13)]
    entries = [entry(number, month) for month in months for number in (1, 0)]
    assert len(entries) > ENTRIES_A_WRITE
    keep_entries(public, entries)
    found = frozen_months(public)
    assert sorted(found) == months
    assert [one.number for one in found["2025-07"].entries] == [0, 1]
    assert found["2025-07"].frozen[("closed_month=2026-05", "closed")] == Value("30")


def test_a_write_that_is_repeated_changes_nothing(tmp_path: Path) -> None:
    public = demonstration_system(tmp_path).public
    keep_entries(public, [entry()])
    keep_entries(public, [entry(), entry(1)])
    assert [one.number for one in frozen_months(public)["2026-05"].entries] == [0, 1]


def test_another_builders_entry_stands(tmp_path: Path) -> None:
    public = demonstration_system(tmp_path).public
    keep_entries(public, [entry()])
    with pytest.raises(Conflict):
        keep_entries(public, [entry(value="31"), entry(month="2026-06")])
    found = frozen_months(public)
    assert list(found) == ["2026-05"]
    assert list(found["2026-05"].frozen.values()) == [Value("30")]


def test_a_builder_without_its_lease_freezes_nothing(tmp_path: Path) -> None:
    public = demonstration_system(tmp_path).public
    with pytest.raises(Conflict):
        keep_entries(public, [entry()], lambda: Require("BUILD", "LEASE", 7))
    assert frozen_months(public) == {}
