"""Ledgers → standings: what each rider earned, and the public list of those who consent.

In: the list of riders, their profiles and ledgers (private). Out: figures by rider id for a round
of honours; public `DISPLAY` rows under keyed hashes, with the name as each rider chose it. Never a
rider id, a telephone number, or anybody without consent in the public table. It counts finished
months alone: points that moved overnight would tell whose case was closed that day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from suishou.domain.deadline import CHINA
from suishou.domain.display_name import shown_name
from suishou.domain.errors import Conflict, Contended
from suishou.domain.honours import Measure, Period, Standing, period_of, standing_of
from suishou.services.case_store import patiently
from suishou.services.points_ledger import all_lines
from suishou.services.system import System
from suishou.services.tokens import keyed
from suishou.storage import private_keys, public_keys
from suishou.storage.table import Delete, Insert, Replace, query_all


def standings(system: System, measure: Measure, period: Period | None = None) -> list[Standing]:
    """Every rider's standing who earned anything in the period; revoked riders are left out."""
    found = (
        standing_of(measure, rider_id, all_lines(system, rider_id), period)
        for rider_id, profile in profiles(system)
        if not profile.get("revoked")
    )
    return [standing for standing in found if standing is not None]


def profiles(system: System) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every rider's id and profile, by id."""
    for entry in query_all(system.private, private_keys.RIDERS):
        item = system.private.get(private_keys.rider(entry.sort), private_keys.PROFILE)
        if item is not None:
            yield entry.sort, item.body


def public_name(system: System, rider_id: str) -> str | None:
    """The name that may be printed for a rider now, or None."""
    item = system.private.get(private_keys.rider(rider_id), private_keys.PROFILE)
    return _name(item.body) if item else None


def publish_standing_of(system: System, rider_id: str) -> None:
    """Brings one rider's public row up to date: a changed choice shows, or is gone, at once.

    Idempotent; raises Busy.
    """
    item = system.private.get(private_keys.rider(rider_id), private_keys.PROFILE)
    body = _row(system, rider_id, item.body) if item else None
    _brought(system, _public_key(system, rider_id), body)


def _public_key(system: System, rider_id: str) -> str:
    return keyed(system, "display", rider_id).hex()[:32]


def publish_standings(system: System) -> int:
    """Brings the public list of contributors up to date; answers how many rows changed.

    Whoever withdrew consent, chose `none` or was revoked is taken off. Idempotent; raises Busy.
    """
    wanted = {
        _public_key(system, rider_id): body
        for rider_id, profile in profiles(system)
        if (body := _row(system, rider_id, profile)) is not None
    }
    standing = {item.sort for item in query_all(system.public, public_keys.DISPLAY)}
    keys = sorted(wanted.keys() | standing)
    return sum(_brought(system, key, wanted.get(key)) for key in keys)


def _row(system: System, rider_id: str, profile: Mapping[str, Any]) -> Mapping[str, Any] | None:
    name = _name(profile)
    if name is None:
        return None
    lines = list(all_lines(system, rider_id))
    finished = finished_months(system.now())
    points = standing_of("points", rider_id, lines, finished)
    resolved = standing_of("reports_resolved", rider_id, lines, finished)
    if points is None:
        return None
    return {
        "name": name,
        "points": points.figure,
        "reports_resolved": resolved.figure if resolved else 0,
    }


def finished_months(now: datetime) -> Period:
    """All time up to the beginning of the month of `now`, in Asia/Shanghai."""
    this_month = period_of("month", f"{now.astimezone(CHINA):%Y-%m}")
    return Period(datetime.min.replace(tzinfo=UTC), this_month.starts)


def _name(profile: Mapping[str, Any]) -> str | None:
    if profile.get("revoked"):
        return None
    consented = bool(profile.get("honour_consent"))
    return shown_name(profile["name"], profile["display"], profile["alias"], consented)


def _brought(system: System, key: str, body: Mapping[str, Any] | None) -> int:
    return patiently(system, lambda: _bring(system, key, body))


def _bring(system: System, key: str, body: Mapping[str, Any] | None) -> int:
    before = system.public.get(public_keys.DISPLAY, key)
    try:
        if body is None:
            if before is None:
                return 0
            system.public.write([Delete(public_keys.DISPLAY, key, before.version)])
        elif before is None:
            system.public.write([Insert(public_keys.DISPLAY, key, body)])
        elif before.body != body:
            system.public.write([Replace(public_keys.DISPLAY, key, before.version, body)])
        else:
            return 0
    except Conflict as lost:
        raise Contended("the row changed meanwhile") from lost
    return 1
