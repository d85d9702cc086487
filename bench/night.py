"""A night with 100 changed cases on a young and on an old site, with the same intake a month.

In: a folder, numbers of cases. Out: `Night`, one for each number: the first build, and the median
of a few nights whose changes lie in six months. Every build is a process of its own, start-up
included. Publishing and MkDocs' own frame are told apart from the rest. The rows are written by
processes of their own too (`python -m bench.night DATA NUMBER NIGHT`): a process begins its life
with the peak memory of the one that started it.
"""

from __future__ import annotations

import json
import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from bench.cases import case, changed, insert_rows, replace_rows
from bench.process import PROJECT, Ran, run_python
from suishou.domain.public_row import PublicRow
from suishou.services.load_programme import load_programme
from suishou.wiring import close, local_system

PROGRAMME = PROJECT / "programmes" / "tonggu"
CASES_A_MONTH = 417
LAST_MONTH = date(2026, 6, 1)
CHANGES, MONTHS_TOUCHED, NIGHTS = 100, 6, 5
APART = ("frame", "publish")


@dataclass(frozen=True)
class Night:
    """Seconds by the wall; `steps` the milliseconds of the median night; `rest` is the whole
    process without the steps of `APART`, `every_rest` that of each night in turn."""

    cases: int
    months: int
    first_seconds: float
    first_peak_mib: float
    files: int
    seconds: float
    rest: float
    processor_seconds: float
    peak_mib: float
    steps: dict[str, int]
    every_rest: tuple[float, ...]


class _Ran(NamedTuple):
    rest: float
    done: Ran
    steps: dict[str, int]


def measure_nights(
    folder: Path, numbers: Sequence[int], tell: Callable[[str], None]
) -> tuple[Night, ...]:
    """Every number's first build, each in a fresh folder inside `folder`; then its nights, one
    number after the other, so that whatever else the machine does befalls them alike. The first
    night looks at everything that a first build does not remember, and is not counted."""
    with TemporaryDirectory(dir=folder) as work:
        places = {number: Path(work) / str(number) for number in numbers}
        first = {number: _first(place, number) for number, place in places.items()}
        ran: dict[int, list[_Ran]] = {number: [] for number in numbers}
        for night in range(NIGHTS + 1):
            for number, place in places.items():
                done = _night(place, number, night + 1)
                if night:
                    ran[number].append(done)
                tell(f"night {night}, {number} cases: {done.rest:.2f} s")
    return tuple(_told(number, *first[number], ran[number]) for number in numbers)


def _first(place: Path, number: int) -> tuple[Ran, int]:
    run_python(["-m", "bench.night", place / "data", str(number), "0"])
    first = run_python(["-m", "bench.own_build", place / "data", place / "public"])
    return first, json.loads(first.output.splitlines()[-1])["files"]


def _night(place: Path, number: int, night: int) -> _Ran:
    run_python(["-m", "bench.night", place / "data", str(number), str(night)])
    done = run_python(["-m", "bench.own_build", place / "data", place / "public"])
    steps: dict[str, int] = json.loads(done.output.splitlines()[-1])["milliseconds"]
    return _Ran(done.seconds - sum(steps[name] for name in APART) / 1000, done, steps)


def _told(number: int, first: Ran, files: int, ran: Sequence[_Ran]) -> Night:
    median = sorted(ran, key=lambda one: one.rest)[len(ran) // 2]
    return Night(
        cases=number,
        months=-(-number // CASES_A_MONTH),
        first_seconds=first.seconds,
        first_peak_mib=first.peak_mib,
        files=files,
        seconds=statistics.median(one.done.seconds for one in ran),
        rest=median.rest,
        processor_seconds=median.done.processor_seconds,
        peak_mib=median.done.peak_mib,
        steps=median.steps,
        every_rest=tuple(one.rest for one in ran),
    )


def write_input(data: Path, number: int, night: int) -> None:
    """Night 0: all the rows; any other: the changes of that night."""
    rows = steady_cases(number)
    system = local_system(PROGRAMME, data, synchronous="OFF")  # throw-away data
    if night:
        replace_rows(system.public, [changed(row, night) for row in touched(rows)])
    else:
        insert_rows(system.public, rows)
    close(system)


def steady_cases(number: int) -> Sequence[PublicRow]:
    """So many cases, `CASES_A_MONTH` in each month up to `LAST_MONTH`, oldest first."""
    programme = load_programme(PROGRAMME)
    rows = []
    for index in range(number):
        months_ago, position = divmod(number - 1 - index, CASES_A_MONTH)
        months = LAST_MONTH.year * 12 + LAST_MONTH.month - 1 - months_ago
        first = date(months // 12, months % 12 + 1, 1)
        day = first + timedelta(days=(CASES_A_MONTH - 1 - position) * 28 // CASES_A_MONTH)
        rows.append(replace(case(index, day, programme), month=first.isoformat()[:7]))
    return rows


def touched(rows: Sequence[PublicRow]) -> Sequence[PublicRow]:
    """`CHANGES` cases: most of the newest month, the others of the five before it."""
    months = sorted({row.month for row in rows})[-MONTHS_TOUCHED:]
    share = CHANGES // (MONTHS_TOUCHED + 4)
    chosen: list[PublicRow] = []
    for month in months[:-1]:
        chosen += [row for row in rows if row.month == month][:share]
    newest = [row for row in rows if row.month == months[-1]]
    return [*chosen, *newest[: CHANGES - len(chosen)]]


if __name__ == "__main__":
    write_input(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
