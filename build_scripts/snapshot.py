"""Build, step 1: the public rows that changed, merged into content-addressed partition files.

In: the public table (the only one the build ever sees) and a folder that is kept between builds.
Out: a `Snapshot`: a root, which holds the manifest of each month → part files, each named by its
hash. Reads only the 16 dirty partitions and the rows they name. A dirty row is removed only after
publishing, and only if nobody touched it since; a crash before that repeats the same work to the
same hashes.

A row's month never changes (it is the month of the report), so a change touches one month.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from build_scripts.content_store import (
    ContentStore,
    DamagedWork,
    canonical_json,
    content_hash,
    write_whole,
)
from build_scripts.partitions import (
    FORM,
    NO_MONTH,
    Change,
    KeptMonth,
    MonthManifest,
    kept_month,
    line_id,
    line_of,
    merge_month,
    month_manifest,
    part_rows,
    row_of,
)
from build_scripts.spool import Spool
from suishou.domain.errors import Conflict, SuishouError
from suishou.domain.public_row import PublicRow, from_json
from suishou.storage import public_keys
from suishou.storage.spread import query_merged
from suishou.storage.table import (
    ACTIONS_MAX,
    Action,
    Delete,
    Require,
    Table,
    query_all,
)

ROOTS_KEPT = 3  # a look back at the last builds; more only fills the disk
GUARD_TRIES = 5  # somebody asking for a rebuild moves the lease's version, never its owner
ROOTS = "roots.json"  # hashes of the last root manifests, newest first
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


class Overtaken(SuishouError):
    """Another builder made a snapshot in the same folder meanwhile, and may have cleared dirty rows
    that this one has not seen: going on would lose those rows. The lease went to the other one."""


class BadPublicRow(SuishouError):
    """A public row that cannot be read; its key is named, never its content."""


@dataclass(frozen=True)
class SeenDirty:
    """A dirty row as it stood when its public row was read."""

    partition: str
    case_id: str
    version: int


@dataclass(frozen=True)
class Snapshot:
    """All public rows at one moment. `root` is the root manifest's hash, `months` newest first,
    `seen` what `clear_dirty` may remove, `tombstones` the ids of cases that are not shown in it
    because they were taken down."""

    store: ContentStore
    root: str
    months: Mapping[str, MonthManifest]
    month_hashes: Mapping[str, str]
    seen: tuple[SeenDirty, ...]
    tombstones: frozenset[str]

    @property
    def build_id(self) -> str:
        return self.root[:16]

    def part_rows(self, digest: str) -> tuple[PublicRow, ...]:
        """The rows of one part file, sorted by id."""
        return part_rows(self.store, digest)

    def rows(self, month: str) -> tuple[PublicRow, ...]:
        """A month's rows, sorted by id, read now; () for a month without any."""
        manifest = self.months.get(month)
        return kept_month(self.store, manifest).rows if manifest else ()

    def month(self, month: str) -> KeptMonth:
        """A month's rows with the lines they were read from; both empty for a month without any."""
        manifest = self.months.get(month)
        return kept_month(self.store, manifest) if manifest else NO_MONTH

    def closed_rows(self, closed_month: str, months: Iterable[str]) -> tuple[PublicRow, ...]:
        """The cases of these months that were closed in `closed_month`, sorted by id; only their
        lines are decoded."""
        sought = f'"closed_on":"{closed_month}-'.encode()
        parts = (part for month in sorted(months) for part in self.months[month].parts if part)
        lines = (line for part in parts for line in self.store.get(part).splitlines())
        rows = [row_of(line) for line in lines if sought in line]
        return tuple(sorted((r for r in rows if r.stage == "closed"), key=lambda row: row.id))


def take_snapshot(public: Table, folder: Path) -> Snapshot:
    """The state of all public rows, from the last snapshot in `folder` and the dirty rows; from all
    rows, through the lists of months, when `folder` holds none, or one of rows of another form.

    Raises `BadPublicRow` when a row cannot be read (nothing is lost: it stays dirty), `Overtaken`,
    `DamagedWork` when the last snapshot cannot be relied on.
    """
    store = ContentStore(folder / "content", verified=True)
    stones = _tombstones(public)
    roots = _roots(folder)
    before = _months_of(store, roots[0]) if roots else None
    known = before is not None
    before = before or {}
    seen: list[SeenDirty] = []
    with Spool(folder) as spool:
        for dirty in dirty_rows(public):
            seen.append(dirty)
            _spool_change(public, dirty.case_id, before, spool)
        for case_id in () if known else all_case_ids(public):
            _spool_change(public, case_id, before, spool)
        months = _merged(store, before, spool)
    manifests = {month: manifest.to_json() for month, manifest in months.items()}
    hashes = {month: content_hash(canonical_json(said)) for month, said in manifests.items()}
    root = store.put_json({"form": FORM, "manifests": manifests})
    if _roots(folder) != roots:
        raise Overtaken("another snapshot was made meanwhile")
    write_whole(folder / ROOTS, canonical_json([root, *(r for r in roots if r != root)]))
    # A tombstone is in effect here if it stood when the rows were read: the same before and after.
    later = _tombstones(public)
    in_effect = frozenset(case_id for case_id in stones if later.get(case_id) == stones[case_id])
    newest_first = {month: months[month] for month in sorted(months, reverse=True)}
    return Snapshot(store, root, newest_first, hashes, tuple(seen), in_effect)


def tombstone_months(public: Table) -> dict[str, str]:
    """The cases that are not to be shown, with the months of their reports."""
    stones = query_all(public, public_keys.TOMBSTONE)
    return {stone.sort: stone.body["month"] for stone in stones if not stone.body.get("lifted")}


def tombstone_ids(public: Table) -> frozenset[str]:
    """The ids of all cases that are taken down now (a later approval lifts a tombstone)."""
    return frozenset(_tombstones(public))


def clear_dirty(
    public: Table, snapshot: Snapshot, guard: Callable[[], Require | None] = lambda: None
) -> int:
    """Removes the dirty rows that the snapshot saw and nobody touched since; answers how many.

    `guard` answers a condition that goes into every write (the build's lease): a build that lost
    its lease must not remove a dirty row which a later build has not seen. Raises `Conflict` when
    the guard fails.
    """
    batch_max = ACTIONS_MAX - 1  # one place for the guard
    cleared = 0
    for start in range(0, len(snapshot.seen), batch_max):
        cleared += _clear_batch(public, snapshot.seen[start : start + batch_max], guard)
    return cleared


def drop_old_content(folder: Path, snapshot: Snapshot, *, kept: int = ROOTS_KEPT) -> int:
    """Removes content files that none of the last `kept` snapshots names; answers how many."""
    roots = [snapshot.root, *(r for r in _roots(folder) if r != snapshot.root)][:kept]
    write_whole(folder / ROOTS, canonical_json(roots))
    wanted: set[str] = set(roots)
    for root in roots:
        for manifest in (_months_of(snapshot.store, root) or {}).values():
            wanted.update(manifest.parts)
    return snapshot.store.keep_only(wanted)


def _tombstones(public: Table) -> dict[str, int]:
    stones = query_all(public, public_keys.TOMBSTONE)
    return {stone.sort: stone.version for stone in stones if not stone.body.get("lifted")}


def _roots(folder: Path) -> list[str]:
    path = folder / ROOTS
    try:
        return list(json.loads(path.read_bytes())) if path.exists() else []
    except ValueError as error:
        raise DamagedWork(path.name) from error


def _months_of(store: ContentStore, root: str) -> dict[str, MonthManifest] | None:
    """The months of a root; None where its rows are of another form."""
    said = store.get_json(root)
    if said.get("form") != FORM or "manifests" not in said:
        return None
    return {month: month_manifest(manifest) for month, manifest in said["manifests"].items()}


def dirty_rows(public: Table) -> Iterable[SeenDirty]:
    """What changed since the last published build."""
    for partition in public_keys.dirty_partitions():
        for item in query_all(public, partition):
            yield SeenDirty(partition, item.sort, item.version)


def all_case_ids(public: Table) -> Iterable[str]:
    """Every case that has a public row, month by month."""
    for month in query_all(public, public_keys.MONTHS):
        for item in query_merged(public, public_keys.month_partitions(month.sort)):
            yield item.sort


def _spool_change(public: Table, case_id: str, months: Iterable[str], spool: Spool) -> None:
    """Reads the row *after* its dirty row: what is read is at least as new as what was seen."""
    item = public.get(public_keys.public(case_id), public_keys.ROW)
    if item is None or item.body.get("taken_down"):
        # Where it stood is not known any more, so it is left out of every month: one part file a
        # month is read, and parts that did not hold it keep their hash.
        for month in months:
            spool.add(month, b"-" + canonical_json({"id": case_id}))
        return
    try:
        row = from_json(item.body)
        line = line_of(row)
        row_of(line)  # every later build reads it
    except (KeyError, TypeError, msgspec.ValidationError) as error:
        raise BadPublicRow(f"{item.partition}/{item.sort}") from error
    if not _MONTH.fullmatch(row.month) or row.id != case_id:
        raise BadPublicRow(f"{item.partition}/{item.sort}")
    spool.add(row.month, b"+" + line)


def _merged(
    store: ContentStore, before: Mapping[str, MonthManifest], spool: Spool
) -> dict[str, MonthManifest]:
    months = dict(before)
    for month in spool.names():
        merged = merge_month(store, before.get(month), map(_change, spool.lines(month)))
        if merged is None:
            months.pop(month, None)
        else:
            months[month] = merged
    return months


def _change(spooled: bytes) -> Change:
    return Change(line_id(spooled[1:]), spooled[1:] if spooled[:1] == b"+" else None)


def _clear_batch(
    public: Table, seen: tuple[SeenDirty, ...], guard: Callable[[], Require | None]
) -> int:
    left = list(seen)
    for attempt in range(GUARD_TRIES):
        actions: list[Action] = [Delete(d.partition, d.case_id, d.version) for d in left]
        condition = guard()
        if condition is not None:
            actions.append(condition)
        if not left:
            return 0
        try:
            public.write(actions)
        except Conflict as conflict:
            failed = {(f.partition, f.sort) for f in conflict.failed}
            touched = [d for d in left if (d.partition, d.case_id) in failed]
            if not touched and attempt == GUARD_TRIES - 1:
                raise
            left = [d for d in left if (d.partition, d.case_id) not in failed]
        else:
            return len(left)
    return 0
