"""What the two tables hold at one moment, read past all faults, in the shape the invariants need.

Comes in: the world. Goes out: `Seen`. Keys and item shapes are taken from the storage layer;
nothing is asked of the services whose work is being judged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from suishou.domain.case import Case, Event, from_json
from suishou.services.case_store import event_from_json
from suishou.storage import private_keys as keys
from suishou.storage.table import Item
from tests.simulation.world import World

Contents = Mapping[tuple[str, str], Item]


@dataclass(frozen=True)
class SeenCase:
    """A case's head, all of its event items, and its partition's items by sort key."""

    case: Case
    events: tuple[Event, ...]
    items: Mapping[str, Item]


@dataclass(frozen=True)
class Seen:
    """`settled`: everything that was under way has ended and been followed up."""

    world: World
    private: Contents
    public: Contents
    cases: Mapping[str, SeenCase]
    settled: bool

    def partition(self, beginning: str) -> list[Item]:
        """All private items whose partition begins so."""
        return [item for item in self.private.values() if item.partition.startswith(beginning)]


def see(world: World, *, settled: bool) -> Seen:
    """Both tables, read while nobody moves."""
    return seen_in(world, world.private.contents(), world.public.contents(), settled=settled)


def seen_in(world: World, private: Contents, public: Contents, *, settled: bool) -> Seen:
    """The cases that these items make."""
    by_case: dict[str, dict[str, Item]] = {}
    for item in private.values():
        if item.partition.startswith("CASE#"):
            by_case.setdefault(item.partition.removeprefix("CASE#"), {})[item.sort] = item
    cases = {
        case_id: SeenCase(from_json(items[keys.HEAD].body), _events(items), items)
        for case_id, items in sorted(by_case.items())
        if keys.HEAD in items
    }
    return Seen(world, private, public, cases, settled)


def _events(items: Mapping[str, Item]) -> tuple[Event, ...]:
    return tuple(
        event_from_json(items[sort].body) for sort in sorted(items) if sort.startswith("EVENT#")
    )
