"""Rebuilds of the public site: who asked, who builds, what came of it (the lease of the build).

Comes in: a wish for a rebuild; a builder that wants to start. Goes out: `BUILD`/`LEASE` (one item:
`wanted`, `done`, `seen`, `owner`, `build_number`, `lease_until` in epoch seconds) and one
`HISTORY#<number>` a build, in the public table. One build at a time: a wish during a build is
honoured by the next one, several wishes by one build. Never builds anything itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal

from suishou.domain.errors import Conflict, Contended, NotFound, SuishouError
from suishou.services.case_store import patiently
from suishou.services.system import System
from suishou.storage.public_keys import BUILD
from suishou.storage.table import Action, Insert, Item, Replace, Require

LEASE_SECONDS = 300  # a builder renews every minute; one that died is replaced after five
HISTORY_LISTED_MAX = 100
LEASE = "LEASE"
HISTORY = "HISTORY#"

Status = Literal["waiting", "running", "succeeded", "failed", "lost"]


class LeaseLost(SuishouError):
    """This builder's time ran out and another may have started: it must not publish."""


@dataclass(frozen=True)
class Rebuild:
    """One build, wished for, running or over. Times are RFC 3339 in UTC, "" until they come.

    `by` names who asked first; `requests` how many did. `result` is what the builder told of it
    (figures on success, `problems` on failure). `lost`: its builder died and another took over.
    """

    number: int
    status: Status
    by: str
    requests: int
    requested_at: str
    started_at: str = ""
    ended_at: str = ""
    result: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Lease:
    """The right to build, until `until`; `seen` is how many wishes this build honours."""

    number: int
    owner: str
    seen: int
    until: datetime


@dataclass(frozen=True)
class _State:
    """The body of `BUILD`/`LEASE`; `seen` and `owner` belong to the build that runs."""

    wanted: int = 0
    done: int = 0
    seen: int = 0
    owner: str = ""
    build_number: int = 0
    lease_until: int = 0


def want_rebuild(system: System, by: str) -> Rebuild:
    """Asks for a build and answers the one that will honour it: the next to start.

    A build that already runs does not count: it may have read its rows before the wish. Raises
    Busy.
    """

    def attempt() -> Rebuild:
        item, state = _read(system)
        wish = replace(state, wanted=state.wanted + 1)
        number = state.build_number + 1
        key = _history(number)
        found = system.public.get(BUILD, key)
        if found is None:
            rebuild = Rebuild(number, "waiting", by, 1, _stamp(system))
            entry: Action = Insert(BUILD, key, asdict(rebuild))
        else:
            before = _rebuild(found)
            rebuild = replace(before, requests=before.requests + 1)
            entry = Replace(BUILD, key, found.version, asdict(rebuild))
        _write(system, [_put(item, wish), entry])
        return rebuild

    return patiently(system, attempt)


def start_if_wanted(
    system: System, owner: str, died: Callable[[str], bool] = lambda owner: False
) -> Lease | None:
    """The lease of a new build, or None when none is wanted or one is running.

    `owner` is made anew for every attempt to build (two builders must never share one). Takes over
    from a builder whose lease ran out, or that has `died` for certain; its build is then `lost`.
    Raises Busy.
    """

    def attempt() -> Lease | None:
        item, state = _read(system)
        now = _epoch(system)
        if state.owner and now < state.lease_until:
            # Its own name there means that an earlier try was written and the reply was lost.
            if state.owner == owner:
                return _lease(state)
            if not died(state.owner):
                return None
        if state.wanted <= state.done:
            return None
        number, until = state.build_number + 1, now + LEASE_SECONDS
        started = _State(state.wanted, state.done, state.wanted, owner, number, until)
        _write(system, [_put(item, started), _started(system, number), *_lost(system, state)])
        return _lease(started)

    return patiently(system, attempt)


def hold(system: System, owner: str) -> Lease | None:
    """The lease without a build: to take a case down or to roll back while nobody publishes. None
    when somebody holds it. Wishes go on waiting, and the history does not mention it. Raises Busy.
    """

    def attempt() -> Lease | None:
        item, state = _read(system)
        now = _epoch(system)
        if state.owner and now < state.lease_until:
            return _lease(state) if state.owner == owner else None
        held = replace(state, seen=state.done, owner=owner, lease_until=now + LEASE_SECONDS)
        _write(system, [_put(item, held), *_lost(system, state)])
        return _lease(held)

    return patiently(system, attempt)


def release(system: System, lease: Lease) -> None:
    """Ends what `hold` began. A lease that was lost meanwhile is somebody else's. Raises Busy."""

    def attempt() -> None:
        item, state = _read(system)
        if item and (state.owner, state.build_number) == (lease.owner, lease.number):
            _write(system, [_put(item, replace(state, owner="", lease_until=0))])

    patiently(system, attempt)


def renew(system: System, lease: Lease) -> Lease:
    """The same lease with its full time again. Raises LeaseLost, Busy."""

    def attempt() -> Lease:
        item, state = _held(system, lease)
        later = replace(state, lease_until=_epoch(system) + LEASE_SECONDS)
        _write(system, [_put(item, later)])
        return _lease(later)

    return patiently(system, attempt)


def lease_condition(system: System, lease: Lease) -> Require:
    """A condition for a write that only the holder may make. Raises LeaseLost."""
    item, _ = _held(system, lease)
    return Require(BUILD, LEASE, item.version)


def finish(system: System, lease: Lease, *, succeeded: bool, result: Mapping[str, Any]) -> Rebuild:
    """Ends the build and gives the lease back; `result` is JSON without floats.

    A failed build has honoured its wishes too, or it would be repeated at once for ever; the next
    night or the next wish tries again. Raises LeaseLost, Busy.
    """
    status: Status = "succeeded" if succeeded else "failed"

    def attempt() -> Rebuild:
        over = rebuild(system, lease.number)
        if over.status == status:  # an earlier try was written and the reply was lost
            return over
        item, state = _held(system, lease)
        ended = replace(state, done=max(state.done, lease.seen), owner="", lease_until=0)
        _write(system, [_put(item, ended), *_over(system, lease.number, status, result)])
        return rebuild(system, lease.number)

    return patiently(system, attempt)


def rebuilds(system: System, limit: int = 20) -> tuple[Rebuild, ...]:
    """The last builds, newest first, one that waits included. `limit` is 1 to 100."""
    page = system.public.query(
        BUILD, prefix=HISTORY, limit=min(limit, HISTORY_LISTED_MAX), descending=True
    )
    return tuple(_rebuild(item) for item in page.items)


def rebuild(system: System, number: int) -> Rebuild:
    """One build. Raises NotFound."""
    item = system.public.get(BUILD, _history(number))
    if item is None:
        raise NotFound("unknown_rebuild", "number")
    return _rebuild(item)


def rebuild_wanted(system: System) -> bool:
    """Whether a wish waits that no build has honoured yet."""
    _, state = _read(system)
    return state.wanted > state.done


def next_number(system: System) -> int:
    """The number that the next build to start will have."""
    _, state = _read(system)
    return state.build_number + 1


def _read(system: System) -> tuple[Item | None, _State]:
    item = system.public.get(BUILD, LEASE)
    return item, _State(**item.body) if item else _State()


def _held(system: System, lease: Lease) -> tuple[Item, _State]:
    item, state = _read(system)
    mine = state.owner == lease.owner and state.build_number == lease.number
    if item is None or not mine or _epoch(system) >= state.lease_until:
        raise LeaseLost(f"build {lease.number} has lost its lease")
    return item, state


def _started(system: System, number: int) -> Action:
    """The build's entry in the history, which `want_rebuild` made, or a new one after a builder
    died: its wishes were noted under the number that is lost now."""
    key, now = _history(number), _stamp(system)
    found = system.public.get(BUILD, key)
    if found is None:
        by = rebuild(system, number - 1).by if number > 1 else ""
        entry = Rebuild(number, "running", by, 0, now, started_at=now)
        return Insert(BUILD, key, asdict(entry))
    running = replace(_rebuild(found), status="running", started_at=now)
    return Replace(BUILD, key, found.version, asdict(running))


def _lost(system: System, state: _State) -> list[Action]:
    """Notes that the build of an owner whose lease ran out is lost. One who only held the lease
    (`hold`) leaves the build before it as it ended."""
    found = system.public.get(BUILD, _history(state.build_number)) if state.owner else None
    running = found is not None and _rebuild(found).status == "running"
    return _over(system, state.build_number, "lost", None) if running else []


def _over(
    system: System, number: int, status: Status, result: Mapping[str, Any] | None
) -> list[Action]:
    found = system.public.get(BUILD, _history(number))
    if found is None:
        return []
    ended = replace(_rebuild(found), status=status, ended_at=_stamp(system), result=result)
    return [Replace(BUILD, found.sort, found.version, asdict(ended))]


def _put(item: Item | None, state: _State) -> Action:
    if item is None:
        return Insert(BUILD, LEASE, asdict(state))
    return Replace(BUILD, LEASE, item.version, asdict(state))


def _lease(state: _State) -> Lease:
    until = datetime.fromtimestamp(state.lease_until, UTC)
    return Lease(state.build_number, state.owner, state.seen, until)


def _rebuild(item: Item) -> Rebuild:
    return Rebuild(**item.body)


def _history(number: int) -> str:
    return f"{HISTORY}{number:08}"  # padded, so that the order of keys is the order of builds


def _epoch(system: System) -> int:
    return int(system.now().timestamp())


def _stamp(system: System) -> str:
    return system.now().astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _write(system: System, actions: list[Action]) -> None:
    try:
        system.public.write(actions)
    except Conflict as lost:
        raise Contended("the lease moved meanwhile") from lost
