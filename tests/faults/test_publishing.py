"""The site's bucket on a bad day: what was published is all there, or the next night completes it.

Seen failing: with one attempt for the S3 client (`aws_client.PATIENCE`) every passing fault breaks
a publication.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from tests.build.tiny_bucket import KEPT, SITE, Recording, Stack, held
from tests.faults.conftest import REGION, Faults

PUTS: dict[str, Any] = {"service": "s3", "operation": "PutObject"}
PASSING_PUTS = {
    "slowed": {"error": {"code": "SlowDown", "status": 503}, "times": 2},
    "failing": {"error": {"code": "InternalError", "status": 500}, "times": 2},
    "timed out": {"timeout_ms": 3_000, "times": 1},
    "cut off": {"reset": True, "times": 2},
    "stored, reply lost": {"response": {"abort_frac": 0.0}, "times": 1},
}
FIRST = {"index.html": "home 1", "cases/a.html": "a", "cases/gone.html": "gone"}
SECOND = {"index.html": "home 2", "cases/a.html": "a again", "cases/b.html": "b"}


@pytest.fixture
def container(faults: Faults, tmp_path: Path) -> Stack:
    """A container that publishes to empty buckets through the proxy."""
    faults.set()
    direct = faults.client("s3", direct=True)
    for bucket in (SITE, KEPT):
        with suppress(direct.exceptions.BucketAlreadyOwnedByYou):
            place = {"LocationConstraint": REGION}
            direct.create_bucket(Bucket=bucket, CreateBucketConfiguration=place)
        for entry in direct.list_objects_v2(Bucket=bucket).get("Contents", ()):
            direct.delete_object(Bucket=bucket, Key=entry["Key"])
    return Stack(Recording(faults.client("s3")), tmp_path)


def shown(faults: Faults) -> dict[str, str]:
    """What readers get, less our own notes."""
    found = held(faults.client("s3", direct=True))
    return {key: body.decode() for key, body in found.items() if not key.startswith("_")}


@pytest.mark.parametrize("kind", PASSING_PUTS)
def test_a_publication_is_whole_through_every_passing_fault(
    container: Stack, faults: Faults, kind: str
) -> None:
    container.publish(FIRST)
    faults.set({**PUTS, **PASSING_PUTS[kind]})
    container.publish(SECOND)
    assert faults.fired() > 0
    assert shown(faults) == SECOND


@pytest.mark.parametrize("operation", ["PutObject", "DeleteObjects"])
def test_a_publication_that_a_lasting_fault_cut_short_is_completed_by_the_next(
    container: Stack, faults: Faults, operation: str
) -> None:
    container.publish(FIRST)
    error = {"error": {"code": "InternalError", "status": 500}}
    faults.set({"service": "s3", "operation": operation, **error})
    with pytest.raises((ClientError, BotoCoreError)):
        container.publish(SECOND)
    assert faults.fired() > 0
    assert shown(faults)["index.html"] in (FIRST["index.html"], SECOND["index.html"])
    faults.set()
    container.show_built()
    assert shown(faults) == SECOND
