"""How a message leaves the system until a chat service is configured: as a log line of ids.

In: one message of the outbox. Out: nothing; raising would mean that it was not delivered.
"""

from __future__ import annotations

from suishou.handlers.routing import LOG
from suishou.services.write_outbox import Message


def log_message(message: Message) -> None:
    """Says which message went to which post, never what it says."""
    LOG.info("message", case_id=message.case_id, kind=message.kind, to=message.to)
