"""Everything about the public site that one machine does: build it, take a case out, roll it back.

In: a system, its feed, the site's folder. Out: the folder brought up to date. Shared by the
command line and by the server's worker, so that both do the same in the same order.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from suishou.services.people import operator
from suishou.services.project_case import project_pending
from suishou.services.rebuild import Rebuild, rebuild_wanted
from suishou.services.standings import publish_standings
from suishou.services.system import System
from suishou.storage.table import ChangeFeed

FEED_CHANGES = 200
PASSES_WITHOUT_WORK_MAX = 3  # then what is left is being worked elsewhere, or the store is busy


def default_site(data: Path) -> Path:
    """Where the site of a data folder is, unless told otherwise."""
    return data / "site"


def work_folder(data: Path) -> Path:
    """Where builds keep what they can use again."""
    return data / "build"


def project_all(
    system: System, feed: ChangeFeed, progress: Callable[[int], None] = lambda done: None
) -> int:
    """Works everything that waits in the feed; answers how many cases."""
    done = idle = 0
    while idle < PASSES_WITHOUT_WORK_MAX and feed.pending(1):
        worked = project_pending(system, feed, FEED_CHANGES)
        idle = 0 if worked else idle + 1
        done += worked
        progress(done)
    return done


def build_site(system: System, feed: ChangeFeed, site: Path, data: Path, **options: Any) -> Rebuild:
    """Asks for a build and makes it, from everything that has happened so far.

    When another builder is at it, that one's successor is asked for and answered, still waiting.
    """
    from build_scripts.nightly import rebuild_if_wanted
    from suishou.services.rebuild import want_rebuild

    project_all(system, feed)
    publish_standings(system)
    wanted = want_rebuild(system, operator(system).id)
    return rebuild_if_wanted(system, site, work_folder(data), **options) or wanted


def taker_down(system: System, site: Path) -> Callable[[], object]:
    """The server's pass over take-downs: cheap while there is none."""
    from build_scripts.take_down import take_down_now

    return lambda: take_down_now(site, system.public)


def builder(system: System, site: Path, data: Path) -> Callable[[], bool]:
    """The server's pass over wanted builds. Answers whether it built."""
    from build_scripts.nightly import rebuild_if_wanted

    def work() -> bool:
        if not rebuild_wanted(system):
            return False
        publish_standings(system)
        return rebuild_if_wanted(system, site, work_folder(data)) is not None

    return work
