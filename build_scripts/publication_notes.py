"""The small files that say which publications are kept and which of them is shown.

In: a name (`current.json`, `builds/00000007.json`) and bytes. Out: the same bytes. A write that
returned is durable and whole. A stack keeps them in a bucket: `bucket_kept.py`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from build_scripts.content_store import flush_disk, write_whole

BUILDS = "builds/"


class Notes(Protocol):
    def read(self, name: str) -> bytes | None:
        """None when there is none of that name."""

    def write(self, name: str, content: bytes) -> None:
        """Replaces what was there."""

    def remove(self, name: str) -> None:
        """Absent is fine."""

    def builds(self) -> list[str]:
        """The names below BUILDS, newest publication first."""

    def settle(self) -> None:
        """After this, the contents kept beside the notes are as durable as they are."""


class FolderNotes(Notes):
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        (folder / BUILDS).mkdir(parents=True, exist_ok=True)

    def read(self, name: str) -> bytes | None:
        try:
            return (self._folder / name).read_bytes()
        except FileNotFoundError:
            return None

    def write(self, name: str, content: bytes) -> None:
        write_whole(self._folder / name, content, durable=True)

    def remove(self, name: str) -> None:
        (self._folder / name).unlink(missing_ok=True)

    def builds(self) -> list[str]:
        found = (path.name for path in (self._folder / BUILDS).glob("*.json"))
        return [f"{BUILDS}{name}" for name in sorted(found, reverse=True)]

    def settle(self) -> None:
        flush_disk(self._folder)
