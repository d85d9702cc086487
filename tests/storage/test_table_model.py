"""Any sequence of writes leaves an engine where it leaves a plain dictionary."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from suishou.domain.errors import Conflict
from suishou.storage.table import (
    COUNTER_MAX,
    Action,
    Add,
    Delete,
    Insert,
    Item,
    Replace,
    Require,
    query_all,
)
from tests.storage.engines import Clients, Engine, dynamo_table, sqlite_table

Key = tuple[str, str]
PARTITIONS = ["P", "CASE#1", "CASE#2"]
SORTS = ["HEAD", "a", "a#1", "a#2", "ab", "永宁", "永宁镇", "￮", "𠮷"]
BODIES = st.dictionaries(st.text(max_size=3), st.integers(-9, 9) | st.text(max_size=3), max_size=2)
VERSIONS = st.integers(0, 3)
AMOUNTS = st.integers(-5, 5) | st.sampled_from([COUNTER_MAX - 1, 1 - COUNTER_MAX])
COUNTERS = st.dictionaries(st.sampled_from(["points", "次数"]), AMOUNTS, max_size=2)
EXPIRIES = st.none() | st.integers(0, 10)


def actions_on(key: Key) -> st.SearchStrategy[Action]:
    return st.one_of(
        st.builds(Insert, st.just(key[0]), st.just(key[1]), BODIES, COUNTERS, EXPIRIES),
        st.builds(Replace, st.just(key[0]), st.just(key[1]), VERSIONS, BODIES, EXPIRIES),
        st.builds(
            Add,
            st.just(key[0]),
            st.just(key[1]),
            st.sampled_from(["points", "次数"]),
            AMOUNTS,
            st.none() | st.integers(-3, 3),
        ),
        st.builds(Delete, st.just(key[0]), st.just(key[1]), st.none() | VERSIONS),
        st.builds(Require, st.just(key[0]), st.just(key[1]), VERSIONS),
    )


KEYS = st.lists(
    st.tuples(st.sampled_from(PARTITIONS), st.sampled_from(SORTS)),
    min_size=1,
    max_size=4,
    unique=True,
)
BATCHES = KEYS.flatmap(lambda keys: st.tuples(*(actions_on(key) for key in keys)))


def after(action: Action, found: Item | None) -> tuple[bool, Item | None]:
    """Whether the action holds, and what stands at its key when it is done."""
    key = (action.partition, action.sort)
    if isinstance(action, Insert):
        made = Item(*key, 1, dict(action.body), dict(action.counters), action.expires_at)
        return found is None, made
    if isinstance(action, Require):
        return (found.version if found else 0) == action.version, found
    if isinstance(action, Delete):
        expected = action.version is None or (found is not None and found.version == action.version)
        return expected, None
    if isinstance(action, Replace):
        if found is None or found.version != action.version:
            return False, None
        changed = replace(found, version=found.version + 1, body=dict(action.body))
        return True, replace(changed, expires_at=action.expires_at)
    standing = found or Item(*key, 1, {})
    total = standing.counters.get(action.counter, 0) + action.amount
    allowed = abs(total) < COUNTER_MAX and (action.floor is None or total >= action.floor)
    return allowed, replace(standing, counters={**standing.counters, action.counter: total})


class TableMachine(RuleBasedStateMachine):
    """Subclasses open the engine."""

    def open(self, stack: ExitStack) -> Engine:
        raise NotImplementedError

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.engine = self.open(self.stack)
        self.items: dict[Key, Item] = {}
        self.markers = 0
        self.undone: set[Key] = set()

    def teardown(self) -> None:
        self.stack.close()

    @rule(batch=BATCHES)
    def write(self, batch: tuple[Action, ...]) -> None:
        self.markers += 1
        actions = [Insert("MARKER", str(self.markers), {}), *batch]
        outcomes = [after(a, self.items.get((a.partition, a.sort))) for a in actions]
        expected = [
            (
                position,
                action.partition,
                action.sort,
                self.items.get((action.partition, action.sort)),
            )
            for position, (action, (holds, _)) in enumerate(zip(actions, outcomes, strict=True))
            if not holds
        ]
        try:
            self.engine.table.write(actions)
        except Conflict as conflict:
            named = [(f.position, f.partition, f.sort, f.found) for f in conflict.failed]
            assert named == expected
            return
        assert expected == []
        for action, (_, item) in zip(actions, outcomes, strict=True):
            key = (action.partition, action.sort)
            before = self.items.pop(key, None)
            if item is not None:
                self.items[key] = item
            if item != before and key[0].startswith("CASE#") and key[1] == "HEAD":
                self.undone.add(key)

    @rule(limit=st.integers(1, 3))
    def work_some_changes(self, limit: int) -> None:
        pending = self.engine.feed.pending(limit)
        self.engine.feed.done(pending)
        self.undone -= {(change.partition, change.sort) for change in pending}

    @invariant()
    def every_change_not_yet_worked_is_pending(self) -> None:
        pending = {(change.partition, change.sort) for change in self.engine.feed.pending(100)}
        assert self.undone <= pending

    @rule(partition=st.sampled_from(PARTITIONS), sort=st.sampled_from(SORTS))
    def get(self, partition: str, sort: str) -> None:
        assert self.engine.table.get(partition, sort) == self.items.get((partition, sort))

    @rule(
        partition=st.sampled_from(PARTITIONS),
        prefix=st.sampled_from(["", "a", "a#", "永", "𠮷", "x"]),
        beyond=st.sampled_from(["", "HEAD", "a#1", "b", "永宁", "\U0010ffff"]),
        limit=st.integers(1, 4),
        descending=st.booleans(),
    )
    def walk(self, partition: str, prefix: str, beyond: str, limit: int, descending: bool) -> None:
        expected = sorted(
            (
                item
                for (owner, sort), item in self.items.items()
                if owner == partition
                and sort.startswith(prefix)
                and (not beyond or (sort < beyond if descending else sort > beyond))
            ),
            key=lambda item: item.sort.encode(),
            reverse=descending,
        )
        asked = {"prefix": prefix, "after": beyond, "descending": descending}
        assert list(query_all(self.engine.table, partition, **asked)) == expected  # type: ignore[arg-type]
        first = self.engine.table.query(partition, limit=limit, **asked)  # type: ignore[arg-type]
        assert list(first.items) == expected[: len(first.items)]
        assert first.cursor is not None or list(first.items) == expected


def test_sqlite_behaves_as_a_dictionary() -> None:
    class SqliteMachine(TableMachine):
        def open(self, stack: ExitStack) -> Engine:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            return stack.enter_context(sqlite_table(Path(folder), synchronous="OFF"))

    run_state_machine_as_test(
        SqliteMachine,
        settings=settings(max_examples=60, stateful_step_count=30, deadline=None),
    )


@pytest.mark.parametrize("emulator", ["clients", "ministack"])
def test_dynamodb_behaves_as_a_dictionary(emulator: str, request: pytest.FixtureRequest) -> None:
    clients: Clients = request.getfixturevalue(emulator)

    class DynamoMachine(TableMachine):
        def open(self, stack: ExitStack) -> Engine:
            return stack.enter_context(dynamo_table(clients))

    run_state_machine_as_test(
        DynamoMachine,
        settings=settings(
            max_examples=10,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
