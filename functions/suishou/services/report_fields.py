"""A report as it came in, and the checks that every field must pass before anything is stored.

Comes in: `NewReport`, the same from JSON, a form or a multipart post. Goes out: `CheckedReport`.
Raises Invalid naming the field in the caller's own words (`location.crs`, `photo`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from suishou.domain.case import SOURCES
from suishou.domain.errors import Invalid, NotAllowed
from suishou.domain.field_checks import PHOTOS_MAX, TITLE_CHARACTERS_MAX, readable_text
from suishou.domain.people import Principal
from suishou.domain.place import to_wgs84
from suishou.domain.programme import Area, Category
from suishou.services.system import System

DESCRIPTION_CHARACTERS_MAX = 2_000
ADDRESS_CHARACTERS_MAX = 200
CONTACT_CHARACTERS_MAX = 100
KEY_CHARACTERS_MAX = 200
CRS = ("wgs84", "gcj02", "bd09")
STAFF_SOURCES = ("patrol", "window", "telephone", "merchant")


@dataclass(frozen=True)
class Point:
    """Degrees in `crs`: wgs84, gcj02 or bd09."""

    lat: float
    lon: float
    crs: str


@dataclass(frozen=True)
class Landmark:
    """A community (its area code) and what is near: 菜市场东门."""

    community: str
    landmark: str


@dataclass(frozen=True)
class NewReport:
    """`photos` are upload ids, `photo_files` raw bytes as uploaded. `for_name` and `for_phone` say
    for whom a member of staff enters it (代报)."""

    category: str
    description: str
    place: Point | Landmark | None
    title: str = ""
    address: str = ""
    kind: str = ""
    photos: tuple[str, ...] = ()
    photo_files: tuple[bytes, ...] = ()
    contact: str = ""
    source: str = ""
    for_name: str = ""
    for_phone: str = ""
    severity: str = ""


@dataclass(frozen=True)
class CheckedReport:
    """Everything in order: `area` the deepest known, `personal` what the erasable text holds."""

    category: Category
    kind: str
    source: str
    area: str
    place_in_review: bool
    severity: str
    personal: Mapping[str, Any]


def check_report(system: System, principal: Principal, report: NewReport) -> CheckedReport:
    """The checked report. Raises Invalid, NotAllowed; reads and writes nothing."""
    category = system.programme.categories.get(report.category)
    if category is None:
        raise Invalid("required" if not report.category else "unknown_category", "category")
    if report.kind and report.kind != category.kind:
        raise Invalid("kind_does_not_fit", "kind", kind=category.kind)
    severities = system.programme.points.severities
    if report.severity and report.severity not in severities:
        raise Invalid("unknown_severity", "severity", known=sorted(severities))
    texts = {
        "title": _text(report.title, "title", TITLE_CHARACTERS_MAX),
        "description": _text(report.description, "description", DESCRIPTION_CHARACTERS_MAX, True),
        "address": _text(report.address, "address", ADDRESS_CHARACTERS_MAX),
        "contact": _text(report.contact, "contact", CONTACT_CHARACTERS_MAX),
        "for_name": _text(report.for_name, "for_name", CONTACT_CHARACTERS_MAX),
        "for_phone": _text(report.for_phone, "for_phone", CONTACT_CHARACTERS_MAX),
    }
    if len(report.photos) + len(report.photo_files) > PHOTOS_MAX:
        raise Invalid("too_many_photos", "photo", photos_max=PHOTOS_MAX)
    source = _source(principal, report)
    area, in_review, place = _place(system, report.place)
    return CheckedReport(
        category=category,
        kind=category.kind,
        source=source,
        area=area,
        place_in_review=in_review,
        # It decides the points: a reporter does not set their own.
        severity=report.severity if principal.kind == "staff" else "",
        personal={**texts, "place": place},
    )


def _text(value: str, field: str, characters_max: int, needed: bool = False) -> str:
    value = readable_text(value)
    if needed and not value:
        raise Invalid("required", field)
    if len(value) > characters_max:
        raise Invalid("too_long", field, characters_max=characters_max)
    return value


def _source(principal: Principal, report: NewReport) -> str:
    """Riders and residents are what they are; staff say where the report came from."""
    if principal.kind != "staff":
        if report.for_name or report.for_phone:
            raise NotAllowed("only_staff_enter_for_others", field="for_name")
        return "rider" if principal.kind == "rider" else "resident"
    if not report.source:
        return "window" if report.for_name or report.for_phone else "patrol"
    if report.source not in SOURCES or report.source not in STAFF_SOURCES:
        raise Invalid("unknown_source", "source", known=list(STAFF_SOURCES))
    return report.source


def _place(system: System, place: Point | Landmark | None) -> tuple[str, bool, Mapping[str, Any]]:
    if place is None:
        raise Invalid("required", "location")
    if isinstance(place, Landmark):
        return _landmark(system, place)
    if place.crs not in CRS:
        raise Invalid("unknown_crs" if place.crs else "required", "location.crs", known=list(CRS))
    for name, value, bound in (("lat", place.lat, 90), ("lon", place.lon, 180)):
        if not math.isfinite(value) or abs(value) > bound:
            raise Invalid("not_a_coordinate", f"location.{name}")
    lat, lon = to_wgs84(place.lat, place.lon, place.crs)
    came = {"lat": repr(place.lat), "lon": repr(place.lon), "crs": place.crs}
    kept = {"lat": f"{lat:.7f}", "lon": f"{lon:.7f}", "crs": "wgs84", "came_in": came}
    area: Area | None = system.grid.find(lat, lon)
    if area is not None and area.level != "county":
        return area.code, False, kept
    metres = system.grid.metres_outside(lat, lon)
    if metres > system.programme.loop.review_metres:
        raise Invalid("outside_county", "location", county=system.programme.county.name)
    return system.programme.county.code, True, kept


def _landmark(system: System, place: Landmark) -> tuple[str, bool, Mapping[str, Any]]:
    area = system.programme.areas.get(place.community)
    if area is None or area.level not in ("community", "grid_cell"):
        code = "unknown_community" if place.community else "required"
        raise Invalid(code, "location.community")
    landmark = _text(place.landmark, "location.landmark", ADDRESS_CHARACTERS_MAX, True)
    return area.code, False, {"community": area.code, "landmark": landmark}
