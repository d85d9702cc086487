"""Messages on a bad day: each goes out once, and one that cannot be worked stops no other.

Seen failing: with a bare `write` where `services/notify.py` settles patiently, a transaction
conflict sends the same message a second time a minute later; without the mark of a case that
cannot be read, its ending keeps every later message from being sent.
"""

from __future__ import annotations

from typing import Any

from suishou.services.case_store import get_case
from suishou.services.notify import send_outbox, undelivered
from suishou.services.project_case import project_case
from suishou.services.system import System
from suishou.services.write_outbox import Message
from suishou.storage import private_keys as keys
from suishou.storage.table import query_all
from tests.faults.conftest import WRITES, Faults
from tests.services.loop_parts import advanced, reported


def worked(system: System, last: str, key: str = "key-1", what: str = "井盖松动") -> str:
    """A case at that step, its messages in the outbox."""
    case_id = reported(system, key, description=what)
    advanced(system, case_id, last)
    project_case(system, case_id)
    return case_id


def waiting(system: System) -> int:
    return sum(len(list(query_all(system.private, name))) for name in keys.outbox_partitions())


def test_every_message_is_sent_once_through_every_passing_fault(
    system: System, faults: Faults, passing: dict[str, Any]
) -> None:
    case_id = worked(system, "close")
    there, sent = waiting(system), list[Message]()
    faults.set(passing)
    assert send_outbox(system, sent.append) == there == len(sent) == len(set(sent)) > 3
    assert faults.fired() > 0
    assert (send_outbox(system, sent.append), waiting(system)) == (0, 0)
    assert get_case(system.private, case_id).case.told_at is not None


def test_a_failed_attempt_is_noted_through_every_passing_fault(
    system: System, faults: Faults, passing: dict[str, Any]
) -> None:
    worked(system, "register")
    there = waiting(system)

    def broken(message: Message) -> None:
        raise ConnectionError

    faults.set(passing)
    assert send_outbox(system, broken) == 0
    assert faults.fired() > 0
    assert [item.body["attempts"] for item in undelivered(system)] == [1] * there


def test_a_lasting_fault_loses_no_message(system: System, faults: Faults) -> None:
    worked(system, "register")
    there, sent = waiting(system), list[Message]()
    faults.set({**WRITES, "error": {"code": "ThrottlingException"}})
    try:
        send_outbox(system, sent.append)
    except Exception as error:  # noqa: BLE001 - which one is not the point
        assert type(error).__name__ in ("Busy", "StorageFailure", "Contended")
    assert len(sent) == 1  # of which nobody could note that it went out
    faults.set()
    assert send_outbox(system, sent.append) == there
    assert len(set(sent)) == there
