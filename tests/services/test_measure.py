"""What `GET /measures` answers, read from the public table alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from suishou.domain.measures import measure
from suishou.domain.public_row import PublicRow, to_json
from suishou.services.measure import measures_of, published_measures
from suishou.services.system import System
from suishou.storage import public_keys
from suishou.storage.table import Action, Insert
from suishou.wiring import close
from tests.domain.test_measures import met, row
from tests.services.local_systems import demonstration_system

ROWS = (
    row("a", resolution=met(50), satisfied=True),
    row("b", "accepted"),
    row("c", month="2026-06", resolution=met(70)),
)


@pytest.fixture
def system(tmp_path: Path) -> Iterator[System]:
    made = demonstration_system(tmp_path)
    for one in ROWS:
        publish(made, one)
    yield made
    close(made)


def publish(system: System, one: PublicRow) -> None:
    actions: list[Action] = [
        Insert(public_keys.public(one.id), public_keys.ROW, to_json(one)),
        Insert(public_keys.month(one.month, one.id), one.id, {}),
    ]
    if system.public.get(public_keys.MONTHS, one.month) is None:
        actions.append(Insert(public_keys.MONTHS, one.month, {}))
    system.public.write(actions)


def test_all_public_rows_are_measured(system: System) -> None:
    assert measures_of(system) == measure(ROWS)
    assert published_measures(system)["overall"]["close_rate"] == {
        "numerator": 2,
        "denominator": 3,
        "percent": "66.7",
    }


def test_some_months_alone(system: System) -> None:
    assert measures_of(system, ("2026-06",)) == measure(ROWS[2:])
    assert measures_of(system, ("2030-01",)).overall.reported == 0


def test_no_private_data_is_needed(system: System) -> None:
    assert measures_of(replace(system, private=None)) == measure(ROWS)  # type: ignore[arg-type]
