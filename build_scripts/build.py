"""The nightly build, top to bottom: snapshot → measures → frame → pages → check → publish → tidy.

In: a `System` (of which only the programme, the public table and the public photos are read), the
public folder `out`, and `work`, a folder kept between builds. Out: the public folder as the data
say, and a `BuildResult`. A step that fails leaves yesterday's site whole. The same data give the
same bytes, whether everything was rendered or only what changed.
"""

from __future__ import annotations

import logging
import resource
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from build_scripts import gather
from build_scripts.check import CheckFailed, Site, SiteProblem, check_site
from build_scripts.content_store import DamagedWork
from build_scripts.freeze import freeze
from build_scripts.pages import render_pages
from build_scripts.privacy_scan import PrivacyScan
from build_scripts.publications import Publication, Publications
from build_scripts.publish import Published, publish, subtract
from build_scripts.rules_history import rules_history
from build_scripts.site import build_shells
from build_scripts.site_data import ShellFiles, SiteData
from build_scripts.snapshot import (
    ROOTS_KEPT,
    Snapshot,
    clear_dirty,
    drop_old_content,
    take_snapshot,
    tombstone_ids,
)
from build_scripts.stage import stage
from build_scripts.summaries import Summary, drop_old_summaries, summarise
from build_scripts.take_down import forget_in_kept
from build_scripts.verify_build import figure_check
from build_scripts.worker_processes import in_processes, processes_for
from suishou.domain.programme import Programme
from suishou.services.system import System
from suishou.storage.table import Require, Table

log = logging.getLogger("suishou.build")
SNAPSHOT, SUMMARIES = "snapshot", "summaries"  # in the work folder
SITE_SRC = Path(__file__).parent.parent / "site_src"

MakeShells = Callable[[Programme, Path, Path], Any]
Check = Callable[[int, Callable[[], None]], object]  # given processes and beat; raises CheckFailed
Progress = Callable[[str, int], None]  # a step's name as it begins, and how many steps there are
STEPS = ("snapshot", "measures", "frame", "pages", "check", "publish", "tidy")


@dataclass(frozen=True)
class BuildResult:
    """What a build did. `milliseconds` by step; `memory_bytes_max` is the highest resident memory
    of the process so far; `months` those rendered again; `files` counts the whole public folder."""

    build_id: str
    publication: int
    months: tuple[str, ...]
    cases: int
    shown: int
    files: int
    files_made: int
    files_written: int
    files_removed: int
    rows_read: int
    milliseconds: dict[str, int]
    memory_bytes_max: int

    def to_json(self) -> dict[str, Any]:
        """Integers and text alone, fit for the build's history."""
        return {**asdict(self), "months": list(self.months)}


@dataclass(frozen=True)
class Guard:
    """What lets a builder with a lease be stopped. `check` raises when the lease is lost, and is
    asked before each publishing step; `beat` is called often, for renewing; `condition` goes into
    the writes that clear dirty rows."""

    check: Callable[[], None] = lambda: None
    beat: Callable[[], None] = lambda: None
    condition: Callable[[], Require | None] = lambda: None


def build(
    system: System,
    out: Path,
    work: Path,
    *,
    force: bool = False,
    guard: Guard = Guard(),
    progress: Progress = lambda step, steps: None,
    site_src: Path = SITE_SRC,
    make_shells: MakeShells = build_shells,
    render: Callable[..., None] = render_pages,
    processes: int = 0,
) -> BuildResult:
    """Builds and publishes the site. `force` renders and writes everything again; `processes` work
    side by side (0: as many as are worth it), which shows in no byte.

    Raises `CheckFailed` or `FiguresDiffer` when the site is not fit to be published, whatever
    `guard` raises, and the errors of storage, templates and disk; after each the public folder
    holds what it held before, and the same rows stay dirty. A damaged work folder costs a build
    from all rows, no more.
    """
    wishes = (force, guard, progress, site_src, make_shells, render, processes)
    try:
        return _build(system, out, work, *wishes)
    except DamagedWork as damage:
        log.warning("build: work folder damaged, starting from all rows: %s", damage)
        for kept in (SNAPSHOT, SUMMARIES):
            shutil.rmtree(work / kept, ignore_errors=True)
        return _build(system, out, work, *wishes)


def _build(
    system: System,
    out: Path,
    work: Path,
    force: bool,
    guard: Guard,
    progress: Progress,
    site_src: Path,
    make_shells: MakeShells,
    render: Callable[..., None],
    processes: int,
) -> BuildResult:
    clock, public = _Clock(progress), system.public
    publications = Publications(out)
    standing = publications.current()
    with clock.step("snapshot"):
        snapshot = take_snapshot(public, work / SNAPSHOT)
    with clock.step("measures"):
        summary = summarise(snapshot, work / SUMMARIES, guard.beat, processes)
        frozen = freeze(public, summary, system.programme.loop)
    with clock.step("frame"):
        shells: ShellFiles = make_shells(system.programme, site_src, _made(work / "mkdocs"))
        history = rules_history(site_src.parent / "programmes" / system.programme.name)
        inputs = gather.inputs_hash(system.programme, site_src, history)
        full = force or standing.inputs != inputs
    with clock.step("pages"):
        made = gather.made_from(snapshot, inputs, frozen.figures, summary.closings)
        changed = gather.changed_months(standing, made, full=full)
        data = gather.site_data(system, snapshot, summary, changed, history, frozen.figures)
        staged, files_made = stage(
            data,
            shells,
            render,
            publications=publications,
            standing=standing,
            photos=system.public_photos,
            snapshot=snapshot,
            made=made,
            inputs=inputs,
            work=work,
            beat=guard.beat,
            processes=processes,
            full=full,
        )
    with clock.step("check"):
        site = Site(publications, staged, urlsplit(shells.address).path or "/")
        # What was taken down while pages were rendered must not fail the check for its lost photos.
        staged = subtract(publications, staged, tombstone_ids(public))
        checks = _checks(site, replace(site, staged=staged), standing, data, work, full)
        _pass_all(checks, full, guard, processes)
    with clock.step("publish"):
        guard.check()
        frozen.keep(public, guard.condition)
        published = publish(
            publications, staged, lambda: tombstone_ids(public), guard.check, rewrite_all=force
        )
    with clock.step("tidy"):
        _tidy(publications, published, snapshot, public, work, guard)
    files = publications.count_files(published.publication)
    return _result(snapshot, summary, data, published, files, files_made, clock)


def _result(
    snapshot: Snapshot,
    summary: Summary,
    data: SiteData,
    published: Published,
    files: int,
    files_made: int,
    clock: _Clock,
) -> BuildResult:
    return BuildResult(
        build_id=snapshot.build_id,
        publication=published.publication.number,
        months=tuple(sorted(data.changed_months, reverse=True)),
        cases=summary.measures.overall.reported,
        shown=sum(summary.shown.values()),
        files=files,
        files_made=files_made,
        files_written=published.written,
        files_removed=published.removed,
        rows_read=len(snapshot.seen),
        milliseconds=clock.milliseconds,
        memory_bytes_max=memory_bytes_max(),
    )


def _checks(
    rendered: Site, site: Site, standing: Publication, data: SiteData, work: Path, full: bool
) -> list[Check]:
    """Figures as they were rendered; everything else of what will be published."""
    return [
        lambda processes, beat: figure_check(rendered, standing, work, everything=full),
        lambda processes, beat: check_site(
            site, standing, _scan(data), everything=full, beat=beat, processes=processes
        ),
    ]


def _pass_all(checks: list[Check], full: bool, guard: Guard, processes: int) -> None:
    """Runs the checks: one after the other, each in as many processes as it likes, when everything
    is checked; else side by side. Raises `CheckFailed` with what all of them found."""
    count = 1 if full else processes or processes_for(len(checks), len(checks))

    def problems(check: Check) -> Sequence[SiteProblem]:
        try:
            # In a process of its own a check starts no others, and leaves the lease to this one.
            check(*((1, lambda: None) if count > 1 else (processes, guard.beat)))
        except CheckFailed as failed:
            return failed.problems
        return ()

    found = [p for _, some in in_processes(checks, problems, count, guard.beat) for p in some]
    if found:
        raise CheckFailed(found)


def _scan(data: SiteData) -> PrivacyScan:
    """Numbers of the programme and its stations are meant to be read; no others are."""
    return PrivacyScan([gather.plain(data.programme), gather.plain(data.stations)])


def memory_bytes_max() -> int:
    """The highest resident memory of this process and of any it waited for."""
    unit = 1 if sys.platform == "darwin" else 1024
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(kind).ru_maxrss for kind in kinds) * unit


def _tidy(
    publications: Publications,
    published: Published,
    snapshot: Snapshot,
    public: Table,
    work: Path,
    guard: Guard,
) -> None:
    """What was published is dirty no more. Old contents go; those of a case that was taken down go
    at once, from everywhere."""
    guard.check()
    clear_dirty(public, snapshot, guard.condition)
    tombstones = tombstone_ids(public)
    with publications.locked():
        known = tombstones & published.publication.tombstones
        forget_in_kept(publications, known)
        publications.drop_old()
    touched = {dirty.case_id for dirty in snapshot.seen}
    drop_old_content(work / SNAPSHOT, snapshot, kept=1 if tombstones & touched else ROOTS_KEPT)
    drop_old_summaries(work / SUMMARIES, snapshot)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


class _Clock:
    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self.milliseconds: dict[str, int] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Times one named step."""
        self._progress(name, len(STEPS))
        began = time.perf_counter()
        yield
        self.milliseconds[name] = round((time.perf_counter() - began) * 1000)
