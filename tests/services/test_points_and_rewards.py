"""Points as written: once, under the caps; rewards: once a key, never more than there are."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from suishou.domain.case import Actor, Case, Event
from suishou.domain.errors import Busy, Invalid, KeyReused, Lost, NotFound, StorageFailure
from suishou.domain.points import LedgerLine
from suishou.domain.programme import PointsRules, Reward
from suishou.services.award_points import award_points
from suishou.services.points_ledger import all_lines, balance, ledger, line_actions
from suishou.services.redeem_reward import (
    NotEnoughPoints,
    OutOfStock,
    catalogue,
    find_redemption,
    hand_over,
    redeem,
    waiting,
)
from suishou.services.system import System
from suishou.storage.sqlite import SqliteTable
from suishou.storage.table import Action, Table
from suishou.wiring import close
from tests.services.local_systems import demonstration_system

NOON = datetime(2026, 5, 13, 4, tzinfo=UTC)
RULES = PointsRules(
    registered=5,
    resolved={"major": 100, "everyday": 10},
    verified=3,
    duplicate=2,
    cap_day=12,
    cap_month=20,
    severities={"major": "重大隐患", "everyday": "日常事项"},
    default_severity="everyday",
)
REWARDS = {
    "pin": Reward("pin", "徽章", "goods", 1, 1000),
    "towel": Reward("towel", "毛巾", "goods", 20, 2),
    "childcare": Reward("childcare", "托管", "service", 0, 5, "有子女"),
}


@pytest.fixture
def system(tmp_path: Path) -> Iterator[System]:
    made = demonstration_system(tmp_path)
    yield replace(made, programme=replace(made.programme, points=RULES, rewards=REWARDS))
    close(made)


def case(case_id: str, merged_into: str = "", reporter: str = "r1") -> Case:
    return Case(
        id=case_id,
        kind="hazard",
        category="manhole",
        dictionary="test-1",
        national_code="0101",
        urgency="ordinary",
        source="rider",
        area="360926001",
        place_in_review=False,
        reporter=reporter,
        entered_by="",
        stage="reported",
        reported_at=NOON,
        clocks={},
        version=1,
        changed_at=NOON,
        merged_into=merged_into,
    )


def history(*kinds: str, at: datetime = NOON) -> tuple[Event, ...]:
    actor = Actor("s1", "dispatcher")
    return tuple(Event(n, kind, at, actor) for n, kind in enumerate(kinds, start=1))


def give(system: System, points: int, rider: str = "r1") -> None:
    line = LedgerLine(f"gift:{points}:x", "registered", points, NOON)
    system.private.write(line_actions(rider, line))


def holds_together(system: System, rider: str = "r1") -> bool:
    return balance(system, rider) == sum(line.points for line in all_lines(system, rider))


def at_once(work: Sequence[Callable[[], Any]]) -> list[Any]:
    """What each piece of work answered, or the error it raised, all begun together."""
    barrier = threading.Barrier(len(work))

    def one(piece: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return piece()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            return error

    with ThreadPoolExecutor(len(work)) as pool:
        return list(pool.map(one, work))


def insistently(work: Callable[[], Any]) -> Any:
    """What a client does with a 503: the same request again."""
    while True:
        try:
            return work()
        except Busy:
            continue


def test_awarding_again_writes_nothing_more(system: System) -> None:
    events = history("reported", "registered", "resolved")
    assert award_points(system, case("c1"), events[:2]) == 1
    assert award_points(system, case("c1"), events) == 1
    assert award_points(system, case("c1"), events) == 0
    assert balance(system, "r1") == 12  # 5, then 7 of 10: the cap of the day
    assert holds_together(system)


def test_a_capped_entry_is_recorded_with_what_it_gave(system: System) -> None:
    award_points(system, case("c1"), history("reported", "registered", "resolved", "verified"))
    lines = {line.rule: (line.points, line.capped) for line in all_lines(system, "r1")}
    assert lines == {"registered": (5, False), "resolved": (7, True), "verified": (0, True)}


def test_a_new_day_has_new_room_until_the_month_is_full(system: System) -> None:
    for day, case_id in enumerate(("c1", "c2", "c3")):
        events = history("reported", "registered", "resolved", at=NOON + timedelta(days=day))
        award_points(system, case(case_id), events)
    assert balance(system, "r1") == 20
    assert holds_together(system)


def test_a_day_of_the_cap_is_a_day_in_china(system: System) -> None:
    evening = datetime(2026, 5, 13, 15, 59, tzinfo=UTC)  # 23:59 in China
    award_points(system, case("c1"), history("reported", "registered", "resolved", at=evening))
    later = evening + timedelta(minutes=1)
    award_points(system, case("c2"), history("reported", "registered", at=later))
    assert balance(system, "r1") == 12 + 5


def test_a_reversal_takes_back_what_was_given_not_what_the_rules_say(system: System) -> None:
    award_points(system, case("c1"), history("reported", "registered", "resolved"))
    award_points(system, case("c2"), history("reported", "registered", "rejected"))
    assert balance(system, "r1") == 12  # nothing was left of the day: nothing to take back
    award_points(system, case("c1"), history("reported", "registered", "resolved", "merged"))
    assert balance(system, "r1") == 0
    assert holds_together(system)


def test_a_reversal_may_lead_below_zero(system: System) -> None:
    award_points(system, case("c1"), history("reported", "registered"))
    for number in range(5):
        redeem(system, "r1", "pin", f"k{number}")
    award_points(system, case("c1"), history("reported", "registered", "rejected"))
    assert balance(system, "r1") == -5
    assert holds_together(system)
    with pytest.raises(NotEnoughPoints):
        redeem(system, "r1", "pin", "k9")


def test_many_deliveries_at_once_award_each_entry_once(system: System) -> None:
    histories = [(case(f"c{n}"), history("reported", "registered")) for n in range(4)] * 5

    def deliver(one: Case, events: Sequence[Event]) -> Callable[[], Any]:
        return lambda: insistently(lambda: award_points(system, one, events))

    written = at_once([deliver(one, events) for one, events in histories])
    assert sum(written) == 4
    assert balance(system, "r1") == 12  # 5 + 5 + 2 + 0: the cap of the day holds in a race too
    assert holds_together(system)


class Forgetful:
    """A table that does the next write and then loses the reply."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.lose = True

    def __getattr__(self, name: str) -> Any:
        return getattr(self.table, name)

    def write(self, actions: Sequence[Action]) -> None:
        self.table.write(actions)
        if self.lose:
            self.lose = False
            raise StorageFailure("no answer")


def test_a_lost_reply_counts_nothing_twice(system: System) -> None:
    table = Forgetful(system.private)
    forgetful = replace(system, private=table)
    award_points(forgetful, case("c1"), history("reported", "registered"))
    assert balance(system, "r1") == 5
    table.lose = True
    made = redeem(forgetful, "r1", "pin", "k1")
    assert redeem(system, "r1", "pin", "k1") == made
    assert balance(system, "r1") == 4
    assert holds_together(system)


def test_a_redemption_costs_points_and_stock(system: System) -> None:
    give(system, 50)
    made = redeem(system, "r1", "towel", "k1")
    assert (made.rider, made.reward, made.points, made.handed_over_by) == ("r1", "towel", 20, "")
    assert find_redemption(system, made.id) == made
    assert balance(system, "r1") == 30
    assert {entry.reward.code: entry.left for entry in catalogue(system)} == {
        "childcare": 5,
        "pin": 1000,
        "towel": 1,
    }
    assert holds_together(system)


def test_the_same_key_is_the_same_redemption(system: System) -> None:
    give(system, 50)
    assert redeem(system, "r1", "towel", "k1") == redeem(system, "r1", "towel", "k1")
    assert balance(system, "r1") == 30
    with pytest.raises(KeyReused):
        redeem(system, "r1", "pin", "k1")


def test_two_riders_may_use_the_same_key(system: System) -> None:
    give(system, 1)
    give(system, 1, "r2")
    assert redeem(system, "r1", "pin", "k").id != redeem(system, "r2", "pin", "k").id


@pytest.mark.parametrize(
    ("reward", "key", "error", "code", "field"),
    [
        ("towel", "k", NotEnoughPoints, "not_enough_points", "reward"),
        ("umbrella", "k", Invalid, "unknown_reward", "reward"),
        ("childcare", "k", Invalid, "not_for_points", "reward"),
        ("pin", "", Invalid, "missing", "idempotency_key"),
    ],
)
def test_a_refused_redemption_changes_nothing(
    system: System, reward: str, key: str, error: type[Invalid], code: str, field: str
) -> None:
    give(system, 5)
    with pytest.raises(error) as refused:
        redeem(system, "r1", reward, key)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert balance(system, "r1") == 5
    assert waiting(system) == ((), None)


def test_the_last_piece_goes_once(system: System) -> None:
    give(system, 100)
    redeem(system, "r1", "towel", "k1")
    redeem(system, "r1", "towel", "k2")
    with pytest.raises(OutOfStock):
        redeem(system, "r1", "towel", "k3")
    more = {**REWARDS, "towel": replace(REWARDS["towel"], stock=3)}
    restocked = replace(system, programme=replace(system.programme, rewards=more))
    redeem(restocked, "r1", "towel", "k3")
    assert balance(system, "r1") == 40


def test_a_hundred_redemptions_at_once_on_a_balance_of_thirty(system: System) -> None:
    give(system, 30)
    assert isinstance(system.private, SqliteTable)
    # Two handles on one file, as two processes would have.
    other = SqliteTable.open(system.private._path, synchronous="OFF")
    systems = (system, replace(system, private=other))

    def wish(number: int) -> Callable[[], Any]:
        return lambda: insistently(
            lambda: redeem(systems[number % 2], "r1", "pin", f"wish-{number}")
        )

    answers = at_once([wish(number) for number in range(100)])
    other.close()
    assert sum(isinstance(answer, NotEnoughPoints) for answer in answers) == 70
    assert len({answer.id for answer in answers if not isinstance(answer, Exception)}) == 30
    assert balance(system, "r1") == 0
    assert holds_together(system)
    assert {e.reward.code: e.left for e in catalogue(system)}["pin"] == 970


def test_fifty_requests_with_one_key_are_one_redemption(system: System) -> None:
    give(system, 30)
    wish = [lambda: insistently(lambda: redeem(system, "r1", "pin", "one"))] * 50
    assert len(set(at_once(wish))) == 1
    assert balance(system, "r1") == 29


def test_two_riders_race_for_the_last_piece(system: System) -> None:
    for number in range(8):
        give(system, 20, f"r{number}")
    riders = [f"r{number}" for number in range(8)]

    def wish(rider: str) -> Callable[[], Any]:
        return lambda: insistently(lambda: redeem(system, rider, "towel", "k"))

    answers = at_once([wish(rider) for rider in riders])
    assert sum(isinstance(answer, OutOfStock) for answer in answers) == 6
    assert sum(balance(system, rider) for rider in riders) == 6 * 20


def test_a_reward_is_handed_over_once(system: System) -> None:
    give(system, 5)
    made = redeem(system, "r1", "pin", "k1")
    assert waiting(system) == ((made,), None)
    handed = hand_over(system, "s1", made.id, "h1")
    assert (handed.handed_over_by, handed.handed_over_at) == ("s1", system.now())
    assert hand_over(system, "s1", made.id, "h1") == handed
    assert waiting(system) == ((), None)
    with pytest.raises(Lost) as lost:
        hand_over(system, "s2", made.id, "h1")
    assert lost.value.values_for_wording["held_by"] == "s1"
    assert redeem(system, "r1", "pin", "k1") == handed


def test_handing_over_what_nobody_redeemed(system: System) -> None:
    with pytest.raises(NotFound):
        hand_over(system, "s1", "unknown", "h1")
    with pytest.raises(NotFound):
        find_redemption(system, "")


def test_the_ledger_reads_newest_first_in_pages(system: System) -> None:
    for day in range(5):
        events = history("reported", "registered", at=NOON + timedelta(days=day))
        award_points(system, case(f"c{day}"), events)
    first = ledger(system, "r1", limit=3)
    assert [line.case for line in first.lines] == ["c4", "c3", "c2"]
    second = ledger(system, "r1", first.cursor, limit=3)
    assert [line.case for line in second.lines] == ["c1", "c0"]
    assert second.cursor is None
    with pytest.raises(Invalid):
        ledger(system, "r2", first.cursor)
    with pytest.raises(Invalid):
        ledger(system, "r1", limit=0)
