"""Build, last step: makes the public folder hold exactly one publication, and can take it back.

In: a `Publication` whose contents are kept. Out: the files in the public folder. Only what changed
is touched: content first, lists and home after it, removals last, so that no link ever dangles;
each file is replaced whole. Whatever is published, by a build or by a roll-back, first loses the
cases that have a tombstone. Contents are hard links to `<target>.kept/`: nothing may write into a
public file in place.
"""
# Paths are plain text where a build touches tens of thousands of files.
# ruff: noqa: PTH103, PTH105, PTH108

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from build_scripts.content_store import flush_disk
from build_scripts.cut_out import is_text, without_cases
from build_scripts.publications import (
    EVERY_BUILD,
    NOTHING,
    Files,
    Publication,
    Publications,
    group_of_path,
)
from build_scripts.site_data import is_list
from build_scripts.snapshot import tombstone_ids
from suishou.domain.errors import SuishouError
from suishou.storage.table import Table

FILES_A_BEAT = 200  # a lost lease is noticed after at most so many files
PHASES = ("content", "pages", "lists", "indexes", "home")


class NotOurFolder(SuishouError):
    """The public folder holds files, but nothing is known of how they came there."""


class NothingToRestore(SuishouError):
    """No earlier build is kept."""


@dataclass(frozen=True)
class Published:
    """What a publishing did to the public folder, in files."""

    publication: Publication
    written: int
    removed: int


def publish(
    publications: Publications,
    wanted: Publication,
    tombstones: Callable[[], frozenset[str]],
    guard: Callable[[], None] = lambda: None,
    *,
    rewrite_all: bool = False,
) -> Published:
    """Makes the public folder hold `wanted` less what was taken down since it was made.

    `guard` raises to stop (a lost lease); it is asked before each phase and every FILES_A_BEAT
    files. When the disk fails, the folder is put back as it was and the OSError raised. Raises
    `NotOurFolder` for a folder with files of unknown origin.
    """
    with publications.locked():
        return publish_alone(publications, wanted, tombstones(), guard, rewrite_all=rewrite_all)


def publish_alone(
    publications: Publications,
    wanted: Publication,
    tombstones: frozenset[str],
    guard: Callable[[], None] = lambda: None,
    *,
    rewrite_all: bool = False,
) -> Published:
    """`publish` for a caller that holds the lock already."""
    target = publications.target
    standing = _standing(publications)
    goal = subtract(publications, wanted, tombstones)
    flush_disk(publications.folder)  # a power cut must not leave public names of empty files
    goal = publications.save(goal)
    publications.set_under_way(goal)
    target.mkdir(parents=True, exist_ok=True)
    try:
        changed = _Change(publications, standing, goal, rewrite_all)
        written, removed = changed.apply(guard)
        flush_disk(target)
    except OSError:
        with suppress(OSError):
            _Change(publications, (*standing, goal), standing[0], False).apply(lambda: None)
            publications.set_current(standing[0])
        raise
    publications.set_current(goal)
    return Published(goal, written, removed)


def roll_back(target: Path, public: Table) -> Published:
    """Puts the build before the one that is shown back into the public folder, in one call.

    The tombstones of this moment apply: a case taken down since has no page, photo or mention in
    what is put back (its files are left out, and lists, home and JSON are published with the case
    cut out of them; see `cut_out.py`). Raises `NothingToRestore`.
    """
    publications = Publications(target)
    with publications.locked():
        shown = publications.current().source
        builds = [p for p in publications.kept() if p.kind == "build" and p.number < shown]
        if not builds:
            raise NothingToRestore("no earlier build is kept")
        earlier = replace(builds[0], kind="roll_back")
        return publish_alone(publications, earlier, tombstone_ids(public))


def subtract(
    publications: Publications, publication: Publication, tombstones: frozenset[str]
) -> Publication:
    """The publication without these cases; the same object when it is known to show none of them.

    Every text file is searched for the new ids, so that a forgotten mention is found too. Groups
    that change lose their `made_from`: the next build renders them again.
    """
    fresh = tombstones - publication.tombstones
    if not fresh:
        return publication
    groups = {}
    for name, group in publication.groups.items():
        before = publications.files(group)
        after = _without(publications, before, fresh)
        groups[name] = group if after == before else publications.group(after, made_from="")
    return replace(publication, groups=groups, tombstones=publication.tombstones | fresh)


def _without(publications: Publications, files: Files, fresh: frozenset[str]) -> Files:
    left = {}
    for path, digest in files.items():
        content = publications.content.get(digest) if is_text(path) else b""
        kept = without_cases(path, content, fresh)
        if kept is content:
            left[path] = digest
        elif kept is not None:
            left[path] = publications.content.put(kept)
    return left


def _standing(publications: Publications) -> tuple[Publication, ...]:
    """What the public folder may hold, the last whole state first."""
    target, current = publications.target, publications.current()
    under_way = publications.under_way()
    empty = not target.is_dir() or next(target.iterdir(), None) is None
    if empty:
        return (NOTHING,)
    if current is NOTHING and under_way is None:
        raise NotOurFolder(f"{target.name}: not empty, and not published by this build")
    return (current, under_way) if under_way else (current,)


@dataclass(frozen=True)
class _Change:
    """From one of `standing` (which of them a file comes from is unknown) to `goal`."""

    publications: Publications
    standing: tuple[Publication, ...]
    goal: Publication
    rewrite_all: bool

    def apply(self, guard: Callable[[], None]) -> tuple[int, int]:
        """How many files were written, and removed."""
        written = removed = 0
        for phase in PHASES:
            guard()
            for path, digest in self._differing():
                if digest is not None and phase_of(path) == phase:
                    self._put(path, digest)
                    written += 1
                    if written % FILES_A_BEAT == 0:
                        guard()
        guard()
        for path, digest in self._differing():
            if digest is None:
                self._remove(path)
                removed += 1
        return written, removed

    def _differing(self) -> Iterator[tuple[str, str | None]]:
        """Paths to write with their content, and paths to remove with None; one group at a time."""
        names = {name for state in (*self.standing, self.goal) for name in state.groups}
        for name in sorted(names):
            held = [state.groups.get(name) for state in self.standing]
            goal = self.goal.groups.get(name)
            same = all(g is not None and goal is not None and g.files == goal.files for g in held)
            if same and not self.rewrite_all:
                continue
            wanted = self.publications.files(goal)
            present = [self.publications.files(group) for group in held]
            for path, digest in sorted(wanted.items()):
                if self.rewrite_all or any(files.get(path) != digest for files in present):
                    yield path, digest
            for path in sorted({path for files in present for path in files} - set(wanted)):
                yield path, None

    def _put(self, path: str, digest: str) -> None:
        target = f"{self.publications.target}/{path}"
        folder = target.rpartition("/")[0]
        incoming = f"{folder}/.{secrets.token_hex(8)}"
        source = self.publications.content.path(digest)
        try:
            try:
                _link(source, incoming)
            except FileNotFoundError:
                os.makedirs(folder, exist_ok=True)
                _link(source, incoming)
            os.replace(incoming, target)
        finally:
            # Replacing a file by a link to the same content leaves the new name standing too.
            with suppress(FileNotFoundError):
                os.unlink(incoming)

    def _remove(self, path: str) -> None:
        target = self.publications.target / path
        target.unlink(missing_ok=True)
        for folder in target.parents:
            if folder == self.publications.target:
                return
            with suppress(OSError):  # not empty: it stays
                folder.rmdir()


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except (PermissionError, NotImplementedError):  # a file system without hard links
        shutil.copyfile(source, target)


def phase_of(path: str) -> str:
    """When a file is published: what is linked to comes before what links to it."""
    parts = path.split("/")
    if path == "index.html" or path.endswith((".xml", ".txt")):
        return "home"
    if not path.endswith((".html", ".json")):
        return "content"
    if parts[-1] == "index.html":
        return "indexes"
    return "pages" if group_of_path(path) != EVERY_BUILD and not is_list(path) else "lists"
