"""Photos on their way: issued, sent, received, refused, erased, in any order and at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest

from suishou.domain.errors import Invalid, NotAllowed, NotFound
from suishou.services import receive_photo as receiving
from suishou.services.advance_case import case_file
from suishou.services.case_store import get_case
from suishou.services.known_photos import require_photos
from suishou.services.project_case import project_case
from suishou.services.receive_photo import receive_photo, receive_waiting
from suishou.services.stored_photos import (
    PhotoState,
    forget_raw_photo,
    photo_state,
    raw_photo,
    raw_photo_key,
    upload_key,
)
from suishou.services.system import System
from suishou.services.track_case import track
from suishou.services.uploads import (
    FORM_MINUTES,
    BucketUploads,
    OwnUploads,
    is_issued,
    keep_uploads,
    new_upload,
    take_upload,
)
from suishou.storage.upload_forms import BucketForms
from tests.handlers.pictures import jpeg
from tests.services.local_systems import demonstration_system
from tests.services.loop_parts import RIDER, act, dispatcher, reported

DAMAGED = jpeg()[:-200]


@pytest.fixture
def system(tmp_path: Path) -> System:
    return demonstration_system(tmp_path)


@pytest.fixture
def stack(system: System) -> System:
    """Uploads as on a stack: they lie in quarantine until the function `photo` is run."""
    return replace(system, uploads=BucketUploads(BucketForms(None, "raw")))


def issued(stack: System) -> str:
    """An id whose photo has not come yet."""
    upload_id, _, _ = new_upload(replace(stack, uploads=OwnUploads()))
    return upload_id


def arrived(stack: System, data: bytes, upload_id: str = "") -> str:
    """An upload that the bucket took."""
    upload_id = upload_id or issued(stack)
    stack.raw_photos.put(upload_key(upload_id), data, "application/octet-stream")
    return upload_id


def state_of(system: System, photo_id: str) -> PhotoState:
    """How a photo that was announced just now stands."""
    return photo_state(system, photo_id, system.now())


def test_an_id_proves_that_it_was_issued_here(system: System) -> None:
    upload_id, _, _ = new_upload(system)
    assert is_issued(system, upload_id)
    for forged in (upload_id[:-1] + ("0" if upload_id[-1] != "0" else "1"), "0" * 64, "", "照片"):
        assert not is_issued(system, forged)
    assert not is_issued(replace(system, secret=b"another" * 8), upload_id)


def test_a_report_may_name_a_photo_before_it_is_sent(stack: System) -> None:
    upload_id = issued(stack)
    case_id = reported(stack, photos=(upload_id,))
    assert state_of(stack, upload_id).state == "waiting"
    receive_photo(stack.raw_photos, arrived(stack, jpeg(), upload_id))
    assert state_of(stack, upload_id).state == "received"
    assert raw_photo(stack, get_case(stack.private, case_id).case.photos[0]).startswith(b"\xff\xd8")
    assert stack.raw_photos.list() == [raw_photo_key(upload_id)]


def test_a_photo_that_never_comes_is_missing_and_is_taken_all_the_same_when_it_does(
    stack: System,
) -> None:
    upload_id = issued(stack)
    case_id = reported(stack, photos=(upload_id,))
    assert case_file(stack, dispatcher(stack), case_id).photos[0].state == "waiting"
    later = replace(stack, now=lambda: stack.now() + timedelta(hours=1, minutes=1))
    assert track(later, case_id, "", RIDER).photos[0].state == "missing"
    assert case_file(later, dispatcher(stack), case_id).photos[0].state == "missing"
    act(later, case_id, "register")  # whatever happens to the case meanwhile
    assert track(later, case_id, "", RIDER).photos[0].state == "missing"
    arrived(stack, jpeg(), upload_id)  # on the way, whatever keeps the function
    assert track(later, case_id, "", RIDER).photos[0].state == "waiting"
    receive_photo(stack.raw_photos, upload_id)
    assert track(later, case_id, "", RIDER).photos[0].state == "received"


def test_what_cannot_be_opened_is_noted_and_thrown_away(stack: System) -> None:
    upload_id = arrived(stack, DAMAGED)
    receive_photo(stack.raw_photos, upload_id)
    assert state_of(stack, upload_id) == (upload_id, "refused", "photo_damaged")
    assert stack.raw_photos.list("uploads/") == stack.raw_photos.list("photos/") == []
    with pytest.raises(Invalid, match="photo_damaged"):
        require_photos(stack, [upload_id])
    with pytest.raises(NotFound, match="photo_damaged"):
        raw_photo(stack, upload_id)


def test_a_photo_that_waits_is_said_to_wait(stack: System) -> None:
    upload_id = arrived(stack, jpeg())
    with pytest.raises(NotFound, match="photo_waiting"):
        raw_photo(stack, upload_id)


def test_the_first_photo_of_an_id_stays(stack: System) -> None:
    upload_id = arrived(stack, jpeg("red"))
    receive_photo(stack.raw_photos, upload_id)
    first = raw_photo(stack, upload_id)
    receive_photo(stack.raw_photos, arrived(stack, jpeg("blue"), upload_id))
    assert raw_photo(stack, upload_id) == first
    assert stack.raw_photos.list("uploads/") == []


def test_received_by_many_at_once_it_is_one_photo(stack: System) -> None:
    upload_id = arrived(stack, jpeg())
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: receive_photo(stack.raw_photos, upload_id), range(16)))
    assert stack.raw_photos.list() == [raw_photo_key(upload_id)]


@pytest.mark.parametrize("seed", range(20))
def test_a_photo_never_outlives_its_erasure(stack: System, seed: int) -> None:
    upload_id = arrived(stack, jpeg())
    start = Barrier(3)

    def together(work: Callable[[], None]) -> None:
        start.wait()
        work()

    def received() -> None:
        receive_photo(stack.raw_photos, upload_id)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(together, [received, lambda: forget_raw_photo(stack, upload_id), received]))
    receive_photo(stack.raw_photos, upload_id)  # and once more, late
    assert stack.raw_photos.list("photos/") == stack.raw_photos.list("uploads/") == []
    assert state_of(stack, upload_id).state == "refused"


def test_an_erasure_in_the_middle_of_receiving_wins(
    stack: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload_id = arrived(stack, jpeg())
    made = receiving.reencode

    def slowly(data: bytes) -> object:
        photo = made(data)
        forget_raw_photo(stack, upload_id)
        return photo

    monkeypatch.setattr(receiving, "reencode", slowly)
    receive_photo(stack.raw_photos, upload_id)
    assert stack.raw_photos.list("photos/") == stack.raw_photos.list("uploads/") == []


def test_an_upload_that_comes_after_the_erasure_is_thrown_away(stack: System) -> None:
    upload_id = issued(stack)
    case_id = reported(stack, photos=(upload_id,))
    act(stack, case_id, "redact", reason="本人申请")
    project_case(stack, case_id)
    receive_photo(stack.raw_photos, arrived(stack, jpeg(), upload_id))
    assert stack.raw_photos.list("photos/") == stack.raw_photos.list("uploads/") == []


def test_a_request_sent_again_keeps_its_photos_under_the_same_ids(stack: System) -> None:
    files = [jpeg("red"), jpeg("blue")]
    assert keep_uploads(stack, files, of="one") == keep_uploads(stack, files, of="one")
    assert set(keep_uploads(stack, files, of="other")).isdisjoint(
        keep_uploads(stack, files, of="one")
    )
    assert len(stack.raw_photos.list("uploads/")) == 4


def test_of_a_refused_request_no_photo_is_left(system: System) -> None:
    with pytest.raises(Invalid, match="photo_damaged"):
        keep_uploads(system, [jpeg(), DAMAGED])
    assert system.raw_photos.list() == []


def test_a_form_is_good_for_a_while(system: System) -> None:
    upload_id, form, until = new_upload(system)
    assert take_upload(system, upload_id, form.fields, jpeg()) == upload_id
    late = replace(system, now=lambda: until + timedelta(seconds=1))
    with pytest.raises(NotAllowed, match="upload_expired"):
        take_upload(late, upload_id, form.fields, jpeg())
    assert until - system.now() <= timedelta(minutes=FORM_MINUTES)


def test_what_a_crash_left_in_quarantine_is_received(stack: System) -> None:
    ids = [arrived(stack, jpeg()) for _ in range(3)]
    assert receive_waiting(stack.raw_photos) == 3
    assert stack.raw_photos.list() == sorted(map(raw_photo_key, ids))
