"""The outermost edge of the build: takes the lease, builds, and writes down what came of it.

In: a wish for a rebuild (an administrator's, or the night's own). Out: the build's entry in the
history. Called by the local worker and, on AWS, by the `nightly` function. One build at a time; a
builder that lost its lease stops before the next publishing step, and one that was killed on this
machine is replaced at once (`builder_lock.py`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from build_scripts.build import BuildResult, Guard, build
from build_scripts.builder_lock import builder_lock
from build_scripts.check import CheckFailed
from build_scripts.summaries import FiguresDiffer
from build_scripts.verify_site import PACKAGE, site_at, verify
from suishou.domain.errors import SuishouError
from suishou.services import rebuild as rebuilds
from suishou.services import weekly_verification
from suishou.services.rebuild import Lease, LeaseLost, Rebuild
from suishou.services.system import System

log = logging.getLogger("suishou.build")
RENEW_AFTER = timedelta(seconds=rebuilds.LEASE_SECONDS / 5)
PROBLEMS_KEPT_MAX = 50  # in the history; the log of the build has them all

Build = Callable[..., BuildResult]


def rebuild_now(system: System, by: str, out: Path, work: Path, **options: Any) -> Rebuild | None:
    """Asks for a build and makes it, unless one is running: then that one's successor is asked for
    and None answered. `options` go to `build`."""
    rebuilds.want_rebuild(system, by)
    return rebuild_if_wanted(system, out, work, **options)


def rebuild_if_wanted(
    system: System, out: Path, work: Path, *, builder: Build = build, **options: Any
) -> Rebuild | None:
    """Makes the build that is wanted; None when none is, or when another builder is at it.

    A site that is not fit to be published (see `build`) ends as `failed` in the history and is
    answered, not raised. Other errors are written down and raised. Raises LeaseLost.
    """
    with builder_lock(work) as here:
        if here is None:
            return None
        lease = rebuilds.start_if_wanted(system, here.new_owner(), here.died)
        return _made(system, lease, out, work, builder, options) if lease else None


def _made(
    system: System, lease: Lease, out: Path, work: Path, builder: Build, options: dict[str, Any]
) -> Rebuild:
    keeper = _LeaseKeeper(system, lease)
    guard = Guard(keeper.check, keeper.beat, keeper.condition)
    try:
        result = builder(system, out, work, guard=guard, **options).to_json()
        result |= verified_weekly(system, out, keeper.beat)
    except LeaseLost:
        raise
    except (CheckFailed, FiguresDiffer) as unfit:
        return rebuilds.finish(system, lease, succeeded=False, result=_failure(unfit))
    except (Exception, SystemExit) as error:
        rebuilds.finish(system, lease, succeeded=False, result=_failure(error))
        raise
    return rebuilds.finish(system, lease, succeeded=True, result=result)


def verified_weekly(system: System, out: Path, beat: Callable[[], None]) -> dict[str, Any]:
    """Once a week, every figure of the published site recomputed from its open data; what came of
    it goes into the build's entry in the history as `verified`, for administrators. What differs
    is logged as an error."""
    if not (out / PACKAGE).exists() or not weekly_verification.is_due(system):
        return {}
    found = verify(site_at(str(out)), lambda what, done: beat())
    problems = [*found.data, *(str(one) for one in found.figures)]
    if problems:
        log.error("weekly verification: %d figures differ", len(problems))
    weekly_verification.note_verified(system)
    return {
        "verified": {
            "agrees": found.agrees,
            "pages": found.pages,
            "figures": found.checked,
            "problems": problems[:PROBLEMS_KEPT_MAX],
        }
    }


def _failure(error: BaseException) -> dict[str, Any]:
    """Names and codes alone: words of an unknown error could repeat what was in a row."""
    problems: list[str] = []
    if isinstance(error, CheckFailed):
        problems = [str(problem) for problem in error.problems]
    elif isinstance(error, FiguresDiffer):
        problems = list(error.differences)
    elif isinstance(error, SuishouError):
        problems = [str(error)]
    return {
        "error": type(error).__name__,
        "problems": problems[:PROBLEMS_KEPT_MAX],
        "problems_count": len(problems),
    }


class _LeaseKeeper:
    """Renews the lease while the build goes on."""

    def __init__(self, system: System, lease: Lease) -> None:
        self._system = system
        self._lease = lease
        self._renewed: datetime = system.now()

    def check(self) -> None:
        """Raises LeaseLost."""
        self._lease = rebuilds.renew(self._system, self._lease)
        self._renewed = self._system.now()

    def beat(self) -> None:
        if self._system.now() - self._renewed >= RENEW_AFTER:
            self.check()

    def condition(self) -> Any:
        return rebuilds.lease_condition(self._system, self._lease)
