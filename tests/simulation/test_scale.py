"""The meter behind `make simulate` counts as DynamoDB is documented to, and sees what is hot."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench.scale.__main__ import _broken, main
from bench.scale.bill import ALARM, SIZES, alarms, bill
from bench.scale.contention import contention
from bench.scale.meter import MeteredTable
from suishou.handlers.functions import FUNCTIONS
from suishou.storage.sqlite import SqliteTable
from suishou.storage.table import Delete, Insert, Replace

NOON = datetime(2026, 5, 13, 4, 0, tzinfo=UTC)


@pytest.fixture
def table(tmp_path: Path) -> MeteredTable:
    inner = SqliteTable.open(tmp_path / "t.sqlite", synchronous="OFF", feed=False)
    return MeteredTable(inner, lambda: NOON)


def units(table: MeteredTable, partition: str) -> tuple[int, int]:
    second = int(NOON.timestamp())
    return table.units.writes[partition, second], table.units.reads[partition, second]


def test_a_transaction_costs_twice_and_each_begun_kilobyte_counts(table: MeteredTable) -> None:
    table.write([Insert("A", "1", {"words": "x" * 1_500}), Insert("B", "1", {})])
    assert units(table, "A") == (4, 0)
    assert units(table, "B") == (2, 0)


def test_a_replacement_and_a_removal_are_billed_by_the_larger_item(table: MeteredTable) -> None:
    table.write([Insert("A", "1", {"words": "x" * 2_500})])
    table.write([Replace("A", "1", 1, {})])
    assert units(table, "A") == (12, 0)
    table.write([Delete("A", "1", 2)])
    assert units(table, "A") == (14, 0)
    assert table.units.stored_bytes == 0


def test_reads_count_each_begun_four_kilobytes_and_one_for_nothing(table: MeteredTable) -> None:
    table.write([Insert("A", str(n), {"words": "x" * 3_000}) for n in range(3)])
    table.get("A", "1")
    table.get("A", "nothing")
    table.query("A")
    assert units(table, "A")[1] == 1 + 1 + 3


def test_a_list_that_is_not_spread_is_found_over_its_limit(table: MeteredTable) -> None:
    for n in range(501):
        table.write([Insert("QUEUE#town", str(n), {})])
    assert _broken("private", table.units) == ["private: writes in one QUEUE# 1002 > 1000"]


def test_a_calm_storm_stays_within_every_limit(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--rate", "20", "--seconds", "1"]) == 0
    assert "OVER THE LIMIT" not in capsys.readouterr().out


def test_more_contention_makes_more_people_wait() -> None:
    few, many = contention(1), contention(50)
    assert few.gave_up == 0 < many.gave_up < many.tried_again


def test_a_bill_is_its_lines_and_its_alarms_are_the_templates() -> None:
    county, city = (list(bill(size)) for size in SIZES)
    assert {line.what for line in county} < {line.what for line in city}
    assert all(line.dollars >= 0 for line in county + city)
    assert sum(line.dollars for line in county) < sum(line.dollars for line in city)
    (rung,) = (line for line in county if line.what == "Alarms")
    assert rung.dollars == alarms() * ALARM and alarms() > len(FUNCTIONS)
