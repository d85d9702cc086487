"""Whether upload ids that somebody sent belong to photos that are here or on their way."""

from __future__ import annotations

from collections.abc import Iterable

from suishou.domain.errors import Invalid, NotFound
from suishou.services.stored_photos import raise_if_refused, raw_photo_key
from suishou.services.system import System
from suishou.services.uploads import is_issued


def require_photos(system: System, photo_ids: Iterable[str]) -> None:
    """Raises Invalid (`photos`) for the first id that is not ours, or whose photo was refused. A
    photo that has not arrived yet is fine."""
    for photo_id in photo_ids:
        try:
            known = is_issued(system, photo_id) or system.raw_photos.has(raw_photo_key(photo_id))
        except NotFound:
            known = False
        if not known:
            raise Invalid("unknown_photo", "photos")
        raise_if_refused(system, photo_id, "photos")
