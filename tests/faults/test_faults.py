"""What AWS does on a bad day, in its own wire format: nothing is lost and nothing counts twice.

Each fault hits real clients on their way to an engine of independent make. Seen failing: without
`accept_report`'s look at the winner's head every repeated report is an error; with one try in
`storage/retry.py` a transaction conflict becomes a refusal in all four services.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from suishou.domain.errors import Busy, StorageFailure
from suishou.domain.points import LedgerLine
from suishou.domain.programme import Reward
from suishou.services.accept_report import accept_report
from suishou.services.advance_case import advance_case
from suishou.services.case_store import get_case, read_events
from suishou.services.points_ledger import all_lines, balance, line_actions
from suishou.services.project_case import project_case
from suishou.services.receive_photo import receive_photo
from suishou.services.redeem_reward import redeem
from suishou.services.stored_photos import raw_photo_key
from suishou.services.system import System
from suishou.services.uploads import BucketUploads, keep_uploads
from suishou.storage import private_keys as keys
from suishou.storage import public_keys
from suishou.storage.spread import query_merged
from suishou.storage.table import query_all
from suishou.storage.upload_forms import BucketForms
from tests.faults.conftest import WRITES, Faults
from tests.handlers.pictures import jpeg
from tests.services.loop_parts import RIDER, advanced, dispatcher, report, reported


def test_a_report_is_accepted_once_through_every_passing_fault(
    system: System, faults: Faults, passing: dict[str, Any]
) -> None:
    faults.set(passing)
    receipt = accept_report(system, RIDER, report(system), "key-1")
    assert faults.fired() > 0
    again = accept_report(system, RIDER, report(system), "key-1")
    assert (again.case_id, again.repeated) == (receipt.case_id, True)
    case = get_case(system.private, receipt.case_id).case
    assert [event.kind for event in read_events(system.private, case)] == ["reported"]
    near = query_merged(system.private, keys.near_partitions(case.area))
    assert len(list(near)) == 1


def test_an_officers_action_is_done_once_through_every_passing_fault(
    system: System, faults: Faults, passing: dict[str, Any]
) -> None:
    case_id = reported(system)
    faults.set(passing)
    for _ in range(2):
        advance_case(system, dispatcher(system), case_id, "register", {}, "press-1")
    assert faults.fired() > 0
    case = get_case(system.private, case_id).case
    assert [e.kind for e in read_events(system.private, case)] == ["reported", "registered"]


def test_points_are_paid_once_through_every_passing_fault(
    system: System, faults: Faults, passing: dict[str, Any]
) -> None:
    towel = Reward("towel", "毛巾", "goods", 20, 2)
    system = replace(system, programme=replace(system.programme, rewards={"towel": towel}))
    line = LedgerLine("given", "registered", 50, system.now())
    system.private.write(line_actions("rider-1", line))
    faults.set(passing)
    made = [redeem(system, "rider-1", "towel", "once").id for _ in range(2)]
    assert faults.fired() > 0
    assert made[0] == made[1]
    assert balance(system, "rider-1") == 30
    assert [entry.points for entry in all_lines(system, "rider-1")].count(-20) == 1
    stock = system.private.get(keys.stock("towel"), keys.STOCK)
    assert stock and abs(stock.counters["taken"]) == 1


def test_a_projection_tells_and_counts_once_through_every_passing_fault(
    system: System, faults: Faults, passing: dict[str, Any]
) -> None:
    case_id = reported(system)
    advanced(system, case_id, "resolve")
    project_case(replace(system), case_id)
    told = messages(system)
    points = balance(system, RIDER.id)
    other = reported(system, "key-2", description="另一处井盖")
    advanced(system, other, "resolve")
    faults.set(passing)
    for _ in range(2):
        try:
            project_case(system, other)
        except (Busy, StorageFailure):
            project_case(system, other)  # the stream sends it again
    assert faults.fired() > 0
    assert messages(system) == 2 * told
    assert balance(system, RIDER.id) == 2 * points
    months = [item.sort for item in query_all(system.public, public_keys.MONTHS)]
    listed = query_merged(system.public, public_keys.month_partitions(months[0]))
    assert sorted(item.sort for item in listed) == sorted((case_id, other))


def messages(system: System) -> int:
    return sum(len(list(query_all(system.private, name))) for name in keys.outbox_partitions())


@pytest.mark.parametrize("code", ["ThrottlingException", "InternalServerError"])
def test_a_fault_that_lasts_is_told_and_leaves_nothing_behind(
    system: System, faults: Faults, code: str
) -> None:
    faults.set({**WRITES, "error": {"code": code}})
    with pytest.raises((Busy, StorageFailure)):
        accept_report(system, RIDER, report(system), "key-1")
    faults.set()
    assert not list(query_all(system.private, keys.rider(RIDER.id)))
    assert accept_report(system, RIDER, report(system), "key-1").repeated is False


def test_a_photo_is_whole_or_not_there(system: System, faults: Faults) -> None:
    slow = {"service": "s3", "operation": "PutObject", "times": 2}
    faults.set({**slow, "error": {"code": "SlowDown", "status": 503}})
    system.raw_photos.put("raw/1.jpg", b"photo", "image/jpeg")
    assert faults.fired() > 0
    assert system.raw_photos.get("raw/1.jpg") == b"photo"
    faults.set({**slow, "times": 50, "reset": True})
    with pytest.raises(StorageFailure):
        system.raw_photos.put("raw/2.jpg", b"photo", "image/jpeg")
    faults.set()
    assert system.raw_photos.get("raw/2.jpg") is None


@pytest.mark.parametrize("operation", ["PutObject", "DeleteObject", "GetObject"])
@pytest.mark.parametrize("fault", [{"error": {"code": "SlowDown", "status": 503}}, {"reset": True}])
def test_a_photo_is_received_by_the_run_that_storage_allows(
    system: System, faults: Faults, operation: str, fault: dict[str, Any]
) -> None:
    stack = replace(system, uploads=BucketUploads(BucketForms(None, "raw")))
    (upload_id,) = keep_uploads(stack, [jpeg()])
    faults.set({"service": "s3", "operation": operation, "times": 50, **fault})
    with pytest.raises(StorageFailure):  # Lambda runs it again, and after the last time says so
        receive_photo(stack.raw_photos, upload_id)
    assert faults.fired() > 0
    faults.set()
    receive_photo(stack.raw_photos, upload_id)
    assert stack.raw_photos.list() == [raw_photo_key(upload_id)]
