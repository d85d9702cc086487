"""The demonstration's clock: turned through weeks of history, then let go to run by itself.

In: the moments of the history, in order. Out: the system's `now`, aware UTC. Never goes back.
"""

from __future__ import annotations

from datetime import UTC, datetime


class TurnedClock:
    """Answers the moment that it was last turned to, and the real time once it is let go."""

    def __init__(self, start: datetime) -> None:
        self._turned_to: datetime | None = start.astimezone(UTC)

    def __call__(self) -> datetime:
        return self._turned_to or datetime.now(UTC)

    def turn_to(self, moment: datetime) -> None:
        """Raises ValueError for a moment before the present one."""
        if moment < self():
            raise ValueError("time does not go back")
        self._turned_to = moment.astimezone(UTC)

    def let_go(self) -> None:
        """From now on it is the real time."""
        self._turned_to = None
