from __future__ import annotations

import itertools

import pytest

from suishou.domain.apply_event import APPLY
from suishou.domain.people import ROLES
from suishou.domain.programme import Steps
from suishou.domain.transitions import ORDER, transitions

OPTIONAL = ("registered", "claimed", "accepted", "verified")
ALL_STEPS = [
    Steps(**dict(zip(OPTIONAL, choice, strict=True)))
    for choice in itertools.product((True, False), repeat=4)
]


@pytest.mark.parametrize("steps", ALL_STEPS, ids=str)
def test_every_choice_of_steps_leads_from_report_to_closing(steps: Steps) -> None:
    reached, todo = {"reported"}, ["reported"]
    while todo:
        stage = todo.pop()
        for row in transitions(steps).values():
            if stage in row.sources and row.target not in ("", "*") and row.target not in reached:
                reached.add(row.target)
                todo.append(row.target)
    off = {name for name in OPTIONAL if not getattr(steps, name)}
    assert set(ORDER) - off <= reached
    assert not reached & off


def test_with_all_steps_the_chain_is_the_standard_s() -> None:
    rows = transitions(Steps())
    chain = ["register", "dispatch", "claim", "accept", "resolve", "verify", "close"]
    for before, action, after in zip(ORDER, chain, ORDER[1:], strict=False):
        assert before in rows[action].sources
        assert rows[action].target == after


def test_a_merged_step_lets_the_community_claim_and_resolve() -> None:
    rows = transitions(Steps(registered=False, accepted=False, verified=False))
    assert "reported" in rows["dispatch"].sources
    assert "claimed" in rows["resolve"].sources
    assert rows["close"].sources == {"resolved"}


def test_every_row_names_known_roles_and_an_event_that_has_an_effect_or_is_history() -> None:
    known = {*ROLES, "reporter", "system"}
    for row in transitions(Steps()).values():
        assert row.who <= known
        assert row.event in APPLY or row.event == "noted"


def test_an_end_is_left_only_by_reopening() -> None:
    for row in transitions(Steps()).values():
        if row.target:
            assert not row.sources & {"rejected", "merged", "withdrawn"}
            assert "closed" not in row.sources or row.action == "reopen"
