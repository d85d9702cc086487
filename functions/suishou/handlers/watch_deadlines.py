"""The Lambda function `watch_deadlines`: every five minutes, what is overdue becomes an event,
and notices (公示) of honours open and close on their days.

In: a schedule's event; `{"standings": true}` once a night has the public standings written, which
the build reads and cannot write. Out: how many events were written, and how many rounds changed.
"""

from __future__ import annotations

from typing import Any

from suishou.handlers import context
from suishou.handlers.routing import LOG
from suishou.services import honour_round, watch_deadlines
from suishou.services.standings import publish_standings


def handler(event: dict[str, Any], _: object) -> dict[str, int]:
    """Lambda's entry point."""
    if event.get("standings"):
        publish_standings(context.current())
    written = watch_deadlines.watch_deadlines(context.current())
    rounds = honour_round.watch_notices(context.current())
    LOG.info("deadlines watched", events=written, rounds=rounds)
    return {"events": written, "rounds": rounds}
