"""ministack, an AWS emulator of independent make, started for the tests and ended after them.

In: nothing but the environment that `make test` made (`.venv-emulator`). Out: the address of a
server that listens on this machine alone. Its data last as long as its process.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

PROGRAMS = Path(__file__).parents[1] / ".venv-emulator" / "bin"
START_SECONDS_MAX = 60.0
# Listening on loopback alone needs all three: the other two open ports of their own on every
# interface.
LOOPBACK = {"BIND_HOST": "127.0.0.1", "IOT_MTLS_ENABLED": "0", "SFTP_ENABLED": "0"}
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}


@dataclass(frozen=True)
class Emulator:
    """A running ministack."""

    address: str
    log: Path

    def client(self, service: str, region: str, **config: Any) -> Any:
        """A boto3 client that talks to it alone."""
        session = boto3.Session("testing", "testing", region_name=region)
        wanted = Config(account_id_endpoint_mode="disabled", **config)
        return session.client(service, endpoint_url=self.address, config=wanted)


@contextmanager
def emulator(folder: Path) -> Iterator[Emulator]:
    """Starts one in `folder`. Fails when it is not installed: a test that is skipped shows
    nothing."""
    program = PROGRAMS / "ministack"
    if not program.exists():
        raise RuntimeError(f"{program} is missing: run `make test`, which installs it")
    port = free_port()
    wanted = {"GATEWAY_PORT": str(port), "MINISTACK_PORT": str(port), **LOOPBACK, **CREDENTIALS}
    with running([str(program)], wanted, folder / "ministack.log", port):
        yield Emulator(f"http://127.0.0.1:{port}", folder / "ministack.log")


@contextmanager
def running(
    command: list[str], environment: Mapping[str, str], log: Path, port: int
) -> Iterator[None]:
    """A server as long as the block lasts. Raises RuntimeError with the end of its log when it does
    not come up."""
    with log.open("wb") as told:
        process = subprocess.Popen(
            command,
            env={**os.environ, **environment, "HOME": str(log.parent)},
            cwd=log.parent,
            stdout=told,
            stderr=told,
        )
    try:
        _wait_for(process, port, log)
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    """One that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5):
                return
        except urllib.error.HTTPError:
            return  # it answers
        except OSError:
            time.sleep(0.1)
    tail = log.read_text(encoding="utf-8", errors="replace")[-2_000:]
    raise RuntimeError(f"the emulator did not come up ({sys.platform}):\n{tail}")
