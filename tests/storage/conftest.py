"""Every test that asks for `engine` runs on both engines of the storage port."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from suishou.storage.blobs import Blobs, FolderBlobs
from suishou.storage.table import Table
from tests.storage.engines import (
    Clients,
    Engine,
    dynamo_table,
    moto_clients,
    s3_blobs,
    sqlite_table,
)


@pytest.fixture(scope="package")
def clients() -> Iterator[Clients]:
    with moto_clients() as opened:
        yield opened


@pytest.fixture(params=["sqlite", "dynamodb"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    if request.param == "sqlite":
        with sqlite_table(tmp_path) as opened:
            yield opened
    else:
        with dynamo_table(request.getfixturevalue("clients")) as opened:
            yield opened


@pytest.fixture
def table(engine: Engine) -> Table:
    return engine.table


@pytest.fixture(params=["folder", "s3"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    if request.param == "folder":
        return FolderBlobs(tmp_path / "blobs")
    return s3_blobs(request.getfixturevalue("clients"))
