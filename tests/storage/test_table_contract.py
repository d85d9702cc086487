"""What the storage port promises of single writes and reads, on every engine."""

from __future__ import annotations

import pytest

from suishou.domain.errors import Conflict, FailedAction
from suishou.storage.table import (
    ACTIONS_MAX,
    BODY_BYTES_MAX,
    COUNTER_MAX,
    KEY_BYTES_MAX,
    WRITE_BYTES_MAX,
    Action,
    Add,
    Delete,
    Insert,
    Item,
    Replace,
    Require,
    Table,
)

BODY = {"标题": "井盖缺失", "list": [1, None, True, {"深": "层"}], "a": -5, "empty": {}}
LARGEST = COUNTER_MAX - 1


def failed(table: Table, *actions: Action) -> tuple[FailedAction, ...]:
    with pytest.raises(Conflict) as caught:
        table.write(actions)
    return caught.value.failed


def found(table: Table, action: Action) -> object:
    """What a batch with one failing action says was there; that nothing was written as well."""
    marker = Insert("MARKER", "refused", {})
    (failure,) = failed(table, marker, action)
    assert (failure.position, failure.partition, failure.sort) == (1, action.partition, action.sort)
    assert table.get("MARKER", "refused") is None
    return failure.found


def add(table: Table, marker: str, amount: int, floor: int | None = None) -> None:
    table.write([Insert("MARKER", marker, {}), Add("P", "counted", "points", amount, floor)])


def test_an_inserted_item_is_read_back_as_version_1(table: Table) -> None:
    table.write(
        [Insert("案件", "甲", BODY, {"次数": 7, "zero": 0, "low": -LARGEST}, 1_800_000_000)]
    )
    counters = {"次数": 7, "zero": 0, "low": -LARGEST}
    assert table.get("案件", "甲") == Item("案件", "甲", 1, BODY, counters, 1_800_000_000)


def test_a_missing_item_is_none(table: Table) -> None:
    table.write([Insert("P", "a", {})])
    assert table.get("P", "b") is None
    assert table.get("Q", "a") is None


def test_an_expired_item_is_still_read_for_services_to_judge(table: Table) -> None:
    table.write([Insert("P", "a", {}, expires_at=1)])
    assert table.get("P", "a") == Item("P", "a", 1, {}, {}, 1)


def test_a_second_insert_loses_and_is_shown_the_first(table: Table) -> None:
    table.write([Insert("P", "a", {"who": "first"}, {"n": 2}, 99)])
    assert found(table, Insert("P", "a", {"who": "second"})) == Item(
        "P", "a", 1, {"who": "first"}, {"n": 2}, 99
    )
    kept = table.get("P", "a")
    assert kept is not None
    assert kept.body == {"who": "first"}


def test_a_replace_gives_a_new_body_and_the_next_version_and_keeps_the_counters(
    table: Table,
) -> None:
    table.write([Insert("P", "a", {"n": 1}, {"points": 5}, 99)])
    table.write([Replace("P", "a", 1, {"n": 2}, 100)])
    assert table.get("P", "a") == Item("P", "a", 2, {"n": 2}, {"points": 5}, 100)
    table.write([Replace("P", "a", 2, {"n": 3})])
    assert table.get("P", "a") == Item("P", "a", 3, {"n": 3}, {"points": 5}, None)


def test_a_replace_of_an_old_version_loses(table: Table) -> None:
    table.write([Insert("P", "a", {"n": 1})])
    table.write([Replace("P", "a", 1, {"n": 2})])
    assert found(table, Replace("P", "a", 1, {"n": 3})) == Item("P", "a", 2, {"n": 2})


@pytest.mark.parametrize("version", [0, 1])
def test_a_replace_of_nothing_loses(table: Table, version: int) -> None:
    assert found(table, Replace("P", "absent", version, {})) is None


def test_a_delete_removes_the_item_at_its_version(table: Table) -> None:
    table.write([Insert("P", "a", {})])
    assert found(table, Delete("P", "a", 2)) == Item("P", "a", 1, {})
    table.write([Delete("P", "a", 1)])
    assert table.get("P", "a") is None
    assert found(table, Delete("P", "a", 1)) is None


def test_a_delete_without_version_removes_whatever_is_there(table: Table) -> None:
    table.write([Insert("P", "a", {})])
    table.write([Replace("P", "a", 1, {})])
    table.write([Delete("P", "a"), Delete("P", "never was")])
    assert table.get("P", "a") is None


def test_an_item_that_comes_again_after_a_delete_starts_at_version_1_without_counters(
    table: Table,
) -> None:
    table.write([Insert("P", "a", {}, {"points": 9}, 5)])
    table.write([Replace("P", "a", 1, {}, 6)])
    table.write([Delete("P", "a")])
    table.write([Insert("P", "a", {"new": True})])
    assert table.get("P", "a") == Item("P", "a", 1, {"new": True})


def test_require_lets_a_batch_through_only_at_the_version_and_writes_nothing(table: Table) -> None:
    table.write([Insert("P", "a", {}, {"n": 1}), Require("P", "absent", 0)])
    table.write([Require("P", "a", 1), Insert("P", "b", {})])
    assert table.get("P", "a") == Item("P", "a", 1, {}, {"n": 1})
    assert table.get("P", "absent") is None
    assert found(table, Require("P", "a", 2)) == Item("P", "a", 1, {}, {"n": 1})
    assert found(table, Require("P", "a", 0)) == Item("P", "a", 1, {}, {"n": 1})
    assert found(table, Require("P", "absent", 1)) is None


def test_a_batch_of_requirements_alone_is_answered_too(table: Table) -> None:
    table.write([Require("P", "absent", 0)])
    assert failed(table, Require("P", "absent", 1)) == (FailedAction(0, "P", "absent", None),)


def test_an_add_creates_item_and_counter(table: Table) -> None:
    add(table, "1", 3)
    assert table.get("P", "counted") == Item("P", "counted", 1, {}, {"points": 3})


def test_an_add_of_nothing_still_creates_the_counter(table: Table) -> None:
    add(table, "1", 0)
    assert table.get("P", "counted") == Item("P", "counted", 1, {}, {"points": 0})


def test_an_add_leaves_version_body_expiry_and_other_counters_alone(table: Table) -> None:
    table.write([Insert("P", "counted", {"name": "甲"}, {"other": 1}, 99)])
    add(table, "1", -3)
    add(table, "2", 10)
    assert table.get("P", "counted") == Item(
        "P", "counted", 1, {"name": "甲"}, {"other": 1, "points": 7}, 99
    )


@pytest.mark.parametrize(
    ("start", "amount", "floor", "allowed"),
    [
        (30, -30, 0, True),
        (30, -31, 0, False),
        (None, 0, 0, True),
        (None, -1, 0, False),
        (None, 5, 5, True),
        (None, 4, 5, False),
        (None, -1, -1, True),
        (-5, 1, 0, False),  # below the floor already, and still below it
        (-5, 5, 0, True),
        (3, -100, None, True),
        (LARGEST - 1, 1, None, True),
        (LARGEST, 1, None, False),
        (1 - LARGEST, -1, None, True),
        (-LARGEST, -1, None, False),
        (-LARGEST, LARGEST, None, True),
        (None, LARGEST, LARGEST, True),
        (None, -LARGEST, None, True),
        (None, -LARGEST, -LARGEST, True),
    ],
)
def test_an_add_stops_at_its_floor_and_at_what_stays_exact(
    table: Table, start: int | None, amount: int, floor: int | None, allowed: bool
) -> None:
    if start is not None:
        table.write([Insert("P", "counted", {}, {"points": start})])
    before = table.get("P", "counted")
    if allowed:
        add(table, "1", amount, floor)
        after = table.get("P", "counted")
        assert after is not None
        assert after.counters == {"points": (start or 0) + amount}
    else:
        assert found(table, Add("P", "counted", "points", amount, floor)) == before
        assert table.get("P", "counted") == before


def test_a_floor_counts_a_missing_counter_of_a_standing_item_as_zero(table: Table) -> None:
    table.write([Insert("P", "counted", {"n": 1}, {"other": 50})])
    assert found(table, Add("P", "counted", "points", -1, 0)) == Item(
        "P", "counted", 1, {"n": 1}, {"other": 50}
    )


def test_all_failed_actions_are_named_with_what_was_found(table: Table) -> None:
    table.write([Insert("P", key, {"key": key}) for key in "abcde"])
    failures = failed(
        table,
        Insert("P", "new", {}),
        Insert("P", "a", {}),
        Replace("P", "b", 9, {}),
        Replace("P", "c", 1, {}),
        Add("P", "d", "points", -1, 0),
        Delete("P", "e", 2),
        Require("P", "absent", 1),
        Delete("P", "absent too"),
    )
    assert [(f.position, f.sort, f.found) for f in failures] == [
        (1, "a", Item("P", "a", 1, {"key": "a"})),
        (2, "b", Item("P", "b", 1, {"key": "b"})),
        (4, "d", Item("P", "d", 1, {"key": "d"})),
        (5, "e", Item("P", "e", 1, {"key": "e"})),
        (6, "absent", None),
    ]
    assert table.get("P", "new") is None
    assert table.get("P", "c") == Item("P", "c", 1, {"key": "c"})


def test_the_same_batch_sent_again_is_told_of_its_own_first_writing(table: Table) -> None:
    batch = [Insert("P", "event", {"n": 1}), Add("P", "total", "points", 5)]
    table.write(batch)
    assert [f.sort for f in failed(table, *batch)] == ["event"]
    total = table.get("P", "total")
    assert total is not None
    assert total.counters == {"points": 5}


def test_the_largest_batch_is_written(table: Table) -> None:
    table.write([Insert("P", f"{n:03}", {}) for n in range(ACTIONS_MAX)])
    assert len(table.query("P").items) == ACTIONS_MAX


def test_the_largest_body_and_key_are_stored(table: Table) -> None:
    key = "格" * (KEY_BYTES_MAX // 3)
    body = {"t": "x" * (BODY_BYTES_MAX - len('{"t":""}'))}
    table.write([Insert(key, key, body)])
    item = table.get(key, key)
    assert item is not None
    assert item.body == body


REFUSED: dict[str, list[Action]] = {
    "empty": [],
    "too many actions": [Insert("P", str(n), {}) for n in range(ACTIONS_MAX + 1)],
    "two actions on one item": [Insert("P", "a", {}), Delete("P", "a")],
    "an add without an insert": [Add("P", "a", "points", 1), Require("P", "b", 0)],
    "an empty partition": [Insert("", "a", {})],
    "an empty sort key": [Insert("P", "", {})],
    "a long key": [Insert("P", "格" * 334, {})],
    "a lone surrogate in a key": [Insert("P", "\ud800", {})],
    "a lone surrogate in a body": [Insert("P", "a", {"t": "\ud800"})],
    "a float": [Insert("P", "a", {"lat": 28.5})],
    "a set": [Insert("P", "a", {"ids": {1}})],
    "bytes": [Insert("P", "a", {"raw": b"x"})],
    "a key that is no string": [Insert("P", "a", {"deep": {1: 2}})],  # type: ignore[dict-item]
    "an inexact integer": [Insert("P", "a", {"n": COUNTER_MAX})],
    "a large body": [Insert("P", "a", {"t": "格" * (BODY_BYTES_MAX // 3)})],
    "a large batch": [
        Insert("P", str(n), {"t": "x" * (BODY_BYTES_MAX - 100)})
        for n in range(WRITE_BYTES_MAX // BODY_BYTES_MAX + 1)
    ],
    "a large counter": [Insert("P", "a", {}, {"points": COUNTER_MAX})],
    "a counter without a name": [Insert("P", "a", {}, {"": 1})],
    "a true counter": [Insert("P", "a", {}, {"points": True})],
    "a large amount": [Insert("P", "a", {}), Add("P", "b", "points", -COUNTER_MAX)],
    "an add to no name": [Insert("P", "a", {}), Add("P", "b", "", 1)],
    "a fractional expiry": [Insert("P", "a", {}, expires_at=1.5)],  # type: ignore[arg-type]
    "a replace with a float": [Replace("P", "a", 1, {"n": float("nan")})],
}


@pytest.mark.parametrize("batch", REFUSED.values(), ids=REFUSED.keys())
def test_a_batch_that_breaks_the_rules_is_refused_whole(table: Table, batch: list[Action]) -> None:
    with pytest.raises(ValueError):
        table.write(batch)
    assert table.query("P").items == ()


@pytest.mark.parametrize(("partition", "sort"), [("", "a"), ("P", ""), ("P", "格" * 334)])
def test_a_bad_key_is_refused_when_reading(table: Table, partition: str, sort: str) -> None:
    with pytest.raises(ValueError):
        table.get(partition, sort)
