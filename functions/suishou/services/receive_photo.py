"""Upload → photo: what came into quarantine is opened once, made new, and thrown away.

In: an upload's id. Out: `photos/<id>.jpg`, or a note that there is none. Any number of runs, also
at once, in any order with the report that names the photo, come to the same. What cannot be opened
is no failure: it is noted. Storage that cannot answer raises StorageFailure, and the run is
repeated.
"""

from __future__ import annotations

from suishou.domain.errors import Refused
from suishou.services.photo_pixels import CONTENT_TYPE, reencode
from suishou.services.stored_photos import (
    UPLOADS,
    raw_photo_key,
    refusal_of,
    refuse_photo,
    upload_key,
)
from suishou.storage.blobs import Blobs


def receive_photo(raw_photos: Blobs, upload_id: str) -> None:
    """Receives one upload. The first photo of an id stays: what staff have looked at is not
    exchanged under their hands by whoever still holds the form."""
    upload, photo = upload_key(upload_id), raw_photo_key(upload_id)
    data = raw_photos.get(upload)
    if data is None:
        return
    if not refusal_of(raw_photos, upload_id) and not raw_photos.has(photo):
        try:
            jpeg = reencode(data).jpeg
        except Refused as refused:
            refuse_photo(raw_photos, upload_id, refused.code)
        else:
            raw_photos.put(photo, jpeg, CONTENT_TYPE)
            if refusal_of(raw_photos, upload_id):  # erased meanwhile: `forget_raw_photo`
                raw_photos.delete(photo)
    raw_photos.delete(upload)


def receive_waiting(raw_photos: Blobs) -> int:
    """Receives whatever lies in quarantine (one machine, after a crash); answers how many."""
    waiting = raw_photos.list(UPLOADS)
    for key in waiting:
        receive_photo(raw_photos, key.removeprefix(UPLOADS))
    return len(waiting)
