"""Build, step 4: the pages and photos of this build, staged as a publication.

In: `SiteData`, the shells, the photo store, what stands. Out: a `Publication` whose contents are
kept but not yet public: months that did not change keep their files. Months, and what spans them,
are rendered in processes of their own; the bytes are the same. Never touches the public folder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from build_scripts.content_store import content_hash
from build_scripts.month_notes import MonthNotes
from build_scripts.publications import (
    EVERY_BUILD,
    NOTHING,
    Files,
    Publication,
    Publications,
    Staging,
    allowed_path,
    group_of_path,
)
from build_scripts.site_data import InPieces, ShellFiles, SiteData
from build_scripts.site_paths import Write, photo_path, small_photo_path, station_photo_path
from build_scripts.snapshot import Snapshot
from build_scripts.spool import Spool
from build_scripts.worker_processes import in_processes, processes_for
from suishou.domain.public_row import small_photo_key
from suishou.storage.blobs import Blobs

Shells = TypeVar("Shells", bound=ShellFiles)
Render = Callable[[SiteData, Shells, Write], None]


@dataclass(frozen=True)
class Rendered:
    """A piece of the site as its process answers it: `files` are kept already, `photos`
    (path, key, path of the small copy) not."""

    files: Files
    photos: tuple[tuple[str, str, str], ...]


def stage(
    data: SiteData,
    shells: Shells,
    render: Render[Shells],
    *,
    publications: Publications,
    standing: Publication,
    photos: Blobs,
    snapshot: Snapshot,
    made: Mapping[str, str],
    inputs: str,
    work: Path,
    beat: Callable[[], None],
    processes: int = 0,
    full: bool = False,
) -> tuple[Publication, int]:
    """The staged publication, and how many files were made for it. `processes` 0: as many as are
    worth it; `full`: no page stands, even if its case did not change."""
    groups = {month: standing.groups[month] for month in data.months if month in standing.groups}
    written = 0
    data = replace(data, search_notes=MonthNotes(work / "search", made))
    with Spool(work) as spool:
        staging = Staging(publications, spool, beat)
        for path, content in shells.files.items():
            staging.write(path, content)
        across: dict[str, str] = {}
        if isinstance(render, InPieces):
            stands = NOTHING if full else standing
            pieces = _pieces(data, shells, render, publications, stands, processes, beat)
        else:
            render(data, shells, staging.write)
            pieces = _collected(data, staging)
        for month, rendered in pieces:
            if month == EVERY_BUILD:
                across |= rendered.files
                continue
            before = publications.files(standing.groups.get(month))
            found = _photos(rendered, before, photos, publications)
            groups[month] = publications.group({**rendered.files, **found}, made[month])
            written += len(rendered.files) + len(found.keys() - before.keys())
        if isinstance(render, InPieces):
            render.last(data, shells, staging.write)
        across = {**staging.files(EVERY_BUILD), **across}
        before = publications.files(standing.groups.get(EVERY_BUILD))
        taken = Rendered(across, tuple(_station_photo_keys(data)))
        found = _photos(taken, before, photos, publications)
        groups[EVERY_BUILD] = publications.group({**across, **found}, "")
        strays = set(staging.groups()) - data.changed_months - {EVERY_BUILD}
        if strays:
            raise ValueError(f"files were written for months that did not change: {sorted(strays)}")
        written += len(across) + len(found.keys() - before.keys())
    staged = Publication(0, "build", snapshot.build_id, groups, snapshot.tombstones, inputs)
    return staged, written


@dataclass
class _GroupFiles:
    """Takes the files of one month, or some of those that belong to none; a few hundred are held by
    name. `before` are those that stand, if they were made from the same programme and templates."""

    group: str
    publications: Publications
    before: Files
    files: dict[str, str] = field(default_factory=dict)

    def keep(self, page: str, twin: str, said: bytes) -> bool:
        if page not in self.before or self.before.get(twin) != content_hash(said):
            return False
        self.files[page], self.files[twin] = self.before[page], self.before[twin]
        return True

    def write(self, path: str, content: bytes) -> None:
        if group_of_path(allowed_path(path)) != self.group:
            raise ValueError(f"files were written that belong elsewhere: {path}")
        self.files[path] = self.publications.content.put(content)


def _pieces(
    data: SiteData,
    shells: Any,
    render: InPieces[Any],
    publications: Publications,
    standing: Publication,
    processes: int,
    beat: Callable[[], None],
) -> Iterator[tuple[str, Rendered]]:
    """Each changed month, and EVERY_BUILD for each piece that spans the months."""

    def rendered(piece: str | int) -> Rendered:
        if isinstance(piece, int):
            taken = _GroupFiles(EVERY_BUILD, publications, {})
            render.across[piece](data, shells, taken.write)
            return Rendered(taken.files, ())
        before = publications.files(standing.groups.get(piece))
        taken = _GroupFiles(piece, publications, before)
        render.month(replace(data, standing=taken), shells, piece, taken.write)
        return Rendered(taken.files, tuple(_photo_keys(data, piece)))

    months = sorted(data.changed_months, key=lambda m: (-data.shown_counts.get(m, 0), m))
    pieces: list[str | int] = [*range(len(render.across)), *months]
    count = processes or processes_for(len(pieces), 2)
    for piece, made in in_processes(pieces, rendered, count, beat):
        yield piece if isinstance(piece, str) else EVERY_BUILD, made


def _collected(data: SiteData, staging: Staging) -> Iterator[tuple[str, Rendered]]:
    for month in sorted(data.changed_months):
        yield month, Rendered(staging.files(month), tuple(_photo_keys(data, month)))


def _photo_keys(data: SiteData, month: str) -> Iterator[tuple[str, str, str]]:
    for row in data.rows(month):
        for key in (*row.photos_before, *row.photos_after) if row.shown else ():
            yield photo_path(row, key), key, small_photo_path(row, key)


def _station_photo_keys(data: SiteData) -> Iterator[tuple[str, str, str]]:
    for station in data.stations:
        if station.photo:
            small = station_photo_path(station, small=True)
            yield station_photo_path(station), station.photo, small


def _photos(
    rendered: Rendered, before: Files, photos: Blobs, publications: Publications
) -> dict[str, str]:
    """A photo's name is the hash of its bytes, so one that stands already is not read again.

    One that the store lost (taken down this minute) is left out: if a page still shows it, the
    check finds the dangling link.
    """
    found = {}
    for path, key, small in rendered.photos:
        content: bytes | None = None
        if path in before:
            found[path] = before[path]
        elif (content := photos.get(key)) is not None:
            found[path] = publications.content.put(content)
        if small in before:
            found[small] = before[small]
        # A photo published before there were small copies stands in for its own.
        elif (less := photos.get(small_photo_key(key)) or content or photos.get(key)) is not None:
            found[small] = publications.content.put(less)
    return found
