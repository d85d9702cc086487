"""A system on ministack, with microburst in between: its answers fail when a test says so."""

from __future__ import annotations

import itertools
import json
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from suishou.services.system import System
from suishou.storage.aws_client import PATIENCE
from suishou.storage.blobs import S3Blobs
from suishou.storage.dynamodb import DynamoTable, create_table
from tests.emulator import PROGRAMS, emulator, free_port, running
from tests.services.local_systems import demonstration_system
from tests.services.loop_parts import Clock

REGION = "cn-north-1"
WRITES: dict[str, Any] = {"service": "dynamodb", "operation": "TransactWriteItems"}
PASSING = {
    "throttled": {"error": {"code": "ThrottlingException"}, "times": 2},
    "conflicting": {"error": {"code": "TransactionConflictException"}, "times": 2},
    "failing": {"error": {"code": "InternalServerError", "status": 500}, "times": 2},
    "timed out": {"timeout_ms": 3_000, "times": 1},
    "cut off": {"reset": True, "times": 2},
    "stored, reply lost": {"response": {"abort_frac": 0.0}, "times": 1},
    "stored, reply cut": {"response": {"abort_frac": 0.5}, "times": 2},
    "stored, more replies lost than a client asks": {"response": {"abort_frac": 0.0}, "times": 3},
}
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Faults:
    """The proxy in front of the emulator."""

    address: str
    upstream: str

    def set(self, *rules: dict[str, Any]) -> None:
        """These faults from now on; none clears them all."""
        self._ask("POST", "rules", list(rules))

    def fired(self) -> int:
        """How many there were since the last look."""
        found = self._ask("GET", "fired", None)
        self._ask("DELETE", "fired", None)
        return len(found)

    def client(self, service: str, *, direct: bool = False) -> Any:
        """A boto3 client as a stack has it, through the proxy unless `direct`."""
        config = PATIENCE.merge(Config(account_id_endpoint_mode="disabled", read_timeout=2))
        address = self.upstream if direct else self.address
        return _session().client(service, endpoint_url=address, config=config)

    def _ask(self, method: str, path: str, body: Any) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(  # noqa: S310 - our own loopback
            f"{self.address}/_microburst/{path}", data, headers, method=method
        )
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            text = answer.read()
        return json.loads(text) if text else None


@cache
def _session() -> boto3.Session:
    """One for all clients: it keeps the services' descriptions, whose reading is what costs."""
    return boto3.Session("testing", "testing", region_name=REGION)


@pytest.fixture(scope="session")
def faults(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faults]:
    folder = tmp_path_factory.mktemp("faults")
    with emulator(folder) as upstream:
        port = free_port()
        command = [str(PROGRAMS / "microburst"), "--upstream", upstream.address]
        command += ["--host", "127.0.0.1", "--port", str(port)]
        with running(command, {}, folder / "microburst.log", port):
            yield Faults(f"http://127.0.0.1:{port}", upstream.address)


@pytest.fixture
def system(faults: Faults, tmp_path: Path) -> Iterator[System]:
    """The demonstration programme on two fresh tables and a bucket behind the proxy."""
    faults.set()
    number = next(_numbers)
    direct, dynamodb = faults.client("dynamodb", direct=True), faults.client("dynamodb")
    for name, stream in (("private", True), ("public", False)):
        create_table(direct, f"{name}-{number}", stream=stream)
    place = {"LocationConstraint": REGION}
    s3 = faults.client("s3", direct=True)
    s3.create_bucket(Bucket=f"photos-{number}", CreateBucketConfiguration=place)
    yield replace(
        demonstration_system(tmp_path, now=Clock()),
        private=DynamoTable(dynamodb, f"private-{number}"),
        public=DynamoTable(dynamodb, f"public-{number}"),
        raw_photos=S3Blobs(faults.client("s3"), f"photos-{number}"),
    )
    faults.set()


@pytest.fixture(params=PASSING)
def passing(request: pytest.FixtureRequest) -> dict[str, Any]:
    return {**WRITES, **PASSING[request.param]}
