"""The image of the function `nightly` without Docker: a folder filled by the COPY lines of its
Dockerfile."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

PROJECT = Path(__file__).parents[2]
DOCKERFILE = (PROJECT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
COPIES = re.findall(r"^COPY (\S+) (\S+)$", DOCKERFILE, re.MULTILINE)
BUILT = "build/package/"  # made by make package


def command() -> str:
    """The handler that the image runs."""
    found = re.search(r'^CMD \["([\w.]+)"\]$', DOCKERFILE, re.MULTILINE)
    assert found
    return found[1]


def fill(task: Path) -> Path:
    """`task`, filled with everything that is copied from the checkout; what pip would install is
    not in it."""
    for source, target in COPIES:
        if source.startswith(BUILT):
            continue
        place = task / target
        if (PROJECT / source).is_dir():
            shutil.copytree(PROJECT / source, place, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(PROJECT / source, place)
    return task
