"""What AWS would trigger, on one machine: change feed, schedule, rebuilds, as threads.

In: a system, its feed, and what runs a wanted build. Out: public rows, points, messages, events, a
built site. A pass that fails is logged by its kind and tried again; stopping waits for the pass
under way. Threads, not tasks: every pass blocks on storage.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from suishou.domain.deadline import CHINA
from suishou.handlers.send_message import log_message
from suishou.local.traffic import Traffic
from suishou.services.honour_round import watch_notices
from suishou.services.notify import send_outbox
from suishou.services.project_case import project_pending
from suishou.services.receive_photo import receive_waiting
from suishou.services.system import System
from suishou.services.watch_deadlines import watch_deadlines
from suishou.storage.table import ChangeFeed

log = logging.getLogger("suishou.workers")
FEED_SECONDS = 0.1  # how soon a write is followed by its public row
FEED_CHANGES = 50  # a pass of some 50 ms, then another look at the traffic
FEED_CHANGES_BUSY = 2  # every FEED_SECONDS, while requests come fast: it never stands still
DEADLINE_SECONDS = 60.0
OUTBOX_SECONDS = 5.0
PHOTO_SECONDS = 60.0  # photos are received as they come; this finds what a crash left
TAKE_DOWN_SECONDS = 2.0  # «within a minute», with room for a publishing under way
BUILD_SECONDS = 1.0  # how soon a wanted build begins
AFTER_FAILURE_SECONDS = 5.0  # a pass that failed is not tried faster than this
NIGHTLY_AT = time(2, 30)  # Asia/Shanghai: when nobody reports
STOP_SECONDS = 30.0


@dataclass
class Workers:
    """Start with `start`, end with `stop`. `take_down` applies new take-downs to the public folder;
    it has a thread of its own, so that no build delays it. `build_if_wanted` does one wanted build,
    if there is one, and says whether it did; `want_build` asks for one."""

    system: System
    feed: ChangeFeed
    take_down: Callable[[], object]
    build_if_wanted: Callable[[], bool]
    want_build: Callable[[], object]
    traffic: Traffic = field(default_factory=Traffic)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        """One thread for each kind of work."""
        self._every("feed", FEED_SECONDS, self._project)
        self._every("deadlines", DEADLINE_SECONDS, self._watch)
        self._every("photos", PHOTO_SECONDS, self._receive)
        self._every("outbox", OUTBOX_SECONDS, self._send)
        self._every("take-down", TAKE_DOWN_SECONDS, self._take_down)
        self._every("build", BUILD_SECONDS, self.build_if_wanted)
        self._every("night", DEADLINE_SECONDS, Nightly(self.system.now, self.want_build))

    def stop(self) -> None:
        """Ends every thread after its pass; a build under way is not waited for beyond
        STOP_SECONDS (it can be cut off at any moment: yesterday's site stays)."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(STOP_SECONDS)

    def _project(self) -> bool:
        busy = self.traffic.busy()
        limit = FEED_CHANGES_BUSY if busy else FEED_CHANGES
        worked = project_pending(self.system, self.feed, limit)
        return worked > 0 and not busy

    def _send(self) -> bool:
        send_outbox(self.system, log_message)
        return False

    def _receive(self) -> bool:
        receive_waiting(self.system.raw_photos)
        return False

    def _take_down(self) -> bool:
        self.take_down()
        return False

    def _watch(self) -> bool:
        watch_deadlines(self.system)
        watch_notices(self.system)
        return False

    def _every(self, name: str, seconds: float, work: Callable[[], bool]) -> None:
        """Runs `work` again and again: at once while it says that there is more, else after
        `seconds`."""

        def run() -> None:
            while not self._stopping.is_set():
                self._stopping.wait(self._passed(name, work, seconds))

        thread = threading.Thread(target=run, name=f"suishou-{name}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _passed(self, name: str, work: Callable[[], bool], seconds: float) -> float:
        try:
            return 0.0 if work() else seconds
        except Exception as error:  # noqa: BLE001 - a failed pass must not end the worker
            log.error("%s failed: %s", name, type(error).__name__)
            return max(seconds, AFTER_FAILURE_SECONDS)


class Nightly:
    """Asks for a build once a night, at NIGHTLY_AT."""

    def __init__(self, now: Callable[[], datetime], want_build: Callable[[], object]) -> None:
        self._now = now
        self._want_build = want_build
        self._next = next_night(now())

    def __call__(self) -> bool:
        now = self._now()
        if now >= self._next:
            self._next = next_night(now)
            self._want_build()
        return False


def next_night(now: datetime) -> datetime:
    """The next NIGHTLY_AT strictly after `now`."""
    local = now.astimezone(CHINA)
    tonight = datetime.combine(local.date(), NIGHTLY_AT, CHINA)
    return tonight if tonight > local else tonight + timedelta(days=1)
