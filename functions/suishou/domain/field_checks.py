"""The shapes of single fields: a text, a code that must be known, photos, masks, a draft.

Comes in: fields as a caller sent them. Goes out: the checked value. Raises Invalid by field name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from suishou.domain.case import Case
from suishou.domain.errors import Invalid

NOTE_CHARACTERS_MAX = 2_000
TITLE_CHARACTERS_MAX = 100
PHOTOS_MAX = 9  # as many as a WeChat post takes
MASKS_MAX = 50  # on one photo
MASK_PIXELS_MAX = 100_000  # beyond any photo; where the photo ends is for whoever masks it
# Controls but for line feed and tab, and marks that turn the direction of what follows: nobody
# types them, and they can hide or reorder what a page shows.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def readable_text(value: str) -> str:
    """The text as people see it: lines end in a line feed, no control characters, no spaces around
    it."""
    return _UNSEEN.sub("", value.replace("\r\n", "\n")).strip()


def is_blank(value: object) -> bool:
    """Whether a field says nothing: absent, empty, or a text of spaces and controls."""
    return not readable_text(value) if isinstance(value, str) else value in (None, [], {})


def text_field(
    fields: Mapping[str, Any], name: str, characters_max: int = NOTE_CHARACTERS_MAX
) -> str:
    """A text, stripped; "" when absent."""
    value = fields.get(name, "")
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Invalid("not_text", name)
    value = readable_text(value)
    if len(value) > characters_max:
        raise Invalid("too_long", name, characters_max=characters_max)
    return value


def known(table: Mapping[str, Any], fields: Mapping[str, Any], name: str, code: str) -> Any:
    """The entry that a field names. Raises Invalid with `code`."""
    value = fields.get(name)
    if not isinstance(value, str) or value not in table:
        raise Invalid(code, name)
    return table[value]


def photo_ids(fields: Mapping[str, Any], name: str = "photos") -> list[str]:
    """Upload ids, at most PHOTOS_MAX. Whether they exist is the service's to check."""
    value = fields.get(name) or []
    if not isinstance(value, list | tuple) or not all(isinstance(p, str) for p in value):
        raise Invalid("not_a_list", name)
    if len(value) > PHOTOS_MAX:
        raise Invalid("too_many_photos", name, photos_max=PHOTOS_MAX)
    return list(value)


def draft_content(case: Case, fields: Mapping[str, Any]) -> Mapping[str, Any]:
    photos = []
    given = fields.get("photos") or []
    if not isinstance(given, list | tuple):
        raise Invalid("not_a_list", "photos")
    if len(given) > 2 * PHOTOS_MAX:  # those from before and those from after
        raise Invalid("too_many_photos", "photos", photos_max=2 * PHOTOS_MAX)
    for entry in given:
        entry = {"id": entry} if isinstance(entry, str) else entry
        if not isinstance(entry, Mapping) or entry.get("id") not in case.photos + case.after_photos:
            raise Invalid("unknown_photo", "photos")
        photos.append({"id": entry["id"], "masks": masks(entry.get("masks") or [])})
    return {
        "title": text_field(fields, "title", TITLE_CHARACTERS_MAX),
        "text": text_field(fields, "text"),
        "result": text_field(fields, "result"),
        "photos": photos,
    }


def masks(value: Any) -> list[list[int]]:
    """Rectangles to make unreadable (打码): [left, top, width, height] in pixels of the copy."""
    if not isinstance(value, list):
        raise Invalid("bad_mask", "photos")
    if len(value) > MASKS_MAX:
        raise Invalid("too_many", "photos", most=MASKS_MAX)
    for mask in value:
        whole = isinstance(mask, list) and all(
            type(n) is int and 0 <= n <= MASK_PIXELS_MAX for n in mask
        )
        if not whole or len(mask) != 4:
            raise Invalid("bad_mask", "photos")
    return value
