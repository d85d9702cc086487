"""Case → points: writes the ledger entries that a case's history has earned and that are missing.

In: a case with its events, from the change feed, as often as it likes. Out: each entry written
once, with the balance, under the programme's caps per day and month. Never takes from a cap what a
reversal gave back: what was earned in a day stays counted in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from suishou.domain.case import Case, Event
from suishou.domain.errors import Conflict, Contended
from suishou.domain.points import Entry, LedgerLine, entries_due
from suishou.services.case_store import find_case, patiently
from suishou.services.points_ledger import POINTS, given, line_actions
from suishou.services.system import System
from suishou.storage import private_keys as keys
from suishou.storage.table import Action, Insert, Item, Replace

CHINA = ZoneInfo("Asia/Shanghai")  # a cap's day is the riders' day


def award_points(system: System, case: Case, events: Sequence[Event]) -> int:
    """Writes what is missing and answers how many entries that was. Raises Busy."""
    own = _merged_into_own(system, case)
    due = entries_due(case, events, system.programme.points, own_duplicate=own)
    return sum(_awarded(system, case.reporter, entry) for entry in due)


def _awarded(system: System, rider_id: str, entry: Entry) -> int:
    return patiently(system, lambda: _award(system, rider_id, entry))


def _merged_into_own(system: System, case: Case) -> bool:
    other = find_case(system.private, case.merged_into)
    return other is not None and other.case.reporter == case.reporter


def _award(system: System, rider_id: str, entry: Entry) -> int:
    if given(system, rider_id, entry.id) is not None:
        return 0
    if entry.reverses:
        # The entry it reverses came earlier in the same history, so it is written by now.
        line = _line(entry, -(given(system, rider_id, entry.reverses) or 0))
        actions = line_actions(rider_id, line)
    else:
        line, actions = _capped(system, rider_id, entry)
    try:
        system.private.write(actions)
    except Conflict as lost:
        raise Contended("the ledger changed meanwhile") from lost
    return 1


def _capped(system: System, rider_id: str, entry: Entry) -> tuple[LedgerLine, list[Action]]:
    """The line with what the caps leave of it, and the actions that write both."""
    rules = system.programme.points
    day, month = _day_and_month(entry.at)
    caps = [
        (key, limit, system.private.get(keys.rider(rider_id), keys.cap(key)))
        for key, limit in ((day, rules.cap_day), (month, rules.cap_month))
    ]
    room = min(limit - _used(item) for _, limit, item in caps)
    points = min(entry.points, max(room, 0))
    line = _line(entry, points)
    actions = line_actions(rider_id, line)
    if points:
        actions += [_cap_action(rider_id, key, item, points) for key, _, item in caps]
    return line, actions


def _cap_action(rider_id: str, key: str, item: Item | None, points: int) -> Action:
    partition, sort = keys.rider(rider_id), keys.cap(key)
    body = {POINTS: _used(item) + points}
    if item is None:
        return Insert(partition, sort, body)
    return Replace(partition, sort, item.version, body)


def _used(item: Item | None) -> int:
    return 0 if item is None else int(item.body[POINTS])


def _line(entry: Entry, points: int) -> LedgerLine:
    return LedgerLine(
        id=entry.id,
        rule=entry.rule,
        points=points,
        at=entry.at,
        capped=not entry.reverses and points < entry.points,
        case=entry.case,
        reverses=entry.reverses,
    )


def _day_and_month(at: datetime) -> tuple[str, str]:
    day = at.astimezone(CHINA).date().isoformat()
    return day, day[:7]
