"""The HTTP gateway of one machine: the same handlers as in Lambda, and the built site, on one port.

In: HTTP. Out: `/api/…` through the handlers, as API Gateway would call them; everything else from
the site's folder. Holds no rule of its own beyond sizes and headers; logs no query string, since
tracking tokens travel there.
"""

from __future__ import annotations

import asyncio
import base64
import logging
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from suishou.domain.errors import TooLarge
from suishou.handlers.answers import refusal, to_event
from suishou.handlers.functions import function_for
from suishou.handlers.request import Request
from suishou.local.traffic import Traffic
from suishou.services.photo_format import PHOTO_BYTES_MAX

BODY_BYTES_MAX = 4_500_000  # what a Lambda payload of 6 MB leaves once base64 is taken off
UPLOADS = "/api/v1/uploads/"  # stands for a bucket, which takes larger ones
DRAINED_BYTES_MAX = 40_000_000  # read and dropped, so that a browser gets to see the 413
THREADS = 64  # requests worked at once; the group commit gains from company
PAGE_SECONDS = 60  # a take-down is out within minutes
ASSET_SECONDS = 3_600
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
NO_SITE = "公开网站尚未生成。The public site has not been built yet.\n"
ACCESS = logging.getLogger("suishou.access")


def gateway(site: Path, traffic: Traffic | None = None) -> Starlette:
    """The application; `handlers.context.use` has been called with the system. `traffic` is told
    of every request to the API."""
    threads = ThreadPoolExecutor(THREADS, "suishou-request")

    async def api(request: HttpRequest) -> Response:
        began = time.perf_counter()
        if traffic:
            traffic.count()
        body = await _body(request)
        loop = asyncio.get_running_loop()
        answer, route = await loop.run_in_executor(threads, _answered, request, body)
        milliseconds = round((time.perf_counter() - began) * 1000)
        status = answer["statusCode"]
        ACCESS.info("%s %s %s %s ms", request.method, route or "(none)", status, milliseconds)
        return _response(answer)

    site.mkdir(parents=True, exist_ok=True)
    return Starlette(
        routes=[
            Route("/api/{rest:path}", api, methods=METHODS),
            Mount("/", SiteFiles(directory=site, html=True), name="site"),
        ]
    )


async def _body(request: HttpRequest) -> bytes | None:
    """The body, or None when it is too large (the rest is read and dropped, within reason)."""
    upload = request.scope["path"].startswith(UPLOADS)
    most = BODY_BYTES_MAX + (PHOTO_BYTES_MAX if upload else 0)
    declared = request.headers.get("content-length", "")
    too_large = declared.isdigit() and int(declared) > most
    chunks: list[bytes] = []
    size = 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            too_large = too_large or size > most
            if size > DRAINED_BYTES_MAX:
                break
            if too_large:
                chunks.clear()
            else:
                chunks.append(chunk)
    except ClientDisconnect:
        return None
    return None if too_large else b"".join(chunks)


def _answered(request: HttpRequest, body: bytes | None) -> tuple[dict[str, Any], str]:
    request_id = secrets.token_hex(8)
    function, route = function_for(request.method, str(request.scope["path"]))
    if body is None:
        known = Request(
            request.method, request.scope["path"], {}, dict(request.headers), b"", request_id
        )
        return to_event(refusal(TooLarge("body_too_large", "body"), known)), route
    return function.handler(_event(request, body, request_id), None), route


def _event(request: HttpRequest, body: bytes, request_id: str) -> dict[str, Any]:
    """The request as API Gateway's payload version 2 tells it."""
    path = str(request.scope["path"])
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": request.scope["query_string"].decode("latin-1"),
        "headers": dict(request.headers),
        "requestContext": {
            "requestId": request_id,
            "stage": "$default",
            "http": {"method": request.method, "path": path, "protocol": "HTTP/1.1"},
        },
        "body": base64.b64encode(body).decode() if body else "",
        "isBase64Encoded": bool(body),
    }


def _response(answer: dict[str, Any]) -> Response:
    body = answer["body"]
    content = base64.b64decode(body) if answer["isBase64Encoded"] else body.encode()
    return Response(content, answer["statusCode"], answer["headers"])


class SiteFiles(StaticFiles):
    """The built site. Starlette keeps paths inside the folder; here are only headers added."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        began = time.perf_counter()
        try:
            response = await super().get_response(path, scope)
        except HTTPException as error:
            if error.status_code != 404 or path not in (".", "", "index.html"):
                raise
            response = Response(NO_SITE, 404, media_type="text/plain")
        page = response.headers.get("content-type", "").startswith("text/html")
        seconds = PAGE_SECONDS if page else ASSET_SECONDS
        response.headers["cache-control"] = f"public, max-age={seconds}"
        response.headers["x-content-type-options"] = "nosniff"
        response.headers["referrer-policy"] = "no-referrer"
        milliseconds = round((time.perf_counter() - began) * 1000)
        ACCESS.info("GET (site) %s %s ms", response.status_code, milliseconds)
        return response
