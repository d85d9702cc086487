"""What the page renderer is given, and what it promises in return: the seam of the nightly build.

In: a snapshot of the public rows with its measures. Out: `SiteData`, read by `pages.py`. Never
holds all rows at once: a month's rows are loaded when asked for.

The renderer's side of the bargain, on which incremental builds and take-downs rest (check.py holds
it to most of this):

- A file *belongs to a month* when its path names one as a part of its own: `cases/2026/05/x.html`,
  `streets/360926001/2026-05.html`, `2026-05/index.html` (see `month_of_path`). It is a function of
  that month's rows, the rows closed in it, its frozen figures, the programme and the shells
  alone: no build id, no measure of other months; only a notice board links to a case of another
  month. It is written only when the month is in `changed_months`; otherwise the previous build's
  file stands.
- A month's lists have names that begin with `index`, `category-`, `street-` or `stage-`, or are
  notice boards (see `is_list`): they are published after the pages that they link to.
- Every other file is written at every build; what is not written any more is removed.
- A case's files are `case_path(row)`, its twin `.json`, and its photos at `photo_path(row, key)`,
  small copies at `small_photo_path`. The build itself writes the photos of rows that are `shown`
  and of stations (`station_photo_path`); the renderer only links to them.
- Anywhere else, a mention of a case stands in one element with `data-case="ID"` (`<li>`,
  `<article>`, `<tr>`), and in JSON lists in one object with `"id": "ID"`; so that a take-down can
  cut it out of a published file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from build_scripts.highlights import NO_HIGHLIGHTS, Highlights
from build_scripts.rules_history import RulesHistory
from build_scripts.site_paths import StandingCases, Write
from build_scripts.view_frozen import NOTHING_FROZEN, FrozenFigures
from suishou.domain.measures import Measures
from suishou.domain.programme import Programme, Station
from suishou.domain.public_row import PublicRow

Shells = TypeVar("Shells")


class ShellFiles(Protocol):
    """What the build itself needs of the site helper's `Shells`: every static asset and framed page
    that is published as MkDocs made it, by path from the site's root. The build writes them before
    `render_pages`, whose own writes win."""

    @property
    def files(self) -> Mapping[str, bytes]: ...

    @property
    def address(self) -> str:
        """Where the site will be reached, with a final slash, or "" when that is not configured."""


class Notes(Protocol):
    """Bytes that the renderer notes of a month and finds again at later builds, as long as nothing
    that the month is made from has changed; they may be lost at any time."""

    def get(self, month: str) -> bytes | None: ...

    def put(self, month: str, note: bytes) -> None: ...


@dataclass(frozen=True)
class SiteData:
    """All that pages are made from. Codes are the programme's; days YYYY-MM-DD and months YYYY-MM
    in Asia/Shanghai. `stations` come from the programme overlaid by the public table; `honours` are
    decided rounds and `standings` points totals of consenting riders, both as stored documents,
    sorted by their keys. `data_day` is the newest `changed_on` among rows ("" when none)."""

    programme: Programme
    build_id: str  # hash of the root manifest
    months: tuple[str, ...]  # newest first; only months that have rows
    measures: Measures
    stations: tuple[Station, ...]
    honours: tuple[Mapping[str, Any], ...]
    standings: tuple[Mapping[str, Any], ...]
    changed_months: frozenset[str]  # all months on a full build
    data_day: str
    shown_counts: Mapping[str, int]  # month -> rows with a page of their own
    load_month: Callable[[str], tuple[PublicRow, ...]]
    load_lines: Callable[[str], Mapping[str, bytes]] = lambda month: {}
    notices: tuple[Mapping[str, Any], ...] = ()  # rounds of honours on notice (公示)
    ladder: tuple[Mapping[str, Any], ...] = ()  # stewards who agree to be shown, with their steps
    rules_history: RulesHistory | None = None  # None: nothing is known of earlier changes
    highlights: Highlights = NO_HIGHLIGHTS  # the shown cases that home and the overdue page name
    search_notes: Notes | None = None  # signatures of search; without, made anew from the rows
    load_closed: Callable[[str], tuple[PublicRow, ...]] = lambda month: ()
    frozen: FrozenFigures = NOTHING_FROZEN  # of finished months, this build's own included
    standing: StandingCases | None = None  # pages that need not be rendered; None: all must be

    def rows(self, month: str) -> tuple[PublicRow, ...]:
        """The month's rows, sorted by id, read from disk at each call; () for an unknown month."""
        return self.load_month(month)

    def lines(self, month: str) -> Mapping[str, bytes]:
        """The canonical JSON of the month's rows by id, as far as it is at hand."""
        return self.load_lines(month)

    def closed_rows(self, month: str) -> tuple[PublicRow, ...]:
        """The cases closed in a month, whenever they were reported, sorted by id."""
        return self.load_closed(month)


@dataclass(frozen=True)
class InPieces(Generic[Shells]):
    """A renderer in pieces, so that they can be rendered in processes of their own: `month` writes
    the files of one changed month, each of `across` some of those that belong to no month, and
    `last`, after all of them, what is made from the months' notes. No two write the same file."""

    month: Callable[[SiteData, Shells, str, Write], None]
    across: Sequence[Callable[[SiteData, Shells, Write], None]]
    last: Callable[[SiteData, Shells, Write], None]

    def __call__(self, data: SiteData, shells: Shells, write: Write) -> None:
        """All of them, here and now."""
        for month in sorted(data.changed_months):
            self.month(data, shells, month, write)
        for piece in (*self.across, self.last):
            piece(data, shells, write)
