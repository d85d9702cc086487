"""Many at once on a bad day: threads that report, press and redeem while the faults come mixed.

The faults are drawn by a seed, which a failure shows; how threads and faults meet is the
machine's. Seen failing: without the marker's insert (`KEY#…` of an action, the redemption's own
item) a repeated press is refused or a gift is given twice; without the floor of the stock more are
given than there are.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from suishou.domain.errors import Busy, Refused, StorageFailure
from suishou.domain.points import LedgerLine
from suishou.domain.programme import Reward
from suishou.services.accept_report import accept_report
from suishou.services.advance_case import advance_case
from suishou.services.case_store import get_case, read_events
from suishou.services.notify import send_outbox
from suishou.services.points_ledger import all_lines, balance, line_actions
from suishou.services.project_case import project_case
from suishou.services.redeem_reward import redeem
from suishou.services.system import System
from suishou.services.write_outbox import Message
from suishou.storage import private_keys as keys
from suishou.storage.spread import query_merged
from tests.faults.conftest import PASSING, WRITES, Faults
from tests.services.loop_parts import RIDER, dispatcher, report, reported

THREADS, FAULTS, TRIES_MAX = 8, 12, 30


@pytest.fixture
def seed(faults: Faults, system: System) -> int:
    """Draws the faults of one test and sets them; some hit reads too."""
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    dice = random.Random(seed)
    short = {name: fault for name, fault in PASSING.items() if name != "timed out"}  # seconds each
    rules: list[dict[str, Any]] = []
    for _ in range(FAULTS):
        name = dice.choice(sorted(short))
        rule = {**WRITES, **short[name], "times": dice.randint(1, 3)}
        if dice.random() < 0.3 and "response" in short[name]:
            rule |= {"operation": "GetItem"}
        rules.append(rule)
    faults.set(*rules)
    return seed


def insisted(do: Callable[[], Any]) -> Any:
    """As a client does that was told 503: the same again, with the same key."""
    for _ in range(TRIES_MAX):
        try:
            return do()
        except (Busy, StorageFailure):
            continue
    raise AssertionError("never came through")


def at_once(do: Callable[[int], Any], count: int) -> list[Any]:
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(lambda n: insisted(lambda: do(n)), range(count)))


def test_every_report_is_there_once_however_often_it_was_sent(
    system: System, faults: Faults, seed: int
) -> None:
    def send(n: int) -> str:
        about = report(system, description=f"第 {n % 8} 处井盖")
        return accept_report(system, RIDER, about, f"key-{n % 8}").case_id

    made = at_once(send, 24)
    assert faults.fired() > 0
    assert len(set(made)) == 8
    case = get_case(system.private, made[0]).case
    near = list(query_merged(system.private, keys.near_partitions(case.area)))
    assert len(near) == 8
    for case_id in set(made):
        found = get_case(system.private, case_id).case
        assert [e.kind for e in read_events(system.private, found)] == ["reported"]


def test_one_of_many_presses_counts_and_all_who_pressed_it_are_told_so(
    system: System, faults: Faults, seed: int
) -> None:
    case_id = insisted(lambda: reported(system))

    def press(n: int) -> str:
        """Four officers, each of whom presses three times."""
        officer = dispatcher(system, name=f"officer-{n % 4}")
        try:
            advance_case(system, officer, case_id, "register", {}, f"press-{n % 4}")
        except Refused as refusal:
            return refusal.code
        return "done"

    answers = at_once(press, 12)
    assert faults.fired() > 0
    by_officer = [set(answers[n::4]) for n in range(4)]
    assert all(len(answer) == 1 for answer in by_officer), by_officer
    assert [answer == {"done"} for answer in by_officer].count(True) == 1
    case = get_case(system.private, case_id).case
    assert [e.kind for e in read_events(system.private, case)] == ["reported", "registered"]


def test_no_more_gifts_are_given_than_there_are_and_each_is_paid_once(
    system: System, faults: Faults, seed: int
) -> None:
    towel = Reward("towel", "毛巾", "goods", 20, 3)
    system = replace(system, programme=replace(system.programme, rewards={"towel": towel}))
    riders = [f"rider-{n}" for n in range(6)]

    def give(n: int) -> None:
        line = LedgerLine("given", "registered", 50, system.now())
        if not list(all_lines(system, riders[n])):
            system.private.write(line_actions(riders[n], line))

    at_once(give, 6)

    def take(n: int) -> str:
        """Six riders, each of whom presses three times."""
        try:
            return redeem(system, riders[n % 6], "towel", "once").id
        except Refused:
            return ""

    taken = at_once(take, 18)
    assert faults.fired() > 0
    assert len(set(taken) - {""}) == 3
    left = sorted(balance(system, rider) for rider in riders)
    assert left == [30, 30, 30, 50, 50, 50]


def test_projections_and_messages_come_out_once(system: System, faults: Faults, seed: int) -> None:
    cases = at_once(lambda n: reported(system, f"k-{n}", description=f"第 {n} 处"), 6)
    at_once(lambda n: project_case(system, cases[n % 6]), 18)
    assert faults.fired() > 0
    faults.set()
    sent: list[Message] = []
    send_outbox(system, sent.append)
    assert sorted(message.case_id for message in sent) == sorted(cases)
