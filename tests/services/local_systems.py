"""Systems for tests: the demonstration programme on SQLite in a temporary folder."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from suishou.services.system import System
from suishou.wiring import local_system

PROGRAMME = Path(__file__).parents[2] / "programmes" / "tonggu"
NOON = datetime(2026, 5, 13, 4, 0, tzinfo=UTC)  # a Wednesday, 12:00 in China


def demonstration_system(folder: Path, now: Callable[[], datetime] | None = None) -> System:
    """The system of the demonstration programme; ids repeat from run to run."""
    numbers = itertools.count(1)
    system = local_system(
        PROGRAMME,
        folder / "data",
        now=now or (lambda: NOON),
        token=lambda: f"token-{next(numbers)}",
        synchronous="OFF",
    )
    return replace(system, sleep=lambda seconds: None, jitter=lambda: 0.5)


def real_system(folder: Path, now: Callable[[], datetime] | None = None) -> System:
    """The same programme as a county would run it: not a demonstration."""
    system = demonstration_system(folder, now)
    return replace(system, programme=replace(system.programme, demonstration=False))
