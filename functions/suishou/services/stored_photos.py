"""Where photos lie, for everybody who has no need to open one.

In: a photo's id or key. Out: its keys, its bytes, how it stands, or nothing left of it. Pillow is
not imported here: `photo_pixels.py` makes the photos. In the store of raw photos:

| key                  | holds                                                                 |
|----------------------|-----------------------------------------------------------------------|
| `uploads/<id>`       | as it came: quarantine, until it is received                          |
| `photos/<id>.jpg`    | made new, for staff alone                                             |
| `refused/<id>.json`  | `{"code"}`: why there is none, and will be none                        |
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple

from suishou.domain.errors import Invalid, NotFound
from suishou.domain.public_row import small_photo_key

if TYPE_CHECKING:
    from suishou.services.system import System
    from suishou.storage.blobs import Blobs

UPLOADS = "uploads/"
ERASED = "photo_erased"
WAITED_FOR = timedelta(hours=1)  # a form is good for a quarter of that
State = Literal["received", "waiting", "missing", "refused"]
_ID = re.compile(r"[0-9a-f]{64}")


class PhotoState(NamedTuple):
    """`missing`: it was announced and has not come; `refusal`: the code of a refused photo, else
    ""."""

    id: str
    state: State
    refusal: str = ""


def photo_state(system: System, photo_id: str, named_at: datetime) -> PhotoState:
    """Whether a photo has been received, is on its way, did not come, or was refused. `named_at`:
    when a case named it."""
    photos = system.raw_photos
    if photos.has(raw_photo_key(photo_id)):
        return PhotoState(photo_id, "received")
    if refusal := refusal_of(photos, photo_id):
        return PhotoState(photo_id, "refused", refusal)
    if system.now() < named_at + WAITED_FOR or photos.has(upload_key(photo_id)):
        return PhotoState(photo_id, "waiting")
    return PhotoState(photo_id, "missing")


def photo_states(
    system: System, photo_ids: Iterable[str], named_at: datetime
) -> tuple[PhotoState, ...]:
    """Of each photo, in their order."""
    return tuple([photo_state(system, photo_id, named_at) for photo_id in photo_ids])


def refusal_of(raw_photos: Blobs, photo_id: str) -> str:
    """The code of a refused or erased photo, "" of any other."""
    said = raw_photos.get(refusal_key(photo_id))
    return str(json.loads(said)["code"]) if said else ""


def raise_if_refused(system: System, photo_id: str, field: str) -> None:
    """Raises Invalid for a photo that is known to be none."""
    if code := refusal_of(system.raw_photos, photo_id):
        raise Invalid(code, field)


def refuse_photo(raw_photos: Blobs, photo_id: str, code: str) -> None:
    """No photo will come of this upload."""
    said = json.dumps({"code": code}).encode()
    raw_photos.put(refusal_key(photo_id), said, "application/json")


def forget_raw_photo(system: System, photo_id: str) -> None:
    """Erases a photo for good. What is on its way is stopped first: whoever receives an upload
    looks for the refusal after having put the photo, so that none outlives its erasure."""
    refuse_photo(system.raw_photos, photo_id, ERASED)
    system.raw_photos.delete(upload_key(photo_id))
    system.raw_photos.delete(raw_photo_key(photo_id))


def withdraw_photo(system: System, key: str) -> None:
    """Takes a public copy and its small one away; absent ones are fine."""
    for withdrawn in (key, small_photo_key(key)):
        system.public_photos.delete(withdrawn)


def raw_photo(system: System, photo_id: str) -> bytes:
    """The received JPEG, for staff alone. Raises NotFound, also for text that is no id; the code
    tells a photo that is on its way or was refused."""
    jpeg = system.raw_photos.get(raw_photo_key(photo_id))
    if jpeg is not None:
        return jpeg
    if code := refusal_of(system.raw_photos, photo_id):
        raise NotFound(code, "photos")
    waiting = system.raw_photos.has(upload_key(photo_id))
    raise NotFound("photo_waiting" if waiting else "unknown_photo", "photos")


def raw_photo_key(photo_id: str) -> str:
    """Where a received photo lies (and its copies in public). Raises NotFound for text that cannot
    be an id."""
    return f"photos/{_checked(photo_id)}.jpg"


def upload_key(photo_id: str) -> str:
    """Where a photo lies in quarantine. Raises NotFound likewise."""
    return f"{UPLOADS}{_checked(photo_id)}"


def refusal_key(photo_id: str) -> str:
    """Where it is said that there is no photo. Raises NotFound likewise."""
    return f"refused/{_checked(photo_id)}.json"


def photo_keys(photo_id: str) -> tuple[str, str, str]:
    """Everything that may lie of a photo."""
    return upload_key(photo_id), raw_photo_key(photo_id), refusal_key(photo_id)


def _checked(photo_id: str) -> str:
    if not _ID.fullmatch(photo_id):
        raise NotFound("unknown_photo", "photos")
    return photo_id
