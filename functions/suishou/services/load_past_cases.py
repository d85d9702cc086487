"""Past cases: a county that moves over from chat groups and spreadsheets brings its history along.

Comes in: a file of finished (or still open) cases. Goes out: real cases with real events, one write
each, ids derived from the file's own, so that loading again adds nothing. The change feed makes
the public rows, as it does for every case. Never sends a message about the past.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from suishou.domain.action_fields import ActionContext
from suishou.domain.errors import Conflict, Invalid, Problem
from suishou.domain.place import to_wgs84
from suishou.services.case_store import case_actions, find_case, patiently
from suishou.services.category_mapping import CategoryMapping
from suishou.services.identity import CASE_ID_CHARACTERS, keyed_hash, readable, request_hash
from suishou.services.past_case_events import Filed, past_events, personal_text, publication
from suishou.services.past_case_lines import PastCase, line_problem, past_cases
from suishou.services.system import System
from suishou.storage import private_keys as keys
from suishou.storage.table import Action, Insert

WRITERS = 16  # writes that wait for the same flush of the disk are committed together
BATCH = 256

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Loaded:
    """What a load did: cases added (in a dry run: that would be), lines already there, faults, and
    how many cases of each category were added."""

    added: int
    already_there: int
    problems: tuple[Problem, ...]
    by_category: Mapping[str, int]


@dataclass(frozen=True)
class _Stored:
    category: str
    new: bool


def load_past_cases(
    system: System,
    path: Path,
    mapping: CategoryMapping,
    *,
    dry_run: bool = False,
    progress: Progress = lambda lines: None,
) -> Loaded:
    """Loads every good line; bad ones are listed. `progress` is told the lines done so far.

    With `dry_run` nothing is written. Raises OSError when the file cannot be read, Busy when the
    store stays contended: then what was loaded stays, and loading again goes on.
    """
    added: Counter[str] = Counter()
    already_there, done = 0, 0
    problems: list[Problem] = []
    lines = past_cases(path, system.now())

    def store(line: PastCase | Problem) -> _Stored | Problem:
        if isinstance(line, Problem):
            return line
        try:
            return _store(system, line, mapping, dry_run)
        except Invalid as refused:
            return line_problem(path.name, line.line, refused.field, refused.code)

    with ThreadPoolExecutor(WRITERS) as pool:
        for batch in _batches(lines):
            for result in pool.map(store, batch):
                if isinstance(result, Problem):
                    problems.append(result)
                elif result.new:
                    added[result.category] += 1
                else:
                    already_there += 1
            done += len(batch)
            progress(done)
    return Loaded(added.total(), already_there, tuple(problems), dict(sorted(added.items())))


def _batches(lines: Iterable[PastCase | Problem]) -> Iterator[list[PastCase | Problem]]:
    rest = iter(lines)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _store(system: System, past: PastCase, mapping: CategoryMapping, dry_run: bool) -> _Stored:
    filed = _file(system, past, mapping)
    case_id = readable(keyed_hash(system.secret, "import", past.id), CASE_ID_CHARACTERS)
    content = request_hash(system.secret, _canonical(past))
    known = _already_there(system, case_id, content)
    if known or dry_run:
        return _Stored(filed.category.code, new=not known)
    actions = _actions(system, past, filed, case_id, content)

    def attempt() -> bool:
        try:
            system.private.write(actions)
        except Conflict:
            if not _already_there(system, case_id, content):
                raise
            return False
        return True

    return _Stored(filed.category.code, new=patiently(system, attempt))


def _already_there(system: System, case_id: str, content: str) -> bool:
    known = find_case(system.private, case_id)
    if known is not None and known.case.request_hash != content:
        raise Invalid("changed_since", "id")
    return known is not None


def _canonical(past: PastCase) -> Mapping[str, Any]:
    """What makes two lines the same: all that came in, whatever line it stood on."""
    fields = {name: str(value) for name, value in vars(past).items() if name != "line"}
    return dict(sorted(fields.items()))


def _actions(
    system: System, past: PastCase, filed: Filed, case_id: str, content: str
) -> list[Action]:
    context = ActionContext(system.programme, system.calendar, system.now())
    events = past_events(past, filed, context, content)
    _, actions = case_actions(case_id, None, events)
    partition = keys.case(case_id)
    actions.append(Insert(partition, keys.TEXT, personal_text(past, filed)))
    # The outbox counts as written: nobody is told today of what was settled years ago.
    actions.append(Insert(partition, keys.PROJECTED, {"through": len(events)}))
    resolved = next((event.number for event in events if event.kind == "resolved"), 0)
    if resolved:
        shown = publication(past)
        draft = {**shown, "photos": []}
        published = {**shown, "photos_before": [], "photos_after": [], "draft": 1}
        actions.append(Insert(partition, keys.note(resolved), {"text": past.reply}))
        actions.append(Insert(partition, keys.draft(1), draft))
        actions.append(Insert(partition, keys.PUBLICATION, published))
    return actions


def _file(system: System, past: PastCase, mapping: CategoryMapping) -> Filed:
    programme = system.programme
    code = mapping.category(programme, past.category, f"{past.title}\n{past.text}")
    category = programme.categories[code]
    area, place = _area(system, past)
    unit = category.lead_unit
    if past.unit:
        units = (u.code for u in programme.units.values() if past.unit in (u.code, u.name))
        unit = next(units, "")
        if not unit:
            raise Invalid("unknown_unit", "unit")
    unplaced = area == programme.county.code and past.replied_at is None
    return Filed(area, unplaced, category, unit, place)


def _area(system: System, past: PastCase) -> tuple[str, Mapping[str, Any]]:
    """The deepest area that the line names, and the place as kept in private."""
    if past.point is not None:
        return _area_of_point(system, *past.point)
    named: Mapping[str, Any] = {"community": past.community, "landmark": past.address}
    if past.community:
        return _named(system, past.community, "community", past.street), named
    if past.street:
        return _named(system, past.street, "street", ""), named
    return system.programme.county.code, named


def _named(system: System, text: str, level: str, street: str) -> str:
    """The area of this level with the code or name; a name that several have needs its street."""
    within = _named(system, street, "street", "") if street else ""
    found = [
        area.code
        for area in system.programme.areas.values()
        if area.level == level and text in (area.code, area.name) and area.code.startswith(within)
    ]
    if len(found) != 1:
        raise Invalid(f"unknown_{level}", level)
    return found[0]


def _area_of_point(
    system: System, lat: float, lon: float, crs: str
) -> tuple[str, Mapping[str, Any]]:
    came = {"lat": repr(lat), "lon": repr(lon), "crs": crs}
    lat, lon = to_wgs84(lat, lon, crs)  # raises Invalid for an unknown crs
    place = {"lat": f"{lat:.7f}", "lon": f"{lon:.7f}", "crs": "wgs84", "came_in": came}
    if system.grid.metres_outside(lat, lon) > system.programme.loop.review_metres:
        raise Invalid("outside_county", "lat")
    area = system.grid.find(lat, lon)
    return (area.code if area else system.programme.county.code), place
