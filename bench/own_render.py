"""A process of `bench.build`: our own pages of cases, twins and month lists, each written once.

In: the partition files of a data folder that was built before, what a build holds when it comes to
its months (`Held`, as `bench.build` wrote it), a fresh folder. Out: the files. What Hugo does in
the same run; the rest of a nightly build (snapshot, figures, checks, publishing) is measured by
`own_build`.
"""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple

from build_scripts.content_store import ContentStore
from build_scripts.pages_cases import write_month
from build_scripts.pages_writer import PageWriter
from build_scripts.partitions import MonthManifest, kept_month
from build_scripts.site_shell import Shells
from build_scripts.worker_processes import in_processes
from suishou.domain.programme import Programme


class Held(NamedTuple):
    """The programme, the frame, and which part files each month is made of."""

    programme: Programme
    shells: Shells
    months: Mapping[str, MonthManifest]


def main(snapshot: Path, held: Path, out: Path) -> None:
    """Renders every month, in as many processes as there are cores."""
    given: Held = pickle.loads(held.read_bytes())  # noqa: S301 - written by bench.build
    store = ContentStore(snapshot / "content", verified=True)
    work = partial(_render, given, store, str(out))
    for _ in in_processes(list(given.months), work, len(os.sched_getaffinity(0))):
        pass


def _render(given: Held, store: ContentStore, out: str, month: str) -> None:
    made: set[str] = set()

    def write(path: str, content: bytes) -> None:
        target = f"{out}/{path}"
        folder = target.rpartition("/")[0]
        if folder not in made:
            os.makedirs(folder, exist_ok=True)  # noqa: PTH103 - tens of thousands of files
            made.add(folder)
        file = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        try:
            os.write(file, content)
        finally:
            os.close(file)

    rows, lines = kept_month(store, given.months[month])
    write_month(PageWriter(given.programme, given.shells, write), month, rows, lines=lines)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
