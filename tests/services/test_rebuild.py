"""The lease of the build: one at a time, no wish lost, history readable."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from suishou.domain.errors import Busy, NotFound
from suishou.services.rebuild import (
    LEASE_SECONDS,
    Lease,
    LeaseLost,
    finish,
    hold,
    lease_condition,
    rebuild,
    rebuild_wanted,
    rebuilds,
    release,
    renew,
    start_if_wanted,
    want_rebuild,
)
from suishou.services.system import System
from suishou.storage.table import Insert
from tests.services.local_systems import demonstration_system


class Clock:
    """Stands still until told."""

    def __init__(self) -> None:
        self.now = datetime(2026, 6, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_seconds(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def system(tmp_path: Path, clock: Clock) -> System:
    return demonstration_system(tmp_path, now=clock)


def holds(system: System, lease: Lease) -> bool:
    try:
        lease_condition(system, lease)
    except LeaseLost:
        return False
    return True


def test_nothing_starts_unless_it_is_wanted(system: System) -> None:
    assert start_if_wanted(system, "a") is None
    assert rebuilds(system) == ()


def test_a_wish_is_built_once_and_written_down(system: System, clock: Clock) -> None:
    wish = want_rebuild(system, "admin")
    assert (wish.number, wish.status) == (1, "waiting")
    lease = start_if_wanted(system, "a")
    assert lease is not None and lease.number == 1
    assert rebuild(system, 1).status == "running"
    clock.pass_seconds(9)
    done = finish(system, lease, succeeded=True, result={"files": 7})
    assert (done.status, done.result, done.by) == ("succeeded", {"files": 7}, "admin")
    assert (done.started_at, done.ended_at) == ("2026-06-01T00:00:00Z", "2026-06-01T00:00:09Z")
    assert start_if_wanted(system, "b") is None
    assert not rebuild_wanted(system)


def test_wishes_during_a_build_are_honoured_together_after_it(system: System) -> None:
    want_rebuild(system, "first")
    lease = start_if_wanted(system, "a")
    assert lease is not None
    numbers = {want_rebuild(system, name).number for name in ("second", "third")}
    assert numbers == {2}
    assert start_if_wanted(system, "b") is None
    finish(system, lease, succeeded=True, result={})
    assert rebuild_wanted(system)
    after = start_if_wanted(system, "b")
    assert after is not None and after.number == 2
    assert (rebuild(system, 2).by, rebuild(system, 2).requests) == ("second", 2)
    finish(system, after, succeeded=True, result={})
    assert start_if_wanted(system, "c") is None


def test_a_failed_build_is_not_repeated_for_ever(system: System) -> None:
    want_rebuild(system, "admin")
    lease = start_if_wanted(system, "a")
    assert lease is not None
    finish(system, lease, succeeded=False, result={"error": "CheckFailed"})
    assert start_if_wanted(system, "b") is None
    assert rebuild(system, 1).status == "failed"


def test_a_dead_builder_is_replaced_and_may_not_go_on(system: System, clock: Clock) -> None:
    want_rebuild(system, "admin")
    dead = start_if_wanted(system, "dead")
    assert dead is not None
    clock.pass_seconds(LEASE_SECONDS - 1)
    assert start_if_wanted(system, "next") is None
    clock.pass_seconds(1)
    assert not holds(system, dead)
    lease = start_if_wanted(system, "next")
    assert lease is not None and lease.number == 2
    attempts: tuple[Callable[[], object], ...] = (
        lambda: renew(system, dead),
        lambda: lease_condition(system, dead),
        lambda: finish(system, dead, succeeded=True, result={}),
    )
    for attempt in attempts:
        with pytest.raises(LeaseLost):
            attempt()
    assert holds(system, lease)
    assert [build.status for build in rebuilds(system)] == ["running", "lost"]
    finish(system, lease, succeeded=True, result={})
    assert not rebuild_wanted(system)


def test_a_lease_that_is_renewed_does_not_run_out(system: System, clock: Clock) -> None:
    want_rebuild(system, "admin")
    lease = start_if_wanted(system, "a")
    assert lease is not None
    for _ in range(3):
        clock.pass_seconds(LEASE_SECONDS - 1)
        lease = renew(system, lease)
    assert holds(system, lease)
    want_rebuild(system, "somebody else")
    system.public.write([Insert("X", "x", {}), lease_condition(system, lease)])


def test_a_builder_whose_start_was_written_but_not_answered_gets_it_again(system: System) -> None:
    want_rebuild(system, "admin")
    lease = start_if_wanted(system, "a")
    assert start_if_wanted(system, "a") == lease


def test_an_unknown_build_is_not_found(system: System) -> None:
    with pytest.raises(NotFound):
        rebuild(system, 1)


def test_many_threads_wish_and_build_and_no_two_builds_overlap(tmp_path: Path) -> None:
    real = demonstration_system(tmp_path, now=lambda: datetime(2026, 6, 1, tzinfo=UTC))
    system = replace(real, sleep=threading.Event().wait)
    building = threading.Lock()
    wished: list[int] = []
    honoured: list[int] = []

    def wish(name: str) -> None:
        for _ in range(5):
            try:
                wished.append(want_rebuild(system, name).number)
            except Busy:
                continue

    def build(name: str) -> None:
        while rebuild_wanted(system) or wishing.is_set():
            lease = start_if_wanted(system, name)
            if lease is None:
                continue
            assert building.acquire(blocking=False), "two builds at once"
            honoured.append(lease.number)
            building.release()
            finish(system, lease, succeeded=True, result={})

    wishing = threading.Event()
    wishing.set()
    with ThreadPoolExecutor(6) as pool:
        wishes = [pool.submit(wish, f"w{n}") for n in range(3)]
        builds = [pool.submit(build, f"b{n}") for n in range(2)]
        for future in wishes:
            future.result()
        wishing.clear()
        for future in builds:
            future.result()
    assert set(wished) <= set(honoured)
    assert honoured == sorted(set(honoured))
    assert all(build.status == "succeeded" for build in rebuilds(system, 100))


def test_who_only_holds_the_lease_keeps_builders_out_and_leaves_wishes_and_history(
    system: System, clock: Clock
) -> None:
    want_rebuild(system, "admin")
    built = start_if_wanted(system, "builder")
    assert built is not None and hold(system, "roll-back") is None
    finish(system, built, succeeded=True, result={})
    lease = hold(system, "roll-back")
    assert lease is not None and holds(system, renew(system, lease))
    assert hold(system, "roll-back") == lease  # its own, when the answer was lost
    assert hold(system, "another") is None
    want_rebuild(system, "admin")
    assert start_if_wanted(system, "builder") is None
    release(system, lease)
    assert not holds(system, lease)
    later = start_if_wanted(system, "builder")
    assert later is not None and later.number == 2
    release(system, lease)  # comes too late, and is nothing to the builder
    assert holds(system, later)
    assert [build.status for build in rebuilds(system)] == ["running", "succeeded"]


def test_who_died_holding_the_lease_does_not_make_the_build_before_it_lost(
    system: System, clock: Clock
) -> None:
    want_rebuild(system, "admin")
    built = start_if_wanted(system, "builder")
    assert built is not None
    finish(system, built, succeeded=True, result={})
    assert hold(system, "dies") is not None
    clock.pass_seconds(LEASE_SECONDS)
    assert hold(system, "next") is not None
    clock.pass_seconds(LEASE_SECONDS)
    want_rebuild(system, "admin")
    assert start_if_wanted(system, "builder") is not None
    assert [build.status for build in rebuilds(system)] == ["running", "succeeded"]
