"""What must hold of everything that leaves: privacy at every moment, convergence once settled.

Comes in: `Seen`. Goes out: a sentence for each thing that is wrong.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict

from suishou.domain.public_row import small_photo_key, to_json
from suishou.domain.public_view import Published, public_row
from suishou.services.public_copies import public_copies
from suishou.services.write_outbox import messages
from suishou.storage import private_keys, public_keys
from tests.simulation.seen import Seen, SeenCase
from tests.simulation.world import SECRET


def nothing_private_leaves(seen: Seen) -> Iterator[str]:
    """Private words and people's ids: never in the public table, the outbox, messages or logs.
    Officers' ids may be read in our own logs; riders' may not."""
    riders = [rider.id for rider in seen.world.riders]
    people = [*riders, *(person.id for person in seen.world.staff)]
    for (partition, sort), item in seen.public.items():
        yield from _found(f"public {partition}/{sort}", f"{sort} {item.body}", [SECRET, *people])
    for item in seen.partition("OUTBOX#"):
        yield from _found(f"outbox {item.sort}", str(item.body), [SECRET, *people])
    for message in seen.world.promises.delivered:
        yield from _found("a message", str(asdict(message)), [SECRET, *people])
    for line in seen.world.logged:
        yield from _found("a log record", line, [SECRET, *riders])


def _found(where: str, text: str, secrets: list[str]) -> Iterator[str]:
    if any(secret in text for secret in secrets):
        yield f"{where} holds something private"


def public_rows_keep_to_their_cases(seen: Seen) -> Iterator[str]:
    """A public row is of a case that exists, made from a version that it has had, and never
    replaced by one of an older version."""
    for partition in seen.world.went_back:
        yield f"{partition} went back to an older version"
    for (partition, _), item in seen.public.items():
        if partition.startswith("PUBLIC#"):
            found = seen.cases.get(partition.removeprefix("PUBLIC#"))
            if found is None or item.body["version"] > found.case.version:
                yield f"{partition} is ahead of its case"


def public_rows_converge(seen: Seen) -> Iterator[str]:
    """Once settled, every case has the public row that its head and history make, its place in its
    month, and a tombstone if and only if it is taken down."""
    if not seen.settled:
        return
    rows = {key[0] for key in seen.public if key[0].startswith("PUBLIC#")}
    if rows != {public_keys.public(case_id) for case_id in seen.cases}:
        yield "cases and public rows differ"
    for case_id, found in seen.cases.items():
        item = seen.public.get((public_keys.public(case_id), public_keys.ROW))
        wanted = _row(seen, found)
        if item is None or json.dumps(item.body, sort_keys=True) != wanted:
            yield f"the public row of {case_id} is not what its case makes"
            continue
        month = item.body["month"]
        if (public_keys.month(month, case_id), case_id) not in seen.public:
            yield f"case {case_id} is missing in {month}"
        if (public_keys.MONTHS, month) not in seen.public:
            yield f"month {month} is missing"
        stone = seen.public.get((public_keys.TOMBSTONE, case_id))
        standing = stone is not None and not stone.body.get("lifted")
        if standing != found.case.taken_down:
            yield f"case {case_id}: tombstone {standing}, taken down {found.case.taken_down}"
        yield from _photos(seen, found, item.body)


def _row(seen: Seen, found: SeenCase) -> str:
    category = seen.world.system.programme.categories[found.case.category]
    item = found.items.get(private_keys.PUBLICATION)
    published = None
    if found.case.approved and not found.case.taken_down and item and not item.body.get("erased"):
        words = (item.body["title"], item.body["text"], item.body["result"])
        photos = (tuple(item.body["photos_before"]), tuple(item.body["photos_after"]))
        published = Published(*words, *photos)
    row = public_row(found.case, found.events, category.publication, published)
    return json.dumps(to_json(row), sort_keys=True)


def _photos(seen: Seen, found: SeenCase, row: dict[str, list[str]]) -> Iterator[str]:
    """A shown photo is there; of a case that is taken down none is."""
    kept = seen.world.public_photos.kept
    for key in (*row["photos_before"], *row["photos_after"]):
        if key not in kept or small_photo_key(key) not in kept:
            yield f"case {found.case.id} shows a photo that is gone"
    item = found.items.get(private_keys.PUBLICATION)
    for key in public_copies(item.body) if item else ():
        shown = key in (*item.body.get("photos_before", ()), *item.body.get("photos_after", ()))
        if {key, small_photo_key(key)} & set(kept) and (found.case.taken_down or not shown):
            yield f"case {found.case.id}: a public photo outlived its publication"


def everybody_was_told(seen: Seen) -> Iterator[str]:
    """Once settled: for every event its messages, by kind of recipient, and no others; the outbox
    is empty."""
    if not seen.settled:
        return
    if seen.partition("OUTBOX#"):
        yield "the outbox is not empty"
    told = {(m.case_id, m.event, m.kind, m.to.split(":")[0]) for m in _delivered(seen)}
    wanted = {
        (m.case_id, m.event, m.kind, m.to.split(":")[0])
        for found in seen.cases.values()
        for event in found.events
        for m in messages(seen.world.system, found.case, event)
    }
    for message in sorted(wanted - told):
        yield f"never delivered: {message}"
    for message in sorted(told - wanted):
        yield f"delivered for nothing: {message}"


def _delivered(seen: Seen) -> list:
    return seen.world.promises.delivered


def no_case_is_poison(seen: Seen) -> Iterator[str]:
    for item in seen.partition(private_keys.FAILED):
        yield f"case {item.sort} could not be projected: {item.body['error']}"


EVERY_MOMENT = (
    nothing_private_leaves,
    public_rows_keep_to_their_cases,
    public_rows_converge,
    everybody_was_told,
    no_case_is_poison,
)
