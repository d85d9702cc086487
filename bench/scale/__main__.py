"""`python -m bench.scale`: the storm and the lives, told beside DynamoDB's limits; 1 if one breaks.

In: how many reports a second for how many seconds. Out: a report on stdout. docs/scale.md explains
it. Nothing leaves this machine: units are counted, not spent.
"""

from __future__ import annotations

import argparse
import itertools
import logging
import sys
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from math import ceil
from pathlib import Path

from bench.scale import limits
from bench.scale.bill import bill_text
from bench.scale.contention import contention
from bench.scale.meter import MeteredTable, Units
from bench.scale.storm import Clock, Where, everywhere, lives, one_spot, storm
from suishou.services.system import System
from suishou.wiring import close, local_system

PROGRAMME = Path(__file__).parents[2] / "programmes" / "tonggu"
MORNING = datetime(2026, 5, 13, 0, 30, tzinfo=UTC)  # a Wednesday, 08:30 in China
LIVES = 200
PARALLEL_BATCHES = 10  # ParallelizationFactor of the stream's event source in template.yaml
REQUEST_SECONDS = 0.006
REDEMPTIONS_A_SECOND = (1, 5, 20, 50)
SIZES = (("一县", 10_000, 1), ("一市", 1_000_000, 1), ("一省（百个县各自一套）", 1_000_000, 100))


def main(arguments: list[str]) -> int:
    asked = _parser().parse_args(arguments)
    logging.disable(logging.ERROR)
    broken = []
    for name, choose in (("各街道均匀", everywhere), ("全部来自一个社区、一个类别", one_spot)):
        with tempfile.TemporaryDirectory() as folder:
            system, clock = _system(Path(folder))
            where: Where = choose(system)
            requests = storm(system, clock, where, asked.rate, asked.seconds, _progress)
            tables = _tables(system)
            print(f"\n## Storm: {asked.rate} reports/s for {asked.seconds} s, {name}\n")
            for table, units in tables.items():
                print(_storm_text(table, units))
                broken += [f"{name}: {found}" for found in _broken(table, units)]
            print(_lag_text(requests, tables["private"], asked.rate, asked.seconds))
            close(system)
    with tempfile.TemporaryDirectory() as folder:
        system, clock = _system(Path(folder))
        lives(system, clock, LIVES)
        print(_lives_text(_tables(system)))
        close(system)
    print(bill_text())
    print(_contention_text())
    for line in broken:
        print(f"OVER THE LIMIT: {line}")
    return 1 if broken else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.scale")
    parser.add_argument("--rate", type=int, default=1_000, help="reports a second")
    parser.add_argument("--seconds", type=int, default=20, help="600 for the whole ten minutes")
    return parser


def _system(folder: Path) -> tuple[System, Clock]:
    clock, numbers = Clock(MORNING), itertools.count()
    system = local_system(
        PROGRAMME, folder, now=clock, token=lambda: f"t{next(numbers)}", synchronous="OFF"
    )
    return replace(
        system,
        private=MeteredTable(system.private, clock),
        public=MeteredTable(system.public, clock),
    ), clock


def _tables(system: System) -> dict[str, Units]:
    assert isinstance(system.private, MeteredTable)  # noqa: S101 - made above
    assert isinstance(system.public, MeteredTable)  # noqa: S101
    return {"private": system.private.units, "public": system.public.units}


def _storm_text(name: str, units: Units) -> str:
    writes, reads = units.busiest_second(units.writes), units.busiest_second(units.reads)
    lines = [
        f"{name} table: {writes:,} write units and {reads:,} read units in the busiest second;"
        f" warm throughput needed beyond a fresh table's"
        f" {limits.FRESH_TABLE_WRITES:,}/{limits.FRESH_TABLE_READS:,}:"
        f" {'yes' if writes > limits.FRESH_TABLE_WRITES else 'no'}."
        f" Largest item {units.item_bytes_max:,} B, transaction"
        f" {units.transaction_actions_max} actions, {units.transaction_bytes_max:,} B.",
        "",
        "| kind of partition | write units/s | read units/s | of the limit |",
        "| --- | ---: | ---: | ---: |",
    ]
    hot_reads = dict(units.hottest(units.reads))
    hot_writes = dict(units.hottest(units.writes))
    for kind in sorted(hot_reads.keys() | hot_writes.keys()):
        write, read = hot_writes.get(kind, 0), hot_reads.get(kind, 0)
        share = max(write / limits.PARTITION_WRITES, read / limits.PARTITION_READS)
        lines.append(f"| `{kind}` | {write} | {read} | {share:.0%} |")
    calls = ", ".join(f"{kind} {count}" for kind, count in units.close_calls.most_common(4))
    lines += ["", f"Two writes on one item within 20 ms: {calls or 'none'}.", ""]
    return "\n".join(lines)


def _broken(name: str, units: Units) -> list[str]:
    checks = (
        ("an item's bytes", units.item_bytes_max, limits.ITEM_BYTES),
        ("a transaction's actions", units.transaction_actions_max, limits.TRANSACTION_ACTIONS),
        ("a transaction's bytes", units.transaction_bytes_max, limits.TRANSACTION_BYTES),
        *(
            (f"writes in one {kind}", units_a_second, limits.PARTITION_WRITES)
            for kind, units_a_second in units.hottest(units.writes)
        ),
        *(
            (f"reads in one {kind}", units_a_second, limits.PARTITION_READS)
            for kind, units_a_second in units.hottest(units.reads)
        ),
    )
    return [f"{name}: {what} {found} > {most}" for what, found, most in checks if found > most]


def _lag_text(requests: float, private: Units, rate: int, seconds: int) -> str:
    """The stream has about a shard a partition of the table, each read by so many at once."""
    shards = max(1, ceil(private.busiest_second(private.writes) / limits.PARTITION_WRITES))
    one = 1 / (requests * REQUEST_SECONDS)
    able = one * shards * PARALLEL_BATCHES
    behind = max(0.0, (rate - able) * seconds)
    return (
        f"Stream: a projection makes {requests:.0f} requests of {REQUEST_SECONDS * 1000:.0f} ms; "
        f"{shards} shards x {PARALLEL_BATCHES} at once work {able:,.0f} cases a second; "
        f"{behind:,.0f} cases behind at the end, {behind / able:,.0f} s to catch up."
    )


def _contention_text() -> str:
    lines = [
        "\n## One reward that many redeem at once\n",
        "| redemptions a second | tried again | answered 503 |",
        "| ---: | ---: | ---: |",
    ]
    for found in map(contention, REDEMPTIONS_A_SECOND):
        lines.append(f"| {found.a_second} | {found.tried_again:.1%} | {found.gave_up:.2%} |")
    return "\n".join(lines)


def _lives_text(tables: dict[str, Units]) -> str:
    writes = sum(units.total(units.writes) for units in tables.values()) / LIVES
    reads = sum(units.total(units.reads) for units in tables.values()) / LIVES
    stored = sum(units.stored_bytes for units in tables.values()) / LIVES
    each = f"{writes:.0f} write units, {reads:.0f} read units, {stored:,.0f} B kept"
    lines = [
        f"\n## A whole case: {each}\n",
        "| size | cases a year | stacks | DynamoDB $ a year | of it storage, first year |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for name, cases, stacks in SIZES:
        traffic = cases * (
            writes * limits.DOLLARS_A_MILLION_WRITES + reads * limits.DOLLARS_A_MILLION_READS
        )
        storage = cases * stored / 2**30 / 2 * 12 * limits.DOLLARS_A_GIB_MONTH
        total = (traffic / 1e6 + storage) * stacks
        lines.append(
            f"| {name} | {cases * stacks:,} | {stacks} | {total:,.2f} | {storage * stacks:,.2f} |"
        )
    return "\n".join(lines)


def _progress(seconds: int) -> None:
    print(f"\r{seconds} s", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
