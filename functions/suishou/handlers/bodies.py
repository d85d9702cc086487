"""Three kinds of body, one report: JSON, urlencoded and multipart give the same `NewReport`.

In: a request. Out: values that services take, with every type checked and the field named that is
wrong. Fields that are not listed here (points, stage, role, …) are passed over: they change nothing
and an older or newer app is not turned away for them. Whether a value makes sense is for services.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from suishou.domain.errors import Invalid, Malformed, UnsupportedType
from suishou.handlers.forms import Form, read_form
from suishou.handlers.request import Request, checked_key
from suishou.services.accept_report import Landmark, NewReport, Point

TEXTS = (
    *("category", "description", "title", "address", "kind", "contact"),
    *("source", "for_name", "for_phone", "severity"),
)
_NUMBER = re.compile(r"[+-]?\d{1,3}(\.\d{1,20})?")  # what a form may hold as degrees


def read_report(request: Request) -> tuple[NewReport, str]:
    """The report and its Idempotency-Key ("" for none; the header goes before the form's field).

    Raises Malformed, UnsupportedType, TooLarge, or Invalid naming the field.
    """
    if request.is_form:
        form = read_form(request)
        return _report(form.fields, _form_place(form), form.photo_files), key_of(request, form)
    fields = read_json(request)
    return _report(fields, _json_place(fields.get("location"))), request.key


def key_of(request: Request, form: Form) -> str:
    """The Idempotency-Key of a form post: the header's, else the form's own field."""
    return request.key or checked_key(form.fields.get("idempotency_key", ""))


def read_fields(request: Request) -> tuple[Mapping[str, Any], str]:
    """The fields of a JSON or form body and its Idempotency-Key; types are for the caller."""
    if request.is_form:
        form = read_form(request)
        return form.fields, key_of(request, form)
    return read_json(request), request.key


def read_json(request: Request) -> dict[str, Any]:
    """The object of a JSON body. Raises Malformed `unreadable_body`, or UnsupportedType."""
    if request.content_type not in ("", "application/json"):
        raise UnsupportedType("unsupported_body", "content-type")
    try:
        value = json.loads(request.body.decode("utf-8"))
        json.dumps(value, ensure_ascii=False).encode()  # half a surrogate pair cannot be stored
    except (ValueError, RecursionError) as error:
        raise Malformed("unreadable_body", "body") from error
    if not isinstance(value, dict):
        raise Malformed("body_not_object", "body")
    return value


def read_optional_json(request: Request) -> dict[str, Any]:
    """Like `read_json`, but no body at all is an empty object."""
    return read_json(request) if request.body.strip() else {}


def _report(
    fields: Mapping[str, Any], place: Point | Landmark | None, files: tuple[bytes, ...] = ()
) -> NewReport:
    texts = {name: text(fields, name) for name in TEXTS}
    return NewReport(place=place, photos=texts_of(fields, "photos"), photo_files=files, **texts)


def text(fields: Mapping[str, Any], name: str, field: str = "") -> str:
    """A text without spaces around it, "" when absent. Raises Invalid for another type."""
    value = fields.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Invalid("not_text", field or name)
    return value.strip()


def texts_of(fields: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """A list of texts, empty when absent. Raises Invalid for anything else."""
    value = fields.get(name)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        raise Invalid("not_a_list", name)
    return tuple(value)


def yes_or_no(fields: Mapping[str, Any], name: str) -> bool:
    """A boolean, or what a form sends for one. Raises Invalid `required` or `not_yes_or_no`."""
    value = fields.get(name)
    if value is None:
        raise Invalid("required", name)
    known = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    chosen = known.get(value.lower()) if isinstance(value, str) else value
    if not isinstance(chosen, bool):
        raise Invalid("not_yes_or_no", name)
    return chosen


def _json_place(location: object) -> Point | Landmark | None:
    if location is None:
        return None
    if not isinstance(location, dict):
        raise Invalid("not_an_object", "location")
    if "lat" in location or "lon" in location:
        lat, lon = (_degrees(location, name) for name in ("lat", "lon"))
        return Point(lat, lon, _required(location, "crs", "location.crs"))
    return _landmark(location)


def _degrees(location: Mapping[str, Any], name: str) -> float:
    value = location.get(name)
    if value is None:
        raise Invalid("required", f"location.{name}")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Invalid("not_a_number", f"location.{name}")
    if (isinstance(value, int) and abs(value) > 1_000) or not math.isfinite(value):
        raise Invalid("bad_coordinate", f"location.{name}")
    return float(value)


def _form_place(form: Form) -> Point | Landmark | None:
    fields = form.fields
    if "lat" in fields or "lon" in fields:
        for name in ("lat", "lon"):
            if name not in fields:
                raise Invalid("required", f"location.{name}")
            if not _NUMBER.fullmatch(fields[name]):
                raise Invalid("not_a_number", f"location.{name}")
        crs = _required(fields, "crs", "location.crs")
        return Point(float(fields["lat"]), float(fields["lon"]), crs)
    if "community" in fields or "landmark" in fields:
        return _landmark(fields)
    return None


def _landmark(fields: Mapping[str, Any]) -> Landmark:
    community = _required(fields, "community", "location.community")
    return Landmark(community, _required(fields, "landmark", "location.landmark"))


def _required(fields: Mapping[str, Any], name: str, field: str) -> str:
    value = text(fields, name, field)
    if not value:
        raise Invalid("required", field)
    return value
