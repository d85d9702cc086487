"""SQLite under many threads, many processes, and a sudden death."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from suishou.domain.errors import Conflict, Contended, StorageFailure
from suishou.storage import sqlite
from suishou.storage.sqlite import SqliteTable
from suishou.storage.sqlite_feed import SqliteFeed
from suishou.storage.table import Add, Delete, Insert, Replace, Table, query_all
from tests.storage.engines import sqlite_table

THREADS = 100
BALANCE = 30
WRITER = """
import os, sys, threading
from suishou.storage.sqlite import SqliteTable
from suishou.storage.table import Add, Insert
table = SqliteTable.open(sys.argv[1])
name, times, threads = sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
def write(thread):
    for number in range(times):
        key = f"{name}-{thread}-{number}"
        table.write([
            Insert("CASE#" + key, "HEAD", {"text": "井" * 200}),
            Insert("QUEUE", key, {}),
            Add("TOTAL", "all", "reports", 1),
        ])
        os.write(1, (key + "\\n").encode())
workers = [threading.Thread(target=write, args=(n,)) for n in range(threads)]
for worker in workers: worker.start()
for worker in workers: worker.join()
table.close()
"""


def together(count: int, work: Callable[[int], object]) -> list[object]:
    """What `count` threads make of their number, all let go at once; a `Conflict` is a result."""
    start = threading.Barrier(count)

    def run(number: int) -> object:
        start.wait()
        try:
            return work(number)
        except Conflict as conflict:
            return conflict

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def total(table: Table, partition: str = "TOTAL", sort: str = "all") -> int:
    item = table.get(partition, sort)
    assert item is not None
    return sum(item.counters.values())


@pytest.fixture
def shared(tmp_path: Path) -> Table:
    table = SqliteTable.open(tmp_path / "table.sqlite")
    yield table  # type: ignore[misc]
    table.close()


def test_a_hundred_threads_spend_no_more_than_the_balance(shared: Table) -> None:
    shared.write([Insert("RIDER", "balance", {}, {"points": BALANCE})])

    def redeem(number: int) -> object:
        event = Insert("RIDER", f"event-{number}", {})
        return shared.write([event, Add("RIDER", "balance", "points", -1, 0)])

    outcomes = together(THREADS, redeem)
    refused = [outcome for outcome in outcomes if isinstance(outcome, Conflict)]
    assert len(refused) == THREADS - BALANCE
    assert {failure.sort for refusal in refused for failure in refusal.failed} == {"balance"}
    assert total(shared, "RIDER", "balance") == 0
    events = list(query_all(shared, "RIDER", prefix="event-"))
    assert len(events) == BALANCE


def test_of_many_claims_one_wins_and_every_loser_is_shown_the_winner(shared: Table) -> None:
    shared.write([Insert("CASE#1", "HEAD", {"by": None})])
    outcomes = together(20, lambda n: shared.write([Replace("CASE#1", "HEAD", 1, {"by": n})]))
    winners = [number for number, outcome in enumerate(outcomes) if outcome is None]
    assert len(winners) == 1
    for outcome in outcomes:
        if isinstance(outcome, Conflict):
            assert outcome.failed[0].found == shared.get("CASE#1", "HEAD")
    head = shared.get("CASE#1", "HEAD")
    assert head is not None
    assert (head.version, head.body) == (2, {"by": winners[0]})


def test_every_thread_reads_its_own_write_at_once(shared: Table) -> None:
    def write_and_read(number: int) -> bool:
        for step in range(10):
            shared.write([Insert(f"P{number}", str(step), {"step": step})])
            if len(shared.query(f"P{number}").items) != step + 1:
                return False
        return True

    assert together(16, write_and_read) == [True] * 16


def test_the_feed_loses_no_change_to_workers_that_race_with_writers(shared: Table) -> None:
    feed = SqliteFeed(shared)  # type: ignore[arg-type]
    writing = threading.Event()
    worked: dict[str, int] = {}

    def work() -> None:
        while not writing.is_set() or feed.pending(1):
            changes = feed.pending(5)
            for change in changes:
                head = shared.get(change.partition, "HEAD")
                assert head is not None
                worked[change.partition] = head.version
            feed.done(changes)

    def write(number: int) -> None:
        shared.write([Insert(f"CASE#{number}", "HEAD", {})])
        for version in range(1, 20):
            shared.write([Replace(f"CASE#{number}", "HEAD", version, {})])

    worker = threading.Thread(target=work)
    worker.start()
    try:
        together(4, write)
    finally:
        writing.set()
        worker.join()
    assert worked == {f"CASE#{number}": 20 for number in range(4)}


def start_writer(path: Path, name: str, times: int, threads: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), name, str(times), str(threads)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )


def test_processes_share_a_new_file(tmp_path: Path) -> None:
    path = tmp_path / "table.sqlite"
    writers = [start_writer(path, f"w{number}", 50, 2) for number in range(3)]
    for writer in writers:
        lines, _ = writer.communicate()
        assert writer.returncode == 0
        assert len(lines.split()) == 100
    with sqlite_table(tmp_path) as engine:
        assert total(engine.table) == 300
        assert len(engine.table.query("QUEUE").items) == 300
        assert len(engine.feed.pending(1000)) == 300


def test_every_acknowledged_write_outlives_a_killed_process(tmp_path: Path) -> None:
    writer = start_writer(tmp_path / "table.sqlite", "w", 1_000_000, 4)
    assert writer.stdout is not None
    with writer.stdout as output:
        acknowledged = [output.readline().strip() for _ in range(300)]
        os.kill(writer.pid, signal.SIGKILL)
        # The last line may be cut short; every whole one was acknowledged.
        acknowledged += [line.strip() for line in output if line.endswith("\n")]
    assert writer.wait() == -signal.SIGKILL
    with sqlite_table(tmp_path) as engine:
        queued = {item.sort for item in query_all(engine.table, "QUEUE")}
        assert len(acknowledged) >= 300
        assert set(acknowledged) <= queued
        # Whole batches alone: the queue, the heads, the counter and the feed agree.
        assert total(engine.table) == len(queued)
        assert all(engine.table.get("CASE#" + key, "HEAD") for key in queued)
        pending = engine.feed.pending(len(queued) + 1)
        assert {change.partition.removeprefix("CASE#") for change in pending} == queued


def test_a_file_held_by_another_process_is_contention(
    tmp_path: Path, shared: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.01)
    impatient = SqliteTable.open(tmp_path / "table.sqlite")
    other = sqlite3.connect(tmp_path / "table.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Contended) as caught:
        impatient.write([Insert("P", "a", {})])
    assert isinstance(caught.value.__cause__, sqlite3.OperationalError)
    assert impatient.get("P", "a") is None
    other.execute("COMMIT")
    impatient.write([Insert("P", "a", {})])
    other.close()
    impatient.close()


def test_a_file_that_is_no_database_is_a_failure_with_its_cause(tmp_path: Path) -> None:
    path = tmp_path / "table.sqlite"
    path.write_bytes(b"not a database" * 1000)
    with pytest.raises(StorageFailure) as caught:
        SqliteTable.open(path)
    assert type(caught.value) is StorageFailure
    assert isinstance(caught.value.__cause__, sqlite3.DatabaseError)


def test_a_folder_that_is_not_there_is_a_failure(tmp_path: Path) -> None:
    with pytest.raises(StorageFailure):
        SqliteTable.open(tmp_path / "absent" / "table.sqlite")


def test_an_unknown_durability_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="synchronous"):
        SqliteTable.open(tmp_path / "t.sqlite", synchronous="maybe; DROP TABLE items")


def test_a_table_is_durable_unless_told_otherwise(shared: SqliteTable) -> None:
    assert shared.run(lambda c: c.execute("PRAGMA synchronous").fetchone()) == (2,)  # FULL
    assert shared.read("PRAGMA journal_mode", ()) == [("wal",)]


def test_a_closed_table_says_so(tmp_path: Path) -> None:
    table = SqliteTable.open(tmp_path / "t.sqlite")
    table.write([Insert("P", "a", {})])
    table.close()
    for call in (lambda: table.get("P", "a"), lambda: table.write([Delete("P", "a")])):
        with pytest.raises(StorageFailure, match="closed"):
            call()
    table.close()


def test_a_table_without_a_feed_records_no_changes(tmp_path: Path) -> None:
    table = SqliteTable.open(tmp_path / "public.sqlite", feed=False)
    table.write([Insert("CASE#1", "HEAD", {})])
    assert list(SqliteFeed(table).pending(10)) == []
    table.close()


def test_a_table_does_not_cross_a_fork(
    shared: SqliteTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite.os, "getpid", lambda: -1)
    with pytest.raises(StorageFailure, match="fork"):
        shared.get("P", "a")
    with pytest.raises(StorageFailure, match="fork"):
        shared.write([Insert("P", "a", {})])


def test_a_page_deep_in_a_long_partition_is_sought_not_walked(shared: SqliteTable) -> None:
    text, values = sqlite.selection(
        sqlite.Span("P", prefix="a", beyond="a5", descending=False, limit=10)
    )
    (plan,) = shared.read("EXPLAIN QUERY PLAN " + text, (*values, 10))
    assert "SEARCH items USING PRIMARY KEY (partition=? AND sort>? AND sort<?)" in plan[-1]
