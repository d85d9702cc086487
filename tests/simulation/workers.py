"""The machines: change feed, outbox, deadlines, reprojection, the build's snapshot.

Comes in: the world. Goes out: `Request`s that may be cut off anywhere and simply run again.
"""

from __future__ import annotations

from build_scripts.snapshot import Overtaken, clear_dirty, take_snapshot
from suishou.services.notify import send_outbox
from suishou.services.project_case import project_pending, reproject
from suishou.services.rebuild import (
    LeaseLost,
    finish,
    lease_condition,
    renew,
    start_if_wanted,
    want_rebuild,
)
from suishou.services.standings import publish_standings
from suishou.services.watch_deadlines import watch_deadlines
from suishou.services.write_outbox import Message
from tests.simulation.request import Request
from tests.simulation.world import World

UNDELIVERABLE = 0.2  # chance that the messenger refuses a message


class Unreachable(Exception):
    """The chat group is down."""


def projecting(world: World) -> list[Request]:
    """One pass of the change feed; now and then two workers have the same changes at once."""
    limit = world.random.randint(1, 10)

    def work() -> int:
        return project_pending(world.system, world.feed, limit)

    return [Request("project", work) for _ in range(world.random.choice((1, 1, 2)))]


def projecting_again(world: World) -> list[Request]:
    """An operator runs one case again, for no reason."""
    if not world.promises.case_ids:
        return []
    case_id = world.random.choice(world.promises.case_ids)
    return [Request("reproject", lambda: reproject(world.system, case_id))]


def sending(world: World) -> list[Request]:
    """One pass of the outbox, with a messenger who is not always there."""
    return [Request("send", lambda: send_outbox(world.system, lambda m: send(world, m)))]


def send(world: World, message: Message) -> None:
    if not world.faults.calm and world.random.random() < UNDELIVERABLE:
        raise Unreachable
    world.promises.delivered.append(message)
    world.faults.after()  # a sender may die between sending and noting


def watching(world: World) -> list[Request]:
    return [Request("watch", lambda: watch_deadlines(world.system))]


def contributing(world: World) -> list[Request]:
    return [Request("standings", lambda: publish_standings(world.system))]


def building(world: World) -> list[Request]:
    """One builder, as the lease lets it: snapshot, publish, clear. Slow ones lose their lease and
    find another at work."""
    owner = f"builder-{world.number()}"

    def work() -> None:
        want_rebuild(world.system, "night")
        lease = start_if_wanted(world.system, owner)
        if lease is None:
            return
        try:
            snapshot = take_snapshot(world.public, world.folder / "build")
            renew(world.system, lease)
            clear_dirty(world.public, snapshot, lambda: lease_condition(world.system, lease))
            finish(world.system, lease, succeeded=True, result={})
        except (LeaseLost, Overtaken):
            return

    return [Request("build", work)]
