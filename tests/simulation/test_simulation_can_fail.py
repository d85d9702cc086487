"""Things broken on purpose: each must be caught, by the invariant that is there for it, with the
seed in the message. A simulation that cannot fail proves nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from suishou.domain.errors import Conflict
from suishou.services import project_case, publish_case, write_outbox
from suishou.storage.table import Action, Add, Change, Insert, Item, Page, Replace, Table
from tests.simulation.simulate import SimulationFailed, simulate
from tests.simulation.world import SECRET, Tables

STEPS = 700
SEEDS_MAX = 6


class Broken(Table):
    """Stores what `changed` makes of a write; with nothing left of it, stores nothing."""

    def __init__(self, table: Table, changed: Callable[[Action], Action | None]) -> None:
        self._table = table
        self._changed = changed

    def get(self, partition: str, sort: str) -> Item | None:
        return self._table.get(partition, sort)

    def query(self, partition: str, **rest: Any) -> Page:
        return self._table.query(partition, **rest)

    def write(self, actions: Sequence[Action]) -> None:
        kept = [changed for action in actions if (changed := self._changed(action)) is not None]
        if kept:
            self._table.write(kept)


class Torn(Broken):
    """All or nothing is too much to ask: writes an action at a time."""

    def write(self, actions: Sequence[Action]) -> None:
        marker = next((a for a in actions if isinstance(a, Insert)), None)
        for action in actions:
            if not isinstance(action, Add):
                self._table.write([action])
            elif marker is not None:
                self._table.write([action, replace(marker, sort=f"{marker.sort}+{action.sort}")])


class Overwriting(Broken):
    """Last writer wins: whatever the conditions, the write goes through."""

    def write(self, actions: Sequence[Action]) -> None:
        try:
            self._table.write(actions)
        except Conflict:
            self._table.write([self._anyway(action) for action in actions])

    def _anyway(self, action: Action) -> Action:
        found = self._table.get(action.partition, action.sort)
        if isinstance(action, Insert | Replace):
            if found is None:
                return Insert(action.partition, action.sort, action.body)
            return Replace(action.partition, action.sort, found.version, action.body)
        return action


def caught(broken: Callable[[Tables], Tables] = lambda whole: whole, by: str = "") -> str:
    """What the first seed says that notices, `by` this invariant."""
    for seed in range(SEEDS_MAX):
        try:
            simulate(seed, STEPS, broken=broken)
        except SimulationFailed as failure:
            assert f"seed {seed}: " in str(failure)
            assert f"tests.simulation.run --seed {seed} --steps {STEPS}" in str(failure)
            if by in str(failure):
                return str(failure)
    pytest.fail(f"{SEEDS_MAX} seeds noticed nothing")


def private(changed: Callable[[Action], Action | None]) -> Callable[[Tables], Tables]:
    return lambda whole: replace(whole, private=Broken(whole.private, changed))


def without(beginning: str) -> Callable[[Action], Action | None]:
    """Loses, and says nothing, every insert whose partition or sort key begins so."""

    def changed(action: Action) -> Action | None:
        lost = action.partition.startswith(beginning) or action.sort.startswith(beginning)
        return None if lost and isinstance(action, Insert) else action

    return changed


@pytest.mark.parametrize(
    ("beginning", "invariant"),
    [
        ("QUEUE#", "index_rows_are_exact"),
        ("DUE#", "index_rows_are_exact"),
        ("EVENT#000003", "histories_make_their_cases"),
        ("TEXT", "acknowledged_reports_are_there"),
        ("KEY#", "acknowledged_actions_are_there"),
        ("LEDGER#", "ledgers_add_up"),
        ("OUTBOX#", "everybody_was_told"),
        ("WAITING", "rewards_are_given_once"),
    ],
)
def test_an_insert_that_gets_lost_is_missed(beginning: str, invariant: str) -> None:
    assert invariant in caught(private(without(beginning)), by=invariant)


def test_a_whole_report_that_gets_lost_after_its_receipt_is_missed() -> None:
    class Forgetful(Broken):
        def write(self, actions: Sequence[Action]) -> None:
            if not any(a.sort == "EVENT#000001" and a.partition[-1].isdigit() for a in actions):
                self._table.write(actions)

    def broken(whole: Tables) -> Tables:
        return replace(whole, private=Forgetful(whole.private, lambda action: action))

    assert "gone" in caught(broken)


def test_points_counted_twice_are_noticed() -> None:
    def doubled(action: Action) -> Action:
        if isinstance(action, Add) and action.counter == "points" and action.amount > 0:
            return replace(action, amount=2 * action.amount)
        return action

    assert "ledgers_add_up" in caught(private(doubled))


def test_a_ledger_without_markers_writes_an_entry_twice_and_is_noticed() -> None:
    count = 0

    def unmarked(action: Action) -> Action | None:
        nonlocal count
        if isinstance(action, Insert) and action.sort.startswith("ENTRY#"):
            return None
        if isinstance(action, Insert) and action.sort.startswith("LEDGER#"):
            count += 1
            return replace(action, sort=f"{action.sort}#{count}")
        return action

    assert "an entry stands twice" in caught(private(unmarked))


def test_a_balance_without_a_floor_is_noticed() -> None:
    def bottomless(action: Action) -> Action:
        return replace(action, floor=None) if isinstance(action, Add) else action

    message = caught(private(bottomless))
    assert "more was redeemed than there was" in message or "rewards_are_given_once" in message


def test_a_write_that_is_not_whole_is_noticed() -> None:
    assert caught(lambda whole: replace(whole, private=Torn(whole.private, lambda a: a)))


def test_versions_that_nobody_checks_are_noticed() -> None:
    assert caught(lambda whole: replace(whole, private=Overwriting(whole.private, lambda a: a)))


def test_a_feed_that_forgets_is_noticed() -> None:
    class Deaf:
        def pending(self, limit: int) -> Sequence[Change]:
            return ()

        def done(self, changes: Sequence[Change]) -> None:
            return None

    assert "public_rows_converge" in caught(lambda whole: replace(whole, feed=Deaf()))


def test_private_words_in_a_public_row_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = publish_case.to_json

    def talkative(row: Any) -> Mapping[str, Any]:
        return {**honest(row), "title": SECRET}

    monkeypatch.setattr(publish_case, "to_json", talkative)
    assert "nothing_private_leaves" in caught()


def test_a_projection_that_leaves_out_a_part_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(project_case, "award_points", lambda system, case, events: 0)
    assert "every_entry_is_written" in caught()


def test_an_older_case_that_overwrites_a_newer_row_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    honest = publish_case._write

    def careless(system: Any, case: Any, row: Any) -> None:
        item = system.public.get(f"PUBLIC#{case.id}", "ROW")
        if item is not None and item.body["version"] > row.version:
            body = publish_case.to_json(row)
            system.public.write([Replace(item.partition, item.sort, item.version, body)])
            return
        honest(system, case, row)

    monkeypatch.setattr(publish_case, "_write", careless)
    assert "went back to an older version" in caught()


def test_a_poisoned_case_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def confused(system: Any, case: Any, event: Any) -> Any:
        raise KeyError("nobody's fault")

    monkeypatch.setattr(write_outbox, "messages", confused)
    message = caught()
    assert "no_case_is_poison" in message or "KeyError" in message
