"""The system that a demonstration plays on: a data folder, a turnable clock, a server on a port.

In: programme, data and site folders, a port. Out: a `Stage`: `turn_to` lets time pass with all that
it brings (deadlines, points, messages), `open_doors` lets it run by itself. Whatever happens, the
data folder is left closed and whole.
"""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import uvicorn

from suishou import wiring
from suishou.local.demo_client import DemonstrationFailed, Visitor
from suishou.local.demo_clock import TurnedClock
from suishou.local.serve import config
from suishou.local.site_work import builder, project_all, taker_down
from suishou.local.workers import Workers
from suishou.services.honour_round import watch_notices
from suishou.services.notify import send_outbox
from suishou.services.rebuild import want_rebuild
from suishou.services.system import System
from suishou.services.watch_deadlines import watch_deadlines
from suishou.services.write_outbox import Message
from suishou.storage.table import ChangeFeed

START_SECONDS = 20
STOP_SECONDS = 10
# How often, in the history's own time, what follows from a case is worked and messages go out.
SETTLE_EVERY = timedelta(hours=2)


@dataclass
class Stage:
    """`visitor` is the connection that all requests of the demonstration go through."""

    system: System
    feed: ChangeFeed
    clock: TurnedClock
    visitor: Visitor
    workers: Workers
    server: threading.Thread
    port: int
    settled: datetime
    messages: int = 0

    def turn_to(self, moment: datetime) -> None:
        """Lets time pass; before much of it has passed, what is still waiting is worked."""
        if moment - self.settled >= SETTLE_EVERY:
            self.settle()
            self.settled = moment
        self.clock.turn_to(moment)

    def watch(self) -> None:
        """A look at the deadlines and the notices."""
        watch_deadlines(self.system)
        watch_notices(self.system)

    def settle(self) -> None:
        """Works everything that follows from what has happened so far, as the workers would."""
        self.watch()
        project_all(self.system, self.feed)
        self.messages += send_outbox(self.system, _delivered)
        project_all(self.system, self.feed)

    def open_doors(self) -> None:
        """The present: the clock runs by itself, and so do the workers."""
        self.settle()
        self.clock.let_go()
        self.workers.start()


def _delivered(message: Message) -> None:
    """The demonstration has no chat service: a message counts as delivered when it is made."""


@contextmanager
def stage(
    programme_folder: Path, data: Path, site: Path, port: int, start: datetime
) -> Iterator[Stage]:
    """The system, served on 127.0.0.1 from `start` on. Raises DemonstrationFailed when the port is
    taken (0 takes any free one) or the programme is a real one."""
    with _quiet(), _port(port) as listening:
        clock = TurnedClock(start)
        system = wiring.local_system(programme_folder, data, now=clock)
        try:
            if not system.programme.demonstration:
                raise DemonstrationFailed("这个项目不是演示项目（demonstration: true），不作演示。")
            with _served(system, clock, data, site, listening) as made:
                yield made
        finally:
            wiring.close(system)


@contextmanager
def _quiet() -> Iterator[None]:
    """No line of log for each request: what is to be read here is the demonstration's own."""
    log = logging.getLogger("suishou")
    before = log.level
    log.setLevel(logging.WARNING)
    try:
        yield
    finally:
        log.setLevel(before)


@contextmanager
def _port(port: int) -> Iterator[socket.socket]:
    # With its protocol named, or asyncio leaves Nagle's delay on: 40 ms a request.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind(("127.0.0.1", port))
        except OSError as error:
            raise DemonstrationFailed(f"端口 {port} 已被占用，请换一个（--port）。") from error
        listening.listen()
        yield listening


@contextmanager
def _served(
    system: System, clock: TurnedClock, data: Path, site: Path, listening: socket.socket
) -> Iterator[Stage]:
    port = int(listening.getsockname()[1])
    feed = wiring.local_feed(system)
    workers = Workers(
        system,
        feed,
        taker_down(system, site),
        builder(system, site, data),
        lambda: want_rebuild(system, "schedule"),
    )
    server = uvicorn.Server(config(system, site, port, traffic=workers.traffic))
    thread = threading.Thread(target=server.run, args=([listening],), name="demonstration-server")
    thread.start()
    visitor = Visitor(port)
    try:
        _wait_for(server, thread)
        yield Stage(system, feed, clock, visitor, workers, thread, port, clock())
    finally:
        visitor.close()
        server.should_exit = True
        thread.join(STOP_SECONDS)
        workers.stop()


def _wait_for(server: uvicorn.Server, thread: threading.Thread) -> None:
    waiting = threading.Event()
    for _ in range(START_SECONDS * 50):
        if server.started:
            return
        if not thread.is_alive():
            break
        waiting.wait(0.02)
    raise DemonstrationFailed("服务没有启动。")
