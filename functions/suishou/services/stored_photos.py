"""Where photos lie, for everybody who has no need to open one.

In: a photo's id or key. Out: its key, its bytes, or nothing left of it. Pillow is not imported
here: `store_photo.py` makes the photos.
"""

from __future__ import annotations

import re

from suishou.domain.errors import NotFound
from suishou.domain.public_row import small_photo_key
from suishou.services.system import System

_ID = re.compile(r"[0-9a-f]{64}")


def withdraw_photo(system: System, key: str) -> None:
    """Takes a public copy and its small one away; absent ones are fine."""
    for withdrawn in (key, small_photo_key(key)):
        system.public_photos.delete(withdrawn)


def raw_photo(system: System, photo_id: str) -> bytes:
    """The quarantined JPEG, for staff alone. Raises NotFound, also for text that is no id."""
    jpeg = system.raw_photos.get(raw_photo_key(photo_id))
    if jpeg is None:
        raise NotFound("unknown_photo", "photos")
    return jpeg


def raw_photo_key(photo_id: str) -> str:
    """Where a photo lies in quarantine (and its copies in public). Raises NotFound for text that
    cannot be an id."""
    if not _ID.fullmatch(photo_id):
        raise NotFound("unknown_photo", "photos")
    return f"photos/{photo_id}.jpg"
