"""Routes by which a report comes in, with its photos.

In: `POST /reports` (JSON or form) and `POST /uploads` (a photo's bytes). Out: a receipt, or a
redirect to the readable one for a form in a browser. Never answers with what was written.
"""

from __future__ import annotations

from suishou.domain.errors import UnsupportedType
from suishou.domain.field_checks import PHOTOS_MAX
from suishou.handlers import context
from suishou.handlers.answers import Answer, as_json, redirect
from suishou.handlers.bodies import read_report
from suishou.handlers.forms import FILES_BYTES_MAX, read_form
from suishou.handlers.page_addresses import receipt_address, track_address
from suishou.handlers.request import Request
from suishou.handlers.routing import PREFIX, Route
from suishou.services.accept_report import accept_report

PHOTO_TYPES = ("image/jpeg", "image/png", "image/webp")


def post_report(request: Request) -> Answer:
    """201 with case id and tracking token; the same request again gets the same answer."""
    report, key = read_report(request)
    receipt = accept_report(context.current(), request.principal, report, key)
    if request.is_form and request.wants_page:
        return redirect(receipt_address(request, receipt.case_id, receipt.tracking_token))
    address = track_address(request, receipt.case_id, receipt.tracking_token)
    body = {
        "case_id": receipt.case_id,
        "tracking_token": receipt.tracking_token,
        "tracking_url": f"{PREFIX}/{address}",
        "due": dict(receipt.due),
    }
    return as_json(body, 201)


def post_upload(request: Request) -> Answer:
    """Without a body: where and how to send a photo. With one: the id to name in `photos`."""
    if not request.body:
        return as_json(
            {
                "method": "POST",
                "url": f"{PREFIX}/uploads",
                "content_types": PHOTO_TYPES,
                "bytes_max": FILES_BYTES_MAX,
                "photos_max": PHOTOS_MAX,
            }
        )
    if request.content_type == "multipart/form-data":
        files = read_form(request).photo_files
    elif request.content_type.startswith("image/") or request.content_type in (
        "",
        "application/octet-stream",
    ):
        files = (request.body,)
    else:
        raise UnsupportedType("unsupported_body", "content-type")
    from suishou.services.store_photo import store_photo  # Pillow: for photos alone

    return as_json({"uploads": [store_photo(context.current(), data) for data in files]}, 201)


ROUTES = (
    Route(
        "POST",
        "/reports",
        post_report,
        "Report something: JSON, urlencoded or multipart",
        body="Report",
        answer="Receipt",
    ),
    Route(
        "POST",
        "/uploads",
        post_upload,
        "Store a photo and get the id to name in `photos`",
        body="Photo",
        answer="Uploads",
    ),
)
