"""kill -9 at any moment: a real server, real posts from many threads, no warning.

Every acknowledged report is there after the restart, and once the feed has caught up the same
invariants hold as in the simulation: public rows and points converge, nothing is counted twice.
"""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any, cast

from suishou.domain.people import Post, Principal
from suishou.local.site_work import project_all
from suishou.services.notify import send_outbox
from suishou.services.people import enrol_rider, enrol_staff, operator
from suishou.services.system import System
from suishou.storage.sqlite import SqliteTable
from suishou.storage.table import Table, query_all
from suishou.wiring import close, local_feed, local_system
from tests.simulation.public_invariants import everybody_was_told
from tests.simulation.seen import Contents, Seen, seen_in
from tests.simulation.server_process import Server, Unanswered, started
from tests.simulation.simulate import INVARIANTS, problems_of
from tests.simulation.world import PROGRAMME, SECRET, Promises, World

SEED = int(os.environ.get("SUISHOU_SEED", "1"))
ROUNDS = 2
THREADS = 6
ACKNOWLEDGED_MAX = 40  # a round is killed after one to so many acknowledged answers
COMMUNITY = "360926100001"
# The killed servers delivered messages of which nobody outside of them knows.
WITHOUT_MESSAGES = [one for one in INVARIANTS if one is not everybody_was_told]


@dataclass
class Clients:
    """Riders and a dispatcher who keep posting until the server is gone; whatever was not
    answered is sent again to the next server, under the same key."""

    riders: dict[str, str]  # id -> token
    dispatcher: str  # token
    promises: Promises = field(default_factory=Promises)
    lock: threading.Lock = field(default_factory=threading.Lock)
    unanswered: list[tuple[str, str]] = field(default_factory=list)
    registered: set[str] = field(default_factory=set)  # cases whose registration was answered
    numbers: int = 0
    answered: int = 0

    def post_until_killed(self, server: Server, kill_after: int) -> None:
        """All threads post; the one that gets the answer with that number kills the server."""
        self.answered = 0
        with ThreadPoolExecutor(THREADS) as pool:
            for done in [pool.submit(self._post, server, kill_after) for _ in range(THREADS)]:
                done.result()

    def _post(self, server: Server, kill_after: int) -> None:
        while True:
            rider, key = self._next()
            try:
                case_id = self._report(server, rider, key)
                self._register(server, case_id)
            except Unanswered:
                with self.lock:
                    self.unanswered.append((rider, key))
                return
            with self.lock:
                self.registered.add(case_id)
                self.answered += 1
                if self.answered == kill_after:
                    server.kill()

    def _next(self) -> tuple[str, str]:
        with self.lock:
            if self.unanswered:
                return self.unanswered.pop()
            self.numbers += 1
            riders = sorted(self.riders)
            return riders[self.numbers % len(riders)], f"key-{self.numbers}"

    def _report(self, server: Server, rider: str, key: str) -> str:
        description = f"{SECRET} {key}"
        body = {
            "category": "manhole",
            "description": description,
            "location": {"community": COMMUNITY, "landmark": f"{SECRET} 东门"},
        }
        self.promises.sent[rider, key] = [description]
        token = self.riders[rider]
        status, answer = server.request(
            "POST", "/reports", body, authorization=f"Bearer {token}", idempotency_key=key
        )
        assert status in (200, 201), answer
        receipt = (answer["case_id"], answer["tracking_token"])
        with self.lock:
            assert self.promises.receipts.setdefault((rider, key), receipt) == receipt
            self.promises.descriptions[receipt[0]] = description
        return receipt[0]

    def _register(self, server: Server, case_id: str) -> None:
        status, answer = server.request(
            "POST",
            f"/cases/{case_id}/register",
            {},
            authorization=f"Bearer {self.dispatcher}",
            idempotency_key=f"register-{case_id}",
        )
        assert status == 200, answer


def enrolled(data: Path) -> Clients:
    """A fresh data folder with its people, closed again before the server opens it."""
    system = local_system(PROGRAMME, data)
    by = operator(system)
    riders = [
        enrol_rider(system, by, f"{SECRET}{n}", "", key=f"rider-{n}", demonstration=True)
        for n in range(2)
    ]
    post = Post("dispatcher", COMMUNITY[:9])
    officer = enrol_staff(system, by, f"{SECRET}", (post,), key="staff", demonstration=True)
    close(system)
    return Clients({rider.id: rider.token for rider in riders}, officer.token)


def all_items(table: Table) -> Contents:
    """Everything in one of the folder's tables."""
    assert isinstance(table, SqliteTable)
    names = [name for (name,) in table.read("SELECT DISTINCT partition FROM items", ())]
    items = [item for name in names for item in query_all(table, name)]
    return {(item.partition, item.sort): item for item in items}


def seen_after(system: System, clients: Clients) -> Seen:
    """What the invariants look at, from a real data folder."""
    world: Any = SimpleNamespace(
        promises=clients.promises,
        system=system,
        riders=[Principal(rider, "rider") for rider in sorted(clients.riders)],
        staff=[],
        logged=[],
        went_back=[],
        public_photos=SimpleNamespace(kept={}),
    )
    private, public = all_items(system.private), all_items(system.public)
    return seen_in(cast(World, world), private, public, settled=True)


def live_and_die(data: Path, clients: Clients, kill_after: int) -> None:
    """One server's life: what was acknowledged before is there, more is posted, it is killed."""
    server = started(data)
    try:
        for case_id, token in clients.promises.receipts.values():
            status, _ = server.request("GET", f"/reports/{case_id}?token={token}")
            assert status == 200, f"acknowledged case {case_id} is gone"
        clients.post_until_killed(server, kill_after)
    finally:
        server.kill()
        server.wait()


def test_a_killed_server_keeps_what_it_acknowledged(tmp_path: Path) -> None:
    random, data = Random(SEED), tmp_path / "data"
    clients = enrolled(data)
    for _ in range(ROUNDS):
        live_and_die(data, clients, random.randint(1, ACKNOWLEDGED_MAX))
    system = local_system(PROGRAMME, data)
    try:
        project_all(system, local_feed(system))
        send_outbox(system, lambda message: None)
        seen = seen_after(system, clients)
        assert list(problems_of(seen, WITHOUT_MESSAGES)) == [], f"seed {SEED}"
        for case_id in clients.registered:
            assert seen.cases[case_id].case.registered_at, f"seed {SEED}: {case_id}"
    finally:
        close(system)
