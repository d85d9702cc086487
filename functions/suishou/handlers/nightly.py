"""The Lambda function `nightly`: every night, or for an administrator's wish, the site is built.

In: a schedule's event (`{"wish": true}` asks for a build first, as the night does). Out: the number
and status of the build, and what was put into the site's bucket. A build that is not fit to be
published leaves yesterday's site whole, and rings the function's alarm. What was taken down since
is taken out of the bucket even when no build is wanted. Run as a program it is what the CodeBuild
project runs: the build that the function handed over, however long it takes.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from build_scripts.stack_site import bring_up_to_date
from suishou.domain.errors import SuishouError
from suishou.handlers.routing import LOG
from suishou.services.rebuild import want_rebuild
from suishou.wiring import site_build


class NotFit(SuishouError):
    """The build found its own site unfit to be published; its entry in the history says why."""


def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Lambda's entry point. Raises NotFit, and what a build raises."""
    given = site_build()
    if event.get("wish"):
        want_rebuild(given.system, "schedule")
    answer = bring_up_to_date(given)
    if answer != {"build": 0, "status": "none"}:
        LOG.info("site", extra=answer)
    if answer["status"] == "failed":
        raise NotFit(f"build {answer['build']}")
    if answer.get("verified") is False:
        raise NotFit(f"build {answer['build']} was published, and its weekly verification differs")
    return answer


def main() -> int:
    """The build that is wanted, here. 1 when it was not fit to be published."""
    answer = bring_up_to_date(replace(site_build(), hand_over=None))
    print(json.dumps(answer))
    return 1 if answer["status"] == "failed" or answer.get("verified") is False else 0


if __name__ == "__main__":
    raise SystemExit(main())
