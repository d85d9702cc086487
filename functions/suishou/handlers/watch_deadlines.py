"""The Lambda function `watch_deadlines`: every five minutes, what is overdue becomes an event,
and notices (公示) of honours open and close on their days.

In: nothing. Out: how many events were written, and how many rounds changed.
"""

from __future__ import annotations

from typing import Any

from suishou.handlers import context
from suishou.handlers.routing import LOG
from suishou.services import honour_round, watch_deadlines


def handler(_: dict[str, Any], __: object) -> dict[str, int]:
    """Lambda's entry point."""
    written = watch_deadlines.watch_deadlines(context.current())
    rounds = honour_round.watch_notices(context.current())
    LOG.info("deadlines watched", events=written, rounds=rounds)
    return {"events": written, "rounds": rounds}
