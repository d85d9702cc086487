"""When a whole site was last verified, so that it is done once a week and seen when it fails.

In: the public table, what a verification told. Out: whether one is due; the item `BUILD`/`VERIFIED`
(`at`, RFC 3339 in UTC). Verifies nothing itself.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from suishou.services.case_store import patiently
from suishou.services.system import System
from suishou.storage.public_keys import BUILD
from suishou.storage.table import Insert, Replace

VERIFIED = "VERIFIED"
EVERY = timedelta(days=7)
LEEWAY = timedelta(hours=12)  # a night that begins a little earlier than last week's counts


def is_due(system: System) -> bool:
    """Whether a week has passed since the last verification, or there was none."""
    item = system.public.get(BUILD, VERIFIED)
    if item is None:
        return True
    last = datetime.fromisoformat(item.body["at"])
    return system.now() - last >= EVERY - LEEWAY


def note_verified(system: System) -> None:
    """Writes down that the site was verified now, whatever came of it. Raises Busy."""
    body = {"at": system.now().astimezone(UTC).isoformat()}

    def attempt() -> None:
        item = system.public.get(BUILD, VERIFIED)
        if item is None:
            system.public.write([Insert(BUILD, VERIFIED, body)])
        else:
            system.public.write([Replace(BUILD, VERIFIED, item.version, body)])

    patiently(system, attempt)
