"""Build, last step: makes the public place show exactly one publication, and can take it back.

In: a `Publication` whose contents are kept. Out: the files in the public folder, or the objects in
a stack's bucket (`public_place.py`). Only what changed is touched: content first, lists and home
after it, removals last, so that no link ever dangles; each file is replaced whole. Whatever is
published, by a build or by a roll-back, first loses the cases that have a tombstone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from build_scripts.cut_out import is_text, without_cases
from build_scripts.publications import (
    EVERY_BUILD,
    NOTHING,
    Files,
    Group,
    Publication,
    Publications,
    group_of_path,
)
from build_scripts.site_paths import is_list
from build_scripts.snapshot import tombstone_ids
from suishou.domain.errors import SuishouError
from suishou.storage.table import Table

FILES_A_BEAT = 200  # a lost lease is noticed after at most so many files
FILES_HELD_MAX = 100_000  # names and hashes, some 30 MB; what is beyond is read in every step
PHASES = ("content", "pages", "lists", "indexes")
STEPS = (*(f"new {phase}" for phase in PHASES), *PHASES, "home")


class NotOurFolder(SuishouError):
    """The public folder holds files, but nothing is known of how they came there."""


class NothingToRestore(SuishouError):
    """No earlier build is kept."""


# A group's list of files and the cases taken out of them → the group that is left, None: the same.
Searched = dict[tuple[str, frozenset[str]], Group | None]


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
    searched: Searched | None = None,
) -> Published:
    """`publish` for a caller that holds the lock already; `searched` as in `subtract`."""
    standing = _standing(publications)
    goal = subtract(publications, wanted, tombstones, guard, searched=searched)
    publications.notes.settle()  # a power cut must not leave public names of empty files
    goal = publications.save(goal)
    publications.set_under_way(goal)
    try:
        changed = _Change(publications, standing, goal, rewrite_all)
        written, removed = changed.apply(guard)
        publications.place.settle(goal.kind)
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
        return roll_back_alone(publications, tombstone_ids(public))


def roll_back_alone(
    publications: Publications,
    tombstones: frozenset[str],
    guard: Callable[[], None] = lambda: None,
) -> Published:
    """`roll_back` for a caller that holds the lock already."""
    shown = publications.current().source
    builds = [p for p in publications.kept() if p.kind == "build" and p.number < shown]
    if not builds:
        raise NothingToRestore("没有更早的一次生成可以恢复")
    earlier = replace(builds[0], kind="roll_back")
    return publish_alone(publications, earlier, tombstones, guard)


def subtract(
    publications: Publications,
    publication: Publication,
    tombstones: frozenset[str],
    guard: Callable[[], None] = lambda: None,
    *,
    only: Collection[str] | None = None,
    searched: Searched | None = None,
) -> Publication:
    """The publication without these cases; the same object when it is known to show none of them.

    Every text file is searched for the new ids, so that a forgotten mention is found too; with
    `only`, those of these groups alone, and then the publication is not known to be without them.
    Groups that change lose their `made_from`: the next build renders them again. `guard` is asked
    before each group. What became of a group is found in `searched` and noted there: publications
    share most of theirs.
    """
    fresh = tombstones - publication.tombstones
    if not fresh:
        return publication
    searched = {} if searched is None else searched
    groups = {}
    for name, group in publication.groups.items():
        groups[name] = group
        if only is None or name in only:
            guard()
            if (group.files, fresh) not in searched:
                before = publications.files(group)
                after = _without(publications, before, fresh)
                cut = publications.group(after, made_from="") if after != before else None
                searched[group.files, fresh] = cut
            groups[name] = searched[group.files, fresh] or group
    known = publication.tombstones | fresh if only is None else publication.tombstones
    return replace(publication, groups=groups, tombstones=known)


def _without(publications: Publications, files: Files, fresh: frozenset[str]) -> Files:
    left = {}
    publications.content.fetch(digest for path, digest in files.items() if is_text(path))
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
    place, current = publications.place, publications.current()
    under_way = publications.under_way()
    if place.is_empty():
        return (NOTHING,)
    if current is NOTHING and under_way is None:
        raise NotOurFolder(f"{place.name}: not empty, and not published by this build")
    return (current, under_way) if under_way else (current,)


@dataclass(frozen=True)
class _Change:
    """From one of `standing` (which of them a file comes from is unknown) to `goal`."""

    publications: Publications
    standing: tuple[Publication, ...]
    goal: Publication
    rewrite_all: bool
    _lists: dict[str, Files] = field(default_factory=dict)  # those of FILES_HELD_MAX, read once

    def apply(self, guard: Callable[[], None]) -> tuple[int, int]:
        """How many files were written, and removed."""
        place, written = self.publications.place, 0
        for step in STEPS:
            guard()
            for some in _batches(
                (path, digest) for at, path, digest in self._to_write() if at == step
            ):
                place.put(some)
                written += len(some)
                if len(some) == FILES_A_BEAT:
                    guard()
        guard()
        gone = list(self._to_remove())
        place.remove(gone)
        return written, len(gone)

    def _to_write(self) -> Iterator[tuple[str, str, str]]:
        """When, path, content; one group at a time."""
        for wanted, present in self._groups():
            for path, digest in sorted(wanted.items()):
                if self.rewrite_all or any(files.get(path) != digest for files in present):
                    yield step_of(path, new=path not in present[0]), path, digest

    def _to_remove(self) -> Iterator[str]:
        for wanted, present in self._groups():
            yield from sorted({path for files in present for path in files} - set(wanted))

    def _groups(self) -> Iterator[tuple[Files, list[Files]]]:
        """The files wanted, and those of each state that may stand, of every group that differs."""
        names = {name for state in (*self.standing, self.goal) for name in state.groups}
        for name in sorted(names):
            held = [state.groups.get(name) for state in self.standing]
            goal = self.goal.groups.get(name)
            same = all(g is not None and goal is not None and g.files == goal.files for g in held)
            if not same or self.rewrite_all:
                yield self._files(goal), [self._files(group) for group in held]

    def _files(self, group: Group | None) -> Files:
        if group is None:
            return {}
        found = self._lists.get(group.files)
        if found is None:
            found = self.publications.files(group)
            if sum(map(len, self._lists.values())) + len(found) <= FILES_HELD_MAX:
                self._lists[group.files] = found
        return found


def _batches(files: Iterable[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    left = iter(files)
    while some := list(islice(left, FILES_A_BEAT)):
        yield some


def step_of(path: str, *, new: bool) -> str:
    """One of STEPS. What is new is linked to by nothing that can be seen yet, so it comes first;
    home comes last even if it is new, for then it is how the site is found."""
    phase = phase_of(path)
    return f"new {phase}" if new and phase != "home" else phase


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
