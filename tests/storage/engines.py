"""Opens either engine, as plain context managers: for the contract suite and for the simulation."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from moto import mock_aws

from suishou.storage.blobs import S3Blobs
from suishou.storage.dynamodb import DynamoTable, create_table
from suishou.storage.dynamodb_feed import DynamoStreamFeed
from suishou.storage.sqlite import SqliteTable
from suishou.storage.sqlite_feed import SqliteFeed
from suishou.storage.table import ChangeFeed, Table
from tests.emulator import Emulator

REGION = "cn-north-1"
# moto does not know the addresses that botocore makes of an account number in a stream's name.
CONFIG = Config(account_id_endpoint_mode="disabled")
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Engine:
    """One empty table and its change feed."""

    name: str
    table: Table
    feed: ChangeFeed


@dataclass(frozen=True)
class Clients:
    """boto3 clients that talk to one emulator alone."""

    dynamodb: Any
    streams: Any
    s3: Any


@contextmanager
def sqlite_table(folder: Path, *, synchronous: str = "FULL") -> Iterator[Engine]:
    """The table in `folder`/table.sqlite, kept there afterwards."""
    table = SqliteTable.open(folder / "table.sqlite", synchronous=synchronous)
    try:
        yield Engine("sqlite", table, SqliteFeed(table))
    finally:
        table.close()


@contextmanager
def moto_clients() -> Iterator[Clients]:
    """One moto for many tables; making clients is what costs."""
    with mock_aws():
        session = boto3.Session("testing", "testing", region_name=REGION)
        names = ("dynamodb", "dynamodbstreams", "s3")
        clients = Clients(*(session.client(name, config=CONFIG) for name in names))
        try:
            yield clients
        finally:
            for client in (clients.dynamodb, clients.streams, clients.s3):
                client.close()


def emulated_clients(emulator: Emulator) -> Clients:
    """The same of a ministack."""
    names = ("dynamodb", "dynamodbstreams", "s3")
    return Clients(*(emulator.client(name, REGION) for name in names))


@contextmanager
def dynamo_table(clients: Clients | None = None) -> Iterator[Engine]:
    """A new table in `clients`' moto, or in one of its own. Keep transactions few: moto is slow."""
    if clients is None:
        with moto_clients() as own, dynamo_table(own) as engine:
            yield engine
        return
    name = f"suishou-{next(_numbers)}"
    create_table(clients.dynamodb, name, stream=True)
    arn = clients.dynamodb.describe_table(TableName=name)["Table"]["LatestStreamArn"]
    feed = DynamoStreamFeed(clients.streams, arn)
    yield Engine("dynamodb", DynamoTable(clients.dynamodb, name), feed)


def s3_blobs(clients: Clients) -> S3Blobs:
    """An empty bucket in `clients`' moto."""
    bucket = f"suishou-{next(_numbers)}"
    place = {"LocationConstraint": REGION}
    clients.s3.create_bucket(Bucket=bucket, CreateBucketConfiguration=place)
    return S3Blobs(clients.s3, bucket)
