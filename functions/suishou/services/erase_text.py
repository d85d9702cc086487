"""Erasure: a case's personal text goes, its history stays.

Comes in: a case. Goes out: the actions that empty its text, notes, drafts and publication.
Photos, raw and public, are removed by `project_case.py` once the event is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from suishou.domain.case import Case
from suishou.domain.errors import Conflict, Contended
from suishou.services.public_copies import public_copies
from suishou.services.system import System
from suishou.storage import private_keys as keys
from suishou.storage.table import Action, Item, Replace, query_all

WITH_THE_EVENT_MAX = 80  # actions; a write holds 100, and event, head and index rows need theirs
_ERASABLE = ("TEXT", "NOTE#", "DRAFT#", "PUBLICATION")


def erase_actions(system: System, case: Case) -> list[Action]:
    """A replacement by `{"erased": true}` for every item of the case that still holds words.

    Words that came after `case` was read are passed over: the write is about to lose to them, and
    must not name an item twice before it does.
    """
    actions: list[Action] = []
    for prefix in _ERASABLE:
        for item in query_all(system.private, keys.case(case.id), prefix=prefix):
            if not item.body.get("erased") and not _later(item, case):
                actions.append(Replace(item.partition, item.sort, item.version, _erased(item)))
    while len(actions) > WITH_THE_EVENT_MAX:
        _write(system, actions[:WITH_THE_EVENT_MAX])
        actions = actions[WITH_THE_EVENT_MAX:]
    return actions


def _write(system: System, actions: list[Action]) -> None:
    """Erases what does not fit beside the event: first the words, last the note that they went."""
    try:
        system.private.write(actions)
    except Conflict as lost:
        raise Contended("the case changed meanwhile") from lost


def _erased(item: Item) -> Mapping[str, Any]:
    """Nothing is left but, of a publication, the copies that are still to be removed."""
    copies = sorted(public_copies(item.body))
    return {"erased": True, "retired": copies} if copies else {"erased": True}


def _later(item: Item, case: Case) -> bool:
    """Whether a note or draft belongs to a later version of the case."""
    kind, _, number = item.sort.partition("#")
    newest = {"NOTE": case.version, "DRAFT": case.draft}.get(kind)
    return newest is not None and int(number) > newest
