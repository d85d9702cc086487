"""The Lambda function `watch_deadlines`: every five minutes, what is overdue becomes an event.

In: nothing. Out: how many events were written.
"""

from __future__ import annotations

from typing import Any

from suishou.handlers import context
from suishou.handlers.routing import LOG
from suishou.services import watch_deadlines


def handler(_: dict[str, Any], __: object) -> dict[str, int]:
    """Lambda's entry point."""
    written = watch_deadlines.watch_deadlines(context.current())
    LOG.info("deadlines watched", events=written)
    return {"events": written}
