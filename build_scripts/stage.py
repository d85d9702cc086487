"""Build, step 4: the pages and photos of this build, staged as a publication.

In: `SiteData`, the shells, the photo store, what stands. Out: a `Publication` whose contents are
kept but not yet public: months that did not change keep their files. Months are rendered in
processes of their own when there is enough to do; the bytes are the same. Never touches the public
folder.
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
from build_scripts.site_data import InMonths, ShellFiles, SiteData
from build_scripts.site_paths import Write, photo_path, small_photo_path, station_photo_path
from build_scripts.snapshot import Snapshot
from build_scripts.spool import Spool
from build_scripts.worker_processes import in_processes, processes_for
from suishou.domain.public_row import small_photo_key
from suishou.storage.blobs import Blobs

Shells = TypeVar("Shells", bound=ShellFiles)
Render = Callable[[SiteData, Shells, Write], None]
CASES_FOR_PROCESSES = 500  # a second process is worth its start from about so many pages


@dataclass(frozen=True)
class Rendered:
    """One month as its process answers it, or what spans them: `files` are kept already, `photos`
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
        if isinstance(render, InMonths):
            stands = NOTHING if full else standing
            months = _months(data, shells, render, publications, stands, processes, beat)
        else:
            render(data, shells, staging.write)
            months = _collected(data, staging)
        for month, rendered in months:
            before = publications.files(standing.groups.get(month))
            found = _photos(rendered, before, photos, publications)
            groups[month] = publications.group({**rendered.files, **found}, made[month])
            written += len(rendered.files) + len(found.keys() - before.keys())
        if isinstance(render, InMonths):  # after the months, on which it may find notes
            render.across(data, shells, staging.write)
        before = publications.files(standing.groups.get(EVERY_BUILD))
        across = Rendered(staging.files(EVERY_BUILD), tuple(_station_photo_keys(data)))
        found = _photos(across, before, photos, publications)
        groups[EVERY_BUILD] = publications.group({**across.files, **found}, "")
        strays = set(staging.groups()) - data.changed_months - {EVERY_BUILD}
        if strays:
            raise ValueError(f"files were written for months that did not change: {sorted(strays)}")
        written += len(across.files) + len(found.keys() - before.keys())
    staged = Publication(0, "build", snapshot.build_id, groups, snapshot.tombstones, inputs)
    return staged, written


@dataclass
class _MonthFiles:
    """Takes the files of one month, of which a few hundred are held by name. `before` are those
    that stand, if they were made from the same programme and templates."""

    month: str
    publications: Publications
    before: Files
    files: dict[str, str] = field(default_factory=dict)

    def keep(self, page: str, twin: str, said: bytes) -> bool:
        if page not in self.before or self.before.get(twin) != content_hash(said):
            return False
        self.files[page], self.files[twin] = self.before[page], self.before[twin]
        return True

    def write(self, path: str, content: bytes) -> None:
        if group_of_path(allowed_path(path)) != self.month:
            raise ValueError(f"files were written for months that did not change: {path}")
        self.files[path] = self.publications.content.put(content)


def _months(
    data: SiteData,
    shells: Any,
    render: InMonths[Any],
    publications: Publications,
    standing: Publication,
    processes: int,
    beat: Callable[[], None],
) -> Iterator[tuple[str, Rendered]]:
    def rendered(month: str) -> Rendered:
        before = publications.files(standing.groups.get(month))
        taken = _MonthFiles(month, publications, before)
        render.month(replace(data, standing=taken), shells, month, taken.write)
        return Rendered(taken.files, tuple(_photo_keys(data, month)))

    months = sorted(data.changed_months, key=lambda m: (-data.shown_counts.get(m, 0), m))
    weight = sum(data.shown_counts.get(month, 0) for month in months)
    count = processes or processes_for(weight, CASES_FOR_PROCESSES)
    return in_processes(months, rendered, count, beat)


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
