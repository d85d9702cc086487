"""Build, step 4: the pages and photos of this build, staged as a publication.

In: `SiteData`, the shells, the photo store, what stands. Out: a `Publication` whose contents are
kept but not yet public: months that did not change keep their files. Never touches the public
folder.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from build_scripts.publications import EVERY_BUILD, Publication, Publications, Staging
from build_scripts.site_data import ShellFiles, SiteData, Write, photo_path, small_photo_path
from build_scripts.snapshot import Snapshot
from build_scripts.spool import Spool
from suishou.domain.public_row import small_photo_key
from suishou.storage.blobs import Blobs

Shells = TypeVar("Shells", bound=ShellFiles)
Render = Callable[[SiteData, Shells, Write], None]


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
) -> tuple[Publication, int]:
    """The staged publication, and how many files were made for it."""
    with Spool(work) as spool:
        staging = Staging(publications, spool, beat)
        for path, content in shells.files.items():
            staging.write(path, content)
        render(data, shells, staging.write)
        for month in sorted(data.changed_months):
            _stage_photos(data, month, photos, publications, standing, staging)
        groups = {
            month: standing.groups[month] for month in data.months if month in standing.groups
        }
        for month in data.changed_months:
            groups[month] = publications.group(staging.files(month), made[month])
        groups[EVERY_BUILD] = publications.group(staging.files(EVERY_BUILD), "")
        strays = set(staging.groups()) - data.changed_months - {EVERY_BUILD}
        if strays:
            raise ValueError(f"files were written for months that did not change: {sorted(strays)}")
        written = staging.written
    staged = Publication(0, "build", snapshot.build_id, groups, snapshot.tombstones, inputs)
    return staged, written


def _stage_photos(
    data: SiteData,
    month: str,
    photos: Blobs,
    publications: Publications,
    standing: Publication,
    staging: Staging,
) -> None:
    """A photo's name is the hash of its bytes, so one that stands already is not read again.

    One that the store lost (taken down this minute) is left out: if a page still shows it, the
    check finds the dangling link.
    """
    before = publications.files(standing.groups.get(month))
    for row in data.rows(month):
        for key in (*row.photos_before, *row.photos_after) if row.shown else ():
            path, small = photo_path(row, key), small_photo_path(row, key)
            content: bytes | None = None
            if path in before:
                staging.reuse(path, before[path])
            elif (content := photos.get(key)) is not None:
                staging.write(path, content)
            if small in before:
                staging.reuse(small, before[small])
            # A photo published before there were small copies stands in for its own.
            elif (
                less := photos.get(small_photo_key(key)) or content or photos.get(key)
            ) is not None:
                staging.write(small, less)
