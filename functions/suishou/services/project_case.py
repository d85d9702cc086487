"""Change feed → public row, points, outbox: what follows from a case having changed.

Comes in: «this case changed». Goes out: everything that should stand for it now. Each part re-reads
and writes what is missing under ids derived from event ids, so any number of deliveries, in any
order, come to the same. A case that cannot be worked is recorded and blocks no other.
"""

from __future__ import annotations

from suishou.domain.case import Case, Event
from suishou.domain.errors import Busy, NotFound, StorageFailure
from suishou.services.award_points import award_points
from suishou.services.case_store import get_case, read_events
from suishou.services.public_copies import withdrawn_copies
from suishou.services.publish_case import publish_case
from suishou.services.record_failure import record_failure
from suishou.services.stored_photos import forget_raw_photo, withdraw_photo
from suishou.services.system import System
from suishou.services.write_outbox import write_outbox
from suishou.storage import private_keys as keys
from suishou.storage.table import Change, ChangeFeed, Delete


def project_case(system: System, case_id: str) -> None:
    """Brings public row, points and outbox up to the case as it is now. Raises NotFound, Busy."""
    case = get_case(system.private, case_id).case
    events = read_events(system.private, case)
    publish_case(system, case, events)
    _remove_photos(system, case, events)
    award_points(system, case, events)
    write_outbox(system, case, events)


def _remove_photos(system: System, case: Case, events: tuple[Event, ...]) -> None:
    """Public copies go with a take-down, a new approval or an erasure; raw ones with an erasure."""
    publication = system.private.get(keys.case(case.id), keys.PUBLICATION)
    for photo in sorted(withdrawn_copies(case, publication.body)) if publication else ():
        withdraw_photo(system, photo)
    if any(event.kind == "text_erased" for event in events):
        for photo_id in (*case.photos, *case.after_photos):
            forget_raw_photo(system, photo_id)


def project_pending(system: System, feed: ChangeFeed, limit: int = 100) -> int:
    """Works what the feed holds, at most `limit` changes; answers how many were worked.

    While storage is busy the change stays in the feed; any other failure is recorded (`FAILED#`),
    taken from the feed, and waits for `reproject`.
    """
    changes = feed.pending(limit)
    worked: list[Change] = []
    for change in changes:
        case_id = change.partition.removeprefix("CASE#")
        try:
            project_case(system, case_id)
        except (Busy, StorageFailure):
            continue
        except Exception as error:  # noqa: BLE001 - a poison case must not block the others
            record_failure(system, case_id, error)
        worked.append(change)
    feed.done(worked)
    return len(worked)


def reproject(system: System, case_id: str) -> None:
    """Works a case again by its id and clears its mark. Raises NotFound, Busy."""
    try:
        project_case(system, case_id)
    except NotFound:
        system.private.write([Delete(keys.FAILED, case_id)])
        raise
    system.private.write([Delete(keys.FAILED, case_id)])
