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
from build_scripts.publish import Searched, publish_alone, subtract
from build_scripts.snapshot import tombstone_ids, tombstone_months
from suishou.storage.table import Table

FILES_SEARCHED_AT_ONCE = 20_000  # in some seconds; of more, the case's own month comes first


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
        months, current = tombstone_months(public), publications.current()
        fresh = unknown(publications, frozenset(months))
        if publications.count_files(current) > FILES_SEARCHED_AT_ONCE:
            take_down_first(publications, current, {case: months[case] for case in fresh})
        return take_down_alone(publications, frozenset(months))


def take_down_alone(
    publications: Publications,
    tombstones: frozenset[str],
    guard: Callable[[], None] = lambda: None,
) -> frozenset[str]:
    """`take_down_now` for a caller that holds the lock already."""
    fresh = unknown(publications, tombstones)
    current = publications.current()
    searched: Searched = {}
    if tombstones - current.tombstones and current != NOTHING:
        wanted = replace(current, kind="take_down")
        publish_alone(publications, wanted, tombstones, guard, searched=searched)
    forget_in_kept(publications, tombstones, guard, searched)
    return fresh


def take_down_first(
    publications: Publications,
    shown: Publication,
    months: Mapping[str, str],
    guard: Callable[[], None] = lambda: None,
) -> None:
    """Shows this publication without cases (id -> month) where they are known to be: their months,
    and what spans the months. A second, where `take_down_alone`, which must follow, has hundreds of
    thousands of files to search."""
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
    searched: Searched | None = None,
) -> None:
    """Takes the cases out of every kept publication, and their contents off the disk. For a caller
    that holds the lock, after the public folder itself is clean; `searched` as in `subtract`."""
    kept = publications.kept()
    if all(tombstones <= publication.tombstones for publication in kept):
        return
    searched = {} if searched is None else searched
    gone: set[str] = set()
    for publication in kept:
        left = subtract(publications, publication, tombstones, guard, searched=searched)
        publications.overwrite(left)
        for name, group in publication.groups.items():
            if left.groups[name].files != group.files:
                stay = publications.files(left.groups[name]).values()
                gone |= {group.files, group.lists, *publications.files(group).values()} - {*stay}
    for digest in gone - _named(publications, gone):
        publications.content.forget(digest)


def _named(publications: Publications, contents: set[str]) -> set[str]:
    """Those contents that a kept publication names: two cases may have one photo."""
    groups = {group.files: group for one in publications.kept() for group in one.groups.values()}
    named = {digest for group in groups.values() for digest in (group.files, group.lists)}
    for group in groups.values() if contents else ():
        named.update(contents.intersection(publications.files(group).values()))
    return named & contents
