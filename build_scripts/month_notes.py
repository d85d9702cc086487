"""Short notes on months, kept between builds: what pages that span the months need of each of them
without reading its rows again.

In: for each month, the hash of all that its pages are made from. Out: the bytes that were noted
when they were made from the same, or None. Purely a cache: whoever asks can make the note anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from build_scripts.content_store import write_whole


class MonthNotes:
    """One file a month in `folder`, named by the month's hash in `made`; files of other names,
    notes on months as they were before, are removed."""

    def __init__(self, folder: Path, made: Mapping[str, str]) -> None:
        self._folder = folder
        self._made = made
        folder.mkdir(parents=True, exist_ok=True)
        wanted = frozenset(made.values())
        for path in folder.iterdir():
            if path.name not in wanted:
                path.unlink(missing_ok=True)

    def get(self, month: str) -> bytes | None:
        """What was noted of the month as it is now."""
        try:
            return self._path(month).read_bytes()
        except FileNotFoundError:
            return None

    def put(self, month: str, note: bytes) -> None:
        write_whole(self._path(month), note)

    def _path(self, month: str) -> Path:
        return self._folder / self._made[month]
