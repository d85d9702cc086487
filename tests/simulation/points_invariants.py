"""What must hold of points and rewards: at every moment sums and stock, once settled every entry.

Comes in: `Seen`. Goes out: a sentence for each thing that is wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from suishou.domain.deadline import CHINA
from suishou.domain.points import Entry, LedgerLine, entries_due, line_from_json
from suishou.storage import private_keys as keys
from tests.simulation.seen import Seen


def lines_of(seen: Seen, rider_id: str) -> list[LedgerLine]:
    return [
        line_from_json(item.body)
        for (partition, sort), item in sorted(seen.private.items())
        if partition == keys.rider(rider_id) and sort.startswith(keys.LEDGER)
    ]


def ledgers_add_up(seen: Seen) -> Iterator[str]:
    """Sum of the lines == balance; no entry twice; below zero only by what reversals took back."""
    for rider in seen.world.riders:
        lines = lines_of(seen, rider.id)
        item = seen.private.get((keys.rider(rider.id), keys.BALANCE))
        balance = item.counters.get("points", 0) if item else 0
        if sum(line.points for line in lines) != balance:
            yield f"rider {rider.id}: ledger {sum(line.points for line in lines)} ≠ {balance}"
        ids = [line.id for line in lines]
        if len(set(ids)) != len(ids):
            yield f"rider {rider.id}: an entry stands twice"
        taken_back = -sum(line.points for line in lines if line.reverses)
        if balance + taken_back < 0:
            yield f"rider {rider.id}: more was redeemed than there was"


def caps_hold(seen: Seen) -> Iterator[str]:
    """What was earned in a day or month never exceeds its cap, and nothing is cut without one."""
    rules = seen.world.system.programme.points
    for rider in seen.world.riders:
        earned: Counter[str] = Counter()
        lines = [line for line in lines_of(seen, rider.id) if line.case and not line.reverses]
        for line in lines:
            day = line.at.astimezone(CHINA).date().isoformat()
            earned[day] += line.points
            earned[day[:7]] += line.points
        for period, points in earned.items():
            cap = rules.cap_day if len(period) == 10 else rules.cap_month
            if points > cap:
                yield f"rider {rider.id}: {points} in {period}, cap {cap}"
        for line in lines:
            day = line.at.astimezone(CHINA).date().isoformat()
            full = earned[day] == rules.cap_day or earned[day[:7]] == rules.cap_month
            if line.capped and not full:
                yield f"rider {rider.id}: {line.id} was cut, but no cap was reached"


def rewards_are_given_once(seen: Seen) -> Iterator[str]:
    """Redemptions ≤ stock, each with its line; acknowledged ones are there, once a key."""
    rewards = seen.world.system.programme.rewards
    made = {
        partition.removeprefix("REDEMPTION#"): item.body
        for (partition, _), item in seen.private.items()
        if partition.startswith("REDEMPTION#")
    }
    taken = Counter(body["reward"] for body in made.values())
    for code, reward in rewards.items():
        item = seen.private.get((keys.stock(code), keys.STOCK))
        counted = -item.counters.get("taken", 0) if item else 0
        if not taken[code] == counted <= reward.stock:
            yield f"reward {code}: {taken[code]} given, {counted} counted, stock {reward.stock}"
    for redemption_id, code in seen.world.promises.redemptions.values():
        if made.get(redemption_id, {}).get("reward") != code:
            yield f"acknowledged redemption {redemption_id} is gone"
    lines = {line.redemption for rider in seen.world.riders for line in lines_of(seen, rider.id)}
    if lines - {""} != made.keys():
        yield "redemptions and their ledger lines differ"
    waiting = {item.body["redemption"] for item in seen.partition(keys.WAITING)}
    if waiting != {one for one, body in made.items() if not body.get("handed_over_by")}:
        yield "the list of what waits to be handed over is wrong"


def every_entry_is_written(seen: Seen) -> Iterator[str]:
    """Once settled: exactly the entries that the histories earn, for the right number of points."""
    if not seen.settled:
        return
    for rider in seen.world.riders:
        due = {entry.id: entry for entry in _due(seen, rider.id)}
        lines = {line.id: line for line in lines_of(seen, rider.id) if line.case}
        for entry_id in sorted(due.keys() ^ lines.keys()):
            yield f"rider {rider.id}: {entry_id} is {'due' if entry_id in due else 'not due'}"
        for entry_id in due.keys() & lines.keys():
            entry, line = due[entry_id], lines[entry_id]
            right = entry.points
            if entry.reverses:
                right = -lines[entry.reverses].points if entry.reverses in lines else 0
            elif line.capped:
                right = min(line.points, entry.points)
            if line.points != right or line.rule != entry.rule:
                yield f"rider {rider.id}: {entry_id} gave {line.points}, not {right}"


def _due(seen: Seen, rider_id: str) -> Iterator[Entry]:
    rules = seen.world.system.programme.points
    for found in seen.cases.values():
        case = found.case
        if case.reporter == rider_id:
            into = seen.cases.get(case.merged_into)
            own = into is not None and into.case.reporter == rider_id
            yield from entries_due(case, found.events, rules, own_duplicate=own)


EVERY_MOMENT = (ledgers_add_up, caps_hold, rewards_are_given_once, every_entry_is_written)
