"""Stations (驿站) as they stand today: the programme's own list, with what admins changed since.

In: an admin's fields for one station. Out: stations; changed ones lie in the public table, where
the build reads them, for nothing about a station is private.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from suishou.domain.errors import Conflict, Contended, Invalid, NotAllowed
from suishou.domain.field_checks import text_field
from suishou.domain.people import Principal
from suishou.domain.place import to_wgs84
from suishou.domain.programme import Programme, Station
from suishou.services.case_store import patiently
from suishou.services.station_photo import station_photo, withdraw_station_photo
from suishou.services.system import System
from suishou.storage import public_keys
from suishou.storage.table import Insert, Replace, Table, query_all

CODE = re.compile(r"[a-z][a-z0-9_-]{0,39}")  # it stands in an address and a file name
NAME_CHARACTERS_MAX = 60
TEXT_CHARACTERS_MAX = 200


def stations(system: System) -> tuple[Station, ...]:
    """All stations, by code."""
    return stations_in(system.programme, system.public)


def stations_in(programme: Programme, public: Table) -> tuple[Station, ...]:
    """All stations, by code: the public table's over the programme's. For the build, too."""
    found = {station.code: station for station in programme.stations}
    for item in query_all(public, public_keys.STATION):
        if item.body.get("closed"):
            found.pop(item.sort, None)
        else:
            found[item.sort] = _from_json(item.body)
    return tuple(found[code] for code in sorted(found))


def keep_station(system: System, by: Principal, fields: Mapping[str, Any]) -> Station:
    """Adds a station or replaces the one with this `code`; `closed` true takes it off the list.

    `location` is `{lat, lon, crs}`; `photo` an upload's id, or the station's own to keep it. A
    closed station is answered as it last stood, without its photo. Raises NotAllowed, Invalid
    naming the field, Busy.
    """
    if not by.is_admin:
        raise NotAllowed("admins_only")
    closed = fields.get("closed", False)
    if not isinstance(closed, bool):
        raise Invalid("not_yes_or_no", "closed")
    station = _known(system, fields) if closed else _checked(system, fields)
    body = {**asdict(station), "amenities": list(station.amenities), "closed": closed}

    replaced: set[str] = set()

    def attempt() -> None:
        existing = system.public.get(public_keys.STATION, station.code)
        replaced.add(str(existing.body.get("photo", "")) if existing else "")
        key = (public_keys.STATION, station.code)
        put = Replace(*key, existing.version, body) if existing else Insert(*key, body)
        try:
            system.public.write([put])
        except Conflict as lost:
            raise Contended("somebody else is changing this station") from lost

    patiently(system, attempt)
    for photo in replaced - {"", station.photo}:
        withdraw_station_photo(system, photo)
    return station


def _known(system: System, fields: Mapping[str, Any]) -> Station:
    code = text_field(fields, "code")
    for station in stations(system):
        if station.code == code:
            return replace(station, photo="", photo_alt="", photo_credit="")
    raise Invalid("unknown_station", "code")


def _checked(system: System, fields: Mapping[str, Any]) -> Station:
    programme = system.programme
    lat, lon = _position(system, fields.get("location"))
    station = Station(
        code=_required(fields, "code"),
        name=_required(fields, "name"),
        level=_required(fields, "level"),
        area=_required(fields, "area"),
        address=text_field(fields, "address", TEXT_CHARACTERS_MAX),
        lat=lat,
        lon=lon,
        amenities=_amenities(programme, fields.get("amenities") or []),
        hours=text_field(fields, "hours", TEXT_CHARACTERS_MAX),
        phone=text_field(fields, "phone", NAME_CHARACTERS_MAX),
        discount=text_field(fields, "discount", TEXT_CHARACTERS_MAX),
    )
    if not CODE.fullmatch(station.code):
        raise Invalid("not_allowed", "code")
    if station.level not in programme.station_levels:
        raise Invalid("not_allowed", "level", allowed=sorted(programme.station_levels))
    if station.area not in programme.areas:
        raise Invalid("unknown_area", "area")
    standing = next((one.photo for one in stations(system) if one.code == station.code), "")
    photo, shows, credit = station_photo(system, station.code, fields, standing)
    return replace(station, photo=photo, photo_alt=shows, photo_credit=credit)


def _required(fields: Mapping[str, Any], name: str) -> str:
    value = text_field(fields, name, NAME_CHARACTERS_MAX)
    if not value:
        raise Invalid("required", name)
    return value


def _amenities(programme: Programme, value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise Invalid("not_a_list", "amenities")
    for amenity in value:
        if not isinstance(amenity, str) or amenity not in programme.amenities:
            raise Invalid("not_allowed", "amenities", allowed=sorted(programme.amenities))
    return tuple(dict.fromkeys(value))


def _position(system: System, value: object) -> tuple[str, str]:
    """Latitude and longitude in WGS-84 as text, seven decimals (a centimetre)."""
    if not isinstance(value, Mapping):
        raise Invalid("required" if value is None else "not_an_object", "location")
    numbers = []
    for name in ("lat", "lon"):
        number = value.get(name)
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise Invalid("not_a_coordinate", f"location.{name}")
        if abs(number) > 180:  # a whole number of 400 digits has no float
            raise Invalid("not_a_coordinate", f"location.{name}")
        numbers.append(float(number))
    try:
        lat, lon = to_wgs84(numbers[0], numbers[1], str(value.get("crs", "")))
    except Invalid as refused:
        raise Invalid(
            refused.code, f"location.{refused.field}", **refused.values_for_wording
        ) from None
    if system.grid.metres_outside(lat, lon) > 0:
        raise Invalid("outside_county", "location")
    return f"{lat:.7f}", f"{lon:.7f}"


def _from_json(body: Mapping[str, Any]) -> Station:
    values = {name: body[name] for name in Station.__dataclass_fields__ if name in body}
    return replace(Station(**values), amenities=tuple(body["amenities"]))
