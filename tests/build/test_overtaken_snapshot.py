"""Two builders in one folder: the slower one lost its lease, and must not undo the other's work."""

from __future__ import annotations

from pathlib import Path

import pytest

from build_scripts.snapshot import Overtaken, clear_dirty, take_snapshot
from suishou.storage import public_keys as keys
from tests.build.tiny_site import county, put, rows_for
from tests.services.interference import Interrupted


def test_a_builder_that_was_overtaken_does_not_put_its_older_snapshot_back(tmp_path: Path) -> None:
    system, folder = county(tmp_path), tmp_path / "snapshot"
    first, second = rows_for(system.programme, 2)
    put(system, first)
    clear_dirty(system.public, take_snapshot(system.public, folder))

    def faster_builder() -> None:
        put(system, second)
        clear_dirty(system.public, take_snapshot(system.public, folder))

    slow = Interrupted(system.public, keys.dirty_partitions()[-1], faster_builder)
    with pytest.raises(Overtaken):
        take_snapshot(slow, folder)
    snapshot = take_snapshot(system.public, folder)
    assert {row.id for month in snapshot.months for row in snapshot.rows(month)} == {
        first.id,
        second.id,
    }
