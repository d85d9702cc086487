"""A real `suishou serve` in a process of its own, to be killed without warning.

Comes in: a data folder, a port. Goes out: a running server, requests to it, and its end.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
POLL_SECONDS = 0.05
POLLS_MAX = 600  # thirty seconds: a slow machine that starts Python beside its other work


class Unanswered(Exception):
    """The server went away before its answer was whole."""


@dataclass
class Server:
    """One process, in which gateway and workers run."""

    process: subprocess.Popen[bytes]
    port: int

    def request(
        self, method: str, path: str, body: object = None, **headers: str
    ) -> tuple[int, Any]:
        """Status and JSON of one request on a connection of its own. Raises Unanswered."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent["content-type"] = "application/json"
        text = json.dumps(body) if body is not None else None
        try:
            connection.request(method, f"/api/v1{path}", text, sent)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        except (OSError, HTTPException, ValueError) as error:
            raise Unanswered from error
        finally:
            connection.close()

    def kill(self) -> None:
        """kill -9: nothing is flushed, nothing is closed."""
        self.process.send_signal(signal.SIGKILL)

    def wait(self) -> int:
        return self.process.wait()


def started(data: Path, programme: str = "tonggu") -> Server:
    """A server that answers; its site is a placeholder, so that no build gets in the way."""
    site = data / "site"
    site.mkdir(parents=True, exist_ok=True)
    (site / "index.html").touch()
    port = _free_port()
    command = [sys.executable, "-m", "suishou.local.cli", "serve", "--programme", programme]
    command += ["--data", str(data), "--port", str(port)]
    paths = os.pathsep.join((str(ROOT / "functions"), str(ROOT)))
    process = subprocess.Popen(
        command,
        env={**os.environ, "PYTHONPATH": paths},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    server = Server(process, port)
    for _ in range(POLLS_MAX):
        try:
            if server.request("GET", "/health")[0] == 200:
                return server
        except Unanswered:
            pass
        if process.poll() is not None:
            raise AssertionError(f"the server ended by itself: {process.returncode}")
        time.sleep(POLL_SECONDS)  # nothing tells from outside when a server is ready
    server.kill()
    raise AssertionError("the server never answered")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
