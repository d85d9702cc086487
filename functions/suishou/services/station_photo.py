"""The photo of a station (驿站), with its words for who cannot see it and its credit line.

In: an admin's fields. Out: the key of a public copy, made like those of cases: fresh pixels, no
metadata, masked where asked. Another photo, none, or closing the station takes the copy away.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from suishou.domain.errors import Invalid, NotFound
from suishou.domain.field_checks import masks, text_field
from suishou.services.stored_photos import withdraw_photo
from suishou.services.system import System

WORDS_CHARACTERS_MAX = 120


class StationPhoto(NamedTuple):
    """`key` among the public photos, what the photo shows, who took it; all "" for none."""

    key: str = ""
    shows: str = ""
    credit: str = ""


def station_photo(
    system: System, code: str, fields: Mapping[str, Any], standing: str
) -> StationPhoto:
    """The photo that the fields ask for: `photo` is the id of an upload, or `standing`, the key
    that the station's photo has already; absent, there is none. `photo_masks` are rectangles.

    Raises Invalid naming the field; `photo_alt`, what the photo shows, must be given with one.
    """
    from suishou.services.photo_pixels import publish_photo  # Pillow, which lists do not need

    given = text_field(fields, "photo")
    if not given:
        return StationPhoto()
    shows = text_field(fields, "photo_alt", WORDS_CHARACTERS_MAX)
    credit = text_field(fields, "photo_credit", WORDS_CHARACTERS_MAX)
    if not shows:
        raise Invalid("required", "photo_alt")
    if given == standing:
        return StationPhoto(standing, shows, credit)
    try:
        hidden = [(m[0], m[1], m[2], m[3]) for m in masks(fields.get("photo_masks") or [])]
        key = publish_photo(system, given, hidden, owner=f"station/{code}")
    except NotFound as unknown:
        raise Invalid("unknown_photo", "photo") from unknown
    except Invalid as refused:  # rectangles
        raise Invalid(refused.code, "photo_masks", **refused.values_for_wording) from None
    return StationPhoto(key, shows, credit)


def withdraw_station_photo(system: System, key: str) -> None:
    """Takes the public copy away."""
    withdraw_photo(system, key)
