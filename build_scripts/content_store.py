"""Bytes kept under the hash of themselves: what snapshots and published trees are made of.

In: bytes. Out: their SHA-256 in hexadecimal, and the same bytes again. Never changes or half-writes
a stored file: other folders may hold hard links to it.
"""
# Paths are plain text where a build touches tens of thousands of files.
# ruff: noqa: PTH103, PTH105, PTH108, PTH116, PTH123

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import secrets
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from suishou.domain.errors import SuishouError


class DamagedWork(SuishouError):
    """What a build kept for the next one is not what was written (a power cut, a full disk). All of
    it can be made again from the public rows."""


def content_hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def canonical_json(value: Any) -> bytes:
    """UTF-8 JSON with sorted keys and no spaces: the same value gives the same bytes."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def write_whole(path: Path, content: bytes, *, durable: bool = False) -> None:
    """Writes or replaces one file so that nobody ever reads half of it; `durable`: nor after a
    power cut, which then finds the new file."""
    incoming = path.with_name(f".{secrets.token_hex(8)}")
    try:
        with incoming.open("wb") as file:
            file.write(content)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        incoming.replace(path)
        if durable:
            _on_open(path.parent, os.fsync)
    finally:
        incoming.unlink(missing_ok=True)


def flush_disk(folder: Path) -> None:
    """Whatever was written to the file system of `folder` is on its disk. One call for tens of
    thousands of new files: a call for each would take longer than the build. Raises OSError."""
    syncfs = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
    if syncfs is None:  # not Linux
        os.sync()
    elif _on_open(folder, syncfs) != 0:
        raise OSError(ctypes.get_errno(), "the disk did not take what was written", str(folder))


def _on_open(folder: Path, call: Callable[[int], Any]) -> Any:
    handle = os.open(folder, os.O_RDONLY)
    try:
        return call(handle)
    finally:
        os.close(handle)


class ContentStore:
    """One folder; files lie at `<first two digits>/<hash>`. Paths are plain text inside: a build
    opens tens of thousands of files, and `Path` would cost as much as the disk. `verified`: what is
    read is compared with its hash."""

    def __init__(self, folder: Path, *, verified: bool = False) -> None:
        self._folder = str(folder)
        self._verified = verified
        self._made: set[str] = set()

    def path(self, digest: str) -> str:
        return f"{self._folder}/{digest[:2]}/{digest}"

    def put(self, content: bytes) -> str:
        """Stores the bytes unless they are there already; answers their hash."""
        digest = content_hash(content)
        path = self.path(digest)
        with suppress(FileNotFoundError):
            # A power cut can leave an empty file under the right name: the size tells.
            if os.stat(path).st_size == len(content):
                return digest
        shelf = path[:-65]
        if shelf not in self._made:
            os.makedirs(shelf, exist_ok=True)
            self._made.add(shelf)
        incoming = f"{shelf}/.{secrets.token_hex(8)}"
        try:
            with open(incoming, "wb") as file:
                file.write(content)
            os.replace(incoming, path)
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(incoming)
            raise
        return digest

    def put_json(self, value: Any) -> str:
        return self.put(canonical_json(value))

    def get(self, digest: str) -> bytes:
        """Raises FileNotFoundError for a hash that is not kept; a verified store `DamagedWork` for
        that too, and for bytes that are not those of the hash."""
        try:
            with open(self.path(digest), "rb", buffering=0) as file:
                content = file.read()
        except FileNotFoundError:
            if self._verified:
                raise DamagedWork(f"{digest} is gone") from None
            raise
        if self._verified and content_hash(content) != digest:
            raise DamagedWork(f"{digest} holds something else")
        return content

    def fetch(self, digests: Iterable[str]) -> None:
        """Says that these will be read, one after the other: a store that is far away brings them
        near, many at once."""

    def get_json(self, digest: str) -> Any:
        return json.loads(self.get(digest))

    def forget(self, digest: str) -> None:
        """Removes one content; absent is fine."""
        Path(self.path(digest)).unlink(missing_ok=True)

    def keep_only(self, wanted: Collection[str]) -> int:
        """Removes every content whose hash is not in `wanted`, and what a crash left half written;
        answers how many files went."""
        removed = 0
        with os.scandir(self._folder) as shelves:
            shelf_paths = [shelf.path for shelf in shelves if shelf.is_dir()]
        for shelf in shelf_paths:
            with os.scandir(shelf) as entries:
                for entry in entries:
                    if entry.name not in wanted:
                        Path(entry.path).unlink(missing_ok=True)
                        removed += 1
        return removed
