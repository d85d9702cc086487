"""Many who want the same counter at once: how often a transaction conflicts, and who is told 503.

In: redemptions of one reward a second. Out: what share needed a second try, and what share gave up
after the service's own bounded, jittered pauses (`storage/retry.py`). A transaction that meets
another one under way on the same item is refused, as DynamoDB refuses it.
"""

from __future__ import annotations

import heapq
import random
from dataclasses import dataclass

from suishou.storage.retry import FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS, TRIES

TRANSACTION_SECONDS = 0.015  # a four-item TransactWriteItems, as measured in one region
ARRIVAL_SECONDS = 60


@dataclass(frozen=True)
class Contention:
    """Shares of all redemptions; 0.0 to 1.0."""

    a_second: int
    tried_again: float
    gave_up: float


def contention(a_second: int) -> Contention:
    """Random arrivals for a minute, the same ones every time."""
    dice = random.Random(a_second)  # noqa: S311
    waiting: list[tuple[float, int, int]] = []  # when, who, which try
    count, at = 0, dice.expovariate(a_second)
    while at < ARRIVAL_SECONDS:
        waiting.append((at, count, 1))
        count, at = count + 1, at + dice.expovariate(a_second)
    heapq.heapify(waiting)
    free_at, again, gave_up = 0.0, set(), 0
    while waiting:
        at, who, number = heapq.heappop(waiting)
        if at >= free_at:
            free_at = at + TRANSACTION_SECONDS
            continue
        again.add(who)
        if number == TRIES:
            gave_up += 1
            continue
        pause = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** (number - 1))
        heapq.heappush(waiting, (at + TRANSACTION_SECONDS + dice.random() * pause, who, number + 1))
    return Contention(a_second, len(again) / count, gave_up / count)
