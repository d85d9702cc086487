"""What pages say of a station (驿站): words for its level, its area and what it offers.

In: a `Station` and the programme. Out: `StationView`, and stations grouped by level in the
programme's own order. Never invents what is not known: empty fields stay empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from build_scripts.site_paths import station_photo_path
from suishou.domain.opening_hours import opening_hours
from suishou.domain.programme import Programme, Station, community_of, street_of


@dataclass(frozen=True)
class StationView:
    """A station in words. `assumed`: the entry is a placeholder that nobody confirmed (暂定);
    `open`: its hours for scripts, "" when their words are not understood; photos from the site's
    root, "" where there is none."""

    code: str
    name: str
    level: str
    level_code: str
    street: str
    community: str
    address: str
    amenities: tuple[str, ...]
    amenity_codes: tuple[str, ...]
    hours: str
    open: str
    phone: str
    discount: str
    lat: str
    lon: str
    photo: str
    small_photo: str
    photo_alt: str
    photo_credit: str
    assumed: bool


@dataclass(frozen=True)
class StationGroup:
    """The stations of one level, by code."""

    code: str
    level: str
    stations: tuple[StationView, ...]


def station_view(station: Station, programme: Programme) -> StationView:
    """A station as its page shows it."""
    hours = opening_hours(station.hours)
    return StationView(
        code=station.code,
        name=station.name,
        level=programme.station_levels.get(station.level, station.level),
        level_code=station.level,
        street=programme.area_name(street_of(station.area)),
        community=programme.area_name(community_of(station.area)),
        address=station.address,
        amenities=tuple(programme.amenities.get(code, code) for code in station.amenities),
        amenity_codes=station.amenities,
        hours=station.hours,
        open=hours.encoded if hours else "",
        phone=station.phone,
        discount=station.discount,
        lat=station.lat,
        lon=station.lon,
        photo=station_photo_path(station),
        small_photo=station_photo_path(station, small=True),
        photo_alt=station.photo_alt,
        photo_credit=station.photo_credit,
        assumed=station.assumed,
    )


def level_groups(stations: Sequence[StationView], programme: Programme) -> tuple[StationGroup, ...]:
    """By level, in the order in which the programme lists its levels; unknown levels come last."""
    order = [*programme.station_levels]
    order += sorted({station.level_code for station in stations} - set(order))
    groups = []
    for code in order:
        chosen = sorted(
            (station for station in stations if station.level_code == code),
            key=lambda station: station.code,
        )
        if chosen:
            groups.append(StationGroup(code, chosen[0].level, tuple(chosen)))
    return tuple(groups)


def amenities_offered(
    stations: Sequence[StationView], programme: Programme
) -> tuple[tuple[str, str, int], ...]:
    """(code, words, stations that offer it) of what some stations have and others do not, in the
    programme's order: what all have is nothing to choose by."""
    counts = {
        code: sum(code in station.amenity_codes for station in stations)
        for code in programme.amenities
    }
    return tuple(
        (code, words, counts[code])
        for code, words in programme.amenities.items()
        if 0 < counts[code] < len(stations)
    )
