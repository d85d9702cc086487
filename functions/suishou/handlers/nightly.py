"""The Lambda function `nightly`: every night, or for an administrator's wish, the site is built.

In: a schedule's event (`{"wish": true}` asks for a build first, as the night does). Out: the number
and status of the build, and what was put into the site's bucket. A build that is not fit to be
published leaves yesterday's site whole. What was taken down since is taken out of the bucket even
when no build is wanted.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from build_scripts.bucket_site import publish_to_bucket
from build_scripts.nightly import rebuild_if_wanted
from build_scripts.publications import NOTHING, Publications
from build_scripts.take_down import take_down_now
from suishou.handlers.routing import LOG
from suishou.services.rebuild import want_rebuild
from suishou.services.system import System
from suishou.wiring import SiteBuild, site_build


def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Lambda's entry point."""
    given = site_build()
    if event.get("wish"):
        want_rebuild(given.system, "schedule")
    return _work(given)


def _work(given: SiteBuild) -> dict[str, Any]:
    """The build that is wanted, take-downs, and the bucket brought up to what came of them."""
    system, site = given.system, given.work / "site"
    _fresh_site_is_built(system, site)
    done = rebuild_if_wanted(system, site, given.work / "build")
    take_down_now(site, system.public)
    publications = Publications(site)
    current = publications.current()
    answer = {"build": done.number if done else 0, "status": done.status if done else "none"}
    if current == NOTHING:
        return answer
    uploaded = publish_to_bucket(publications, current, given.s3, given.bucket)
    LOG.info("published", extra={**answer, "put": uploaded.put, "removed": uploaded.removed})
    return {**answer, "put": uploaded.put, "removed": uploaded.removed}


def _fresh_site_is_built(system: System, site: Path) -> None:
    """A container that starts anew knows nothing of earlier builds: it makes the site from all rows
    before anything is compared with the bucket."""
    if Publications(site).current() == NOTHING:
        want_rebuild(system, "schedule")
