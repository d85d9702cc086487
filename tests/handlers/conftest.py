"""The demonstration programme's system, in use by the handlers for one test."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from suishou.handlers import context
from suishou.services.system import System
from suishou.wiring import close

sys.path.insert(0, str(Path(__file__).parents[1] / "services"))  # their makers of systems


@pytest.fixture
def system(tmp_path: Path) -> Iterator[System]:
    from local_systems import demonstration_system

    made = demonstration_system(tmp_path)
    context.use(made)
    yield made
    context.forget()
    close(made)
