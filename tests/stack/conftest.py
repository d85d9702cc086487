"""The deployed stack: `template.yaml`, packaged for this machine, on ministack, once a region.

What `make package` makes is deployed by the steps of `make deploy`. It differs from AWS in this:
`nightly` is an archive of what its image copies, with this machine's packages and a folder of the
test for its disk (`without_docker.py`); Python is this machine's; and no role refuses anything,
which tests/deploy reads from the template instead.
"""

from __future__ import annotations

import json
import os
import shutil
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
from tests.stack.without_docker import archive, without_docker

PROJECT = Path(__file__).parents[2]
REGIONS = ("us-east-1", "cn-north-1")
STACK, SECRET = "suishou", "/suishou/secret"
NIGHT_SECONDS_MAX = 300


@dataclass(frozen=True)
class Stack:
    """A stack that stands: its API over HTTP, and the command line as an administrator has it."""

    emulator: Emulator
    region: str
    outputs: Mapping[str, str]
    disk: Path

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

    def night(self) -> dict[str, Any]:
        """The deployed function `nightly`, called as its schedule calls it every night."""
        resource = self.client("cloudformation").describe_stack_resource(
            StackName=STACK, LogicalResourceId="Nightly"
        )
        name = resource["StackResourceDetail"]["PhysicalResourceId"]
        client = self.emulator.client("lambda", self.region, read_timeout=NIGHT_SECONDS_MAX)
        done = client.invoke(FunctionName=name, Payload=json.dumps({"wish": True}))
        found: dict[str, Any] = json.loads(done["Payload"].read())
        assert "FunctionError" not in done, found
        return found

    def loses_the_nights_container(self) -> None:
        """The next night starts with an empty disk, as in a container that starts anew."""
        shutil.rmtree(self.disk)

    def command(self, *words: str) -> dict[str, Any]:
        """`suishou WORDS --stack … --json`, and its document."""
        where = ["--stack", STACK, "--programme", "tonggu", "--json"]
        found: dict[str, Any] = json.loads(self._run(["-m", "suishou.local.cli", *words, *where]))
        return found

    def _run(self, words: list[str]) -> str:
        reached = {"AWS_DEFAULT_REGION": self.region, "AWS_ENDPOINT_URL": self.emulator.address}
        done = subprocess.run(
            [sys.executable, *words],
            cwd=PROJECT / "functions",
            env={**os.environ, **CREDENTIALS, **reached},
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
    archive(out)
    return out


@pytest.fixture(scope="session", params=REGIONS)
def stack(
    request: pytest.FixtureRequest, packaged: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stack]:
    region, folder = request.param, tmp_path_factory.mktemp(request.param)
    with emulator(folder) as running:

        def client(service: str) -> Any:
            return running.client(service, region)

        bucket = deploy.artifact_bucket(client, region)
        ours = without_docker(packaged, folder / "package", folder / "disk")
        deploy.upload(client, bucket, ours)
        deploy.make_secret(client, SECRET)
        answers = {"secret_parameter": SECRET, "nightly_image": "suishou-nightly:1"}
        wanted = deploy.parameters({"programme": "tonggu", **answers})
        change = deploy.change_set(client, STACK, bucket, ours, wanted)
        yield Stack(running, region, deploy.execute(client, STACK, change), folder / "disk")
