"""Contention: try again a few times, each after a longer random pause, then say `Busy`.

In: one attempt at a read or write. Out: what it returned. The clock and the dice are arguments, so
that tests and the simulation neither sleep nor guess. Never repeats a refusal (`Conflict`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from suishou.domain.errors import Busy, Conflict, Contended, StorageFailure

TRIES = 6
FIRST_PAUSE_SECONDS = 0.02  # about one fsync, or one DynamoDB transaction
LONGEST_PAUSE_SECONDS = 0.5  # all pauses together stay below 1.2 s: a client still waits
Result = TypeVar("Result")


def retried(
    attempt: Callable[[], Result],
    *,
    random: Callable[[], float],
    sleep: Callable[[float], object],
    tries: int = TRIES,
    repeat_unknown: bool = False,
) -> Result:
    """The first result of `attempt`, called at most `tries` times.

    `random` answers 0 ≤ x < 1 and scales each pause («full jitter»), so that many losers spread
    out; `sleep` takes seconds. With `repeat_unknown`, a `StorageFailure` that leaves the outcome
    open is repeated too: say so only if a second write of the same batch does no harm.

    Raises `Busy` when the last try was still `Contended`, and the `StorageFailure` when it was
    that; a `Conflict` passes at once.
    """
    if tries < 1:
        raise ValueError("at least one try")
    for number in range(tries):
        last = number == tries - 1
        try:
            return attempt()
        except Conflict:
            raise
        except Contended as error:
            if last:
                raise Busy(str(error)) from error
        except StorageFailure:
            if last or not repeat_unknown:
                raise
        sleep(random() * min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2**number))
    raise AssertionError("unreachable")
