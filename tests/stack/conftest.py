"""The deployed stack: `template.yaml`, packaged for this machine, on ministack, once a region."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy import deploy
from deploy.package import package
from tests.emulator import CREDENTIALS, Emulator, emulator

PROJECT = Path(__file__).parents[2]
REGIONS = ("us-east-1", "cn-north-1")
STACK, SECRET = "suishou", "/suishou/secret"


@dataclass(frozen=True)
class Stack:
    """A stack that stands: its API over HTTP, and the command line as an administrator has it."""

    emulator: Emulator
    region: str
    outputs: Mapping[str, str]

    def client(self, service: str) -> Any:
        return self.emulator.client(service, self.region)

    def api(self) -> httpx.Client:
        """Its HTTP API. ministack tells APIs apart by the host's name, as AWS does."""
        host = self.outputs["ApiAddress"].split("/")[2].split(".")[0]
        port = self.emulator.address.rpartition(":")[2]
        return httpx.Client(
            base_url=f"{self.emulator.address}/api/v1",
            headers={"Host": f"{host}.execute-api.localhost:{port}"},
            timeout=60,
        )

    def night(self, work: Path) -> dict[str, Any]:
        """The function `nightly` as its image runs it, in a process of its own: told what the
        template tells it and nothing of the private table."""
        told = {
            "SUISHOU_PROGRAMME_FOLDER": str(PROJECT / "programmes" / "tonggu"),
            "SUISHOU_PUBLIC_TABLE": self.outputs["PublicTable"],
            "SUISHOU_PUBLIC_PHOTOS_BUCKET": self.outputs["PublicPhotos"],
            "SUISHOU_SITE_BUCKET": self.outputs["SiteBucket"],
            "SUISHOU_KEPT_BUCKET": self.outputs["KeptBucket"],
            "SUISHOU_WORK": str(work),
            "PYTHONPATH": f"{PROJECT / 'functions'}{os.pathsep}{PROJECT}",
            "NO_MKDOCS_2_WARNING": "1",
        }
        code = "import json; from suishou.handlers.nightly import handler; "
        code += "print(json.dumps(handler({'wish': True}, None)))"
        found: dict[str, Any] = json.loads(self._run(["-c", code], told).splitlines()[-1])
        return found

    def command(self, *words: str) -> dict[str, Any]:
        """`suishou WORDS --stack … --json`, and its document."""
        where = ["--stack", STACK, "--programme", "tonggu", "--json"]
        found: dict[str, Any] = json.loads(
            self._run(["-m", "suishou.local.cli", *words, *where], {})
        )
        return found

    def _run(self, words: list[str], told: Mapping[str, str]) -> str:
        reached = {"AWS_DEFAULT_REGION": self.region, "AWS_ENDPOINT_URL": self.emulator.address}
        done = subprocess.run(
            [sys.executable, *words],
            cwd=PROJECT / "functions",
            env={**os.environ, **CREDENTIALS, **reached, **told},
            capture_output=True,
            text=True,
            timeout=180,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="session")
def packaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As `make package` makes it, but for this machine's Python and with boto3."""
    out = tmp_path_factory.mktemp("package") / "out"
    package("tonggu", out, here=True)
    return out


@pytest.fixture(scope="session", params=REGIONS)
def stack(
    request: pytest.FixtureRequest, packaged: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stack]:
    region = request.param
    with emulator(tmp_path_factory.mktemp(region)) as running:

        def client(service: str) -> Any:
            return running.client(service, region)

        bucket = deploy.artifact_bucket(client, region)
        deploy.upload(client, bucket, packaged)
        deploy.make_secret(client, SECRET)
        answers = {"programme": "tonggu", "secret_parameter": SECRET}
        wanted = deploy.parameters(answers)
        change = deploy.change_set(client, STACK, bucket, packaged, wanted)
        yield Stack(running, region, deploy.execute(client, STACK, change))
