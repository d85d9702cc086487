from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from local_systems import demonstration_system
from loop_parts import reported

from suishou.local import workers as module
from suishou.local.workers import Nightly, Workers, next_night
from suishou.services.system import System
from suishou.storage import public_keys
from suishou.wiring import close, local_feed

LONG_SECONDS = 30  # only a failing test waits this long


@pytest.fixture
def system(tmp_path: Path) -> Iterator[System]:
    made = demonstration_system(tmp_path)
    yield made
    close(made)


def started(system: System, build: Callable[[], bool] = lambda: False) -> Workers:
    workers = Workers(system, local_feed(system), lambda: None, build, lambda: None)
    workers.start()
    return workers


def test_a_report_is_followed_by_its_public_row(system: System) -> None:
    case_id = reported(system)
    workers = started(system)
    feed, pause = local_feed(system), threading.Event()
    for _ in range(LONG_SECONDS * 20):
        if not feed.pending(1):
            break
        pause.wait(0.05)
    workers.stop()
    assert system.public.get(public_keys.public(case_id), public_keys.ROW) is not None


def test_a_pass_that_fails_is_tried_again(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AFTER_FAILURE_SECONDS", 0.0)
    monkeypatch.setattr(module, "BUILD_SECONDS", 0.0)
    passes: list[int] = []
    again = threading.Event()

    def build() -> bool:
        passes.append(len(passes))
        if len(passes) == 1:
            raise RuntimeError("the disk is full")
        again.set()
        return False

    workers = started(system, build)
    assert again.wait(LONG_SECONDS)
    workers.stop()


def test_stopping_ends_every_thread(system: System) -> None:
    before = threading.active_count()
    workers = started(system)
    workers.stop()
    assert threading.active_count() == before


@pytest.mark.parametrize(
    ("now", "night"),
    [
        ("2026-05-13T18:29:59+00:00", "2026-05-13T18:30:00+00:00"),  # 02:29:59 in China
        ("2026-05-13T18:30:00+00:00", "2026-05-14T18:30:00+00:00"),
        ("2026-05-13T04:00:00+00:00", "2026-05-13T18:30:00+00:00"),
    ],
)
def test_the_night_is_half_past_two_in_china(now: str, night: str) -> None:
    assert next_night(datetime.fromisoformat(now)) == datetime.fromisoformat(night)


def test_a_night_asks_for_one_build() -> None:
    time = [datetime(2026, 5, 13, 18, 0, tzinfo=UTC)]
    wishes: list[datetime] = []
    nightly = Nightly(lambda: time[0], lambda: wishes.append(time[0]))
    nightly()
    time[0] = datetime(2026, 5, 13, 18, 31, tzinfo=UTC)
    nightly()
    nightly()
    assert len(wishes) == 1
