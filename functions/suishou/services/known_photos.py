"""Whether upload ids that somebody sent belong to photos that are really here."""

from __future__ import annotations

from collections.abc import Iterable

from suishou.domain.errors import Invalid, NotFound
from suishou.services.stored_photos import raw_photo_key
from suishou.services.system import System


def require_photos(system: System, photo_ids: Iterable[str]) -> None:
    """Raises Invalid (`photos`) for the first id that no stored photo has."""
    for photo_id in photo_ids:
        try:
            stored = system.raw_photos.get(raw_photo_key(photo_id))
        except NotFound:
            stored = None
        if stored is None:
            raise Invalid("unknown_photo", "photos")
