"""The mark `FAILED#` on a case that a worker could not work: visible to staff, in nobody's way."""

from __future__ import annotations

import logging

from suishou.domain.errors import Conflict
from suishou.services.index_rows import instant
from suishou.services.system import System
from suishou.storage import private_keys as keys
from suishou.storage.table import Insert

log = logging.getLogger(__name__)


def record_failure(system: System, case_id: str, error: Exception) -> None:
    """Leaves the mark, once. It holds the kind of error, never its text."""
    kind = type(error).__name__
    log.error("case could not be worked", extra={"case_id": case_id, "error": kind})
    if system.private.get(keys.FAILED, case_id) is not None:
        return
    body = {"error": kind, "at": instant(system.now())}
    try:
        system.private.write([Insert(keys.FAILED, case_id, body)])
    except Conflict:
        return  # another worker left the same mark
