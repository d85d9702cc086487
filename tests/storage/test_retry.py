"""Contention is outlived for a while, and then said."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from suishou.domain.errors import Busy, Conflict, Contended, StorageFailure
from suishou.storage.retry import LONGEST_PAUSE_SECONDS, TRIES, retried


class Attempts:
    """Raises what it is given, one after the other, and then returns how often it was called."""

    def __init__(self, errors: Sequence[Exception]) -> None:
        self.errors = list(errors)
        self.calls = 0
        self.pauses: list[float] = []

    def __call__(self) -> int:
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        return self.calls

    def retried(self, draw: float = 0.999, **more: bool | int) -> int:
        return retried(self, random=lambda: draw, sleep=self.pauses.append, **more)  # type: ignore[arg-type]


def test_a_first_success_sleeps_never() -> None:
    attempts = Attempts([])
    assert attempts.retried() == 1
    assert attempts.pauses == []


def test_contention_is_tried_again_after_growing_pauses() -> None:
    attempts = Attempts([Contended(), Contended(), Contended()])
    assert attempts.retried() == 4
    assert attempts.pauses == sorted(attempts.pauses)
    assert len(set(attempts.pauses)) == 3


def test_pauses_scale_with_the_dice_and_stay_bounded() -> None:
    low, high = Attempts([Contended()] * 11), Attempts([Contended()] * 11)
    low.retried(draw=0.0, tries=12)
    high.retried(tries=12)
    assert set(low.pauses) == {0.0}
    assert max(high.pauses) < LONGEST_PAUSE_SECONDS


def test_contention_that_lasts_is_busy_and_says_why() -> None:
    attempts = Attempts([Contended("TransactionConflict")] * 99)
    with pytest.raises(Busy) as caught:
        attempts.retried()
    assert attempts.calls == TRIES
    assert len(attempts.pauses) == TRIES - 1
    assert isinstance(caught.value.__cause__, Contended)


def test_a_refusal_is_never_repeated() -> None:
    attempts = Attempts([Conflict([])])
    with pytest.raises(Conflict):
        attempts.retried(repeat_unknown=True)
    assert attempts.calls == 1


def test_an_unknown_outcome_is_repeated_only_where_the_caller_says_it_is_safe() -> None:
    careful, bold = Attempts([StorageFailure()]), Attempts([StorageFailure()])
    with pytest.raises(StorageFailure):
        careful.retried()
    assert careful.calls == 1
    assert bold.retried(repeat_unknown=True) == 2


def test_an_unknown_outcome_that_lasts_is_raised_as_itself() -> None:
    attempts = Attempts([Contended(), StorageFailure("ReadTimeoutError"), StorageFailure("last")])
    with pytest.raises(StorageFailure, match="last"):
        attempts.retried(repeat_unknown=True, tries=3)


def test_other_errors_pass() -> None:
    attempts = Attempts([KeyError()])
    with pytest.raises(KeyError):
        attempts.retried(repeat_unknown=True)


def test_no_tries_at_all_make_no_sense() -> None:
    with pytest.raises(ValueError, match="try"):
        Attempts([]).retried(tries=0)
