"""Outbox → delivered: sends each message, and notes in the case when its reporter was told.

Comes in: the outbox and a way to send. Goes out: fewer messages. A failed send stays, with the
number of attempts and the kind of error, where staff can see it. A message may be sent twice when
the sender crashes between sending and noting; it is never lost.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from suishou.domain.case import Event
from suishou.domain.decide import SYSTEM
from suishou.domain.errors import Busy, Conflict, Contended, StorageFailure
from suishou.services.case_store import case_actions, find_case, patiently
from suishou.services.record_failure import record_failure
from suishou.services.system import System
from suishou.services.write_outbox import REPORTER, Message
from suishou.storage import private_keys as keys
from suishou.storage.table import Delete, Item, Replace, query_all

log = logging.getLogger(__name__)
# The endings of which the reporter is told; with `closed`, the feedback clock stops.
_TELLS_THE_END = frozenset({"closed", "rejected", "merged"})


def send_outbox(system: System, send: Callable[[Message], None]) -> int:
    """Tries every message once; answers how many were delivered. `send` raises when it cannot."""
    delivered = 0
    for partition in keys.outbox_partitions():
        for item in query_all(system.private, partition):
            try:
                message = message_of(item.body)
                send(message)
            except Exception as error:  # noqa: BLE001 - any failure is noted and tried again
                _note_failure(system, item, error)
                continue
            _settle(system, item, message)
            delivered += 1
    return delivered


def message_of(body: Mapping[str, Any]) -> Message:
    return Message(**{k: v for k, v in body.items() if k not in ("attempts", "error")})


def undelivered(system: System) -> tuple[Item, ...]:
    """Messages that at least one attempt could not deliver."""
    return tuple(
        item
        for partition in keys.outbox_partitions()
        for item in query_all(system.private, partition)
        if item.body["attempts"]
    )


def _settle(system: System, item: Item, message: Message) -> None:
    """A sent message leaves the outbox. Patiently: what stays is sent again. A case that cannot be
    read is recorded, and keeps no later message waiting."""
    if message.to == REPORTER and message.kind in _TELLS_THE_END:
        try:
            _note_told(system, message.case_id)
        except (Busy, StorageFailure):
            raise
        except Exception as error:  # noqa: BLE001 - as a projection does
            record_failure(system, message.case_id, error)
    patiently(system, lambda: system.private.write([Delete(item.partition, item.sort)]))


def _note_failure(system: System, item: Item, error: Exception) -> None:
    kind = type(error).__name__
    log.warning("message not delivered", extra={"outbox": item.sort, "error": kind})
    body = {**item.body, "attempts": item.body["attempts"] + 1, "error": kind}
    try:
        again = Replace(item.partition, item.sort, item.version, body)
        patiently(system, lambda: system.private.write([again]))
    except Conflict:
        return  # another sender delivered it or noted its own attempt


def _note_told(system: System, case_id: str) -> None:
    """The event that stops the feedback clock, once."""

    def attempt() -> None:
        stored = find_case(system.private, case_id)
        if stored is None or stored.case.told_at is not None or stored.case.open:
            return
        event = Event(stored.case.version + 1, "reporter_told", system.now(), SYSTEM)
        _, actions = case_actions(case_id, stored, [event])
        try:
            system.private.write(actions)
        except Conflict as lost:
            raise Contended("the case changed meanwhile") from lost

    patiently(system, attempt)
