"""How fast requests come in, so that work nobody waits for stands back for work somebody does.

In: one `count` a request, from the gateway. Out: `busy`, for the worker of the change feed. All of
this machine's threads share one interpreter: a projection beside every report would halve what the
gateway takes in. Knows nothing of what the requests are.
"""

from __future__ import annotations

import time
from collections.abc import Callable

BUSY_REQUESTS_A_SECOND = 100.0  # a county on a bad day has ten


class Traffic:
    """Counted by one thread (the event loop's), looked at by one other."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._requests = 0
        self._seen = 0
        self._looked_at = clock()

    def count(self) -> None:
        """One more request has come in."""
        self._requests += 1

    def busy(self) -> bool:
        """Whether requests came faster than BUSY_REQUESTS_A_SECOND since the last look."""
        now, requests = self._clock(), self._requests
        seconds, came = now - self._looked_at, requests - self._seen
        self._looked_at, self._seen = now, requests
        return came > BUSY_REQUESTS_A_SECOND * seconds
