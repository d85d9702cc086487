"""A stack's site, whoever works on it: one writer at a time, nothing lost, nothing done twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from build_scripts.build import Guard
from build_scripts.publish import NothingToRestore
from build_scripts.stack_site import bring_up_to_date, roll_back_stack
from suishou.domain.errors import Busy
from suishou.services.rebuild import hold, rebuild_wanted, rebuilds, release, want_rebuild
from suishou.services.site_build import SiteBuild
from suishou.services.system import System
from tests.build.tiny_bucket import KEPT, SITE, Recording, Stack, held
from tests.build.tiny_site import build as whole_build
from tests.build.tiny_site import (
    county,
    put,
    rows_for,
    take_down,
    tiny_render,
    tiny_shells,
)

NOTHING_DONE = {"build": 0, "status": "none"}


def builder(*given: Any, **options: Any) -> Any:
    return whole_build(*given, make_shells=tiny_shells, render=tiny_render, **options)


@pytest.fixture
def system(tmp_path: Path) -> System:
    found = county(tmp_path)
    put(found, *rows_for(found.programme, 4))
    return found


@pytest.fixture
def container(stack: Stack, system: System, tmp_path: Path) -> Callable[..., SiteBuild]:
    """A container of the function with a disk of its own."""

    def made(name: str = "first", cases_max: int = 1_000, **told: Any) -> SiteBuild:
        return SiteBuild(system, stack.s3, SITE, KEPT, tmp_path / name, cases_max, **told)

    return made


Container = Callable[..., SiteBuild]


def night(given: SiteBuild) -> dict[str, Any]:
    want_rebuild(given.system, "schedule")
    return bring_up_to_date(given, builder=builder)


def test_a_wanted_build_is_shown_and_one_that_changed_nothing_puts_nothing(
    stack: Stack, container: Container
) -> None:
    first = night(container())
    assert first["status"] == "succeeded" and first["put"] == len(held(stack.s3)) > 4
    assert night(container())["put"] == 0
    assert night(container("another"))["put"] == 0  # built from all rows, and the same


def test_without_a_wish_nothing_is_built_even_in_a_container_that_knows_nothing(
    stack: Stack, container: Container
) -> None:
    night(container())
    stack.s3.forget()
    assert bring_up_to_date(container("another"), builder=builder) == NOTHING_DONE
    assert stack.s3.shown() == stack.s3.removed(KEPT) == []
    assert len(rebuilds(container().system)) == 1


def test_a_take_down_needs_no_build_and_no_container_that_built(
    stack: Stack, system: System, container: Container
) -> None:
    night(container())
    victim = rows_for(system.programme, 4)[0]
    take_down(system, victim)
    answer = bring_up_to_date(container("another"), builder=builder)
    assert (answer["status"], answer["taken_down"]) == ("none", 1)
    pages = held(stack.s3)
    assert not any(victim.id in path or victim.id.encode() in pages[path] for path in pages)
    assert bring_up_to_date(container("another"), builder=builder) == NOTHING_DONE


def test_of_a_large_site_a_case_is_gone_at_once_and_searched_for_by_the_bigger_builder(
    stack: Stack, system: System, container: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    night(container())
    monkeypatch.setattr("build_scripts.stack_site.FILES_SEARCHED_MAX", 3)
    victim = rows_for(system.programme, 4)[0]
    take_down(system, victim)
    asked: list[int] = []
    function = container("function", hand_over=asked.append)
    for times in (1, 2):  # until the bigger builder has taken the lease
        assert bring_up_to_date(function, builder=builder)["taken_down"] == 1
        pages = held(stack.s3)
        assert not any(victim.id in path or victim.id.encode() in pages[path] for path in pages)
        assert asked == [2] * times
    assert any(victim.id in text for text in stack.kept_texts())  # the night before's
    big = replace(container("project"), hand_over=None)
    assert bring_up_to_date(big, builder=builder)["taken_down"] == 1
    assert not any(victim.id in text for text in stack.kept_texts())
    assert bring_up_to_date(function, builder=builder) == NOTHING_DONE
    assert asked == [2, 2]


def test_while_somebody_publishes_nobody_else_writes(
    stack: Stack, system: System, container: Container
) -> None:
    night(container())
    take_down(system, rows_for(system.programme, 4)[0])
    lease = hold(system, "at work")
    assert lease is not None
    stack.s3.forget()
    want_rebuild(system, "admin")
    assert bring_up_to_date(container("another"), builder=builder) == NOTHING_DONE
    with pytest.raises(Busy):
        roll_back_stack(container("administrator"))
    assert stack.s3.shown() == stack.s3.removed(SITE) == []
    release(system, lease)
    answer = bring_up_to_date(container("another"), builder=builder)
    assert (answer["status"], answer["taken_down"]) == ("succeeded", 1)


def test_a_long_build_takes_down_what_must_go_while_it_goes_on(
    stack: Stack, system: System, container: Container
) -> None:
    night(container())
    victim, seconds = rows_for(system.programme, 4)[0], iter(range(0, 100_000, 30))
    start = system.now()
    slow = replace(system, now=lambda: start + timedelta(seconds=next(seconds)))
    shown: list[bool] = []

    def long(*given: Any, guard: Guard, **options: Any) -> Any:
        take_down(system, victim)
        for _ in range(3):
            guard.beat()
        shown.append(any(victim.id in path for path in held(stack.s3)))
        return builder(*given, guard=guard, **options)

    want_rebuild(slow, "schedule")
    given = replace(container("builder"), system=slow)
    assert bring_up_to_date(given, builder=long)["status"] == "succeeded"
    assert shown == [False]


def test_a_case_taken_down_while_the_bucket_is_filled_is_gone_when_the_build_ends(
    stack: Stack, system: System, container: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    victim, put_object = rows_for(system.programme, 4)[0], Recording.put_object
    taken: list[bool] = []

    def put_and_take_down(self: Recording, **asked: Any) -> Any:
        if asked["Key"] == "index.html" and not taken:
            taken.append(True)
            take_down(system, victim)
        return put_object(self, **asked)

    monkeypatch.setattr(Recording, "put_object", put_and_take_down)
    night(container())
    pages = held(stack.s3)
    assert not any(victim.id in path or victim.id.encode() in pages[path] for path in pages)
    assert "index.html" in pages


def test_roll_back_shows_the_build_before_until_the_next_build(
    stack: Stack, system: System, container: Container
) -> None:
    night(container())
    first = held(stack.s3)
    put(system, *rows_for(system.programme, 2, first=4))
    night(container())
    second = held(stack.s3)
    roll_back_stack(container("administrator"))
    assert held(stack.s3) == first
    for name in ("first", "another"):
        assert bring_up_to_date(container(name), builder=builder) == NOTHING_DONE
    assert held(stack.s3) == first
    night(container())
    assert held(stack.s3) == second
    assert [one.status for one in rebuilds(system)] == ["succeeded"] * 3


def test_roll_back_of_the_only_build_says_so(container: Container) -> None:
    night(container())
    with pytest.raises(NothingToRestore):
        roll_back_stack(container("administrator"))


@pytest.mark.parametrize("write", [1, 5, 15, 20])
def test_a_builder_that_died_half_way_is_completed_by_the_next_look(
    stack: Stack, system: System, container: Container, write: int
) -> None:
    night(container())
    put(system, *rows_for(system.programme, 2, first=4))
    stack.s3.dies_at(write, lost=True)
    with pytest.raises(Exception, match="SlowDown"):
        night(container())
    assert not stack.s3.lives()
    began = bool(stack.s3.keys(KEPT, "under_way"))
    answer = bring_up_to_date(container("another"), builder=builder)
    assert answer.get("completed", False) is began
    if not began:
        night(container("another"))
    assert night(container("third"))["put"] == 0


def test_what_outgrows_a_function_is_handed_over_and_no_lease_is_held(
    system: System, container: Container
) -> None:
    asked: list[int] = []
    small = container("function", cases_max=3, hand_over=asked.append)
    answer = night(small)
    assert (answer["status"], answer["build"], asked) == ("handed_over", 1, [1])
    assert rebuild_wanted(system)
    big = replace(small, work=small.work.with_name("project"), hand_over=None)
    assert bring_up_to_date(big, builder=builder)["status"] == "succeeded"
    assert bring_up_to_date(small, builder=builder) == NOTHING_DONE


def test_a_build_of_what_changed_is_made_here_however_many_cases_there_are(
    system: System, container: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr("build_scripts.stack_site.inputs_hash", lambda *_: "frame")
    monkeypatch.setattr("build_scripts.gather.inputs_hash", lambda *_: "frame")
    night(container())
    put(system, *rows_for(system.programme, 2, first=4))
    assert night(container(cases_max=3, hand_over=asked.append))["status"] == "succeeded"
    assert asked == []
    put(system, *rows_for(system.programme, 4, first=6))
    assert night(container(cases_max=3, hand_over=asked.append))["status"] == "handed_over"
    monkeypatch.setattr("build_scripts.stack_site.inputs_hash", lambda *_: "another frame")
    assert night(container(cases_max=3, hand_over=asked.append))["status"] == "handed_over"
    assert asked == [3, 3]
