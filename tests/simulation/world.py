"""The simulated county: one system on faulty storage, its people, a clock, and what was promised.

Comes in: a seed's random numbers, an engine's tables. Goes out: a `World`, in which `promises`
holds everything that a service acknowledged and that must therefore be true for ever.
"""

from __future__ import annotations

import itertools
import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random

from suishou.domain.grid import GridIndex
from suishou.domain.people import Post, Principal
from suishou.domain.programme import Programme, Reward, Steps
from suishou.services.load_programme import load_programme
from suishou.services.people import enrol_rider, enrol_staff, operator
from suishou.services.system import System
from suishou.services.uploads import OwnUploads
from suishou.services.work_calendar import ProgrammeCalendar
from suishou.services.write_outbox import Message
from suishou.storage import public_keys
from suishou.storage.table import Action, ChangeFeed, Insert, Replace, Table
from tests.simulation.baton import Baton
from tests.simulation.faulty_storage import Faults, FaultyBlobs, FaultyFeed, FaultyTable
from tests.storage.engines import Clients, dynamo_table, sqlite_table

PROGRAMME = Path(__file__).parents[2] / "programmes" / "tonggu"
# Two weeks before the known calendar ends: deadlines of both kinds, set and pending.
START = datetime(2026, 12, 14, 1, 0, tzinfo=UTC)
SECRET = "QZX-secret-words"  # stands in every private text; must be nowhere else
CATEGORIES = 5
RIDERS = 3


@dataclass
class Promises:
    """What callers were told. Keys of requests are (who, Idempotency-Key)."""

    sent: dict[tuple[str, str], list[str]] = field(default_factory=dict)  # contents sent by key
    receipts: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)  # case id -> what was acknowledged
    reporters: dict[str, Principal] = field(default_factory=dict)  # case id -> who may confirm
    done: dict[tuple[str, str], int] = field(default_factory=dict)  # keys of marks -> 1
    redemptions: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    delivered: list[Message] = field(default_factory=list)

    @property
    def case_ids(self) -> list[str]:
        return list(self.descriptions)


@dataclass
class World:
    """Everything that an actor can reach. `private`, `public` are the faulty tables."""

    random: Random
    baton: Baton
    faults: Faults
    private: FaultyTable
    public: FaultyTable
    feed: FaultyFeed
    folder: Path
    base: System
    time: datetime = START
    riders: list[Principal] = field(default_factory=list)
    staff: list[Principal] = field(default_factory=list)
    promises: Promises = field(default_factory=Promises)
    logged: list[str] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    public_versions: dict[str, int] = field(default_factory=dict)  # by partition, the newest yet
    went_back: list[str] = field(default_factory=list)  # public rows that an older one replaced

    @property
    def system(self) -> System:
        return self.base

    @property
    def raw_photos(self) -> FaultyBlobs:
        assert isinstance(self.base.raw_photos, FaultyBlobs)
        return self.base.raw_photos

    @property
    def public_photos(self) -> FaultyBlobs:
        assert isinstance(self.base.public_photos, FaultyBlobs)
        return self.base.public_photos

    def now(self) -> datetime:
        return self.time

    def pass_time(self, **delta: float) -> None:
        self.time += timedelta(**delta)

    def sleep(self, seconds: float) -> None:
        """A service waits: time passes, and somebody else may act."""
        self.time += timedelta(seconds=seconds)
        self.baton.pause()

    def number(self) -> int:
        return next(self.numbers)

    def notice_public_row(self, action: Action) -> None:
        """A public row is written: it must not be of an older version than the one before it."""
        if isinstance(action, Insert | Replace) and action.sort == public_keys.ROW:
            version = action.body["version"]
            if version < self.public_versions.get(action.partition, 0):
                self.went_back.append(action.partition)
            self.public_versions[action.partition] = version

    def learn_next_year(self) -> None:
        """The official calendar of the next year is out: pending deadlines can be set."""
        calendar = ProgrammeCalendar(complete_years=(self.base.calendar.last_known_year + 1,))
        self.base = replace(self.base, calendar=calendar)


@dataclass(frozen=True)
class Tables:
    """The two empty tables of one engine, and the feed of the private one."""

    private: Table
    public: Table
    feed: ChangeFeed


@contextmanager
def tables(engine: str, folder: Path, clients: Clients | None = None) -> Iterator[Tables]:
    """Real engines: SQLite in `folder`, or DynamoDB in `clients`' moto."""
    with ExitStack() as stack:
        if engine == "dynamodb":
            private = stack.enter_context(dynamo_table(clients))
            public = stack.enter_context(dynamo_table(clients))
        else:
            for name in ("private", "public"):
                (folder / name).mkdir(parents=True)
            private = stack.enter_context(sqlite_table(folder / "private", synchronous="OFF"))
            public = stack.enter_context(sqlite_table(folder / "public", synchronous="OFF"))
        yield Tables(private.table, public.table, private.feed)


@contextmanager
def world(random: Random, opened: Tables, folder: Path) -> Iterator[World]:
    """A county with its people enrolled and its logs caught; faults begin with the first task."""
    baton = Baton()
    faults = weather(random, baton)
    private, public = FaultyTable(opened.private, faults), FaultyTable(opened.public, faults)
    tokens = itertools.count(1)
    programme = simulated_programme(random)
    base = System(
        programme=programme,
        private=private,
        public=public,
        raw_photos=FaultyBlobs(faults),
        public_photos=FaultyBlobs(faults),
        secret=b"a secret of the simulation alone",
        now=lambda: made.now(),
        token=lambda: f"token-{next(tokens)}",
        calendar=ProgrammeCalendar(),
        grid=county_grid(),
        uploads=OwnUploads(),
        sleep=lambda seconds: made.sleep(seconds),
        jitter=random.random,
    )
    feed = FaultyFeed(opened.feed, faults)
    made = World(random, baton, faults, private, public, feed, folder, base)
    public.written.append(made.notice_public_row)
    with caught_logs(made.logged):
        enrol(made)
        yield made


def weather(random: Random, baton: Baton) -> Faults:
    """A seed's weather: some runs see races alone, in some little goes well."""
    rate = random.choice((0.0, 0.01, 0.03, 0.1))
    return Faults(
        random,
        baton,
        contended=rate,
        unanswered=rate,
        crash=rate / 2,
        short_page=random.choice((0.0, 0.3, 0.8)),
        feed=random.choice((0.0, 0.5)),
    )


@cache
def real_programme() -> Programme:
    return load_programme(PROGRAMME)


@cache
def county_grid() -> GridIndex:
    return GridIndex(real_programme().areas.values())


def simulated_programme(random: Random) -> Programme:
    """The programme with the seed's steps and policies, few categories, low caps, scarce rewards:
    where rules meet their bounds is where they break."""
    programme = real_programme()
    codes = random.sample(sorted(programme.categories), CATEGORIES)
    policies = ("never", "aggregate", "after_closed", "after_closed", "at_once")
    categories = {
        code: replace(programme.categories[code], publication=random.choice(policies))
        for code in codes
    }
    on = [random.random() < 0.8 for _ in range(4)]
    loop = replace(programme.loop, steps=Steps(*on), two_person_approval=random.random() < 0.8)
    points = replace(
        programme.points,
        resolved=dict(zip(programme.points.severities, (20, 10, 4), strict=True)),
        cap_day=random.choice((12, 40, 1000)),
        cap_month=random.choice((30, 100, 5000)),
    )
    rewards = {
        code: Reward(code, code, "goods", price, stock, "", True)
        for code, price, stock in (("cap", 3, 1), ("gloves", 5, 3), ("soap", 1, 2))
    }
    return replace(programme, categories=categories, loop=loop, points=points, rewards=rewards)


def enrol(made: World) -> None:
    """Riders; for two streets two of each role; one officer for each unit that leads; one person
    with two hats, an admin, and a dispatcher of the county for places in review."""
    system, programme = made.system, made.system.programme
    by = operator(system)
    for number in range(RIDERS):
        phone = f"1380013800{number}"
        person = enrol_rider(
            system, by, f"{SECRET}{number}", phone, key=f"rider-{number}", demonstration=True
        )
        made.riders.append(Principal(person.id, "rider"))
    posts: list[tuple[Post, ...]] = []
    for street in streets(programme):
        own = Post("community", communities(programme, street)[0])
        posts += [(Post("dispatcher", street),), (Post("dispatcher", street), own), (own,), (own,)]
    units = {c.lead_unit for c in programme.categories.values()}
    posts += [(Post("department", unit),) for unit in sorted(units)]
    county = programme.county.code
    posts += [(Post("dispatcher", county),), (Post("admin", county),), (Post("clerk", county),)]
    for number, held in enumerate(posts):
        person = enrol_staff(
            system, by, f"{SECRET}{number}", held, key=f"staff-{number}", demonstration=True
        )
        made.staff.append(Principal(person.id, "staff", held))


def streets(programme: Programme) -> list[str]:
    """The two streets in which the simulation takes place."""
    return [street.code for street in programme.streets[:2]]


def communities(programme: Programme, street: str) -> list[str]:
    return [area.code for area in programme.communities if area.code.startswith(street)]


class _Catcher(logging.Handler):
    def __init__(self, kept: list[str]) -> None:
        super().__init__(logging.DEBUG)
        self._kept = kept

    def emit(self, record: logging.LogRecord) -> None:
        self._kept.append(f"{record.getMessage()} {record.__dict__}")


@contextmanager
def caught_logs(kept: list[str]) -> Iterator[None]:
    """Every record of ours, with all its extra fields, as text."""
    logger, catcher = logging.getLogger("suishou"), _Catcher(kept)
    level, propagate = logger.level, logger.propagate
    logger.addHandler(catcher)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeHandler(catcher)
        logger.setLevel(level)
        logger.propagate = propagate
