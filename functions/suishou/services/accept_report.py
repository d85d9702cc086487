"""Report → event → case: takes one report in, exactly once however often it is sent.

Comes in: who reports, what, and their Idempotency-Key. Goes out: a receipt with the tracking token.
The loser of a race reads the winner's head: same content, same answer; another content, KeyReused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from suishou.domain.action_fields import ActionContext, category_data, clock_states
from suishou.domain.case import Actor, Case, Event
from suishou.domain.deadline import CHINA
from suishou.domain.errors import Conflict, Invalid, KeyReused
from suishou.domain.people import Principal
from suishou.services.case_store import case_actions, find_case, patiently
from suishou.services.identity import case_id_for, request_hash, tracking_token
from suishou.services.known_photos import require_photos
from suishou.services.report_fields import (
    KEY_CHARACTERS_MAX,
    CheckedReport,
    Landmark,
    NewReport,
    Point,
    check_report,
)
from suishou.services.system import System
from suishou.services.uploads import keep_uploads
from suishou.storage import private_keys as keys
from suishou.storage.table import Insert

__all__ = ["Landmark", "NewReport", "Point", "Receipt", "accept_report"]


@dataclass(frozen=True)
class Receipt:
    """上报凭证. `due` holds each running clock's deadline, None while it awaits the calendar."""

    case_id: str
    tracking_token: str
    due: Mapping[str, datetime | None]
    repeated: bool


def accept_report(system: System, principal: Principal, report: NewReport, key: str) -> Receipt:
    """Stores the report as a case and answers with its receipt.

    With no key, the same content from the same principal on the same day is the same report, so
    that a second tap on the button makes no second case. Raises Invalid, NotAllowed, KeyReused,
    TooLarge, UnsupportedType, Busy; then nothing was written.
    """
    if len(key) > KEY_CHARACTERS_MAX:
        raise Invalid("too_long", "idempotency_key", characters_max=KEY_CHARACTERS_MAX)
    now = system.now()
    checked = check_report(system, principal, report)
    content = request_hash(system.secret, _canonical(report))
    key = key or f"{now.astimezone(CHINA):%Y-%m-%d} {content}"
    case_id = case_id_for(system.secret, principal.id or "anonymous", key)
    if report.photos or report.photo_files:
        # Photos cost work, and a repeated report's may be gone. Without them the insert itself
        # finds out whether the report came before.
        known = find_case(system.private, case_id)
        if known:
            return _receipt(system, known.case, content, repeated=True)
    photos = _photos(system, report, f"{case_id} {content}")
    event = _reported(system, principal, checked, photos, content, now)
    case, actions = case_actions(case_id, None, [event])
    actions.append(Insert(keys.case(case_id), keys.TEXT, checked.personal))

    def attempt() -> Receipt:
        try:
            system.private.write(actions)
        except Conflict:
            winner = find_case(system.private, case_id)
            if winner is None:
                raise
            return _receipt(system, winner.case, content, repeated=True)
        return _receipt(system, case, content, repeated=False)

    return patiently(system, attempt)


def _canonical(report: NewReport) -> dict[str, Any]:
    """What makes two requests the same: every field, photos by the hash of their bytes."""
    fields = dict(vars(report))
    fields["photo_files"] = [hashlib.sha256(data).hexdigest() for data in report.photo_files]
    fields["place_kind"] = type(report.place).__name__
    if isinstance(report.place, Point):
        fields["place"] = [repr(report.place.lat), repr(report.place.lon), report.place.crs]
    elif report.place is not None:
        fields["place"] = vars(report.place)
    return fields


def _photos(system: System, report: NewReport, request: str) -> tuple[str, ...]:
    """Ids in the order they came, none twice. A request that is sent again keeps its photos under
    the same ids."""
    require_photos(system, report.photos)
    kept = keep_uploads(system, report.photo_files, of=request)
    return tuple(dict.fromkeys((*report.photos, *kept)))


def _reported(
    system: System,
    principal: Principal,
    checked: CheckedReport,
    photos: tuple[str, ...],
    content: str,
    now: datetime,
) -> Event:
    context = ActionContext(system.programme, system.calendar, now)
    staff = principal.kind == "staff"
    data = {
        **category_data(checked.category),
        "source": checked.source,
        "area": checked.area,
        "place_in_review": checked.place_in_review,
        "severity": checked.severity,
        "reporter": principal.id if principal.kind == "rider" else "",
        "entered_by": principal.id if staff else "",
        "photos": list(photos),
        "clocks": clock_states(checked.category, now, context),
        "request_hash": content,
    }
    return Event(1, "reported", now, Actor(principal.id, principal.kind), data)


def _receipt(system: System, case: Case, content: str, *, repeated: bool) -> Receipt:
    if case.request_hash != content:
        raise KeyReused("key_reused", "idempotency_key")
    due = {str(n): c.due for n, c in case.clocks.items() if n != "feedback"}
    return Receipt(case.id, tracking_token(system.secret, case.id), due, repeated)
