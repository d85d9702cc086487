"""The Lambda function `notify`: outbox → officers on duty and reporters.

In: nothing. Out: how many messages were delivered; a failed one stays and is tried again.
"""

from __future__ import annotations

from typing import Any

from suishou.handlers import context
from suishou.handlers.routing import LOG
from suishou.handlers.send_message import log_message
from suishou.services.notify import send_outbox


def handler(_: dict[str, Any], __: object) -> dict[str, int]:
    """Lambda's entry point."""
    delivered = send_outbox(context.current(), log_message)
    LOG.info("outbox sent", messages=delivered)
    return {"delivered": delivered}
