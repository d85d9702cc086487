"""The quick part of the simulation, on both engines. One seed again, or more of them:

SUISHOU_SEED=7 pytest tests/simulation
python -m tests.simulation.run --seeds 500
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from functools import cache

import pytest

from tests.simulation.simulate import Run, simulate
from tests.storage.engines import Clients, moto_clients

ONLY = os.environ.get("SUISHOU_SEED", "")
SEEDS = [int(ONLY)] if ONLY else list(range(40))
STEPS = int(os.environ.get("SUISHOU_STEPS", "700"))
DYNAMODB_SEEDS = [int(ONLY)] if ONLY else [0, 1]
DYNAMODB_STEPS = int(os.environ.get("SUISHOU_STEPS", "250"))
# Where a case can stand; each must be where some seed's case ends.
STAGES = {
    "reported",
    "registered",
    "dispatched",
    "claimed",
    "accepted",
    "resolved",
    "verified",
    "closed",
    "rejected",
    "merged",
    "withdrawn",
    "returned",
    "reopened",
    "transferred",
}


@cache
def run_of(seed: int) -> Run:
    return simulate(seed, STEPS)


@pytest.fixture(scope="module")
def clients() -> Iterator[Clients]:
    with moto_clients() as opened:
        yield opened


@pytest.mark.parametrize("seed", SEEDS)
def test_everything_holds_on_sqlite(seed: int) -> None:
    assert run_of(seed).ends.total() > 0


@pytest.mark.parametrize("seed", DYNAMODB_SEEDS)
def test_everything_holds_on_dynamodb(seed: int, clients: Clients) -> None:
    run = simulate(seed, DYNAMODB_STEPS, "dynamodb", clients=clients)
    assert run.ends.total() > 0


@pytest.mark.skipif(bool(ONLY), reason="about all seeds together")
def test_the_seeds_together_meet_every_stage_and_every_fault() -> None:
    stages: Counter[str] = Counter()
    faults: Counter[str] = Counter()
    for seed in SEEDS:
        stages.update(run_of(seed).stages)
        faults.update(run_of(seed).faults)
    assert stages.keys() >= STAGES
    assert faults.keys() == {"contended", "crash", "feed", "short_page", "unanswered"}


@pytest.mark.skipif(bool(ONLY), reason="about all seeds together")
def test_the_seeds_together_do_everything_at_least_once() -> None:
    ends: Counter[str] = Counter()
    for seed in SEEDS:
        ends.update(run_of(seed).ends)
    done = {end.removesuffix(": done") for end in ends if end.endswith(": done")}
    workers = {"project", "reproject", "send", "watch", "build", "standings"}
    riders = {"report", "confirm", "reopen", "withdraw", "look", "redeem", "own", "queue", "hand"}
    officers = {"register", "dispatch", "claim", "accept", "resolve", "verify", "close", "merge"}
    others = {"draft", "approve", "take_down", "redact", "return", "extend", "hold", "escalate"}
    assert workers | riders | officers | others <= done
    assert "report: key_reused" in ends
    assert "redeem: out_of_stock" in ends


def test_one_seed_makes_one_run() -> None:
    again = simulate(SEEDS[0], STEPS)
    assert again.trace == run_of(SEEDS[0]).trace
