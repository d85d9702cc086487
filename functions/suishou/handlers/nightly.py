"""The Lambda function `nightly`: every night, or for an administrator's wish, the site is built.

In: a schedule's event (`{"wish": true}` asks for a build first, as the night does). Out: the number
and status of the build. A build that is not fit to be published leaves yesterday's site whole.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from build_scripts.nightly import rebuild_if_wanted
from suishou.handlers import context
from suishou.handlers.routing import LOG
from suishou.services.rebuild import want_rebuild
from suishou.services.standings import publish_standings

# The function is a container with a file system mounted here, kept from one build to the next.
MOUNT = Path("/mnt/suishou")


def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Lambda's entry point."""
    system = context.current()
    if event.get("wish"):
        want_rebuild(system, "schedule")
    publish_standings(system)
    done = rebuild_if_wanted(system, MOUNT / "site", MOUNT / "build")
    if done is None:
        return {"build": 0, "status": "none"}
    LOG.info("built", extra={"build": done.number, "status": done.status})
    return {"build": done.number, "status": done.status}
