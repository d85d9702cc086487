"""The baton: many actors in threads, of whom only the one that holds it runs.

Comes in: pieces of work that call `pause` at every storage call. Goes out: control over who goes
on next, so that a seed chooses the interleaving and any run can be replayed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any


class Crashed(BaseException):
    """The actor's process is gone: it does nothing more and forgets everything.

    Not an `Exception`, so that no service can catch it.
    """


class Baton:
    """Passes control between one scheduler and its tasks; outside of any task `pause` does
    nothing, so that set-up and checks run straight through."""

    def __init__(self) -> None:
        self.holder: Task | None = None
        self._scheduler = threading.Lock()
        self._scheduler.acquire()

    def start(self, name: str, work: Callable[[], Any]) -> Task:
        """A task that waits for its first `step`."""
        return Task(self, name, work)

    def pause(self) -> None:
        """Called by a task: gives the baton back until its next turn. Raises Crashed."""
        task = self.holder
        if task is None:
            return
        if not task.crashing:
            self._give_back()
            task.turn.acquire()
        if task.crashing:
            raise Crashed

    def crash(self) -> None:
        """Ends the task that holds the baton, whatever it was about to do."""
        if self.holder is not None:
            self.holder.crashing = True
            raise Crashed

    def pass_to(self, task: Task) -> None:
        self.holder = task
        task.turn.release()
        self._scheduler.acquire()

    def _give_back(self) -> None:
        self.holder = None
        self._scheduler.release()

    def ended(self) -> None:
        self._give_back()


class Task:
    """One actor's one request, under way. When `done`, it has a `result` or an `error`."""

    def __init__(self, baton: Baton, name: str, work: Callable[[], Any]) -> None:
        self.name = name
        self.turn = threading.Lock()
        self.turn.acquire()
        self.crashing = False
        self.done = False
        self.result: Any = None
        self.error: BaseException | None = None
        self._baton = baton
        self._work = work
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def step(self) -> bool:
        """Lets it run to its next pause or its end; answers whether it has ended."""
        self._baton.pass_to(self)
        if self.done:
            self._thread.join()
        return self.done

    def abandon(self) -> None:
        """Crashes it at the pause where it stands."""
        self.crashing = True
        while not self.done:
            self.step()

    def _run(self) -> None:
        self.turn.acquire()
        try:
            if not self.crashing:
                self.result = self._work()
        except BaseException as error:  # noqa: BLE001 - the scheduler judges it
            self.error = error
        self.done = True
        self._baton.ended()
