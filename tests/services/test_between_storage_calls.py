"""What the simulation found between two storage calls, each as the smallest story of its own."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from interference import interrupted, with_empty_pages
from local_systems import demonstration_system
from loop_parts import RIDER, Clock, act, advanced, dispatcher, publish, reported
from PIL import Image

from suishou.domain.case import Case
from suishou.domain.public_row import small_photo_key
from suishou.services.advance_case import advance_case
from suishou.services.case_queue import cases_of_rider
from suishou.services.case_store import get_case, read_events
from suishou.services.project_case import project_case
from suishou.services.publish_case import public_case, public_cases
from suishou.services.system import System
from suishou.services.uploads import keep_uploads
from suishou.services.watch_deadlines import watch_deadlines
from suishou.storage import private_keys as keys
from suishou.storage.table import query_some


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def system(tmp_path: Path, clock: Clock) -> System:
    return demonstration_system(tmp_path, now=clock)


def photo(system: System, colour: str = "red") -> str:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, "PNG")
    return keep_uploads(system, [out.getvalue()])[0]


def shown_with(system: System, photo_id: str, key: str) -> str:
    """A closed, published, projected case that shows this photo."""
    case_id = reported(system, key=key, photos=(photo_id,))
    advanced(system, case_id, "close")
    approved_with(system, case_id, [photo_id])
    project_case(system, case_id)
    return case_id


def approved_with(system: System, case_id: str, photos: list[str]) -> Case:
    words = {"title": "井盖松动已修复", "text": "井盖松动。", "photos": photos}
    case = advance_case(system, dispatcher(system), case_id, "draft", words, "")
    second = dispatcher(system, name="dispatcher-b")
    return advance_case(system, second, case_id, "approve", {"draft": case.draft}, "")


def test_empty_pages_hide_nothing(system: System) -> None:
    ids = {reported(system, key=f"key-{number}") for number in range(3)}
    for case_id in sorted(ids):
        advanced(system, case_id, "close")
        publish(system, case_id)
        project_case(system, case_id)
    awkward = with_empty_pages(system)
    cases, cursor = cases_of_rider(awkward, RIDER.id, limit=2)
    more, end = cases_of_rider(awkward, RIDER.id, cursor, limit=2)
    assert ({case.id for case in cases + more}, end) == (ids, None)
    assert {row.id for row in public_cases(awkward, "")[0]} == ids


def test_some_items_are_as_many_as_asked_for(system: System) -> None:
    reported(system, key="key-1")
    reported(system, key="key-2")
    awkward = with_empty_pages(system).private
    assert len(query_some(awkward, keys.rider(RIDER.id), 1)[0]) == 1
    assert query_some(awkward, keys.rider(RIDER.id), 1)[1]
    assert query_some(awkward, "RIDER#nobody", 1) == ((), False)


def test_words_written_while_a_text_is_erased_are_erased_too(system: System) -> None:
    case_id = reported(system)

    def note() -> None:
        act(system, case_id, "note", reason="另一位同事的备注")

    busy = interrupted(system, "NOTE#", note)
    advance_case(busy, dispatcher(system), case_id, "redact", {"reason": "本人申请"}, "")
    stored = system.private.get(keys.case(case_id), keys.note(2))
    assert stored is not None and stored.body == {"erased": True}


def test_the_watcher_s_event_is_not_earlier_than_the_one_before_it(
    system: System, clock: Clock
) -> None:
    case_id, other = reported(system), reported(system, key="key-2")
    clock.pass_(days=30)

    def merge_later() -> None:
        clock.pass_(minutes=1)
        act(system, other, "merge", into=case_id)

    assert watch_deadlines(interrupted(system, "DUE#", merge_later)) > 0
    case = get_case(system.private, case_id).case
    times = [event.at for event in read_events(system.private, case)]
    assert times == sorted(times)


def test_a_photo_approved_but_never_shown_goes_with_a_take_down(system: System) -> None:
    photo_id = photo(system)
    case_id = reported(system, photos=(photo_id,))
    approved_with(system, case_id, [photo_id])
    assert system.public_photos.list() != []
    act(system, case_id, "take_down", reason="误传")
    project_case(system, case_id)
    assert system.public_photos.list() == []


def test_a_photo_that_two_cases_show_stays_with_the_one_that_stays(system: System) -> None:
    photo_id = photo(system)
    one, other = (shown_with(system, photo_id, key) for key in ("key-1", "key-2"))
    act(system, one, "take_down", reason="误传")
    project_case(system, one)
    (kept,) = public_case(system, other).photos_before
    assert system.public_photos.list() == sorted([kept, small_photo_key(kept)])


def test_a_photo_left_out_of_a_new_approval_goes(system: System) -> None:
    case_id = shown_with(system, photo(system), "key-1")
    approved_with(system, case_id, [])
    project_case(system, case_id)
    assert public_case(system, case_id).photos_before == ()
    assert system.public_photos.list() == []


def test_erased_words_take_their_public_photos_along(system: System) -> None:
    case_id = shown_with(system, photo(system), "key-1")
    act(system, case_id, "redact", reason="本人申请")
    project_case(system, case_id)
    assert (system.public_photos.list(), system.raw_photos.list("photos/")) == ([], [])
    assert system.raw_photos.list("uploads/") == []
