"""Reports accepted per second over HTTP, on the real local host and on a bare endpoint.

In: a folder on a real disk. Out: `Measured`: for 1 and 16 clients, runs of both in turn, so that
what else the machine does falls on both alike; their ratio is the median of the pairs' ratios.
Every run has a fresh process and a fresh file; clients are a process of their own; each is bounded
in time and number. The host's workers run meanwhile, as they do in earnest.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

from bench.process import run_python, server

CLIENTS = (1, 16)
REPORTS_MAX = 40_000  # no more than this in a run, however fast the machine
WARM_UP_SECONDS = 0.5
DRAIN_SECONDS_MAX = 300.0
AIM = 1 / 3  # of the bare endpoint's reports per second


@dataclass(frozen=True)
class Run:
    """One run of one host. `processor_ms` is what the server spent on a report, in all its threads
    (projections included); `waiting` counts cases whose public rows were still to be written at its
    end, which then took `drain_seconds`."""

    reports: int
    per_second: float
    p50_ms: float
    p99_ms: float
    processor_ms: float
    waiting: int
    drain_seconds: float


@dataclass(frozen=True)
class Measured:
    """All runs with so many clients: `pairs` are (ours, bare), one after the other."""

    clients: int
    pairs: tuple[tuple[Run, Run], ...]

    @property
    def ratios(self) -> tuple[float, ...]:
        """Ours to bare, pair by pair."""
        return tuple(ours.per_second / bare.per_second for ours, bare in self.pairs)

    @property
    def ratio(self) -> float:
        return median(self.ratios)

    @property
    def ours(self) -> Run:
        return middle([ours for ours, _ in self.pairs])

    @property
    def bare(self) -> Run:
        return middle([bare for _, bare in self.pairs])


def measure_reports(
    folder: Path, *, pairs: int, seconds: float, tell: Callable[[str], None]
) -> tuple[Measured, ...]:
    """Runs everything; about `pairs` x 4 x (`seconds` + 2) seconds. `folder` is used and left."""
    measured = []
    for clients in CLIENTS:
        runs = []
        for number in range(pairs):
            pair = [
                _run(module, folder / f"{module}-{clients}-{number}", clients, seconds)
                for module in ("bench.own_host", "bench.bare_host")
            ]
            ours, bare = pair
            tell(f"{clients} clients: {ours.per_second:.0f} of {bare.per_second:.0f} reports/s")
            runs.append((ours, bare))
        measured.append(Measured(clients, tuple(runs)))
    return tuple(measured)


def _run(module: str, folder: Path, clients: int, seconds: float) -> Run:
    try:
        with server(module, folder) as host:
            _load(host.port, clients, WARM_UP_SECONDS, "warm-up")
            began = host.processor_seconds()
            took, lasted = _load(host.port, clients, seconds, "run")
            processor_ms = (host.processor_seconds() - began) / len(took) * 1000
            waiting = not_projected(folder / "private.sqlite3")
            drain_seconds = _drained(folder / "private.sqlite3")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    cuts = quantiles(took, n=100, method="inclusive")
    return Run(
        len(took), len(took) / lasted, cuts[49], cuts[98], processor_ms, waiting, drain_seconds
    )


def _load(port: int, clients: int, seconds: float, name: str) -> tuple[Sequence[float], float]:
    arguments = ("-m", "bench.load", port, clients, seconds, REPORTS_MAX, name)
    outcome = json.loads(run_python([str(argument) for argument in arguments]).output)
    return outcome["milliseconds"], outcome["seconds"]


def _drained(path: Path) -> float:
    """Seconds until every case is projected, nobody posting any more."""
    began = time.monotonic()
    while not_projected(path):
        if time.monotonic() - began > DRAIN_SECONDS_MAX:
            raise RuntimeError("the change feed is not worked")
        time.sleep(0.05)
    return time.monotonic() - began


def not_projected(path: Path) -> int:
    if not path.exists():
        return 0
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return int(connection.execute("SELECT count(*) FROM changes").fetchone()[0])
    finally:
        connection.close()


def middle(runs: Sequence[Run]) -> Run:
    """The median of each figure over the runs."""
    return Run(
        int(median(run.reports for run in runs)),
        median(run.per_second for run in runs),
        median(run.p50_ms for run in runs),
        median(run.p99_ms for run in runs),
        median(run.processor_ms for run in runs),
        int(median(run.waiting for run in runs)),
        median(run.drain_seconds for run in runs),
    )
