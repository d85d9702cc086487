"""What a stack keeps of its last publications: a private bucket in the shape of `<target>.kept/`.

In: publications made on a builder's own disk. Out: the same publications with their contents in
the bucket, from which any builder, the schedule's and an administrator's alike, publishes, rolls
back and takes down. Who writes here holds the build's lease (`services/rebuild.py`): there is no
other lock. Contents come before whatever names them, so a crash leaves nothing that lacks a part.
"""

from __future__ import annotations

import gzip
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from build_scripts.bucket_site import AT_ONCE, GZIP_LEVEL, BucketSite, remove_objects
from build_scripts.content_store import ContentStore, content_hash
from build_scripts.publication_notes import BUILDS, Notes
from build_scripts.publications import Group, Publication, Publications
from suishou.domain.errors import SuishouError

CONTENT = "content/"
READ_AT_ONCE = 32  # as many as the client keeps connections for


@dataclass(frozen=True)
class Buckets:
    """Where a stack's site is shown and kept. `distribution` is the one of CloudFront in front of
    it, "" where there is none."""

    s3: Any
    site: str
    kept: str
    cloudfront: Any = None
    distribution: str = ""


class NotesDamaged(SuishouError):
    """The bucket holds notes that are none of ours: somebody else wrote there."""


class BucketContents(ContentStore):
    """Bytes under their hash, compressed. `near` is asked first and fed, so that nothing is read
    twice; `built` is a builder's own store, which is read and never changed."""

    def __init__(
        self, s3: Any, bucket: str, near: ContentStore, built: ContentStore | None = None
    ) -> None:
        self._s3 = s3
        self._bucket = bucket
        self._near = near
        self._places = [near, built] if built else [near]

    def put(self, content: bytes) -> str:
        digest = self._near.put(content)
        self.send([digest])
        return digest

    def send(self, digests: Iterable[str]) -> None:
        """Puts contents into the bucket that are near or built."""

        def put(digest: str) -> None:
            body = gzip.compress(self.get(digest), GZIP_LEVEL, mtime=0)
            self._s3.put_object(Bucket=self._bucket, Key=f"{CONTENT}{digest}", Body=body)

        _at_once(put, digests, AT_ONCE)

    def get(self, digest: str) -> bytes:
        for place in self._places:
            with suppress(FileNotFoundError):
                return place.get(digest)
        return self._fetched(digest)

    def fetch(self, digests: Iterable[str]) -> None:
        _at_once(self.get, digests, READ_AT_ONCE)

    def forget(self, digest: str) -> None:
        self._near.forget(digest)
        remove_objects(self._s3, self._bucket, [f"{CONTENT}{digest}"])

    def keep_only(self, wanted: Collection[str]) -> int:
        found = [key.removeprefix(CONTENT) for key in _keys(self._s3, self._bucket, CONTENT)]
        gone = [digest for digest in found if digest not in wanted]
        remove_objects(self._s3, self._bucket, [f"{CONTENT}{digest}" for digest in gone])
        return len(gone)

    def _fetched(self, digest: str) -> bytes:
        try:
            answer = self._s3.get_object(Bucket=self._bucket, Key=f"{CONTENT}{digest}")
        except self._s3.exceptions.NoSuchKey as missing:
            raise FileNotFoundError(digest) from missing
        content = gzip.decompress(answer["Body"].read())
        if content_hash(content) != digest:
            raise NotesDamaged(digest)
        self._near.put(content)
        return content


class BucketNotes(Notes):
    """Objects of the same bucket. S3 keeps what it has answered for, whole."""

    def __init__(self, s3: Any, bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket

    def read(self, name: str) -> bytes | None:
        try:
            return bytes(self._s3.get_object(Bucket=self._bucket, Key=name)["Body"].read())
        except self._s3.exceptions.NoSuchKey:
            return None

    def write(self, name: str, content: bytes) -> None:
        self._s3.put_object(Bucket=self._bucket, Key=name, Body=content)

    def remove(self, name: str) -> None:
        remove_objects(self._s3, self._bucket, [name])

    def builds(self) -> list[str]:
        return sorted(_keys(self._s3, self._bucket, BUILDS), reverse=True)

    def settle(self) -> None:
        """Nothing waits: every put is durable when it is answered."""


class BucketPublications(Publications):
    """The publications of a stack. `near` is a folder for copies and may be lost; `built` are those
    of the builder at work here."""

    def __init__(self, buckets: Buckets, near: Path, built: Publications | None = None) -> None:
        s3, kept = buckets.s3, buckets.kept
        self.contents = BucketContents(
            s3, kept, ContentStore(near), built.content if built else None
        )
        self.content = self.contents
        self.notes = BucketNotes(s3, kept)
        self.place = BucketSite(
            s3, buckets.site, self.contents, buckets.cloudfront, buckets.distribution
        )

    @contextmanager
    def locked(self) -> Iterator[None]:
        """The lease is the lock."""
        yield

    def adopt(self, built: Publications, made: Publication) -> Publication:
        """A publication of the builder's disk, with everything that it names in the bucket: sent is
        only what no kept publication had in the same group."""
        kept = self.kept()
        for name, group in made.groups.items():
            before = [p.groups[name] for p in kept if name in p.groups]
            if group not in before:
                known = {digest for other in before for digest in _named(self, other)}
                self.contents.send(sorted(_named(built, group) - known))
        return replace(made, number=0, source=0)

    def _found_again(self) -> Publication:
        raise NotesDamaged(self.place.name)


def _named(publications: Publications, group: Group) -> set[str]:
    return {*publications.files(group).values(), group.files, group.lists}


def _keys(s3: Any, bucket: str, prefix: str) -> Iterator[str]:
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    return (entry["Key"] for page in pages for entry in page.get("Contents", ()))


def _at_once(work: Any, items: Iterable[str], count: int) -> None:
    with ThreadPoolExecutor(count) as pool:
        for _ in pool.map(work, items):
            pass
