"""A stack's buckets for tests: moto's S3 behind a client that notes what it was asked and can die,
and a distribution that notes what it was asked to forget."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from build_scripts.bucket_kept import BucketPublications, Buckets
from build_scripts.publications import Publication, Publications
from build_scripts.publish import Published, publish, publish_alone

SITE, KEPT = "site", "kept"


class Recording:
    """An S3 client that tells what it was asked, and dies at its `dies_at`-th write and at every
    call after it: before the write reaches the bucket, or after it (`lost`: the answer is lost)."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._lock = threading.Lock()
        self._left, self._lost, self._dead = 0, False, False
        self._put: list[tuple[str, str]] = []
        self._removed: list[tuple[str, str]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def dies_at(self, write: int, *, lost: bool) -> None:
        self._left, self._lost, self._dead = write, lost, False

    def lives(self) -> bool:
        """Whether it had not died; from now on it lives."""
        died, self._left, self._dead = self._dead, 0, False
        return not died

    def forget(self) -> None:
        self._put.clear()
        self._removed.clear()

    def put_object(self, **asked: Any) -> Any:
        with self._lock:
            self._may_die(before=True)
            answer = self._client.put_object(**asked)
            self._put.append((asked["Bucket"], asked["Key"]))
            self._may_die(before=False)
        return answer

    def delete_objects(self, **asked: Any) -> Any:
        with self._lock:
            self._may_die(before=True)
            answer = self._client.delete_objects(**asked)
            keys = [entry["Key"] for entry in asked["Delete"]["Objects"]]
            self._removed += [(asked["Bucket"], key) for key in keys]
            self._may_die(before=False)
        return answer

    def shown(self) -> list[str]:
        """What was put into the site's bucket, in order."""
        return [key for bucket, key in self._put if bucket == SITE]

    def removed(self, bucket: str) -> list[str]:
        return [key for where, key in self._removed if where == bucket]

    def keys(self, bucket: str, prefix: str = "") -> list[str]:
        found = self._client.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", ())
        return [entry["Key"] for entry in found]

    def _may_die(self, *, before: bool) -> None:
        if before:
            self._left -= 1
        if self._dead or (self._left == 0 and before is not self._lost):
            self._dead = True
            raise ClientError({"Error": {"Code": "SlowDown"}}, "PutObject")


class Distribution:
    """A CloudFront client; the first `fails` wishes are refused."""

    def __init__(self, fails: int = 0) -> None:
        self.asked: list[list[str]] = []
        self._fails = fails

    def create_invalidation(self, **asked: Any) -> None:
        if self._fails:
            self._fails -= 1
            raise ClientError({"Error": {"Code": "Throttling"}}, "CreateInvalidation")
        paths = asked["InvalidationBatch"]["Paths"]
        assert paths["Quantity"] == len(paths["Items"])
        self.asked.append(paths["Items"])


class Stack:
    """One container at work on the buckets, with a disk of its own in `folder`."""

    def __init__(self, s3: Recording, folder: Path, distribution: Distribution | None = None):
        self.s3 = s3
        self.built = Publications(folder / "site")
        name = "E1" if distribution else ""
        buckets = Buckets(s3, SITE, KEPT, distribution, name)
        self.shown = BucketPublications(buckets, folder / "near", self.built)

    def publish(
        self, files: Mapping[str, str], guard: Callable[[], None] = lambda: None
    ) -> Published:
        """These files, built on this container's disk, into the bucket."""
        content = self.built.content
        listed = {path: content.put(text.encode()) for path, text in files.items()}
        groups = {"every-build": self.built.group(listed, "")}
        publish(self.built, Publication(0, "build", "id", groups, frozenset()), frozenset)
        return self.show_built(guard)

    def show_built(self, guard: Callable[[], None] = lambda: None) -> Published:
        adopted = self.shown.adopt(self.built, self.built.current())
        return publish_alone(self.shown, adopted, frozenset(), guard)

    def publish_dying(self, files: Mapping[str, str], write: int, lost: bool) -> bool:
        """Whether it died at that write. What it meant to say afterwards reached nobody."""
        self.s3.dies_at(write, lost=lost)
        with suppress(ClientError):
            self.publish(files)
        return not self.s3.lives()

    def kept_texts(self) -> list[str]:
        keys = self.s3.keys(KEPT, "content/")
        bodies = (self.s3.get_object(Bucket=KEPT, Key=key)["Body"].read() for key in keys)
        return [gzip.decompress(body).decode(errors="replace") for body in bodies]

    def mentions(self, words: str) -> list[str]:
        return [text for text in self.kept_texts() if words in text]


def held(s3: Any) -> dict[str, bytes]:
    """What a reader gets from the site's bucket."""
    found = {}
    for entry in s3.list_objects_v2(Bucket=SITE).get("Contents", ()):
        answer = s3.get_object(Bucket=SITE, Key=entry["Key"])
        body = answer["Body"].read()
        packed = answer.get("ContentEncoding") == "gzip"
        found[entry["Key"]] = gzip.decompress(body) if packed else body
    return found
