"""The Lambda function `photo`: what came into quarantine → a photo, or a note that it is none.

In: an EventBridge event `Object Created` of the bucket of raw photos, below `uploads/`. Out:
nothing. Only storage that cannot answer fails it; then it is run again. The only function that
opens what strangers sent.
"""

from __future__ import annotations

from typing import Any

from suishou.domain.errors import NotFound
from suishou.handlers.routing import LOG
from suishou.services.receive_photo import receive_photo
from suishou.services.stored_photos import UPLOADS
from suishou.wiring import photo_store


def handler(event: dict[str, Any], _: object) -> None:
    """Lambda's entry point."""
    key = str(event["detail"]["object"]["key"])
    upload_id = key.removeprefix(UPLOADS)
    try:
        receive_photo(photo_store(), upload_id)
    except NotFound:  # somebody of the county's own put another file there
        LOG.warning("not an upload", key=key[:100])
