"""The snapshot: partition files that follow from the rows alone."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from build_scripts import partitions
from build_scripts.content_store import ContentStore
from build_scripts.partitions import (
    Change,
    line_of,
    merge_month,
    parts_for,
    read_lines,
    row_line,
)
from build_scripts.snapshot import BadPublicRow, clear_dirty, drop_old_content, take_snapshot
from suishou.domain.errors import Conflict
from suishou.domain.public_row import to_json
from suishou.storage import public_keys as keys
from suishou.storage.table import Insert, Replace, Require
from tests.build import tiny_site
from tests.build.tiny_site import county, dirty_ids, put, rows_for, take_down


def test_a_snapshot_holds_every_row_and_no_other(tmp_path: Path) -> None:
    system = county(tmp_path)
    rows = rows_for(system.programme, 40)
    put(system, *rows)
    snapshot = take_snapshot(system.public, tmp_path / "snapshot")
    found = [row for month in snapshot.months for row in snapshot.rows(month)]
    assert sorted(found, key=lambda row: row.id) == sorted(rows, key=lambda row: row.id)
    assert list(snapshot.months) == sorted(tiny_site.MONTHS, reverse=True)
    assert snapshot.rows("1999-01") == ()


def test_a_line_is_the_canonical_json_of_its_row(tmp_path: Path) -> None:
    system = county(tmp_path)
    put(system, *rows_for(system.programme, 40))
    snapshot = take_snapshot(system.public, tmp_path / "snapshot")
    for month in snapshot.months:
        kept = snapshot.month(month)
        assert kept.rows == snapshot.rows(month)
        assert kept.lines == {row.id: row_line(to_json(row)) for row in kept.rows}
    assert snapshot.month("1999-01") == ((), {})


def test_a_snapshot_of_rows_of_another_form_is_not_built_upon(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = county(tmp_path)
    put(system, *rows_for(system.programme, 10))
    monkeypatch.setattr("build_scripts.snapshot.FORM", "of before")
    monkeypatch.setattr("build_scripts.snapshot.line_of", lambda row: line_of(row)[:-1] + b" }")
    before = take_snapshot(system.public, tmp_path / "snapshot")
    clear_dirty(system.public, before)
    monkeypatch.undo()
    after = take_snapshot(system.public, tmp_path / "snapshot")
    fresh = take_snapshot(system.public, tmp_path / "fresh")
    assert before.root != after.root == fresh.root


def test_order_and_number_of_batches_leave_no_trace(tmp_path: Path) -> None:
    rows = rows_for(county(tmp_path / "x").programme, 30)
    roots = set()
    for name, batches in (
        ("one", [rows]),
        ("reversed", [rows[::-1]]),
        ("many", [rows[n : n + 7] for n in range(0, 30, 7)]),
        ("twice", [[replace(row, title="旧") for row in rows], rows]),
    ):
        system = county(tmp_path / name)
        for batch in batches:
            put(system, *batch)
            snapshot = take_snapshot(system.public, tmp_path / name / "snapshot")
            clear_dirty(system.public, snapshot)
        roots.add(snapshot.root)
    assert len(roots) == 1


def test_a_crash_before_clearing_repeats_the_same_work_to_the_same_hash(tmp_path: Path) -> None:
    system = county(tmp_path)
    put(system, *rows_for(system.programme, 10))
    first = take_snapshot(system.public, tmp_path / "snapshot")
    second = take_snapshot(system.public, tmp_path / "snapshot")
    assert (first.root, first.seen) == (second.root, second.seen)


def test_without_a_folder_from_before_all_rows_are_found_again(tmp_path: Path) -> None:
    system = county(tmp_path)
    put(system, *rows_for(system.programme, 10))
    first = take_snapshot(system.public, tmp_path / "one")
    clear_dirty(system.public, first)
    assert take_snapshot(system.public, tmp_path / "two").root == first.root


def test_a_row_touched_since_it_was_read_stays_dirty(tmp_path: Path) -> None:
    system = county(tmp_path)
    rows = rows_for(system.programme, 5)
    put(system, *rows)
    snapshot = take_snapshot(system.public, tmp_path / "snapshot")
    put(system, replace(rows[2], title="改过"))
    assert clear_dirty(system.public, snapshot) == 4
    assert dirty_ids(system) == {rows[2].id}


def test_a_builder_without_its_lease_clears_nothing(tmp_path: Path) -> None:
    system = county(tmp_path)
    put(system, *rows_for(system.programme, 5))
    snapshot = take_snapshot(system.public, tmp_path / "snapshot")
    with pytest.raises(Conflict):
        clear_dirty(system.public, snapshot, lambda: Require(keys.BUILD, "LEASE", 7))
    assert len(dirty_ids(system)) == 5


def test_a_guard_whose_version_moves_on_is_asked_again(tmp_path: Path) -> None:
    system = county(tmp_path)
    put(system, *rows_for(system.programme, 5))
    snapshot = take_snapshot(system.public, tmp_path / "snapshot")
    system.public.write([Insert(keys.BUILD, "LEASE", {})])
    versions = iter([9, 8, 1])
    assert (
        clear_dirty(system.public, snapshot, lambda: Require(keys.BUILD, "LEASE", next(versions)))
        == 5
    )


def test_a_case_taken_down_is_counted_without_its_text_and_known_as_such(tmp_path: Path) -> None:
    system = county(tmp_path)
    rows = rows_for(system.programme, 5)
    put(system, *rows)
    clear_dirty(system.public, take_snapshot(system.public, tmp_path / "snapshot"))
    take_down(system, rows[0])
    snapshot = take_snapshot(system.public, tmp_path / "snapshot")
    (found,) = (row for row in snapshot.rows(rows[0].month) if row.id == rows[0].id)
    assert (found.shown, found.text) == (False, "")
    assert snapshot.tombstones == {rows[0].id}
    tiny_site.lift(system, rows[0])
    assert take_snapshot(system.public, tmp_path / "snapshot").tombstones == frozenset()


def test_a_row_that_is_gone_leaves_its_part_and_an_empty_month_goes(tmp_path: Path) -> None:
    system = county(tmp_path)
    rows = rows_for(system.programme, 3)
    put(system, *rows)
    clear_dirty(system.public, take_snapshot(system.public, tmp_path / "snapshot"))
    item = system.public.get(keys.public(rows[0].id), keys.ROW)
    assert item is not None
    gone = Replace(item.partition, item.sort, item.version, {"taken_down": True})
    system.public.write([gone, Insert(keys.dirty(rows[0].id), rows[0].id, {})])
    assert rows[0].month not in take_snapshot(system.public, tmp_path / "snapshot").months


def test_old_content_goes_and_the_rest_still_reads(tmp_path: Path) -> None:
    system = county(tmp_path)
    rows = rows_for(system.programme, 12)
    put(system, *rows)
    snapshot = take_snapshot(system.public, tmp_path / "snapshot")
    for n in range(4):
        put(system, replace(rows[0], title=f"第{n}稿"))
        snapshot = take_snapshot(system.public, tmp_path / "snapshot")
    assert drop_old_content(tmp_path / "snapshot", snapshot) > 0
    assert sum(len(snapshot.rows(month)) for month in snapshot.months) == 12
    assert drop_old_content(tmp_path / "snapshot", snapshot) == 0
    assert take_snapshot(system.public, tmp_path / "snapshot").root == snapshot.root


def test_a_row_that_cannot_be_read_is_named_and_nothing_is_lost(tmp_path: Path) -> None:
    system = county(tmp_path)
    body = {"id": "x", "text": "13800001111"}
    system.public.write(
        [Insert(keys.public("x"), keys.ROW, body), Insert(keys.dirty("x"), "x", {})]
    )
    with pytest.raises(BadPublicRow) as refused:
        take_snapshot(system.public, tmp_path / "snapshot")
    assert "PUBLIC#x" in str(refused.value) and "138" not in str(refused.value)
    assert dirty_ids(system) == {"x"}


@pytest.mark.parametrize(
    ("rows", "parts"), [(0, 1), (1, 1), (1500, 1), (1501, 2), (3000, 2), (3001, 4)]
)
def test_parts_double_as_a_month_grows(rows: int, parts: int) -> None:
    assert parts_for(rows) == parts


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    batches=st.lists(
        st.lists(st.tuples(st.integers(0, 20), st.integers(0, 3) | st.none()), max_size=12),
        max_size=5,
    )
)
def test_any_history_ends_in_the_manifest_of_its_last_state(
    batches: list[list[tuple[int, int | None]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partitions, "PART_ROWS_MEAN", 3)
    with tempfile.TemporaryDirectory() as folder:
        store = ContentStore(Path(folder))
        final: dict[str, bytes] = {}
        manifest = None
        for batch in batches:
            changes = []
            for number, value in batch:
                line = None if value is None else row_line({"id": f"c{number}", "value": value})
                changes.append(Change(f"c{number}", line))
                final.pop(f"c{number}", None)
                if line is not None:
                    final[f"c{number}"] = line
            manifest = merge_month(store, manifest, changes)
        at_once = merge_month(store, None, [Change(i, line) for i, line in final.items()])
        assert manifest == at_once
        held = (
            {i: x for p in manifest.parts for i, x in read_lines(store, p).items()}
            if manifest
            else {}
        )
        assert held == final


def test_parts_stay_below_two_thousand_rows(tmp_path: Path) -> None:
    store = ContentStore(tmp_path)
    row = to_json(rows_for(county(tmp_path / "x").programme, 1)[0])
    lines = [Change(f"case{n}", row_line({**row, "id": f"case{n}"})) for n in range(6000)]
    manifest = merge_month(store, None, lines)
    assert manifest is not None and manifest.rows == 6000
    assert max(len(read_lines(store, part)) for part in manifest.parts) <= 2000
