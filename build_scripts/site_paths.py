"""Where a file of the site lies, and what follows from its place: whose it is, when it is written.

In: a public row, a station, a path. Out: paths from the site's root. Never reads a row's words.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Protocol

from suishou.domain.public_row import small_photo_key

if TYPE_CHECKING:
    from suishou.domain.programme import Station
    from suishou.domain.public_row import PublicRow

Write = Callable[[str, bytes], None]
BOARDS = "notice-board"
_MONTH = re.compile(r"(?:^|/)(\d{4})[/-](0[1-9]|1[0-2])(?=/|\.[a-z]+$|$)")


class StandingCases(Protocol):
    """The case pages of a month as they were published, of the same programme and templates."""

    def keep(self, page: str, twin: str, said: bytes) -> bool:
        """Whether the twin says the same bytes there; then both files stay as they are."""


def case_path(row: PublicRow) -> str:
    """The address of a shown case's page from the site's root: `cases/2026/05/ID.html`."""
    return f"{case_stem(row.month, row.id)}.html"


def photo_path(row: PublicRow, key: str) -> str:
    """Where the photo stored under `key` is published for this case: `cases/2026/05/ID-NAME.jpg`.

    Beside the page, under the case's own name, so that a take-down finds it and a photo that two
    cases share does not vanish from the other.
    """
    return f"{case_stem(row.month, row.id)}-{PurePosixPath(key).name}"


def small_photo_path(row: PublicRow, key: str) -> str:
    """Where the photo's small copy is published: `cases/2026/05/ID-NAME-small.jpg`."""
    return photo_path(row, small_photo_key(key))


def station_photo_path(station: Station, small: bool = False) -> str:
    """Where a station's photo is published, or its small copy; "" where it has none."""
    if not station.photo:
        return ""
    key = small_photo_key(station.photo) if small else station.photo
    return f"stations/photo/{station.code}-{PurePosixPath(key).name}"


def case_stem(month: str, case_id: str) -> str:
    """What the paths of all files of a case begin with, followed by `.` or `-`."""
    year, number = month.split("-")
    return f"cases/{year}/{number}/{case_id}"


def month_of_path(path: str) -> str:
    """The month (YYYY-MM) that a site path belongs to, or "" for a file of every build."""
    found = _MONTH.search(path)
    return f"{found[1]}-{found[2]}" if found else ""


def is_of_case(path: str) -> bool:
    """Whether a month's file is a case's own: there are a thousand of these, and some dozens of
    others."""
    return path.startswith("cases/") and not is_list(path)


def is_list(path: str) -> bool:
    """Whether a month's file is one of its lists, by its name or folder."""
    folder, _, name = path.rpartition("/")
    return name.startswith(("index", "category-", "street-", "stage-")) or folder.startswith(BOARDS)
