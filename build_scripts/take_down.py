"""Taking down: a case leaves the public folder now, whatever the night's build is doing.

In: the tombstones in the public table. Out: a public folder without those cases' pages and photos,
and without a mention of them in lists, home or JSON; kept publications lose them too, so that no
roll-back and no hard link brings them back. Waits only for a publishing that is under way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from build_scripts.publications import EVERY_BUILD, NOTHING, Publication, Publications
from build_scripts.publish import publish_alone, subtract
from build_scripts.snapshot import tombstone_ids
from suishou.storage.table import Table


def take_down_now(target: Path, public: Table) -> frozenset[str]:
    """Applies every tombstone that the public folder, or a publication kept for roll-back, does not
    know of; answers their ids.

    Cheap when there is none (one query and a few small files), so it may be called every few
    seconds. A crash half way is made good by the next call.
    """
    publications = Publications(target)
    if not unknown(publications, tombstone_ids(public)):
        return frozenset()
    with publications.locked():
        return take_down_alone(publications, tombstone_ids(public))


def take_down_alone(
    publications: Publications,
    tombstones: frozenset[str],
    guard: Callable[[], None] = lambda: None,
) -> frozenset[str]:
    """`take_down_now` for a caller that holds the lock already."""
    fresh = unknown(publications, tombstones)
    current = publications.current()
    if tombstones - current.tombstones and current != NOTHING:
        publish_alone(publications, replace(current, kind="take_down"), tombstones, guard)
    forget_in_kept(publications, tombstones, guard)
    return fresh


def take_down_first(
    publications: Publications,
    shown: Publication,
    months: Mapping[str, str],
    guard: Callable[[], None] = lambda: None,
) -> None:
    """Shows this publication without cases (id -> month) where they are known to be: their months,
    and what spans the months. Seconds, where `take_down_alone`, which must follow, would search
    millions of files."""
    only = {EVERY_BUILD, *months.values()}
    left = subtract(publications, shown, frozenset(months), guard, only=only)
    if left.groups != publications.current().groups or publications.under_way():
        publish_alone(publications, replace(left, kind="take_down"), shown.tombstones, guard)


def unknown(publications: Publications, tombstones: frozenset[str]) -> frozenset[str]:
    """Those that something shown or kept does not know of yet."""
    known = [publication.tombstones for publication in publications.kept()]
    return tombstones - frozenset.intersection(*known) if known else frozenset()


def forget_in_kept(
    publications: Publications,
    tombstones: frozenset[str],
    guard: Callable[[], None] = lambda: None,
) -> None:
    """Takes the cases out of every kept publication, and their contents off the disk. For a caller
    that holds the lock, after the public folder itself is clean."""
    kept = publications.kept()
    if all(tombstones <= publication.tombstones for publication in kept):
        return
    before = _contents(publications)
    for publication in kept:
        publications.overwrite(subtract(publications, publication, tombstones, guard))
    for digest in before - _contents(publications):
        publications.content.forget(digest)


def _contents(publications: Publications) -> set[str]:
    kept = publications.kept()
    groups = [group for publication in kept for group in publication.groups.values()]
    lists = {group.files for group in groups}
    named = {digest for files in lists for digest in publications.content.get_json(files).values()}
    return lists | named | {group.lists for group in groups}
