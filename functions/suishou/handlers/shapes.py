"""How our values look in JSON: snake_case keys, RFC 3339 with +08:00, coordinates with their crs.

In: cases, files, queues, people, stations. Out: plain mappings (`answers.as_json` writes times).
What a shape leaves out is left out on purpose: the public never gets one of the staff's shapes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from suishou.domain.case import Case, ClockState
from suishou.domain.people import Post
from suishou.domain.programme import Category, Programme, Station

if TYPE_CHECKING:  # shapes alone: a function that answers one need not import all their services
    from suishou.services.advance_case import CaseFile
    from suishou.services.case_queue import QueuePage
    from suishou.services.people import Rider, StaffMember
    from suishou.services.stored_photos import PhotoState
    from suishou.services.track_case import TrackedCase

# Never in an answer: it proves what a request held.
CASE_INTERNALS = frozenset({"request_hash"})
# What the reporter may know of their own case: nobody's id but the case's.
REPORTER_FIELDS = (
    *("id", "kind", "category", "national_code", "urgency", "source", "stage", "reported_at"),
    *("changed_at", "area", "place_in_review", "lead_unit", "assisting_units", "outcome"),
    *("satisfied", "resolved_at", "closed_at", "merged_into", "outside_system", "outside_number"),
    *("escalation_level", "photos"),
)


def case_shape(case: Case, programme: Programme) -> dict[str, Any]:
    """A case as the staff see it, with the names beside the codes."""
    values = {k: v for k, v in vars(case).items() if k not in CASE_INTERNALS}
    return {**values, "clocks": clocks_shape(case.clocks), "names": _names(case, programme)}


def _names(case: Case, programme: Programme) -> dict[str, Any]:
    category = programme.categories.get(case.category)
    return {
        "category": category.name if category else case.category,
        "area": programme.area_name(case.area),
        "community": programme.area_name(case.community) if case.community else "",
        "lead_unit": programme.unit_name(case.lead_unit) if case.lead_unit else "",
    }


def clocks_shape(clocks: Mapping[Any, ClockState]) -> dict[str, Any]:
    return {str(name): vars(clock) for name, clock in clocks.items()}


def own_case_shape(case: Case, programme: Programme) -> dict[str, Any]:
    """A case in its reporter's list."""
    return {
        **{name: getattr(case, name) for name in REPORTER_FIELDS},
        "case_id": case.id,
        "clocks": clocks_shape(case.clocks),
        "names": _names(case, programme),
    }


def tracked_shape(tracked: TrackedCase, programme: Programme) -> dict[str, Any]:
    """A case as its reporter sees it."""
    return {
        **own_case_shape(tracked.case, programme),
        "title": tracked.title,
        "description": tracked.description,
        "timeline": [asdict(step) for step in tracked.timeline],
        "result": tracked.result,
        "photo_states": photos_shape(tracked.photos),
        "photos_after": tracked.photos_after,
        "can_confirm": tracked.can_confirm,
        "can_reopen": tracked.can_reopen,
        "can_withdraw": tracked.can_withdraw,
    }


def queue_shape(page: QueuePage, programme: Programme) -> dict[str, Any]:
    entries = [
        {
            **case_shape(entry.case, programme),
            "next_due": entry.next_due,
            "overdue": entry.overdue,
        }
        for entry in page.entries
    ]
    return {"cases": entries, "cursor": page.cursor}


def file_shape(found: CaseFile, programme: Programme) -> dict[str, Any]:
    """A case with its history, the reporter's words, notes and drafts, and what may be done now."""
    text = dict(found.text)
    return {
        "case": case_shape(found.case, programme),
        "text": {**text, "place": place_shape(text.get("place"))} if text else {},
        "events": [
            {**vars(event), "actor": vars(event.actor), "note": found.notes.get(event.number, "")}
            for event in found.events
        ],
        "drafts": {str(number): body for number, body in sorted(found.drafts.items())},
        "photo_states": photos_shape(found.photos),
        "nearby": found.nearby,
        "actions": found.actions,
    }


def photos_shape(photos: Iterable[PhotoState]) -> list[dict[str, str]]:
    """Each photo by its id: received, waiting, missing, or refused and why."""
    return [photo._asdict() for photo in photos]


def place_shape(place: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Coordinates as numbers (they are stored as text, so that nothing rounds them)."""
    if not place or "lat" not in place:
        return place
    shape: dict[str, Any] = {**place, **_degrees(place)}
    if "came_in" in place:
        shape["came_in"] = {**place["came_in"], **_degrees(place["came_in"])}
    return shape


def _degrees(place: Mapping[str, Any]) -> dict[str, float]:
    return {"lat": float(place["lat"]), "lon": float(place["lon"])}


def category_shape(category: Category, programme: Programme) -> dict[str, Any]:
    return {
        "code": category.code,
        "name": category.name,
        "kind": category.kind,
        "description": category.description,
        "dictionary": category.dictionary,
        "national_code": category.national_code,
        "urgency": category.urgency,
        "limits": {str(name): vars(limit) for name, limit in category.limits.items()},
        "publication": category.publication,
        "lead_unit": category.lead_unit,
        "lead_unit_name": programme.unit_name(category.lead_unit),
    }


def station_shape(station: Station) -> dict[str, Any]:
    values = {k: v for k, v in vars(station).items() if k not in ("lat", "lon")}
    location = None
    if station.lat and station.lon:
        location = {**_degrees(vars(station)), "crs": "wgs84"}
    return {**values, "location": location}


def rider_shape(rider: Rider) -> dict[str, Any]:
    return dict(vars(rider))


def staff_shape(member: StaffMember) -> dict[str, Any]:
    return {**vars(member), "posts": posts_shape(member.posts)}


def posts_shape(posts: tuple[Post, ...]) -> list[dict[str, str]]:
    return [{"role": post.role, "scope": post.scope} for post in posts]
