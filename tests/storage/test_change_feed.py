"""What the storage port promises of the change feed, on every engine."""

from __future__ import annotations

import contextlib

from suishou.domain.errors import Conflict
from suishou.storage.dynamodb_feed import change_of
from suishou.storage.table import (
    Action,
    Add,
    Change,
    Delete,
    Insert,
    Replace,
    Require,
    watched,
)
from tests.storage.engines import Engine


def keys(engine: Engine, limit: int = 100) -> set[tuple[str, str]]:
    return {(change.partition, change.sort) for change in engine.feed.pending(limit)}


def test_only_case_heads_are_watched() -> None:
    assert watched("CASE#1", "HEAD")
    assert not watched("CASE#1", "E#1")
    assert not watched("QUEUE", "HEAD")


def test_a_changed_head_is_delivered_until_it_is_done(engine: Engine) -> None:
    engine.table.write([Insert("CASE#1", "HEAD", {}), Insert("CASE#1", "E#1", {})])
    assert keys(engine) == {("CASE#1", "HEAD")}
    pending = engine.feed.pending(100)
    assert list(pending) == list(engine.feed.pending(100))
    engine.feed.done(pending)
    assert keys(engine) == set()


def test_every_kind_of_write_to_a_head_is_told(engine: Engine) -> None:
    writes: list[list[Action]] = [
        [Insert("CASE#1", "HEAD", {})],
        [Replace("CASE#1", "HEAD", 1, {"n": 2})],
        [Insert("M", "1", {}), Add("CASE#1", "HEAD", "seen", 1)],
        [Delete("CASE#1", "HEAD")],
    ]
    for write in writes:
        engine.table.write(write)
        assert keys(engine) == {("CASE#1", "HEAD")}
        engine.feed.done(engine.feed.pending(100))
        assert keys(engine) == set()


def test_a_head_that_changes_again_while_it_is_worked_is_delivered_again(engine: Engine) -> None:
    engine.table.write([Insert("CASE#1", "HEAD", {})])
    working = engine.feed.pending(100)
    engine.table.write([Replace("CASE#1", "HEAD", 1, {"n": 2})])
    keys(engine)  # another look in between must not settle it either
    engine.feed.done(working)
    assert keys(engine) == {("CASE#1", "HEAD")}
    engine.feed.done(engine.feed.pending(100))
    assert keys(engine) == set()


def test_a_late_done_does_not_settle_a_later_change(engine: Engine) -> None:
    engine.table.write([Insert("CASE#1", "HEAD", {})])
    first = engine.feed.pending(100)
    engine.feed.done(first)
    engine.table.write([Replace("CASE#1", "HEAD", 1, {"n": 2})])
    engine.feed.done(first)
    assert keys(engine) == {("CASE#1", "HEAD")}


def test_refused_writes_and_requirements_tell_nothing(engine: Engine) -> None:
    engine.table.write([Insert("CASE#1", "HEAD", {})])
    engine.feed.done(engine.feed.pending(100))
    engine.table.write([Require("CASE#1", "HEAD", 1), Insert("P", "a", {})])
    with contextlib.suppress(Conflict):
        engine.table.write([Replace("CASE#1", "HEAD", 1, {}), Insert("P", "a", {})])
    assert keys(engine) == set()
    engine.table.write([Replace("CASE#1", "HEAD", 1, {"after": "the refusal"})])
    assert keys(engine) == {("CASE#1", "HEAD")}


def test_a_case_left_undone_does_not_hide_the_others(engine: Engine) -> None:
    cases = [f"CASE#{n}" for n in range(5)]
    engine.table.write([Insert(case, "HEAD", {}) for case in cases])
    seen = set()
    while len(engine.feed.pending(2)) > 1:
        stuck, *rest = engine.feed.pending(2)
        seen |= {stuck.partition, *(change.partition for change in rest)}
        engine.feed.done(rest)
    assert seen == set(cases)
    assert len(keys(engine)) == 1


def test_done_of_nothing_is_fine(engine: Engine) -> None:
    engine.feed.done([])
    assert list(engine.feed.pending(1)) == []


def test_a_stream_record_of_another_item_is_no_change() -> None:
    assert change_of(record("CASE#1", "E#1")) is None
    assert change_of(record("CASE#1", "HEAD")) == Change("CASE#1", "HEAD", "300")


def record(partition: str, sort: str) -> dict[str, object]:
    """As an event source mapping with KEYS_ONLY hands it over."""
    keys = {"pk": {"S": partition}, "sk": {"S": sort}}
    return {
        "eventID": "1",
        "eventName": "MODIFY",
        "dynamodb": {"Keys": keys, "SequenceNumber": "300", "StreamViewType": "KEYS_ONLY"},
    }
