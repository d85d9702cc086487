"""The three sites that the browser looks at: the demonstration's, a fabricated one, an empty one.

The demonstration is played once and then served by `suishou serve`, API and all. The fabricated one
holds hostile, long and missing values and a month of several pages; both others are served by the
same gateway without a system behind the API.
"""

from __future__ import annotations

import io
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import uvicorn
from PIL import Image
from starlette.types import ASGIApp

from build_scripts.build import build
from suishou.domain.public_row import PublicRow
from suishou.local.demo import run_demo
from suishou.local.gateway import gateway
from suishou.services.system import System
from tests.build import fabricated, tiny_site

PROJECT = Path(__file__).parents[2]
PROGRAMME = PROJECT / "programmes" / "tonggu"
MONTHS = ("2026-02", "2026-04", "2026-05")
READY_SECONDS = 60


@dataclass(frozen=True)
class ServedSite:
    """`root` ends with a slash; `folder` holds the same files."""

    name: str
    root: str
    folder: Path


@contextmanager
def demonstration(work: Path) -> Iterator[ServedSite]:
    """The demonstration's data behind a real server on its own port."""
    data, site, port = work / "data", work / "data" / "site", free_port()
    run_demo(PROGRAMME, data, site, port, once=True, say=lambda line: None)
    command = [sys.executable, "-m", "suishou.local.cli", "serve"]
    command += ["--programme", str(PROGRAMME), "--data", str(data), "--port", str(port)]
    paths = os.pathsep.join([str(PROJECT / "functions"), str(PROJECT)])
    server = subprocess.Popen(command, cwd=PROJECT, env={**os.environ, "PYTHONPATH": paths})
    root = f"http://127.0.0.1:{port}/"
    try:
        wait_for(root, server)
        yield ServedSite("demonstration", root, site)
    finally:
        server.terminate()
        server.wait()


@contextmanager
def fabricated_site(work: Path) -> Iterator[ServedSite]:
    """260 rows: every stage, hostile text, ragged titles, photos and none, a month of two pages."""
    system = tiny_site.county(work)
    put_with_photos(system, fabricated_rows(system))
    with served(system, work, "fabricated") as site:
        yield site


def fabricated_rows(system: System) -> list[PublicRow]:
    """What the fabricated county has published."""
    return [
        fabricated.public_row(n, system.programme, MONTHS[min(n % 4, 2)], shown=n % 7 != 6)
        for n in range(260)
    ]


def put_with_photos(system: System, rows: list[PublicRow]) -> None:
    """As the services would have put them, each photo a real picture."""
    tiny_site.put(system, *rows)
    for row in rows:
        for key in (*row.photos_before, *row.photos_after):
            system.public_photos.put(key, picture(), "image/jpeg")


@contextmanager
def empty_site(work: Path) -> Iterator[ServedSite]:
    """A county on its first day."""
    with served(tiny_site.county(work), work, "empty") as site:
        yield site


@contextmanager
def served(
    system: System, work: Path, name: str, application: Callable[[Path], ASGIApp] = gateway
) -> Iterator[ServedSite]:
    """Builds and serves; the API behind it has no system of its own."""
    folder, port = work / "site", free_port()
    build(system, folder, work / "work")
    settings = uvicorn.Config(
        application(folder), port=port, log_level="error", access_log=False, lifespan="off"
    )
    server = uvicorn.Server(settings)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    root = f"http://127.0.0.1:{port}/"
    try:
        wait_for(root)
        yield ServedSite(name, root, folder)
    finally:
        server.should_exit = True
        thread.join()


def picture() -> bytes:
    """A small plain photograph."""
    made = io.BytesIO()
    Image.new("RGB", (320, 240), (90, 120, 110)).save(made, "JPEG")
    return made.getvalue()


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def wait_for(address: str, server: subprocess.Popen[bytes] | None = None) -> None:
    """Until the address answers; RuntimeError when the server ended or takes too long."""
    ends = time.monotonic() + READY_SECONDS
    while time.monotonic() < ends:
        if server and server.poll() is not None:
            break
        try:
            httpx.get(address)
            return
        except httpx.TransportError:
            threading.Event().wait(0.1)
    raise RuntimeError(f"{address} does not answer")
