"""What the nightly build of a stack works with.

Made by `wiring.py` alone; read by `build_scripts/stack_site.py` and the function `nightly`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from suishou.services.system import System


@dataclass(frozen=True)
class SiteBuild:
    """A system whose private side refuses everything; the buckets where the site is shown and where
    its last publications are kept, through an S3 client; a folder to work in, which may be empty.

    `distribution` is the one of CloudFront in front of the site, "" where there is none;
    `hand_over`, None where there is none, starts a bigger builder (it is told the number of the
    build) for more than `cases_max` cases.
    """

    system: System
    s3: Any
    site_bucket: str
    kept_bucket: str
    work: Path
    cases_max: int
    cloudfront: Any = None
    distribution: str = ""
    hand_over: Callable[[int], None] | None = None
