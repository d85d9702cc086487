"""One request of one client, and what the client makes of its end.

A client is a real one: it keeps its Idempotency-Key, and after a crash, a lost reply or 503 it
comes again with the same request, unless it loses patience. What is acknowledged becomes a promise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from suishou.domain.errors import Refused


def _nothing(answer: Any) -> None:
    """Most answers promise nothing that the invariants do not already hold."""


class BrokenPromise(AssertionError):
    """A service answered what it must never answer."""


@dataclass
class Request:
    """`work` is one call of one service. `acknowledged` and `refused` judge the answer and raise
    `BrokenPromise`. `keeps_trying` is False
    for those who look again anyway, such as a worker."""

    name: str
    work: Callable[[], Any]
    acknowledged: Callable[[Any], None] = _nothing
    refused: Callable[[Refused], None] = _nothing
    keeps_trying: bool = False
    tries: int = 0
