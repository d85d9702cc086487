"""Where a site is shown: the port `Place`, and the folder of one machine behind it.

In: paths of the site with hashes of kept contents; paths to remove. Out: files that readers see.
Each file is replaced whole. The folder's files are hard links to kept contents: nothing may write
into one. A stack's place is `bucket_site.py`.
"""
# Paths are plain text where a build touches tens of thousands of files.
# ruff: noqa: PTH103, PTH105, PTH108

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from build_scripts.content_store import ContentStore, flush_disk


class Place(Protocol):
    """All raise OSError, or what their client raises, and may then be called again."""

    name: str

    def is_empty(self) -> bool:
        """Whether nothing is shown yet."""

    def put(self, files: Sequence[tuple[str, str]]) -> None:
        """Shows these paths with these contents (hashes)."""

    def remove(self, paths: Sequence[str]) -> None:
        """Shows these no more; absent is fine."""

    def settle(self, kind: str) -> None:
        """After the last of them, before the publication (of this kind) is said to be shown."""


class PublicFolder(Place):
    """A folder, made if absent."""

    def __init__(self, target: Path, content: ContentStore) -> None:
        self.name = target.name
        self._target = target
        self._content = content

    def is_empty(self) -> bool:
        return not self._target.is_dir() or next(self._target.iterdir(), None) is None

    def put(self, files: Sequence[tuple[str, str]]) -> None:
        for path, digest in files:
            self._put(path, digest)

    def remove(self, paths: Sequence[str]) -> None:
        for path in paths:
            self._remove(path)

    def settle(self, kind: str) -> None:
        self._target.mkdir(parents=True, exist_ok=True)
        flush_disk(self._target)

    def _put(self, path: str, digest: str) -> None:
        target = f"{self._target}/{path}"
        folder = target.rpartition("/")[0]
        incoming = f"{folder}/.{secrets.token_hex(8)}"
        source = self._content.path(digest)
        try:
            try:
                _link(source, incoming)
            except FileNotFoundError:
                os.makedirs(folder, exist_ok=True)
                _link(source, incoming)
            os.replace(incoming, target)
        finally:
            # Replacing a file by a link to the same content leaves the new name standing too.
            with suppress(FileNotFoundError):
                os.unlink(incoming)

    def _remove(self, path: str) -> None:
        target = self._target / path
        target.unlink(missing_ok=True)
        for folder in target.parents:
            if folder == self._target:
                return
            with suppress(OSError):  # not empty: it stays
                folder.rmdir()


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except (PermissionError, NotImplementedError):  # a file system without hard links
        shutil.copyfile(source, target)
