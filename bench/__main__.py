"""`python -m bench` (`make bench`): everything in one run, as a Markdown report.

In: options. Out: the report on stdout, progress on stderr, the figures as JSON where asked. A
report, not a test: it fails only when something cannot be measured.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sqlite3
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Any

PROJECT = Path(__file__).parents[1]
sys.path[:0] = [str(PROJECT / "functions"), str(PROJECT)]

from bench.build import FIRST, RENDER, Built, measure_builds  # noqa: E402 - the path comes first
from bench.cold import AIM as COLD_AIM  # noqa: E402
from bench.cold import Cold, Packaged, measure_cold  # noqa: E402
from bench.night import Night, measure_nights  # noqa: E402
from bench.reports import AIM, Measured, measure_reports  # noqa: E402
from bench.table import markdown_table  # noqa: E402


def main(arguments: Sequence[str]) -> None:
    """Measures and prints."""
    asked = _parsed(arguments)
    folder: Path = asked.folder
    folder.mkdir(parents=True, exist_ok=True)
    before = os.getloadavg()[0]
    reports = builds = nights = ()
    starts: tuple[Sequence[Packaged], Cold] | None = None
    try:
        if asked.only in ("", "reports"):
            pairs, seconds = (2, 2.0) if asked.quick else (7, 4.0)
            reports = measure_reports(folder, pairs=pairs, seconds=seconds, tell=_tell)
        if asked.only in ("", "build"):
            numbers = (200,) if asked.quick else (1_000, 10_000)
            builds = measure_builds(folder, numbers, tell=_tell)
        if asked.only in ("", "night"):
            numbers = (500, 1_000) if asked.quick else (10_000, 100_000)
            nights = measure_nights(folder, numbers, tell=_tell)
        if asked.only in ("", "cold"):
            starts = measure_cold(folder, turns=5 if asked.quick else 25, tell=_tell)
    finally:
        with suppress(OSError):  # somebody else's files stay
            folder.rmdir()
    machine = machine_line(before)
    texts = (machine, reports_text(reports), builds_text(builds), nights_text(nights))
    texts += (starts_text(*starts),) if starts else ()
    print("\n\n".join(filter(None, texts)))
    if asked.json:
        figures = {"machine": machine, "reports": _plain(reports), "builds": _plain(builds)}
        figures["nights"] = _plain(nights)
        figures["starts"] = [*_plain(starts[0]), *_plain([starts[1]])] if starts else []
        asked.json.write_text(json.dumps(figures, ensure_ascii=False, indent=1), encoding="utf-8")


def machine_line(load_before: float) -> str:
    """What ran this, and how busy others kept it: a load above 0 at the start was not ours."""
    return (
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}; "
        f"load average of others at the start {load_before:.1f}"
    )


def reports_text(reports: Sequence[Measured]) -> str:
    """Both hosts with each number of clients, and the ratios."""
    if not reports:
        return ""
    head = ("clients", "host", "reports/s", "p50 ms", "p99 ms", "CPU ms a report", "to project")
    rows = []
    for measured in reports:
        for name, run in (("Suishou", measured.ours), ("bare insert", measured.bare)):
            later = f"{run.waiting} in {run.drain_seconds:.1f} s" if run.waiting else ""
            figures = (f"{run.per_second:.0f}", f"{run.p50_ms:.2f}", f"{run.p99_ms:.2f}")
            rows.append((measured.clients, name, *figures, f"{run.processor_ms:.2f}", later))
    ratios = "; ".join(
        f"{m.clients} client{'s' if m.clients > 1 else ''}: {m.ratio:.2f} of the bare endpoint "
        f"({min(m.ratios):.2f} to {max(m.ratios):.2f} over {len(m.pairs)} pairs)"
        for m in reports
    )
    return (
        "## Reports accepted over HTTP (SQLite, WAL, synchronous=FULL)\n\n"
        f"{markdown_table(head, rows)}\n\nRatio, {ratios}; the aim is at least {AIM:.2f}."
    )


def builds_text(builds: Sequence[Built]) -> str:
    """Every build, and the steps of ours."""
    if not builds:
        return ""
    head = ("cases", "build", "tool", "seconds", "CPU s", "peak MiB", "files")
    whole = [b for b in builds if b.kind != RENDER]
    rows = [
        (
            *(b.cases, b.kind, b.tool if b.steps or b.kind == FIRST else f"{b.tool} --dirty"),
            *(f"{b.seconds:.2f}", f"{b.processor_seconds:.2f}", f"{b.peak_mib:.0f}", b.files),
        )
        for b in sorted(whole, key=lambda b: (b.cases, b.kind != FIRST, b.kind, b.tool))
    ]
    ours = [b for b in builds if b.steps]
    steps = list(ours[0].steps)
    by_step = [(b.cases, b.kind, *(b.steps[step] for step in steps)) for b in ours]
    return (
        f"## Builds, each a process of its own\n\n{markdown_table(head, rows)}\n\n"
        f"{_beside_hugo(builds)}Suishou by step, milliseconds:\n\n"
        f"{markdown_table(('cases', 'build', *steps), by_step)}"
    )


def _beside_hugo(builds: Sequence[Built]) -> str:
    """How much faster the pages of cases are written than Hugo writes them, in pairs."""
    head = ("cases", "files", "ours s", "CPU s", "Hugo s", "CPU s", "Hugo MiB", "Hugo ÷ ours")
    rows = []
    for number in sorted({b.cases for b in builds if b.tool == "Hugo"}):
        ours, hugo = (
            [b for b in builds if (b.cases, b.kind, b.tool) == (number, RENDER, tool)]
            for tool in ("Suishou", "Hugo")
        )
        ratios = [two.seconds / one.seconds for one, two in zip(ours, hugo, strict=True)]
        rows.append(
            (
                *(number, ours[0].files, _range([b.seconds for b in ours])),
                *(_range([b.processor_seconds for b in ours]), _range([b.seconds for b in hugo])),
                _range([b.processor_seconds for b in hugo]),
                *(f"{median(b.peak_mib for b in hugo):.0f}", _range(ratios)),
            )
        )
    if not rows:
        return ""
    return (
        f"Beside Hugo, {RENDER}, in turns; the aim is 4 times as fast:\n\n"
        f"{markdown_table(head, rows)}\n\n"
    )


def _range(values: Sequence[float]) -> str:
    """A median, and between which values it lies."""
    return f"{median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


def nights_text(nights: Sequence[Night]) -> str:
    """A night with the same changes on sites of different ages."""
    if not nights:
        return ""
    steps = list(nights[0].steps)
    told = ("first build s", "its peak MiB", "a night s", "without frame and publishing s")
    told = (*told, "CPU s", "peak MiB")
    rows = [
        (
            *(n.cases, n.months, f"{n.first_seconds:.0f}", f"{n.first_peak_mib:.0f}"),
            *(
                f"{n.seconds:.2f}",
                f"{n.rest:.2f} ({_span(n.every_rest)})",
            ),
            *(f"{n.processor_seconds:.2f}", f"{n.peak_mib:.0f}"),
        )
        for n in nights
    ]
    by_step = [(n.cases, *(n.steps[step] for step in steps)) for n in nights]
    pairs = zip(nights[-1].every_rest, nights[0].every_rest, strict=True)
    ratio = median(old / young for old, young in pairs)
    return (
        "## A night with 100 changed cases in six months, the same intake a month\n\n"
        f"{markdown_table(('cases', 'months', *told), rows)}\n\n"
        f"Ratio {ratio:.2f}, the median of nights in turn; the aim is at most 1.5, "
        "and under 3 s at 100,000.\n\n"
        f"{markdown_table(('cases', *steps), by_step)}"
    )


def _span(values: Sequence[float]) -> str:
    return f"{min(values):.2f} to {max(values):.2f}"


def starts_text(packages: Sequence[Packaged], cold: Cold) -> str:
    """Every function's package and import, and the first answer beside the yardstick."""
    rows = [
        (p.name, f"{p.unpacked_mib:.1f}", f"{p.zipped_mib:.1f}", f"{p.import_ms:.0f}")
        for p in packages
    ]
    sides = [
        ("boto3 and one client", f"{cold.yardstick_cpu_ms:.0f}", f"{cold.yardstick_wall_ms:.0f}"),
        ("intake, first report", f"{cold.ours_cpu_ms:.0f}", f"{cold.ours_wall_ms:.0f}"),
    ]
    return (
        "## Cold starts\n\n"
        f"{markdown_table(('function', 'unpacked MiB', 'zipped MiB', 'import CPU ms'), rows)}\n\n"
        f"{markdown_table(('process', 'CPU ms', 'wall ms'), sides)}\n\n"
        f"Ratio {cold.cpu_ratio:.2f} of processor time, {cold.wall_ratio:.2f} of wall time, "
        f"medians of {cold.turns} turns; the aim is at most {COLD_AIM:.1f}."
    )


def _plain(measured: Sequence[Any]) -> list[dict[str, Any]]:
    return [asdict(one) for one in measured]


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="under a minute; figures are rough")
    parser.add_argument("--only", choices=("reports", "build", "night", "cold"), default="")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there too")
    parser.add_argument(
        "--folder",
        type=Path,
        default=PROJECT / "build" / "bench",
        help="where data go while measuring: on a real disk, not in memory (default build/bench)",
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
