"""Many callers in one transaction: each gets its own answer, and none before the commit."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from suishou.domain.errors import Conflict, StorageFailure
from suishou.storage.group_commit import GroupCommit
from suishou.storage.sqlite import failure

Work = Callable[[sqlite3.Connection], object]


class Crowd:
    """One leader, held at `gate` inside its transaction, and callers that queue up behind it."""

    def __init__(self) -> None:
        self.connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        self.connection.executescript(
            """PRAGMA foreign_keys = ON;
            CREATE TABLE parents (id INTEGER PRIMARY KEY);
            CREATE TABLE rows (
              id INTEGER PRIMARY KEY,
              parent INTEGER REFERENCES parents DEFERRABLE INITIALLY DEFERRED
            );"""
        )
        self.commits = 0
        self.connection.set_trace_callback(self.count)
        self.group = GroupCommit(self.connection, failure)
        self.pool = ThreadPoolExecutor(8)
        self.gate = threading.Event()

    def count(self, statement: str) -> None:
        self.commits += statement == "COMMIT"

    def lead(self) -> Future[object]:
        """A leader that waits at the gate, its transaction open."""
        inside = threading.Event()

        def hold(connection: sqlite3.Connection) -> object:
            inside.set()
            return self.gate.wait()

        leader = self.pool.submit(self.group.run, hold)
        inside.wait()
        return leader

    def queue(self, work: Work) -> Future[object]:
        """A caller that has joined the queue."""
        before = len(self.group._queue)
        future = self.pool.submit(self.group.run, work)
        with self.group._changed:
            while len(self.group._queue) == before:
                self.group._changed.wait(0.001)
        return future

    def rows(self) -> list[int]:
        return [row[0] for row in self.connection.execute("SELECT id FROM rows ORDER BY id")]


@pytest.fixture
def crowd() -> Iterator[Crowd]:
    opened = Crowd()
    yield opened
    opened.gate.set()
    opened.pool.shutdown()
    opened.group.close()


def insert(number: int, parent: int | None = None) -> Work:
    def work(connection: sqlite3.Connection) -> object:
        connection.execute("INSERT INTO rows VALUES (?, ?)", (number, parent))
        return number

    return work


def refuse(_: sqlite3.Connection) -> object:
    raise Conflict([])


def test_a_lone_caller_commits_in_its_own_thread(crowd: Crowd) -> None:
    threads: list[int] = []
    crowd.group.run(lambda _: threads.append(threading.get_ident()))
    assert threads == [threading.get_ident()]
    assert crowd.commits == 1


def test_those_who_wait_are_committed_together_and_in_order(crowd: Crowd) -> None:
    leader = crowd.lead()
    waiting = [crowd.queue(insert(number)) for number in (3, 1, 2)]
    assert not any(future.done() for future in waiting)
    crowd.gate.set()
    assert [future.result() for future in waiting] == [3, 1, 2]
    assert leader.result() is True
    assert crowd.commits == 2
    assert crowd.rows() == [1, 2, 3]


def test_a_refusal_leaves_its_neighbours_alone(crowd: Crowd) -> None:
    crowd.lead()
    before, refused, behind = (crowd.queue(work) for work in (insert(1), refuse, insert(2)))
    crowd.gate.set()
    assert (before.result(), behind.result()) == (1, 2)
    with pytest.raises(Conflict):
        refused.result()
    assert crowd.rows() == [1, 2]


def test_a_failed_commit_fails_everybody_in_it_even_the_refused(crowd: Crowd) -> None:
    crowd.lead()
    futures = [crowd.queue(work) for work in (insert(1), insert(2, parent=99), refuse)]
    crowd.gate.set()
    errors = [future.exception() for future in futures]
    assert {type(error) for error in errors} == {StorageFailure}
    assert all(isinstance(error.__cause__, sqlite3.IntegrityError) for error in errors if error)
    assert len({id(error) for error in errors}) == 3
    assert crowd.rows() == []
    crowd.group.run(insert(5))
    assert crowd.rows() == [5]


def test_a_broken_piece_of_work_fails_its_transaction_and_no_other(crowd: Crowd) -> None:
    def broken(connection: sqlite3.Connection) -> object:
        insert(1)(connection)
        raise KeyError("a bug")

    with pytest.raises(StorageFailure) as caught:
        crowd.group.run(broken)
    assert isinstance(caught.value.__cause__, KeyError)
    crowd.group.run(insert(2))
    assert crowd.rows() == [2]


def test_an_interrupted_leader_answers_its_followers_and_hands_on(crowd: Crowd) -> None:
    def interrupted(connection: sqlite3.Connection) -> object:
        insert(1)(connection)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        crowd.group.run(interrupted)
    crowd.group.run(insert(2))
    assert crowd.rows() == [2]


def test_an_interrupted_follower_leaves_the_queue(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    leader = crowd.lead()

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("suishou.storage.group_commit.threading.Event.wait", interrupt)
        with pytest.raises(KeyboardInterrupt):
            crowd.group.run(insert(1))
    crowd.gate.set()
    leader.result()
    crowd.group.run(insert(2))
    assert crowd.rows() == [2]


def test_closing_waits_for_what_is_under_way_and_takes_nothing_new(crowd: Crowd) -> None:
    leader = crowd.lead()
    waiting = crowd.queue(insert(1))
    closing = crowd.pool.submit(crowd.group.close)
    while not crowd.group._closed:
        with crowd.group._changed:
            crowd.group._changed.wait(0.001)
    with pytest.raises(StorageFailure, match="closed"):
        crowd.group.run(insert(2))
    assert not closing.done()
    crowd.gate.set()
    closing.result()
    assert (leader.result(), waiting.result()) == (True, 1)
