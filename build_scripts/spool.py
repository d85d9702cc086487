"""Lines sorted into named heaps on disk, so that memory does not grow with the number of cases.

In: a heap's name and a line at a time, in any order. Out: each heap's lines in the order they came.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from pathlib import Path
from types import TracebackType

LINES_IN_MEMORY_MAX = 20_000  # of a few hundred bytes: some megabytes


class Spool:
    """A context manager: the folder it writes to is removed at the end. Names are file names."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._temporary = tempfile.TemporaryDirectory(prefix="spool-", dir=folder)
        self._folder = Path(self._temporary.name)
        self._heaps: dict[str, list[bytes]] = defaultdict(list)
        self._names: set[str] = set()
        self._waiting = 0

    def __enter__(self) -> Spool:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._temporary.cleanup()

    def add(self, name: str, line: bytes) -> None:
        """Appends a line (without its line feed) to a heap."""
        self._names.add(name)
        self._heaps[name].append(line)
        self._waiting += 1
        if self._waiting >= LINES_IN_MEMORY_MAX:
            self._flush()

    def names(self) -> list[str]:
        return sorted(self._names)

    def lines(self, name: str) -> list[bytes]:
        """All lines of a heap, in the order they were added; [] for a name never used."""
        path = self._folder / name
        written = path.read_bytes().splitlines() if path.exists() else []
        return written + self._heaps.get(name, [])

    def _flush(self) -> None:
        for name, lines in self._heaps.items():
            with (self._folder / name).open("ab") as heap:
                heap.writelines(line + b"\n" for line in lines)
        self._heaps.clear()
        self._waiting = 0
