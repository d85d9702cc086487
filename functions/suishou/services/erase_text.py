"""Erasure: a case's personal text goes, its history stays.

Comes in: a case. Goes out: the actions that empty its text, notes, drafts and publication.
Raw photos are removed by `project_case.py` once the event is there.
"""

from __future__ import annotations

from suishou.domain.case import Case
from suishou.services.system import System
from suishou.storage import private_keys as keys
from suishou.storage.table import Action, Replace, query_all

_ERASABLE = ("TEXT", "NOTE#", "DRAFT#", "PUBLICATION")


def erase_actions(system: System, case: Case) -> list[Action]:
    """A replacement by `{"erased": true}` for every item of the case that holds words."""
    actions: list[Action] = []
    for prefix in _ERASABLE:
        for item in query_all(system.private, keys.case(case.id), prefix=prefix):
            actions.append(Replace(item.partition, item.sort, item.version, {"erased": True}))
    return actions
