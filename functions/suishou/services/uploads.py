"""Uploads: photos on their way into quarantine, from a form's fields or straight to the bucket.

In: how many photos somebody wants to send, or a photo's bytes. Out: upload ids, and where to send
each. An id proves by itself that it was issued here, so that a report may name photos that are
still on their way. Never opens a photo: `receive_photo.py` does, once it has arrived.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from suishou.domain.errors import Invalid, NotAllowed
from suishou.services.identity import keyed_hash
from suishou.services.photo_format import PHOTO_BYTES_MAX, check_claims
from suishou.services.stored_photos import photo_keys, refusal_of, upload_key
from suishou.storage.upload_forms import ANY_BYTES, BucketForms, UploadForm

if TYPE_CHECKING:
    from suishou.services.system import System

FORM_MINUTES = 15  # a form is filled in, a lift left, a photo sent again
SEED_CHARACTERS = 32  # hexadecimal, as many as prove it: an id has 64


class OwnUploads:
    """On one machine: photos come to our own address, and are received in the same breath."""

    def form(self, system: System, upload_id: str, until: datetime) -> UploadForm:
        expires = str(int(until.timestamp()))
        fields = {"expires": expires, "signature": _signature(system, upload_id, expires)}
        # As seen from where forms are asked for: a portal may have the API in a sub-folder.
        return UploadForm(f"uploads/{upload_id}", fields, "photo")

    def arrived(self, system: System, upload_id: str) -> str:
        from suishou.services.receive_photo import receive_photo  # Pillow: for photos alone

        receive_photo(system.raw_photos, upload_id)
        return refusal_of(system.raw_photos, upload_id)


class BucketUploads:
    """On a stack: photos go straight into the bucket, which tells the function `photo`."""

    def __init__(self, forms: BucketForms) -> None:
        self._forms = forms

    def form(self, system: System, upload_id: str, until: datetime) -> UploadForm:
        seconds = int((until - system.now()).total_seconds())
        return self._forms.form(upload_key(upload_id), PHOTO_BYTES_MAX, seconds)

    def arrived(self, system: System, upload_id: str) -> str:
        return ""  # not yet known


def new_upload(system: System) -> tuple[str, UploadForm, datetime]:
    """A new upload's id, its form, and until when the form is good."""
    upload_id = _issued(system, "form", system.token())
    until = (system.now() + timedelta(minutes=FORM_MINUTES)).replace(microsecond=0)
    return upload_id, system.uploads.form(system, upload_id, until), until


def is_issued(system: System, upload_id: str) -> bool:
    """Whether we gave out this id, whatever became of its photo."""
    seed = upload_id[:SEED_CHARACTERS]
    return hmac.compare_digest(_proven(system, seed).encode(), upload_id.encode())


def keep_uploads(system: System, files: Iterable[bytes], of: str = "") -> tuple[str, ...]:
    """Puts photos into quarantine and answers their ids. The same bytes `of` the same request have
    the same id; without, each time a new one.

    Raises UnsupportedType, TooLarge or Invalid (`photo`), as far as the first bytes of each tell,
    or more where photos are received at once; then none is kept.
    """
    files = list(files)
    for data in files:
        check_claims(data, "photo")
    kept: list[str] = []
    for data in files:
        named = (of, hashlib.sha256(data).hexdigest()) if of else ("", system.token())
        kept.append(_issued(system, *named))
        if refusal := _put(system, kept[-1], data):
            _discard(system, kept)
            raise Invalid(refusal, "photo")
    return tuple(kept)


def take_upload(system: System, upload_id: str, fields: Mapping[str, str], data: bytes) -> str:
    """What the bucket does on a stack: a photo posted to the form of `OwnUploads`.

    Raises NotAllowed for a form that is not ours or no longer good, and as `keep_uploads` does.
    """
    expires, signature = (str(fields.get(name, "")) for name in ("expires", "signature"))
    ours = _signature(system, upload_id, expires)
    if not is_issued(system, upload_id) or not hmac.compare_digest(
        ours.encode(), signature.encode()
    ):
        raise NotAllowed("unknown_upload", field="signature")
    if not expires.isdigit() or datetime.fromtimestamp(int(expires), UTC) < system.now():
        raise NotAllowed("upload_expired", field="expires")
    check_claims(data, "photo")
    if refusal := _put(system, upload_id, data):
        raise Invalid(refusal, "photo")
    return upload_id


def _put(system: System, upload_id: str, data: bytes) -> str:
    system.raw_photos.put(upload_key(upload_id), data, ANY_BYTES)
    return system.uploads.arrived(system, upload_id)


def _discard(system: System, upload_ids: Iterable[str]) -> None:
    """Of a request that was refused nothing is left; the same photos may come again."""
    for upload_id in upload_ids:
        for key in photo_keys(upload_id):
            system.raw_photos.delete(key)


def _issued(system: System, *parts: str) -> str:
    seed = keyed_hash(system.secret, "upload seed", *parts).hex()[:SEED_CHARACTERS]
    return _proven(system, seed)


def _proven(system: System, seed: str) -> str:
    return seed + keyed_hash(system.secret, "upload", seed).hex()[:SEED_CHARACTERS]


def _signature(system: System, upload_id: str, expires: str) -> str:
    return keyed_hash(system.secret, "upload form", upload_id, expires).hex()
