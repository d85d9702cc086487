"""The buckets of a stack, for the tests that publish to them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from tests.build.tiny_bucket import KEPT, SITE, Recording, Stack


@pytest.fixture(scope="module")
def s3() -> Iterator[Any]:
    with mock_aws():
        client = boto3.Session("testing", "testing", region_name="us-east-1").client("s3")
        for bucket in (SITE, KEPT):
            client.create_bucket(Bucket=bucket)
        yield client


@pytest.fixture
def stack(s3: Any, tmp_path: Path) -> Stack:
    for bucket in (SITE, KEPT):
        for entry in s3.list_objects_v2(Bucket=bucket).get("Contents", ()):
            s3.delete_object(Bucket=bucket, Key=entry["Key"])
    return Stack(Recording(s3), tmp_path)
