"""The function `project` as its stream calls it: what comes again, what is recorded, what is not
its business.

Seen failing: without `ReportBatchItemFailures`' answer (all failures raised) the good cases of a
batch come again with the busy one; with `except Exception` before `except Busy` a busy case is
marked as failed and never comes again; without `record_failure` a poison case is sent for ever.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from suishou.domain.errors import Contended, StorageFailure
from suishou.handlers import context, project
from suishou.services.project_case import reproject
from suishou.services.system import System
from suishou.storage import private_keys, public_keys
from suishou.storage.sqlite import SqliteTable
from suishou.storage.table import Action, Insert, Item, Replace

sys.path.insert(0, str(Path(__file__).parents[1] / "services"))

from loop_parts import reported


def record(number: int, partition: str, sort: str = private_keys.HEAD) -> dict[str, Any]:
    """A stream record as KEYS_ONLY gives it."""
    keys = {"pk": {"S": partition}, "sk": {"S": sort}}
    told = {"Keys": keys, "SequenceNumber": str(number), "StreamViewType": "KEYS_ONLY"}
    return {"eventID": str(number), "eventSource": "aws:dynamodb", "dynamodb": told}


def called(*records: dict[str, Any]) -> list[str]:
    """The sequence numbers that the function asks to have again."""
    answer = project.handler({"Records": list(records)}, None)
    return [failed["itemIdentifier"] for failed in answer["batchItemFailures"]]


class Failing:
    """A table that fails for one case alone."""

    def __init__(self, table: Any, case_id: str, error: Exception) -> None:
        self._table, self._partition, self._error = table, private_keys.case(case_id), error

    def __getattr__(self, name: str) -> Any:
        return getattr(self._table, name)

    def get(self, partition: str, sort: str) -> Item | None:
        if partition == self._partition:
            raise self._error
        found: Item | None = self._table.get(partition, sort)
        return found

    def write(self, actions: list[Action]) -> None:
        self._table.write(actions)


def row(system: System, case_id: str) -> Item | None:
    return system.public.get(public_keys.public(case_id), public_keys.ROW)


@pytest.mark.parametrize("error", [Contended("throttled"), StorageFailure("no answer")])
def test_a_busy_case_comes_again_alone_and_is_not_marked(system: System, error: Exception) -> None:
    busy, good = reported(system, "k-1"), reported(system, "k-2")
    context.use(replace(system, private=Failing(system.private, busy, error)))  # type: ignore[arg-type]
    batch = [record(100, private_keys.case(busy)), record(101, private_keys.case(good))]
    assert called(*batch) == ["100"]
    assert row(system, good) and row(system, busy) is None
    assert system.private.get(private_keys.FAILED, busy) is None
    context.use(system)
    assert called(batch[0]) == []
    assert row(system, busy)


def test_a_batch_that_fails_whole_is_answered_and_not_raised(system: System) -> None:
    busy = reported(system)
    context.use(
        replace(system, private=Failing(system.private, busy, Contended("throttled")))  # type: ignore[arg-type]
    )
    assert called(record(100, private_keys.case(busy))) == ["100"]


def test_a_poison_case_is_recorded_later_ones_go_through_and_it_comes_back_by_key(
    system: System,
) -> None:
    poison, good = reported(system, "k-1"), reported(system, "k-2")
    head = system.private.get(private_keys.case(poison), private_keys.HEAD)
    assert head is not None
    broken = {key: value for key, value in head.body.items() if key != "stage"}
    system.private.write([Replace(head.partition, head.sort, head.version, broken)])
    batch = [record(100, head.partition), record(101, private_keys.case(good))]
    assert called(*batch) == []
    mark = system.private.get(private_keys.FAILED, poison)
    assert mark is not None and mark.body["error"] == "TypeError"
    assert row(system, good) and row(system, poison) is None

    mended = Replace(head.partition, head.sort, head.version + 1, dict(head.body))
    system.private.write([mended])
    reproject(system, poison)
    assert row(system, poison) and system.private.get(private_keys.FAILED, poison) is None


def test_a_poison_case_that_cannot_even_be_recorded_comes_again(system: System) -> None:
    system.private.write([Insert(private_keys.case("poison"), private_keys.HEAD, {"broken": 1})])

    class Unwritable(Failing):
        def get(self, partition: str, sort: str) -> Item | None:
            found: Item | None = self._table.get(partition, sort)
            return found

        def write(self, actions: list[Action]) -> None:
            raise StorageFailure("no answer")

    unwritable = Unwritable(system.private, "poison", StorageFailure())
    context.use(replace(system, private=unwritable))  # type: ignore[arg-type]
    assert called(record(100, private_keys.case("poison"))) == ["100"]


def test_what_is_no_case_is_passed_over_also_if_the_filter_let_it_through(system: System) -> None:
    case_id = reported(system)
    partition = private_keys.case(case_id)
    assert isinstance(system.private, SqliteTable)
    assert called(record(100, partition, "EVENT#000001"), record(101, "QUEUE#1")) == []
    assert row(system, case_id) is None


def test_the_same_record_twice_in_a_batch_counts_once(system: System) -> None:
    case_id = reported(system)
    partition = private_keys.case(case_id)
    assert called(record(100, partition), record(101, partition)) == []
    first = row(system, case_id)
    assert called(record(100, partition)) == []
    assert row(system, case_id) == first
