"""The API document, made while developing: `python -m suishou.openapi` writes `openapi.json`.

In: the routes and the transition table. Out: an OpenAPI 3.1 document. A test fails when the stored
one is stale; at run time nobody imports this.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from suishou.domain.programme import Steps
from suishou.domain.transitions import transitions
from suishou.handlers.functions import FUNCTIONS
from suishou.handlers.routing import PREFIX, Route
from suishou.openapi_schemas import schemas
from suishou.openapi_types import Schema, ref

STORED = Path(__file__).parent / "openapi.json"
# Above what a key may be on any route that writes: the same key and body answer the same again.
KEY_HEADER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "maxLength": 200},
}
CREATED = frozenset({"Receipt", "Uploads", "Enrolled"})
PAGES = frozenset({"/receipts/{id}", "/track"})
OTHER_BODIES: Mapping[str, Mapping[str, str]] = {
    "Report": {
        "application/x-www-form-urlencoded": "ReportForm",
        "multipart/form-data": "ReportForm",
    },
    "Feedback": {"application/x-www-form-urlencoded": "Feedback"},
    "Withdrawal": {"application/x-www-form-urlencoded": "Withdrawal"},
}
REFUSALS = {
    "400": "The body cannot be read",
    "401": "Not signed in",
    "403": "Not allowed",
    "404": "Not found",
    "409": "Somebody else was first: `held_by`, `unit` and `stage` say who and where",
    "413": "Too large",
    "415": "Not a kind of content that is taken",
    "422": "A field's value cannot be taken; `field` names it",
    "503": "Busy: repeat the same request after `Retry-After` seconds",
}
DESCRIPTION = """The programme's whole API. Times are RFC 3339 with offset; coordinates are
`{lat, lon, crs}`. Fields that are not listed are passed over: they change nothing. Messages are
Chinese, or English with `Accept-Language: en`. Every write takes an `Idempotency-Key`; the same key
with the same body answers the same again, with another body 422."""


def openapi_document() -> dict[str, Any]:
    """The whole document, its keys in a fixed order."""
    paths: dict[str, dict[str, Any]] = {}
    for name, function in FUNCTIONS.items():
        for route in function.routes:
            operations = paths.setdefault(PREFIX + route.path, {})
            operations[route.method.lower()] = _operation(route, name)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Suishou", "version": "1", "description": DESCRIPTION},
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": dict(sorted(schemas().items())),
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def document_text() -> str:
    """The stored file's text."""
    return json.dumps(openapi_document(), ensure_ascii=False, indent=1) + "\n"


def _operation(route: Route, function: str) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.call.__name__ + "_" + re.sub(r"\W+", "_", route.path).strip("_"),
        "tags": [function],
        "summary": route.summary,
        "parameters": [*_parameters(route), *([KEY_HEADER] if route.method == "POST" else [])],
        "responses": _responses(route),
    }
    if route.access != "anyone":
        operation["security"] = [{"bearer": []}]
        operation["description"] = f"For {route.access} only."
    if route.body:
        operation["requestBody"] = {"content": _bodies(route.body)}
    if route.body == "Action":
        operation["x-actions"] = _actions()
    return operation


def _parameters(route: Route) -> list[dict[str, Any]]:
    in_path = re.findall(r"\{(\w+)\}", route.path)
    found = [_parameter(name, "path") for name in in_path]
    if "action" in in_path:
        found[-1]["schema"] = {"type": "string", "enum": sorted(_actions())}
    return found + [_parameter(name, "query") for name in route.query]


def _parameter(name: str, place: str) -> dict[str, Any]:
    return {"name": name, "in": place, "required": place == "path", "schema": {"type": "string"}}


def _bodies(name: str) -> dict[str, Any]:
    if name == "Photo":
        binary: Schema = {"type": "string", "format": "binary"}
        photo = {kind: {"schema": binary} for kind in ("image/jpeg", "image/png", "image/webp")}
        return {"application/json": {"schema": ref("WantedUploads")}, **photo}
    if name == "UploadForm":
        return {"multipart/form-data": {"schema": ref(name)}}
    kinds = {"application/json": name, **OTHER_BODIES.get(name, {})}
    return {kind: {"schema": ref(schema)} for kind, schema in kinds.items()}


def _responses(route: Route) -> dict[str, Any]:
    status = "201" if route.answer in CREATED or route.body == "NewRedemption" else "200"
    if route.path == "/rebuilds" and route.method == "POST":
        status = "202"
    content: dict[str, Any] = {}
    if route.path in PAGES:
        content = {"text/html": {"schema": {"type": "string"}}}
    elif route.answer:
        content = {"application/json": {"schema": ref(route.answer)}}
    answers: dict[str, Any] = {status: {"description": "Done", "content": content}}
    error = {"application/json": {"schema": ref("Error")}}
    if route.body == "Report":
        answers["303"] = {"description": "A browser's form is led to the readable receipt"}
    for code, words in REFUSALS.items():
        if route.method == "POST" or code in ("401", "403", "404", "422", "503"):
            answers[code] = {"description": words, "content": error}
    return answers


def _actions() -> dict[str, Any]:
    """Every action of the staff: who, from where, to where, with which fields."""
    return {
        name: {
            "who": sorted(row.who - {"reporter", "system"}),
            "from": sorted(row.sources),
            "to": row.target,
            "required": list(row.needs),
            "optional": list(row.may),
        }
        for name, row in sorted(transitions(Steps()).items())
        if row.who - {"reporter", "system"}
    }


if __name__ == "__main__":
    STORED.write_text(document_text(), encoding="utf-8")
