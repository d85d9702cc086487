"""Every state the public folder had lately: which path holds which bytes, kept beside it.

In: files as the renderer makes them. Out: `Publication`s, each a tree (month → path → hash), and
the bytes under their hashes in `<target>.kept/`, from which publishing, roll-back and take-down all
work. Never touches the public folder itself.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from build_scripts.content_store import ContentStore, canonical_json, content_hash
from build_scripts.public_place import Place, PublicFolder
from build_scripts.publication_notes import BUILDS, FolderNotes, Notes
from build_scripts.site_paths import is_of_case, month_of_path
from build_scripts.spool import Spool

PUBLICATIONS_KEPT = 5  # last nights to roll back to
SWEEP_EVERY = 7  # builds: looking for contents that nobody names reads the names of all files
FILES_SWEPT_ALWAYS = 5_000  # up to so many files, looking costs nothing
EVERY_BUILD = "every-build"  # the group of files that belong to no month

log = logging.getLogger("suishou.build")
Files = Mapping[str, str]  # path from the site's root -> content hash


@dataclass(frozen=True)
class Group:
    """The files of one month (or of EVERY_BUILD): `files` is the hash of their list, `made_from`
    the hash of all they were rendered from, "" once a take-down has altered them. `lists` is the
    hash of the paths that are no case's own (what other groups link to), `count` how many files
    there are: a build that changed six months must not read the others' thousands of names."""

    files: str
    made_from: str
    lists: str = ""
    count: int = 0


@dataclass(frozen=True)
class Publication:
    """One state of the public folder. `number` grows with each, 0 for the empty one; `tombstones`
    are the ids that it is known not to show; `inputs` is the hash of templates, programme and code;
    `source` is the number of the build that it shows, if
    less what was taken down (its own number for a build)."""

    number: int
    kind: Literal["build", "take_down", "roll_back", "none"]
    build_id: str
    groups: Mapping[str, Group]
    tombstones: frozenset[str]
    inputs: str = ""
    source: int = 0


NOTHING = Publication(0, "none", "", {}, frozenset())


class Publications:
    """The folder `<target>.kept/` of one public folder: `content/`, `builds/`, and two pointers.

    `current.json` says what the public folder holds; while `under_way.json` exists, a publishing
    was cut short and the folder holds something between the two.
    """

    def __init__(self, target: Path) -> None:
        self.target = target
        self.folder = target.with_name(f"{target.name}.kept")
        self.content = ContentStore(self.folder / "content")
        self.notes: Notes = FolderNotes(self.folder)
        self.place: Place = PublicFolder(target, self.content)

    def current(self) -> Publication:
        """What the public folder holds; `NOTHING` before the first publishing. Where what was
        written down of it cannot be read (a power cut), it is found again from the folder itself.
        """
        try:
            return self._pointed("current.json") or NOTHING
        except _UNREADABLE:
            return self._found_again()

    def under_way(self) -> Publication | None:
        """What a publishing that was cut short had set out to write."""
        try:
            return self._pointed("under_way.json")
        except _UNREADABLE:
            self._found_again()
            return None

    def kept(self) -> tuple[Publication, ...]:
        """All publications kept that can be read, newest first."""
        found = (_readable(self.notes.read(name)) for name in self.notes.builds())
        return tuple(publication for publication in found if publication)

    def files(self, group: Group | None) -> Files:
        """The group's files; {} for None."""
        return dict(self.content.get_json(group.files)) if group else {}

    def count_files(self, publication: Publication) -> int:
        """How many files a publication puts into the public folder."""
        groups = publication.groups.values()
        return sum(group.count or len(self.files(group)) for group in groups)

    def group(self, files: Files, made_from: str) -> Group:
        others = sorted(path for path in files if not is_of_case(path))
        listed = self.content.put_json(others)
        return Group(self.content.put_json(dict(files)), made_from, listed, len(files))

    def paths(self, group: Group | None, *, of_cases: bool) -> frozenset[str]:
        """The group's paths, or those alone that are no case's own; none for None."""
        if not group or of_cases or not group.lists:
            return frozenset(self.files(group))
        return frozenset(self.content.get_json(group.lists))

    def save(self, publication: Publication) -> Publication:
        """Keeps a publication under the next number, which it answers with it."""
        number = 1 + max((p.number for p in self.kept()), default=0)
        source = publication.source or number
        numbered = replace(publication, number=number, source=source)
        self.overwrite(numbered)
        return numbered

    def overwrite(self, publication: Publication) -> None:
        """Keeps a publication under the number it has."""
        self.notes.write(_name(publication.number), canonical_json(_json(publication)))

    def set_under_way(self, publication: Publication) -> None:
        self._point("under_way.json", publication)

    def set_current(self, publication: Publication) -> None:
        self._point("current.json", publication)
        self.notes.remove("under_way.json")

    def drop_old(self) -> int:
        """Removes all publications but the last PUBLICATIONS_KEPT builds and what is shown, and all
        content that none of these names; answers how many contents. A large site's contents are
        looked through only every SWEEP_EVERY builds. Only for the build itself, which alone knows
        that nothing is being staged."""
        kept = self.kept()
        builds = [publication.number for publication in kept if publication.kind == "build"]
        stays = {self.current().number, *builds[:PUBLICATIONS_KEPT]}
        for publication in kept:
            if publication.number not in stays:
                self.notes.remove(_name(publication.number))
        count = sum(group.count for group in self.current().groups.values())
        if count > FILES_SWEPT_ALWAYS and max(stays) % SWEEP_EVERY:
            return 0
        lists = {g.files for p in kept if p.number in stays for g in p.groups.values()}
        wanted = lists | {g.lists for p in kept if p.number in stays for g in p.groups.values()}
        for digest in lists:
            wanted.update(self.content.get_json(digest).values())
        return self.content.keep_only(wanted)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Alone with the public folder: a publishing and a take-down never mix."""
        with (self.folder / "lock").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _point(self, pointer: str, publication: Publication) -> None:
        self.notes.write(pointer, canonical_json(publication.number))

    def _pointed(self, pointer: str) -> Publication | None:
        """Raises one of _UNREADABLE when the pointer, or what it points to, is damaged."""
        number = self.notes.read(pointer)
        if number is None:
            return None
        publication = _readable(self.notes.read(_name(int(json.loads(number)))))
        if publication is None:
            raise ValueError(f"{pointer}: what it names cannot be read")
        return publication

    def _found_again(self) -> Publication:
        """The files that lie in the public folder and are kept here, as the current publication;
        the next build makes every month again. Files of unknown origin are left out, so that they
        stay untouched."""
        log.warning(
            "build: %s does not say what %s holds; it is found from the files there, and the next "
            "build makes every page again",
            self.folder.name,
            self.target.name,
        )
        groups: dict[str, dict[str, str]] = {}
        for path in sorted(self.target.rglob("*")):
            name = path.relative_to(self.target).as_posix()
            if not path.is_file() or any(part.startswith(".") for part in name.split("/")):
                continue
            digest = content_hash(path.read_bytes())
            if os.path.exists(self.content.path(digest)):  # noqa: PTH110 - plain text
                groups.setdefault(group_of_path(name), {})[name] = digest
        for note in self.notes.builds():
            if _readable(self.notes.read(note)) is None:
                self.notes.remove(note)
        listed = {name: self.group(files, made_from="") for name, files in groups.items()}
        found = self.save(Publication(0, "build", "", listed, frozenset()))
        self.set_current(found)
        return found


class Staging:
    """Takes the files of a build one at a time and lists them by group, without holding them."""

    def __init__(self, publications: Publications, spool: Spool, beat: Callable[[], None]) -> None:
        self._content = publications.content
        self._spool = spool
        self._beat = beat

    def write(self, path: str, content: bytes) -> None:
        """Stages one file; a second write of a path wins. Raises ValueError (`allowed_path`)."""
        digest = self._content.put(content)
        self._spool.add(group_of_path(allowed_path(path)), f"{digest} {path}".encode())
        self._beat()

    def groups(self) -> list[str]:
        return self._spool.names()

    def files(self, group: str) -> Files:
        """The staged files of a group."""
        pairs = (line.decode().split(" ", 1) for line in self._spool.lines(group))
        return {path: digest for digest, path in pairs}


def allowed_path(path: str) -> str:
    """The path itself. Raises ValueError for one that leads out of the site, ends in a slash, or
    has a name that begins with a dot."""
    if any(not name or name.startswith(".") for name in path.split("/")) or "\\" in path:
        raise ValueError(f"not a path of the site: {path!r}")
    return path


def group_of_path(path: str) -> str:
    """The group that a site path is listed in: its month, or EVERY_BUILD."""
    return month_of_path(path) or EVERY_BUILD


def _json(publication: Publication) -> dict[str, Any]:
    return {
        "number": publication.number,
        "kind": publication.kind,
        "build_id": publication.build_id,
        "groups": {name: vars(group) for name, group in publication.groups.items()},
        "tombstones": sorted(publication.tombstones),
        "inputs": publication.inputs,
        "source": publication.source,
    }


def _name(number: int) -> str:
    return f"{BUILDS}{number:08}.json"


_UNREADABLE = (ValueError, KeyError, TypeError)


def _readable(note: bytes | None) -> Publication | None:
    try:
        return _publication(json.loads(note)) if note is not None else None
    except _UNREADABLE:
        return None


def _publication(value: Mapping[str, Any]) -> Publication:
    return Publication(
        number=value["number"],
        kind=value["kind"],
        build_id=value["build_id"],
        groups={name: Group(**group) for name, group in value["groups"].items()},
        tombstones=frozenset(value["tombstones"]),
        inputs=value["inputs"],
        source=value["source"],
    )
