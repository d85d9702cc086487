"""Where a stack shows its site: the objects of a bucket, and the distribution in front of it.

In: paths with hashes of kept contents; paths to remove. Out: objects with type and cache header.
A distribution compresses for each reader as that reader likes; website hosting compresses nothing,
so there pages are stored compressed. What a take-down or a roll-back changed is invalidated, and
nothing else is: an ordinary page is fresh after five minutes by itself.
"""

from __future__ import annotations

import gzip
import mimetypes
import secrets
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol
from urllib.parse import quote

from build_scripts.public_place import Place

AT_ONCE = 32
DELETED_AT_ONCE = 1_000  # DeleteObjects takes no more
# Beyond these one wildcard: a thousand paths a month cost nothing, and CloudFront works on three
# thousand at once at most.
INVALIDATED_MAX = 1_000
SHORT, FOREVER = "public, max-age=300", "public, max-age=31536000, immutable"
GZIP_LEVEL = 9
# Every browser takes gzip. Open data and calendars are read by other tools, of which some would
# save what they are sent as it is; those stay what their name says.
READ_IN_BROWSERS = (".html", ".css", ".js", ".json", ".geojson", ".svg")
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".geojson": "application/geo+json",
    ".csv": "text/csv; charset=utf-8",
    ".xml": "application/xml",
    ".ics": "text/calendar; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
}


class Contents(Protocol):
    """Where the bytes come from."""

    def get(self, digest: str) -> bytes: ...


class BucketSite(Place):
    """A bucket that nobody else writes to. Raises what its clients raise."""

    def __init__(
        self,
        s3: Any,
        bucket: str,
        content: Contents,
        cloudfront: Any = None,
        distribution: str = "",
    ) -> None:
        self.name = bucket
        self._s3 = s3
        self._content = content
        self._cloudfront = cloudfront
        self._distribution = distribution
        self._touched: set[str] = set()

    def is_empty(self) -> bool:
        return not self._s3.list_objects_v2(Bucket=self.name, MaxKeys=1).get("KeyCount")

    def put(self, files: Sequence[tuple[str, str]]) -> None:
        self._touched.update(path for path, _ in files)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for _ in pool.map(self._put, files):
                pass

    def remove(self, paths: Sequence[str]) -> None:
        self._touched.update(paths)
        remove_objects(self._s3, self.name, paths)

    def settle(self, kind: str) -> None:
        touched, self._touched = self._touched, set()
        if self._distribution and touched and kind in ("take_down", "roll_back"):
            items = invalidated(touched)
            self._cloudfront.create_invalidation(
                DistributionId=self._distribution,
                InvalidationBatch={
                    "Paths": {"Quantity": len(items), "Items": items},
                    "CallerReference": secrets.token_hex(16),  # each a wish of its own
                },
            )

    def _put(self, file: tuple[str, str]) -> None:
        path, digest = file
        body, encoding = stored(path, self._content.get(digest), compress=not self._distribution)
        self._s3.put_object(
            Bucket=self.name,
            Key=path,
            Body=body,
            ContentType=content_type(path),
            CacheControl=FOREVER if path.startswith("assets/") else SHORT,
            **({"ContentEncoding": encoding} if encoding else {}),
        )


def stored(path: str, content: bytes, *, compress: bool) -> tuple[bytes, str]:
    """The bytes of the object and their Content-Encoding, "" for as they are. The same content
    gives the same bytes on every day."""
    if compress and path.endswith(READ_IN_BROWSERS):
        packed = gzip.compress(content, GZIP_LEVEL, mtime=0)
        if len(packed) < len(content):
            return packed, "gzip"
    return content, ""


def content_type(path: str) -> str:
    """What a browser is to take the file for."""
    suffix = f".{path.rpartition('.')[2]}"
    return TYPES.get(suffix) or mimetypes.guess_type(path)[0] or "application/octet-stream"


def invalidated(paths: set[str]) -> list[str]:
    """The paths as a distribution knows them, home also by its bare address; all of them by one
    wildcard when they are too many."""
    if len(paths) > INVALIDATED_MAX:
        return ["/*"]
    bare = {""} if "index.html" in paths else set()
    return sorted(f"/{quote(path)}" for path in paths | bare)


def remove_objects(s3: Any, bucket: str, keys: Sequence[str]) -> None:
    """Removes them; absent is fine. Raises OSError when the bucket kept one."""
    for some in _chunks(keys, DELETED_AT_ONCE):
        answer = s3.delete_objects(
            Bucket=bucket, Delete={"Objects": [{"Key": key} for key in some], "Quiet": True}
        )
        if answer.get("Errors"):
            raise OSError(f"{len(answer['Errors'])} objects could not be removed")


def _chunks(keys: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    return (keys[start : start + size] for start in range(0, len(keys), size))
