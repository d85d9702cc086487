"""A stack's site, whoever works on it: the scheduled function, its big brother, an administrator.

In: a `SiteBuild` (public table, buckets, a disk that may be empty). Out: the bucket shows what was
built, less what was taken down. Whoever writes to the buckets holds the lease of the build; who
finds it held leaves the work to the holder, who takes down what must go while the build goes on.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from build_scripts.bucket_kept import BucketPublications, Buckets
from build_scripts.build import SITE_SRC, BuildResult, Guard, build
from build_scripts.gather import inputs_hash
from build_scripts.nightly import rebuild_if_wanted
from build_scripts.publications import NOTHING, Publications
from build_scripts.publish import Published, publish_alone, roll_back_alone
from build_scripts.rules_history import rules_history
from build_scripts.snapshot import all_case_ids, dirty_rows, tombstone_ids, tombstone_months
from build_scripts.take_down import take_down_alone, take_down_first, take_down_now, unknown
from suishou.domain.errors import Busy
from suishou.services import rebuild as rebuilds
from suishou.services.site_build import SiteBuild
from suishou.services.system import System

TAKEN_DOWN_EVERY_SECONDS = 60  # while a build goes on
# A function on an empty disk reads about a thousand files a second out of the bucket.
FILES_SEARCHED_MAX = 120_000


def bring_up_to_date(given: SiteBuild, *, builder: Callable[..., BuildResult] = build) -> Answer:
    """Completes what was cut short, takes down what must go, and makes the build that is wanted,
    or has it made where there is more room. Cheap when there is nothing to do.

    Answers `status` (`none`, `handed_over`, or that of the build), `build`, and how many objects
    were `put` and `removed`.
    """
    system, built, shown = given.system, _built(given), _shown(given)
    answer = _mended(given, shown)
    take_down_now(built.target, system.public)  # not to come back with the next build
    if not rebuilds.rebuild_wanted(system):
        return answer
    if given.hand_over and outgrows(given, built):
        number = rebuilds.next_number(system)
        given.hand_over(number)
        return {**answer, "status": "handed_over", "build": number}
    told = dict(answer)

    def build_and_show(system: System, out: Path, work: Path, guard: Guard, **rest: Any) -> Any:
        result = builder(system, out, work, guard=_taking_down(system, shown, guard), **rest)
        published = show(system, built, shown, guard.check)
        told.update(put=published.written, removed=published.removed)
        return result

    done = rebuild_if_wanted(system, built.target, given.work / "build", builder=build_and_show)
    return {**told, **_told(done)} if done else told


def _told(done: rebuilds.Rebuild) -> Answer:
    """Of a build; with `verified` where the whole site was verified after it."""
    verified = (done.result or {}).get("verified")
    agrees = {"verified": verified["agrees"]} if verified else {}
    return {"build": done.number, "status": done.status, **agrees}


Answer = dict[str, Any]


def show(
    system: System,
    built: Publications,
    shown: BucketPublications,
    guard: Callable[[], None] = lambda: None,
) -> Published:
    """Brings the bucket from whatever it shows to what is built. For who holds the lease."""
    adopted = shown.adopt(built, built.current())
    published = publish_alone(shown, adopted, tombstone_ids(system.public), guard)
    take_down_alone(shown, tombstone_ids(system.public), guard)
    shown.drop_old()
    return published


def roll_back_stack(given: SiteBuild) -> Published:
    """Shows the build before the one that is shown, less what was taken down, until the next build.

    Raises NothingToRestore; Busy while somebody publishes.
    """
    with _holding(given.system) as guard:
        if guard is None:
            raise Busy
        shown = _shown(given)
        return roll_back_alone(shown, tombstone_ids(given.system.public), guard)


def outgrows(given: SiteBuild, built: Publications) -> bool:
    """Whether the build that is wanted would render more cases than a function should: all of them,
    after a change of shell or in a container that knows of no earlier build, or very many new."""
    programme, public = given.system.programme, given.system.public
    history = rules_history(SITE_SRC.parent / "programmes" / programme.name)
    standing = built.current()
    full = standing == NOTHING or standing.inputs != inputs_hash(programme, SITE_SRC, history)
    rows: Iterator[object] = iter(all_case_ids(public) if full else dirty_rows(public))
    return next(islice(rows, given.cases_max, None), None) is not None


def _mended(given: SiteBuild, shown: BucketPublications) -> Answer:
    """What a publishing that was cut short left undone, and take-downs."""
    system, answer = given.system, {"build": 0, "status": "none"}
    if shown.under_way() is None and not unknown(shown, tombstone_ids(system.public)):
        return answer
    with _holding(system) as guard:
        if guard is None:
            return answer
        cut_short, months = shown.under_way(), tombstone_months(system.public)
        answer["completed"] = cut_short is not None
        wanted = replace(cut_short, number=0) if cut_short else shown.current()
        fresh = unknown(shown, frozenset(months))
        searched_here = given.hand_over is None or shown.count_files(wanted) <= FILES_SEARCHED_MAX
        if searched_here:
            if cut_short:
                publish_alone(shown, wanted, frozenset(months), guard)
            take_down_alone(shown, frozenset(months), guard)
        else:
            take_down_first(shown, wanted, {case: months[case] for case in fresh}, guard)
    # With the lease given back: the bigger builder searches everything, under a lease of its own.
    if given.hand_over and fresh and not searched_here:
        given.hand_over(rebuilds.next_number(system))
    return {**answer, "taken_down": len(fresh)}


def _taking_down(system: System, shown: BucketPublications, guard: Guard) -> Guard:
    """The same guard, which takes down what must go meanwhile: a long build holds the lease."""
    last = system.now()

    def beat() -> None:
        nonlocal last
        guard.beat()
        if (system.now() - last).total_seconds() >= TAKEN_DOWN_EVERY_SECONDS:
            last = system.now()
            take_down_alone(shown, tombstone_ids(system.public), guard.check)

    return Guard(guard.check, beat, guard.condition)


@contextmanager
def _holding(system: System) -> Iterator[Callable[[], None] | None]:
    """The lease without a build, as a guard that renews it; None when somebody has it."""
    lease = rebuilds.hold(system, secrets.token_hex(8))
    if lease is None:
        yield None
        return
    try:
        yield lambda: _renewed(system, lease)
    finally:
        rebuilds.release(system, lease)


def _renewed(system: System, lease: rebuilds.Lease) -> None:
    rebuilds.renew(system, lease)


def _built(given: SiteBuild) -> Publications:
    return Publications(given.work / "site")


def _shown(given: SiteBuild) -> BucketPublications:
    buckets = Buckets(
        given.s3, given.site_bucket, given.kept_bucket, given.cloudfront, given.distribution
    )
    return BucketPublications(buckets, given.work / "near", _built(given))
