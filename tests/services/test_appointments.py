"""The stewards' ladder: shown with consent to it, under the name that each one chose."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from suishou.domain.errors import Invalid, NotFound
from suishou.domain.programme import LadderStep
from suishou.services import people
from suishou.services.appointments import Appointment, appoint, appointments
from suishou.services.system import System
from suishou.storage import public_keys
from suishou.storage.table import query_all
from suishou.wiring import close
from tests.services.local_systems import real_system

NOW = datetime(2026, 5, 13, 4, tzinfo=UTC)
# As in Quannan: 最美小哥 → 兼职网格员 → 专职网格员 → 社区工作者.
LADDER = (
    LadderStep("finest", "最美小哥"),
    LadderStep("part_time", "兼职网格员"),
    LadderStep("full_time", "专职网格员"),
    LadderStep("community", "社区工作者"),
)


@pytest.fixture
def system(tmp_path: Path) -> Iterator[System]:
    made = real_system(tmp_path, now=lambda: NOW)
    yield replace(made, programme=replace(made.programme, ladder=LADDER))
    close(made)


def rider(system: System, display: str = "full", consent: str = "v1") -> str:
    by = people.operator(system)
    return people.enrol_rider(system, by, "欧阳小明", "", display, consent=consent).id


def shown(system: System) -> list[Mapping[str, Any]]:
    return [item.body for item in query_all(system.public, public_keys.LADDER)]


def test_steps_are_shown_in_the_ladders_order_with_their_days(system: System) -> None:
    who = rider(system, "masked")
    appoint(system, "s1", who, "part_time", "2026-03-01", "v1")
    appoint(system, "s1", who, "finest", "2025-11-01", "v1")
    assert shown(system) == [
        {
            "name": "欧阳**",
            "steps": [
                {"step": "finest", "since": "2025-11-01"},
                {"step": "part_time", "since": "2026-03-01"},
            ],
        }
    ]
    assert who not in json.dumps([[i.sort, dict(i.body)] for i in
                                  query_all(system.public, public_keys.LADDER)])  # fmt: skip


@pytest.mark.parametrize(
    ("display", "consent", "to_this"),
    [("full", "v1", ""), ("full", "", "v1"), ("none", "v1", "v1")],
)
def test_without_consent_to_both_nobody_is_shown(
    system: System, display: str, consent: str, to_this: str
) -> None:
    appoint(system, "s1", rider(system, display, consent), "finest", "2026-03-01", to_this)
    assert shown(system) == []
    assert len(appointments(system)) == 1


def test_consent_withdrawn_either_way_takes_the_row_away(system: System) -> None:
    who = rider(system)
    appoint(system, "s1", who, "finest", "2026-03-01", "v1")
    assert len(shown(system)) == 1
    appoint(system, "s1", who, "finest", "2026-03-01", "")
    assert shown(system) == []
    appoint(system, "s1", who, "finest", "2026-03-01", "v1")
    people.set_display(system, who, "full", "", "")
    assert shown(system) == []


def test_consent_is_kept_with_its_version_and_its_first_day(system: System) -> None:
    who = rider(system)
    first = appoint(system, "s1", who, "finest", "2026-03-01", "v1")
    later = replace(system, now=lambda: datetime(2026, 6, 1, tzinfo=UTC))
    assert appoint(later, "s2", who, "finest", "2026-03-01", "v1") == first
    steps = ({"step": "finest", "since": "2026-03-01"},)
    assert first == Appointment(who, steps, "v1", NOW.isoformat())


@pytest.mark.parametrize(
    ("step", "since", "code"),
    [
        ("mayor", "2026-03-01", "unknown_step"),
        ("finest", "2026-05-14", "time_is_future"),
        ("finest", "yesterday", "bad_day"),
    ],
)
def test_a_step_is_of_the_ladder_and_not_of_the_future(
    system: System, step: str, since: str, code: str
) -> None:
    with pytest.raises(Invalid, match=code):
        appoint(system, "s1", rider(system), step, since, "v1")


def test_only_riders_climb(system: System) -> None:
    with pytest.raises(NotFound):
        appoint(system, "s1", "r00000000000000000000", "finest", "2026-03-01", "v1")
