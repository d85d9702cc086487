"""Routes by which a report comes in, with its photos.

In: `POST /reports` (JSON or form) and `POST /uploads`. Out: a receipt, or a redirect to the
readable one for a form in a browser; where photos go, or what they are called now. Never answers
with what was written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from suishou.domain.errors import Invalid, UnsupportedType
from suishou.domain.field_checks import PHOTOS_MAX
from suishou.handlers import context
from suishou.handlers.answers import Answer, as_json, redirect
from suishou.handlers.bodies import read_optional_json, read_report
from suishou.handlers.forms import read_form
from suishou.handlers.page_addresses import receipt_address, track_address
from suishou.handlers.request import Request
from suishou.handlers.routing import PREFIX, Route
from suishou.services.accept_report import accept_report
from suishou.services.photo_format import PHOTO_BYTES_MAX
from suishou.services.uploads import keep_uploads, new_upload, take_upload

LIMITS = {
    "content_types": ("image/jpeg", "image/png", "image/webp"),
    "bytes_max": PHOTO_BYTES_MAX,
    "photos_max": PHOTOS_MAX,
}


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
    """Without photos: where to send them, `photos` forms (one unless said). With: their ids, to be
    named in `photos` of a report."""
    if not request.body or request.content_type == "application/json":
        wanted = _wanted(read_optional_json(request))
        return as_json({"uploads": [_upload() for _ in range(wanted)], **LIMITS}, 201)
    if request.content_type == "multipart/form-data":
        files = read_form(request).photo_files
    elif request.content_type.startswith("image/") or request.content_type in (
        "",
        "application/octet-stream",
    ):
        files = (request.body,)
    else:
        raise UnsupportedType("unsupported_body", "content-type")
    kept = keep_uploads(context.current(), files)
    return as_json({"uploads": [{"id": upload_id} for upload_id in kept]}, 201)


def post_upload_form(request: Request) -> Answer:
    """A photo sent to the form of an upload, where the bucket does not take it itself."""
    form = read_form(request, PHOTO_BYTES_MAX)
    if len(form.photo_files) != 1:
        raise Invalid("required" if not form.photo_files else "too_many_photos", "photo", most=1)
    (data,) = form.photo_files
    upload_id = take_upload(context.current(), request.fields["id"], form.fields, data)
    return as_json({"uploads": [{"id": upload_id}]}, 201)


def _wanted(fields: Mapping[str, Any]) -> int:
    wanted = fields.get("photos", 1)
    if isinstance(wanted, bool) or not isinstance(wanted, int) or wanted < 1:
        raise Invalid("not_a_count", "photos")
    if wanted > PHOTOS_MAX:
        raise Invalid("too_many_photos", "photos", most=PHOTOS_MAX)
    return wanted


def _upload() -> dict[str, Any]:
    upload_id, form, until = new_upload(context.current())
    return {"id": upload_id, "method": "POST", **vars(form), "expires_at": until}


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
        "Where to send photos, or photos themselves; the ids to name in `photos`",
        body="Photo",
        answer="Uploads",
    ),
    Route(
        "POST",
        "/uploads/{id}",
        post_upload_form,
        "A photo sent to the form of an upload",
        body="UploadForm",
        answer="Uploads",
    ),
)
