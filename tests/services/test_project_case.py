from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from local_systems import demonstration_system
from loop_parts import Clock, act, advanced, publish, report, reported

from suishou.domain.errors import NotFound
from suishou.domain.people import ANONYMOUS
from suishou.services.accept_report import accept_report
from suishou.services.case_store import get_case, read_events
from suishou.services.notify import send_outbox, undelivered
from suishou.services.project_case import project_case, project_pending, reproject
from suishou.services.publish_case import public_case, public_cases
from suishou.services.redeem_reward import balance
from suishou.services.system import System
from suishou.services.write_outbox import Message
from suishou.storage import private_keys, public_keys
from suishou.storage.table import Insert, Replace, query_all
from suishou.wiring import local_feed


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def system(tmp_path: Path, clock: Clock) -> System:
    return demonstration_system(tmp_path, now=clock)


def published(system: System, **changes: object) -> str:
    case_id = reported(system, **changes)
    advanced(system, case_id, "close")
    publish(system, case_id)
    project_case(system, case_id)
    return case_id


def test_every_case_has_a_public_row_from_the_start_without_words(system: System) -> None:
    case_id = reported(system)
    project_case(system, case_id)
    item = system.public.get(public_keys.public(case_id), public_keys.ROW)
    assert item is not None
    assert (item.body["shown"], item.body["title"], item.body["timeline"]) == (False, "", [])
    assert item.body["stage"] == "reported"
    with pytest.raises(NotFound):
        public_case(system, case_id)


def test_a_closed_and_approved_hazard_is_shown(system: System) -> None:
    row = public_case(system, published(system))
    assert (row.title, row.result) == ("井盖松动已修复", "已更换井盖。")
    assert [step.kind for step in row.timeline][-1] == "closed"
    assert public_cases(system, "")[0] == (row,)


def test_a_dispute_is_never_shown_one_by_one(system: System) -> None:
    case_id = published(system, category="dispute")
    with pytest.raises(NotFound):
        public_case(system, case_id)
    item = system.public.get(public_keys.public(case_id), public_keys.ROW)
    assert item is not None and item.body["title"] == ""


def test_no_private_word_ever_reaches_the_public_table(system: System) -> None:
    marks = {"description": "独特描述", "address": "独特门牌", "contact": "独特电话"}
    published(system, **marks)
    accept_report(system, ANONYMOUS, report(system, **marks), "other")
    for partition in ("TOMBSTONE", "MONTHS", *public_keys.dirty_partitions()):
        assert "独特" not in str(list(query_all(system.public, partition)))
    rows = public_cases(system, "")[0]
    assert "独特" not in str(rows)
    assert "rider-1" not in str(rows)


def test_projecting_twice_or_at_once_counts_nothing_twice(system: System) -> None:
    case_id = reported(system)
    advanced(system, case_id, "close")
    project_case(system, case_id)
    points = balance(system, "rider-1")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: project_case(system, case_id), range(16)))
    assert balance(system, "rider-1") == points
    outbox = [
        item.sort
        for partition in private_keys.outbox_partitions()
        for item in query_all(system.private, partition)
    ]
    assert len(outbox) == len(set(outbox)) > 0


def test_an_older_case_never_overwrites_a_newer_row(system: System) -> None:
    from suishou.services.publish_case import publish_case

    case_id = reported(system)
    old = get_case(system.private, case_id).case
    old_events = read_events(system.private, old)
    advanced(system, case_id, "claim")
    project_case(system, case_id)
    publish_case(system, old, old_events)
    item = system.public.get(public_keys.public(case_id), public_keys.ROW)
    assert item is not None and item.body["stage"] == "claimed"


def test_a_take_down_leaves_a_tombstone_and_a_new_approval_lifts_it(system: System) -> None:
    case_id = published(system)
    act(system, case_id, "take_down", reason="本人要求")
    project_case(system, case_id)
    assert system.public.get(public_keys.TOMBSTONE, case_id) is not None
    with pytest.raises(NotFound):
        public_case(system, case_id)
    publish(system, case_id)
    project_case(system, case_id)
    assert system.public.get(public_keys.TOMBSTONE, case_id) is None
    assert public_case(system, case_id).title


def test_an_erased_case_loses_its_public_text(system: System) -> None:
    case_id = published(system)
    act(system, case_id, "redact", reason="本人要求")
    project_case(system, case_id)
    item = system.public.get(public_keys.public(case_id), public_keys.ROW)
    assert item is not None and (item.body["shown"], item.body["title"]) == (False, "")


def test_the_feed_is_worked_and_emptied(system: System) -> None:
    feed = local_feed(system)
    made = [reported(system, key=f"k{n}") for n in range(3)]
    assert project_pending(system, feed) == 3
    assert project_pending(system, feed) == 0
    for case_id in made:
        assert system.public.get(public_keys.public(case_id), public_keys.ROW) is not None


def test_a_poison_case_is_recorded_and_blocks_no_other(
    system: System, caplog: pytest.LogCaptureFixture
) -> None:
    feed = local_feed(system)
    system.private.write([Insert("CASE#poison", "HEAD", {"broken": "独特"})])
    good = reported(system)
    with caplog.at_level(logging.DEBUG):
        project_pending(system, feed)
    assert system.public.get(public_keys.public(good), public_keys.ROW) is not None
    failed = system.private.get(private_keys.FAILED, "poison")
    assert failed is not None and failed.body["error"]
    assert "独特" not in caplog.text
    with pytest.raises(KeyError):
        reproject(system, "poison")


def test_reproject_clears_the_mark_of_a_case_that_works_again(system: System) -> None:
    case_id = reported(system)
    system.private.write([Insert(private_keys.FAILED, case_id, {"error": "KeyError", "at": "x"})])
    reproject(system, case_id)
    assert system.private.get(private_keys.FAILED, case_id) is None


def test_messages_go_to_the_next_in_the_loop_and_the_reporter_is_told(system: System) -> None:
    case_id = reported(system)
    advanced(system, case_id, "close")
    project_case(system, case_id)
    sent: list[Message] = []
    send_outbox(system, sent.append)
    told = {(m.kind, m.to.split(":")[0]) for m in sent}
    assert {
        ("reported", "dispatcher"),
        ("dispatched", "community"),
        ("claimed", "department"),
        ("closed", "reporter"),
    } <= told
    case = get_case(system.private, case_id).case
    assert case.told_at is not None
    assert case.clocks["feedback"].met_at == case.told_at
    project_case(system, case_id)
    assert send_outbox(system, sent.append) == 0


def test_a_message_that_cannot_be_sent_stays_visible_and_goes_out_later(system: System) -> None:
    project_case(system, reported(system))

    def broken(message: Message) -> None:
        raise ConnectionError

    assert send_outbox(system, broken) == 0
    assert [item.body["error"] for item in undelivered(system)] == ["ConnectionError"]
    assert send_outbox(system, lambda message: None) == 1
    assert undelivered(system) == ()


def test_a_message_of_a_case_that_cannot_be_read_holds_up_no_other(system: System) -> None:
    for number in range(3):
        case_id = reported(system, key=f"k{number}", description=f"第{number}处")
        advanced(system, case_id, "close")
        project_case(system, case_id)
    head = system.private.get(private_keys.case(case_id), private_keys.HEAD)
    assert head is not None
    broken = Replace(head.partition, head.sort, head.version, {"broken": "独特"})
    system.private.write([broken])
    sent: list[Message] = []
    send_outbox(system, sent.append)
    assert [message.kind for message in sent].count("closed") == 3
    assert send_outbox(system, sent.append) == 0
    assert system.private.get(private_keys.FAILED, case_id) is not None


def test_a_message_that_cannot_be_read_holds_up_no_other(system: System) -> None:
    project_case(system, reported(system))
    for partition in private_keys.outbox_partitions():
        body = {"attempts": 0, "of": "a later version"}
        system.private.write([Insert(partition, "later", body)])
    assert send_outbox(system, lambda message: None) == 1
    assert {item.body["error"] for item in undelivered(system)} == {"TypeError"}


def test_erasing_a_published_case_takes_it_off_the_site_at_once(system: System) -> None:
    case_id = published(system)
    act(system, case_id, "redact", reason="本人申请")
    project_case(system, case_id)
    assert system.public.get(public_keys.TOMBSTONE, case_id) is not None
    with pytest.raises(NotFound):
        public_case(system, case_id)
