"""One visitor of the demonstration: real HTTP requests, every answer checked.

In: what to send, and which status must come back. Out: the answer. Raises `DemonstrationFailed`
naming the address, the status and the error's code, never what was sent.
"""

from __future__ import annotations

import http.client
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from suishou.domain.errors import SuishouError

PREFIX = "/api/v1"
BROWSER = {"accept": "text/html,application/xhtml+xml"}  # what a form without JavaScript sends
TIMEOUT_SECONDS = 60


class DemonstrationFailed(SuishouError):
    """Something did not go as the demonstration's script says."""


@dataclass(frozen=True)
class Reply:
    """`headers` have lower-case names."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Visitor:
    """One connection to the system, used by one person after the other; for one thread."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)

    def close(self) -> None:
        self._connection.close()

    def get(self, address: str, token: str = "", expected: int = 200) -> Reply:
        return self._checked("GET", address, b"", _signed({}, token), expected)

    def send_json(
        self,
        address: str,
        fields: Mapping[str, Any],
        token: str = "",
        key: str = "",
        expected: int = 200,
    ) -> Reply:
        body = json.dumps(fields, ensure_ascii=False).encode()
        headers = {"content-type": "application/json", "idempotency-key": key}
        return self._checked("POST", address, body, _signed(headers, token), expected)

    def send_form(self, address: str, fields: Mapping[str, str]) -> Reply:
        """As a browser posts a form, to the readable page that it is led to."""
        headers = {"content-type": "application/x-www-form-urlencoded", **BROWSER}
        body = urlencode(fields).encode()
        return self._led_on(address, self._checked("POST", address, body, headers, 303))

    def send_multipart(
        self,
        address: str,
        fields: Mapping[str, str],
        photos: Sequence[bytes],
        token: str = "",
    ) -> Reply:
        """As a browser posts a form with photos. Signed in, it is an app's and answered in JSON."""
        boundary = secrets.token_hex(16)
        body = _multipart(fields, photos, boundary)
        headers = {"content-type": f"multipart/form-data; boundary={boundary}"}
        if token:
            return self._checked("POST", address, body, _signed(headers, token), 201)
        reply = self._checked("POST", address, body, {**headers, **BROWSER}, 303)
        return self._led_on(address, reply)

    def send_photo(self, photo: bytes, token: str) -> str:
        """The upload id of a photo."""
        headers = _signed({"content-type": "image/jpeg"}, token)
        reply = self._checked("POST", f"{PREFIX}/uploads", photo, headers, 201)
        return str(reply.json["uploads"][0]["id"])

    def _led_on(self, address: str, reply: Reply) -> Reply:
        """The page that a 303 leads to; its address stays in `headers["location"]`."""
        folder = address.rpartition("/")[0]
        location = reply.headers["location"]
        while location.startswith("../"):
            folder, location = folder.rpartition("/")[0], location[3:]
        target = f"{folder}/{location}"
        page = self._checked("GET", target, b"", BROWSER, 200)
        return Reply(page.status, {**page.headers, "location": target}, page.body)

    def _checked(
        self, method: str, address: str, body: bytes, headers: Mapping[str, str], expected: int
    ) -> Reply:
        given = {name: value for name, value in headers.items() if value}
        self._connection.request(method, address, body or None, given)
        response = self._connection.getresponse()
        answered = {name.lower(): value for name, value in response.getheaders()}
        reply = Reply(response.status, answered, response.read())
        if reply.status != expected:
            place = urlsplit(address).path
            raise DemonstrationFailed(f"{method} {place}: {reply.status} {_error_of(reply)}")
        return reply


def _signed(headers: Mapping[str, str], token: str) -> dict[str, str]:
    return {**headers, "authorization": f"Bearer {token}"} if token else dict(headers)


def _multipart(fields: Mapping[str, str], photos: Sequence[bytes], boundary: str) -> bytes:
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    for number, photo in enumerate(photos):
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="photo"; '
            f'filename="{number}.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
        )
        parts.append(head.encode() + photo + b"\r\n")
    return b"".join(parts) + f"--{boundary}--\r\n".encode()


def _error_of(reply: Reply) -> str:
    try:
        error = reply.json["error"]
        return f"{error['code']} {error['field']}".strip()
    except (ValueError, KeyError, TypeError):
        return ""
