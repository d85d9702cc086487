"""Photos and other bytes: the port `Blobs`, with a local folder and S3 behind it.

In: a key such as `public/2026/05/ab12.jpg`, bytes, a content type. Out: the same bytes, or None.
A `put` that returned is durable and whole; nobody ever reads half of one. Never looks inside.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]

from suishou.domain.errors import Contended, StorageFailure

KEY_BYTES_MAX = 900  # S3 takes 1,024; room for a prefix
NAME_BYTES_MAX = 200  # common file systems take 255
INCOMING = ".incoming"  # no key can begin with a dot, so nobody lists what is half written
SLOW_DOWN_CODES = frozenset(
    {"SlowDown", "ServiceUnavailable", "RequestLimitExceeded", "Throttling"}
)


class Blobs(Protocol):
    """Keys are `/`-separated names: no empty name, none that begins with a dot, no backslash or
    control character, no key that is also the folder of another. All raise ValueError for a bad
    key before any I/O, and `StorageFailure` when the engine cannot answer."""

    def put(self, key: str, content: bytes, content_type: str) -> None:
        """Stores the bytes, replacing what was there."""

    def get(self, key: str) -> bytes | None:
        """The bytes, or None if there are none."""

    def has(self, key: str) -> bool:
        """Whether there are any."""

    def delete(self, key: str) -> None:
        """Removes them; absent is fine."""

    def list(self, prefix: str = "") -> list[str]:
        """All keys that begin with `prefix` (any beginning, not only a folder), in byte order."""


def check_blob_key(key: str) -> None:
    """Raises ValueError for a key that is not safe as a path and as an S3 key."""
    if not key or len(key.encode()) > KEY_BYTES_MAX:
        raise ValueError(f"blob keys are 1 to {KEY_BYTES_MAX} bytes")
    if "\\" in key or any(ord(character) < 0x20 or ord(character) == 0x7F for character in key):
        raise ValueError("no backslash or control character in a blob key")
    for name in key.split("/"):
        if not name or name.startswith(".") or len(name.encode()) > NAME_BYTES_MAX:
            raise ValueError("a blob key is made of names of 1 to 200 bytes, none with a dot first")


class FolderBlobs(Blobs):
    """Files below one folder, made if absent. The content type is the file name's business."""

    def __init__(self, path: str | Path) -> None:
        self._root = Path(path)
        with _answering():
            (self._root / INCOMING).mkdir(parents=True, exist_ok=True)

    def put(self, key: str, content: bytes, content_type: str) -> None:
        check_blob_key(key)
        target = self._root / key
        incoming = self._root / INCOMING / secrets.token_hex(16)
        with _answering():
            try:
                with incoming.open("xb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                _make_folder(target.parent)
                incoming.replace(target)
                _sync_folder(target.parent)
            finally:
                incoming.unlink(missing_ok=True)

    def get(self, key: str) -> bytes | None:
        check_blob_key(key)
        with _answering():
            try:
                return (self._root / key).read_bytes()
            except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
                return None

    def has(self, key: str) -> bool:
        check_blob_key(key)
        with _answering():
            return (self._root / key).is_file()

    def delete(self, key: str) -> None:
        check_blob_key(key)
        target = self._root / key
        with _answering():
            try:
                target.unlink()
            except (FileNotFoundError, NotADirectoryError):
                return
            _sync_folder(target.parent)

    def list(self, prefix: str = "") -> list[str]:
        with _answering():
            below = self._root / _folder_of(prefix)
            keys = (
                path.relative_to(self._root).as_posix()
                for path in below.rglob("*")
                if path.is_file()
            )
            return sorted(
                key for key in keys if key.startswith(prefix) and not key.startswith(INCOMING)
            )


def _folder_of(prefix: str) -> str:
    """The folder below which every key with this beginning lies; "" for that of all."""
    folder = prefix.rpartition("/")[0]
    try:
        check_blob_key(folder)
    except ValueError:
        return ""
    return folder


class S3Blobs(Blobs):
    """Objects of one bucket, through a boto3 `s3` client."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, key: str, content: bytes, content_type: str) -> None:
        check_blob_key(key)
        with _answering():
            self._client.put_object(
                Bucket=self._bucket, Key=key, Body=content, ContentType=content_type
            )

    def get(self, key: str) -> bytes | None:
        check_blob_key(key)
        with _answering():
            try:
                answer = self._client.get_object(Bucket=self._bucket, Key=key)
                return bytes(answer["Body"].read())
            except self._client.exceptions.NoSuchKey:
                return None

    def has(self, key: str) -> bool:
        check_blob_key(key)
        with _answering():
            try:
                self._client.head_object(Bucket=self._bucket, Key=key)
            except ClientError as error:
                if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") == 404:
                    return False
                raise
            return True

    def delete(self, key: str) -> None:
        check_blob_key(key)
        with _answering():
            self._client.delete_object(Bucket=self._bucket, Key=key)

    def list(self, prefix: str = "") -> list[str]:
        with _answering():
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=prefix
            )
            return sorted(entry["Key"] for page in pages for entry in page.get("Contents", ()))


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        kind = Contended if code in SLOW_DOWN_CODES else StorageFailure
        raise kind(code) from error
    except (BotoCoreError, OSError) as error:
        raise StorageFailure(type(error).__name__) from error


def _make_folder(folder: Path) -> None:
    """Makes a folder whose every new name is on disk, or a crash could take the file with it."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
