"""A caller for tests: makes API Gateway events, calls the right function, reads the reply."""

from __future__ import annotations

import base64
import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx

from suishou.domain.people import Post
from suishou.handlers import context
from suishou.handlers.functions import function_for
from suishou.services import people
from suishou.services.system import System

PAGE = {"accept": "text/html,application/xhtml+xml"}
LANDMARK = {"community": "360926100001", "landmark": "菜市场东门"}
REPORT: dict[str, Any] = {
    "category": "manhole",
    "title": "井盖松动",
    "description": "井盖松动，电动车经过会翘起来。",
    "location": LANDMARK,
}


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def error(self) -> dict[str, Any]:
        return self.json["error"]  # type: ignore[no-any-return]


def call(
    method: str,
    path: str,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
    token: str = "",
) -> Reply:
    """One request, as API Gateway hands it over; `path` is below /api/v1."""
    address, _, asked = path.partition("?")
    given = {name.lower(): value for name, value in (headers or {}).items()}
    if token:
        given["authorization"] = f"Bearer {token}"
    full = f"/api/v1{address}"
    event = {
        "version": "2.0",
        "rawPath": full,
        "rawQueryString": asked or urlencode(query or {}),
        "headers": given,
        "requestContext": {
            "requestId": "request-1",
            "stage": "$default",
            "http": {"method": method, "path": full},
        },
        "body": base64.b64encode(body).decode(),
        "isBase64Encoded": True,
    }
    function, _ = function_for(method, full)
    answer = function.handler(event, None)
    content = answer["body"].encode()
    if answer["isBase64Encoded"]:
        content = base64.b64decode(answer["body"])
    return Reply(answer["statusCode"], answer["headers"], content)


def get(path: str, token: str = "", **more: Any) -> Reply:
    return call("GET", path, token=token, **more)


def uploaded(*photos: bytes) -> list[str]:
    """Photos sent to the API itself; their ids."""
    replies = [call("POST", "/uploads", data, {"content-type": "image/jpeg"}) for data in photos]
    return [kept["id"] for reply in replies for kept in reply.json["uploads"]]


def post_json(path: str, fields: Any, token: str = "", key: str = "", **headers: str) -> Reply:
    sent = {"content-type": "application/json", **headers}
    if key:
        sent["idempotency-key"] = key
    return call("POST", path, json.dumps(fields).encode(), sent, token=token)


def post_form(path: str, fields: Mapping[str, str], headers: Mapping[str, str] = {}) -> Reply:
    sent = {"content-type": "application/x-www-form-urlencoded", **headers}
    return call("POST", path, urlencode(fields).encode(), sent)


def post_multipart(
    path: str,
    fields: Mapping[str, str],
    photos: tuple[bytes, ...] = (),
    headers: Mapping[str, str] = {},
) -> Reply:
    parts: list[Any] = [(name, (None, value)) for name, value in fields.items()]
    parts += [("photo", (f"{n}.jpg", data, "image/jpeg")) for n, data in enumerate(photos)]
    request = httpx.Request("POST", "http://test", files=parts)
    sent = {"content-type": request.headers["content-type"], **headers}
    return call("POST", path, request.read(), sent)


def flat(report: Mapping[str, Any]) -> dict[str, str]:
    """A report's fields as a form sends them."""
    fields = {k: v for k, v in report.items() if k != "location"}
    return {**fields, **{k: str(v) for k, v in report["location"].items()}}


def staff_token(system: System, *posts: Post, name: str = "测试人员") -> str:
    made = people.enrol_staff(system, people.operator(system), name, posts, demonstration=True)
    return made.token


def rider_token(system: System, name: str = "测试骑手", phone: str = "") -> str:
    made = people.enrol_rider(system, people.operator(system), name, phone, demonstration=True)
    return made.token


def stored(folder: Path) -> list[str]:
    """Everything that lies in the data folder: rows of both tables, names of photos."""
    found = [str(path) for path in sorted((folder / "data" / "photos").rglob("*.jpg"))]
    for name in ("private", "public"):
        with sqlite3.connect(folder / "data" / f"{name}.sqlite3") as connection:
            found += list(connection.iterdump())
        connection.close()
    return found


def use(system: System) -> System:
    context.use(system)
    return system
