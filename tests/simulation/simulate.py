"""One run of the simulation: a seed, an engine, so many steps, then peace, then judgement.

Comes in: a seed. Goes out: a `Run` that says what happened, or `SimulationFailed`, whose message
says what is wrong, where, and how to see it again. The same seed makes the same run.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from random import Random

from build_scripts.snapshot import Snapshot, clear_dirty, take_snapshot
from suishou.domain.errors import Busy, Refused, StorageFailure
from suishou.domain.people import posts_reaching
from suishou.domain.public_row import to_json
from suishou.services.case_queue import QueueFilter, queue
from suishou.services.notify import send_outbox
from suishou.services.project_case import project_pending
from suishou.services.watch_deadlines import watch_deadlines
from suishou.storage import public_keys
from tests.simulation import (
    case_invariants,
    casework,
    points_invariants,
    public_invariants,
    reporting,
    workers,
)
from tests.simulation.baton import Crashed, Task
from tests.simulation.request import BrokenPromise, Request
from tests.simulation.seen import Seen, see
from tests.simulation.world import Tables, World, tables, world
from tests.storage.engines import Clients

Invariant = Callable[[Seen], Iterator[str]]
INVARIANTS: tuple[Invariant, ...] = (
    *case_invariants.EVERY_MOMENT,
    *points_invariants.EVERY_MOMENT,
    *public_invariants.EVERY_MOMENT,
)
ACTORS: Mapping[Callable[[World], list[Request]], int] = {
    reporting.new_report: 3,
    casework.action: 22,
    reporting.feedback: 3,
    reporting.own_list: 1,
    reporting.redemption: 2,
    reporting.handing_over: 1,
    casework.looking: 1,
    workers.projecting: 8,
    workers.projecting_again: 1,
    workers.sending: 3,
    workers.watching: 2,
    workers.contributing: 1,
    workers.building: 1,
}
TOGETHER_MAX = 6  # requests under way at once: more only makes every race rarer to finish
# Some are slow: what they read is long out of date when they come to write.
PACES = (1.0, 1.0, 1.0, 0.02)
LOSES_PATIENCE = 0.1  # chance that a client does not come again
CHECK_EVERY_STEPS = 250
PEACE_ROUNDS_MAX = 200
PROBLEMS_MAX = 3  # of one invariant: more of the same helps nobody
TRACE_LINES = 25


class SimulationFailed(AssertionError):
    """What a seed has brought to light."""


@dataclass
class Run:
    """What happened: requests by name and end, faults by kind, cases by stage."""

    seed: int
    steps: int
    ends: Counter[str] = field(default_factory=Counter)
    faults: Mapping[str, int] = field(default_factory=dict)
    stages: Counter[str] = field(default_factory=Counter)
    trace: list[str] = field(default_factory=list)


def simulate(
    seed: int,
    steps: int,
    engine: str = "sqlite",
    *,
    clients: Clients | None = None,
    broken: Callable[[Tables], Tables] = lambda whole: whole,
    check_every: int = CHECK_EVERY_STEPS,
) -> Run:
    """Runs a seed to its end. `broken` puts a fault into the engine on purpose, to see it caught.

    Raises SimulationFailed.
    """
    random = Random(seed)
    run = Run(seed, steps)
    with tempfile.TemporaryDirectory(prefix="simulation-") as name:
        folder = Path(name)
        with (
            tables(engine, folder, clients) as opened,
            world(random, broken(opened), folder) as county,
        ):
            simulation = Simulation(county, run, check_every)
            try:
                simulation.live(steps)
                simulation.make_peace()
            except Exception as error:
                raise _failure(run, engine, error) from error
            finally:
                simulation.abandon_all()
            run.faults = dict(sorted(county.faults.counted.items()))
            run.stages.update(f.case.stage for f in see(county, settled=True).cases.values())
    return run


def _failure(run: Run, engine: str, error: Exception) -> SimulationFailed:
    again = (
        f"python -m tests.simulation.run --seed {run.seed} --steps {run.steps} --engine {engine}"
    )
    what = str(error) if isinstance(error, AssertionError) else f"{type(error).__name__}: {error}"
    trace = "\n".join(run.trace[-TRACE_LINES:])
    return SimulationFailed(f"seed {run.seed}: {what}\nagain: {again}\nbefore it:\n{trace}")


class Simulation:
    """The scheduler: who acts next, until when, and what becomes of every request."""

    def __init__(self, county: World, run: Run, check_every: int) -> None:
        self.world = county
        self.run = run
        self._check_every = check_every
        self._under_way: list[tuple[Task, Request]] = []
        self._pace: dict[Task, float] = {}
        self._again: list[Request] = []
        self._step = 0

    def live(self, steps: int) -> None:
        for step in range(1, steps + 1):
            self._step = step
            self._choose()
            if step % self._check_every == 0:
                self.check(settled=False)

    def _choose(self) -> None:
        random, dice = self.world.random, self.world.random.random()
        if dice < 0.02:
            self._turn_the_clock()
        elif not self._under_way or (dice < 0.25 and len(self._under_way) < TOGETHER_MAX):
            self._begin()
        else:
            weights = [self._pace[task] for task, _ in self._under_way]
            task, request = random.choices(self._under_way, weights)[0]
            # Sometimes one is left alone with the machine for a while.
            for _ in range(random.choice((1, 1, 1, 3, 30))):
                if task.step():
                    self._finish(task, request)
                    break

    def _turn_the_clock(self) -> None:
        random = self.world.random
        self.world.pass_time(**random.choice(({"minutes": 7}, {"hours": 5}, {"days": 2})))
        if random.random() < 0.1:
            self.world.learn_next_year()

    def _begin(self) -> None:
        random = self.world.random
        if self._again and random.random() < 0.5:
            self._start(self._again.pop(random.randrange(len(self._again))))
            return
        actor = random.choices(list(ACTORS), list(ACTORS.values()))[0]
        for request in actor(self.world):
            self._start(request)

    def _start(self, request: Request) -> None:
        request.tries += 1
        task = self.world.baton.start(request.name, request.work)
        self._pace[task] = self.world.random.choice(PACES)
        self._under_way.append((task, request))

    def _finish(self, task: Task, request: Request) -> None:
        self._under_way = [pair for pair in self._under_way if pair[0] is not task]
        del self._pace[task]
        self.run.trace.append(f"step {self._step}: {request.name} (try {request.tries})")
        end = self._judged(task, request)
        self.run.ends[f"{request.name.split()[0]}: {end}"] += 1
        self.run.trace[-1] += f": {end}"

    def _judged(self, task: Task, request: Request) -> str:
        error = task.error
        if error is None:
            request.acknowledged(task.result)
            return "done"
        if isinstance(error, Refused):
            request.refused(error)
            return error.code
        if isinstance(error, Crashed | Busy | StorageFailure):
            patient = self.world.random.random() >= LOSES_PATIENCE
            if request.keeps_trying and patient:
                self._again.append(request)
            return type(error).__name__
        raise error

    def make_peace(self) -> None:
        """No more faults: all requests end, all followers catch up; then everything must hold."""
        self.world.faults.calm = True
        while self._under_way or self._again:
            while self._under_way:
                task, request = self._under_way[0]
                while not task.step():
                    pass
                self._finish(task, request)
            if self._again:
                self._start(self._again.pop(0))
        self.check(settled=False)
        self._follow_up()
        self.check(settled=True)
        self._read_queues()
        self._compare_snapshots()

    def _read_queues(self) -> None:
        """Everybody's queue holds the open cases that their posts reach, and no other."""
        cases = see(self.world, settled=True).cases.values()
        for person in self.world.staff:
            wanted = {f.case.id for f in cases if f.case.open and posts_reaching(person, f.case)}
            page = queue(self.world.system, person, QueueFilter(), limit=100)
            found = [entry.case.id for entry in page.entries]
            if sorted(found) != sorted(wanted):
                raise BrokenPromise(f"the queue of {person.posts} is not what it reaches")

    def _follow_up(self) -> None:
        """Feed, outbox and watcher, until none of them has anything left to do."""
        county = self.world
        for _ in range(PEACE_ROUNDS_MAX):
            done = project_pending(county.system, county.feed, 100)
            done += send_outbox(county.system, lambda message: workers.send(county, message))
            done += watch_deadlines(county.system)
            if done == 0:
                return
        raise BrokenPromise("the system never comes to rest")

    def check(self, *, settled: bool) -> None:
        """Raises BrokenPromise with every problem that the invariants see."""
        problems = list(problems_of(see(self.world, settled=settled)))
        if problems:
            when = "at rest" if settled else f"at step {self._step}"
            raise BrokenPromise(f"{when}:\n  " + "\n  ".join(problems))

    def _compare_snapshots(self) -> None:
        """Snapshots that grew with the changes hold what one made afresh holds, byte for byte."""
        public, folder = self.world.public, self.world.folder
        grown = take_snapshot(public, folder / "build")
        again = take_snapshot(public, folder / "build")
        clear_dirty(public, grown)
        fresh = take_snapshot(public, folder / "fresh")
        if not grown.root == again.root == fresh.root:
            raise BrokenPromise("two snapshots of the same rows differ")
        rows = {
            item.partition: dict(item.body)
            for item in public.contents().values()
            if item.sort == public_keys.ROW
        }
        if rows != dict(_rows(fresh)):
            raise BrokenPromise("the snapshot does not hold the public rows")

    def abandon_all(self) -> None:
        for task, _ in self._under_way:
            task.abandon()


def problems_of(seen: Seen, invariants: Iterable[Invariant] = INVARIANTS) -> Iterator[str]:
    """What any invariant has to say, in sentences that begin with the invariant's name."""
    for invariant in invariants:
        for problem in islice(invariant(seen), PROBLEMS_MAX):
            yield f"{invariant.__name__}: {problem}"


def _rows(snapshot: Snapshot) -> Iterator[tuple[str, dict]]:
    for month in snapshot.months:
        for row in snapshot.rows(month):
            yield public_keys.public(row.id), to_json(row)
