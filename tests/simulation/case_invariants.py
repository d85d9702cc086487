"""What must hold of cases, at every moment: promises, histories, index rows.

Comes in: `Seen`. Goes out: a sentence for each thing that is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator

from suishou.domain.apply_event import fold
from suishou.domain.case import Event
from suishou.domain.transitions import Transition, transitions
from suishou.services.index_rows import index_rows
from suishou.storage import private_keys as keys
from tests.simulation.seen import Seen, SeenCase

# What an index row's partition begins with; a rider's partition holds other things besides.
INDEXES = ("QUEUE#", "DUE#", "PENDING", "NEAR#")


def acknowledged_reports_are_there(seen: Seen) -> Iterator[str]:
    """No acknowledged report lost, nor changed; its words are there until they are erased."""
    for case_id, description in seen.world.promises.descriptions.items():
        if case_id not in seen.cases:
            yield f"acknowledged case {case_id} is gone"
            continue
        item = seen.cases[case_id].items.get(keys.TEXT)
        erased = any(event.kind == "text_erased" for event in seen.cases[case_id].events)
        if item is None or (
            item.body != {"erased": True} if erased else item.body.get("description") != description
        ):
            yield f"the words of case {case_id} are not the acknowledged ones"


def one_case_for_one_key(seen: Seen) -> Iterator[str]:
    """No more cases than keys; one id and token a key (also checked at every answer)."""
    promises = seen.world.promises
    if len(seen.cases) > len(promises.sent):
        yield f"{len(seen.cases)} cases from {len(promises.sent)} keys"
    ids = [case_id for case_id, _ in promises.receipts.values()]
    if len(set(ids)) != len(ids):
        yield "two keys were answered with one case"


def acknowledged_actions_are_there(seen: Seen) -> Iterator[str]:
    for key in seen.world.promises.done:
        if key not in seen.private:
            yield f"an acknowledged action left no mark: {key}"


def histories_make_their_cases(seen: Seen) -> Iterator[str]:
    """head == fold(events): no gap, none too many, none missing; times never run backwards."""
    for case_id, found in seen.cases.items():
        try:
            folded = fold(found.events, case_id)
        except ValueError as error:
            yield f"case {case_id}: {error}"
            continue
        if folded != found.case:
            yield f"case {case_id} is not what its events make"
        times = [event.at for event in found.events]
        if times != sorted(times):
            yield f"case {case_id}: time runs backwards in its events"


def only_legal_transitions(seen: Seen) -> Iterator[str]:
    """Every event stands in the transition table: from that stage, to that stage, by that role,
    and, where two people are needed, by two."""
    rows: dict[str, list[Transition]] = {}
    for row in transitions(seen.world.system.programme.loop.steps).values():
        rows.setdefault(row.event, []).append(row)
    for case_id, found in seen.cases.items():
        walk = Walk(rows, seen.world.system.programme.loop.two_person_approval)
        for event in found.events:
            if problem := walk.step(event):
                yield f"case {case_id}, event {event.number} ({event.kind}): {problem}"
        if walk.stage != found.case.stage:
            yield f"case {case_id} stands at {found.case.stage}, its history at {walk.stage}"


class Walk:
    """Follows a history through the transition table alone, without the domain's fold."""

    def __init__(self, rows: dict[str, list[Transition]], two_people: bool) -> None:
        self.stage = ""
        self._rows = rows
        self._two_people = two_people
        self._back = ""  # where a hold or a failed verification returns to
        self._people = {"resolved_by": "", "drafted_by": ""}

    def step(self, event: Event) -> str:
        """What is wrong with this event here, or ""."""
        if event.kind == "reported":
            first, self.stage = not self.stage, "reported"
            return "" if first and event.number == 1 else "reported twice"
        allowed = [row for row in self._rows.get(event.kind, ()) if self.stage in row.sources]
        if not allowed:
            return f"not from {self.stage}"
        if not any(event.actor.role in row.who for row in allowed):
            return f"not by {event.actor.role}"
        other = allowed[0].other_than
        waived = event.kind == "approved" and not self._two_people
        if other and not waived and self._people[other] == event.actor.id:
            return "needs another person"
        self._move(event, allowed[0])
        return ""

    def _move(self, event: Event, row: Transition) -> None:
        if event.kind in ("held", "resolved"):
            self._back = self.stage
        if event.kind == "resolved":
            self._people["resolved_by"] = event.actor.id
        if event.kind == "drafted":
            self._people["drafted_by"] = event.actor.id
        if row.target:
            self.stage = self._back if row.target == "*" else row.target


def index_rows_are_exact(seen: Seen) -> Iterator[str]:
    """Queues, due lists, neighbours and riders' lists hold the rows of all cases and no other."""
    wanted = {
        key: body for found in seen.cases.values() for key, body in index_rows(found.case).items()
    }
    there = {
        key: item.body
        for key, item in seen.private.items()
        if key[0].startswith(INDEXES)
        or (key[0].startswith("RIDER#") and key[1].startswith("CASE#"))
    }
    for key in sorted(wanted.keys() | there.keys()):
        if wanted.get(key) != there.get(key):
            yield f"index row {key}: {there.get(key)} in place of {wanted.get(key)}"


def erased_words_are_gone(seen: Seen) -> Iterator[str]:
    """After an erasure no words from before it are left, nor, once settled, the raw photos."""
    for case_id, found in seen.cases.items():
        last = max((e.number for e in found.events if e.kind == "text_erased"), default=0)
        if not last:
            continue
        for sort, item in found.items.items():
            number = int(sort.split("#")[1]) if sort.startswith("NOTE#") else 0
            words = sort in (keys.TEXT,) or (sort.startswith("NOTE#") and number < last)
            if words and item.body != {"erased": True}:
                yield f"case {case_id}: {sort} outlived its erasure"
        if seen.settled:
            yield from _erased_photos(seen, found)


def _erased_photos(seen: Seen, found: SeenCase) -> Iterator[str]:
    for photo in found.case.photos:
        if f"photos/{photo}.jpg" in seen.world.raw_photos.kept:
            yield f"case {found.case.id}: a raw photo outlived its erasure"


EVERY_MOMENT = (
    acknowledged_reports_are_there,
    one_case_for_one_key,
    acknowledged_actions_are_there,
    histories_make_their_cases,
    only_legal_transitions,
    index_rows_are_exact,
    erased_words_are_gone,
)
