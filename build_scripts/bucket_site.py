"""Publishing, on a stack: the site bucket made to hold what a publication holds.

In: a publication with its contents, an S3 client. Out: only what changed is put, content first,
lists and home last, removals after that; what the bucket holds is written down in the bucket, a
list a month, and that last of all. A publishing that was cut short is completed by the next one:
every step may be repeated. Roll-back and take-down are publications like any other.
"""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from build_scripts.content_store import canonical_json
from build_scripts.publications import Files, Publication, Publications
from build_scripts.publish import PHASES, phase_of

LISTS = "_published/"  # paths of the site never begin so: `allowed_path` keeps to its own names
ROOT = f"{LISTS}current.json"
AT_ONCE = 16
DELETED_AT_ONCE = 1_000  # DeleteObjects takes no more
SHORT, FOREVER = "public, max-age=300", "public, max-age=31536000, immutable"
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


@dataclass(frozen=True)
class Uploaded:
    """How many objects were put and removed."""

    put: int
    removed: int


def publish_to_bucket(
    publications: Publications,
    goal: Publication,
    s3: Any,
    bucket: str,
    guard: Callable[[], None] = lambda: None,
) -> Uploaded:
    """Brings the bucket to `goal`. `guard` raises to stop (a lost lease) and is asked before each
    phase. Raises what the client raises; then the same call again completes the work."""
    held = _held(s3, bucket)
    changed = [
        name
        for name in sorted({*held, *goal.groups})
        if name not in goal.groups or held.get(name) != goal.groups[name].files
    ]
    put, gone = _difference(publications, goal, s3, bucket, changed, held)

    def upload(path: str) -> None:
        s3.put_object(
            Bucket=bucket,
            Key=path,
            Body=publications.content.get(put[path]),
            ContentType=content_type(path),
            CacheControl=FOREVER if path.startswith("assets/") else SHORT,
        )

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for phase in PHASES:
            guard()
            for _ in pool.map(upload, [path for path in put if phase_of(path) == phase]):
                pass
    guard()
    _remove(s3, bucket, gone)
    _write_down(publications, goal, s3, bucket, changed)
    return Uploaded(len(put), len(gone))


def content_type(path: str) -> str:
    """What a browser is to take the file for."""
    suffix = f".{path.rpartition('.')[2]}"
    return TYPES.get(suffix) or mimetypes.guess_type(path)[0] or "application/octet-stream"


def _difference(
    publications: Publications,
    goal: Publication,
    s3: Any,
    bucket: str,
    changed: list[str],
    held: Mapping[str, str],
) -> tuple[dict[str, str], list[str]]:
    """What to put, path -> content, and which paths to remove."""
    put: dict[str, str] = {}
    gone: set[str] = set()
    for name in changed:
        before = _files(s3, bucket, name) if name in held else {}
        after = publications.files(goal.groups.get(name))
        put |= {path: digest for path, digest in after.items() if before.get(path) != digest}
        gone |= before.keys() - after.keys()
    return put, sorted(gone)


def _held(s3: Any, bucket: str) -> dict[str, str]:
    """Which lists the bucket holds, group -> hash; {} for an empty bucket."""
    return dict(_read(s3, bucket, ROOT) or {})


def _files(s3: Any, bucket: str, name: str) -> Files:
    return _read(s3, bucket, _list_key(name)) or {}


def _read(s3: Any, bucket: str, key: str) -> Any:
    try:
        return json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    except s3.exceptions.NoSuchKey:
        return None


def _remove(s3: Any, bucket: str, keys: list[str]) -> None:
    for some in _chunks(keys, DELETED_AT_ONCE):
        answer = s3.delete_objects(
            Bucket=bucket, Delete={"Objects": [{"Key": key} for key in some], "Quiet": True}
        )
        if answer.get("Errors"):
            raise OSError(f"{len(answer['Errors'])} objects could not be removed")


def _write_down(
    publications: Publications, goal: Publication, s3: Any, bucket: str, changed: list[str]
) -> None:
    """The lists of what the bucket holds now. A crash between two of them leaves the root as it
    was, and the next publishing finds files to put that stand already: the same bytes again."""
    for name in changed:
        files = dict(publications.files(goal.groups.get(name)))
        _put_json(s3, bucket, _list_key(name), files)
    root = {name: group.files for name, group in goal.groups.items()}
    _put_json(s3, bucket, ROOT, root)


def _put_json(s3: Any, bucket: str, key: str, value: Any) -> None:
    s3.put_object(
        Bucket=bucket, Key=key, Body=canonical_json(value), ContentType="application/json"
    )


def _list_key(name: str) -> str:
    return f"{LISTS}{name}.json"


def _chunks(keys: list[str], size: int) -> Iterator[list[str]]:
    return (keys[start : start + size] for start in range(0, len(keys), size))
