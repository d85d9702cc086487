"""Every test that asks for `engine` runs on SQLite and on two independent makes of DynamoDB."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from suishou.storage.blobs import Blobs, FolderBlobs
from suishou.storage.table import Table
from tests.emulator import emulator
from tests.storage.engines import (
    Clients,
    Engine,
    dynamo_table,
    emulated_clients,
    moto_clients,
    s3_blobs,
    sqlite_table,
)


@pytest.fixture(scope="package")
def clients() -> Iterator[Clients]:
    with moto_clients() as opened:
        yield opened


@pytest.fixture(scope="package")
def ministack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clients]:
    with emulator(tmp_path_factory.mktemp("ministack")) as opened:
        yield emulated_clients(opened)


@pytest.fixture(params=["sqlite", "moto", "ministack"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    if request.param == "sqlite":
        with sqlite_table(tmp_path) as opened:
            yield opened
    else:
        name = {"moto": "clients"}.get(request.param, request.param)
        with dynamo_table(request.getfixturevalue(name)) as opened:
            yield opened


@pytest.fixture
def table(engine: Engine) -> Table:
    return engine.table


@pytest.fixture(params=["folder", "moto", "ministack"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    if request.param == "folder":
        return FolderBlobs(tmp_path / "blobs")
    name = {"moto": "clients"}.get(request.param, request.param)
    return s3_blobs(request.getfixturevalue(name))
