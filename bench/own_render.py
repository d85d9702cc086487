"""A process of `bench.build`: our own pages of cases, twins and month lists, each written once.

In: a data folder that was built before (its part files), the frame as the build keeps it, a fresh
folder. Out: the files. What Hugo does in the same run; the rest of a nightly build (snapshot,
figures, checks, publishing) is measured by `own_build`.
"""

from __future__ import annotations

import os
import pickle
import sys
from functools import partial
from pathlib import Path

from build_scripts.pages_cases import write_month
from build_scripts.pages_writer import PageWriter
from build_scripts.site import Shells
from build_scripts.snapshot import Snapshot, take_snapshot
from build_scripts.worker_processes import in_processes
from suishou.domain.programme import Programme
from suishou.wiring import close, local_system

PROGRAMME = Path(__file__).parents[1] / "programmes" / "tonggu"


def main(data: Path, frame: Path, out: Path) -> None:
    """Renders every month of the last snapshot, in as many processes as there are cores."""
    system = local_system(PROGRAMME, data)
    try:
        standing = take_snapshot(system.public, data / "build" / "snapshot")
        shells: Shells = pickle.loads(frame.read_bytes())  # noqa: S301 - written by bench.build
        work = partial(_render, standing, system.programme, shells, str(out))
        for _ in in_processes(list(standing.months), work, len(os.sched_getaffinity(0))):
            pass
    finally:
        close(system)


def _render(snapshot: Snapshot, programme: Programme, shells: Shells, out: str, month: str) -> None:
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

    write_month(PageWriter(programme, shells, write), month, snapshot.rows(month))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
