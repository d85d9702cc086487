"""Writes on SQLite: many callers, one transaction, one fsync.

In: pieces of work from any number of threads. Out: each caller's own result, only after the commit
that holds it. Whoever comes first leads: it runs everything that waits, in order, in one
transaction, and hands on to the next in line; a lone caller commits at once in its own thread.
A piece of work never writes before it refuses, so a refusal needs no savepoint.
"""

from __future__ import annotations

import sqlite3
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from suishou.domain.errors import Conflict, StorageFailure

WORKS_MAX = 64  # the server's thread pool; keeps one transaction, and its waiters, short
Result = TypeVar("Result")


class _Waiting:
    """One caller's work, and what became of it."""

    def __init__(self, work: Callable[[sqlite3.Connection], Any]) -> None:
        self.work = work
        self.turn = threading.Event()
        self.settled = False
        self.result: Any = None
        self.error: BaseException | None = None

    def attempt(self, connection: sqlite3.Connection) -> None:
        try:
            self.result = self.work(connection)
        except Conflict as refusal:
            self.error = refusal

    def answer(self) -> Any:
        if self.error is not None:
            raise self.error
        return self.result


class GroupCommit:
    """Runs work inside transactions of `connection`, which nothing else may use.

    `failure` turns an sqlite3 error into the port's error.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        failure: Callable[[sqlite3.Error], StorageFailure],
    ) -> None:
        self._connection = connection
        self._failure = failure
        self._queue: deque[_Waiting] = deque()
        self._changed = threading.Condition()
        self._led = False
        self._closed = False

    def run(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        """What `work` returned, once it is committed; its `Conflict`, if it refused.

        Raises `Contended` when another process held the file too long (nothing written), and
        `StorageFailure` when the commit did not answer.
        """
        waiting = _Waiting(work)
        with self._changed:
            if self._closed:
                raise StorageFailure("the table is closed")
            self._queue.append(waiting)
            leads = not self._led
            self._led = True
        if not leads:
            self._await_turn(waiting)
        if not waiting.settled:
            self._lead(waiting)
        result: Result = waiting.answer()
        return result

    def close(self) -> None:
        """Takes nothing new, waits for what is under way, closes the connection."""
        with self._changed:
            self._closed = True
            self._changed.wait_for(lambda: not self._led)
            self._connection.close()

    def _await_turn(self, waiting: _Waiting) -> None:
        try:
            waiting.turn.wait()
        except BaseException:  # an interrupted thread must not be handed the lead
            with self._changed:
                nominated = waiting.turn.is_set() and not waiting.settled
                if waiting in self._queue:
                    self._queue.remove(waiting)
            if nominated:
                self._hand_on()
            raise

    def _lead(self, own: _Waiting) -> None:
        with self._changed:
            group = [self._queue.popleft() for _ in range(min(WORKS_MAX, len(self._queue)))]
        try:
            self._commit(group)
        finally:
            for waiting in group:
                waiting.settled = True
                if waiting is not own:
                    waiting.turn.set()
            self._hand_on()

    def _hand_on(self) -> None:
        with self._changed:
            if self._queue:
                self._queue[0].turn.set()
            else:
                self._led = False
                self._changed.notify_all()

    def _commit(self, group: list[_Waiting]) -> None:
        try:
            self._roll_back()  # nothing is open, unless an earlier roll-back failed
            self._connection.execute("BEGIN IMMEDIATE")
            for waiting in group:
                waiting.attempt(self._connection)
            self._connection.execute("COMMIT")
        except BaseException as error:
            # Nobody is told a result or a refusal that rests on an uncommitted write.
            for waiting in group:
                waiting.error = self._told(error)
            with suppress(sqlite3.Error):
                self._roll_back()
            if not isinstance(error, Exception):
                raise

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def _told(self, error: BaseException) -> StorageFailure:
        # One instance each: a raised exception collects the traceback of its own thread.
        if isinstance(error, sqlite3.Error):
            failure = self._failure(error)
        else:
            failure = StorageFailure(f"the write was broken off: {type(error).__name__}")
        failure.__cause__ = error
        return failure
