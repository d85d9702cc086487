"""The image without Docker: what the Dockerfile copies is there, and is enough to start."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
DOCKERFILE = (PROJECT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
COPIES = re.findall(r"^COPY (\S+) (\S+)$", DOCKERFILE, re.MULTILINE)
BUILT = "build/package/"  # made by make package


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the image, as its COPY lines fill it."""
    task = tmp_path_factory.mktemp("image")
    for source, target in COPIES:
        if source.startswith(BUILT):
            continue
        place = task / target
        if (PROJECT / source).is_dir():
            shutil.copytree(PROJECT / source, place, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(PROJECT / source, place)
    return task


def run(image: Path, code: str, **told: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=image,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(image), **told},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_its_command_is_a_handler_that_starts(image: Path) -> None:
    command = re.search(r'^CMD \["([\w.]+)"\]$', DOCKERFILE, re.MULTILINE)
    assert command
    module, _, name = command[1].rpartition(".")
    assert run(image, f"from {module} import {name}; print(callable({name}))") == "True\n"


def test_the_frame_of_the_site_is_made_from_what_is_in_it(image: Path, tmp_path: Path) -> None:
    code = (
        "from pathlib import Path; from build_scripts.site import build_shells; "
        "from suishou.services.load_programme import load_programme; "
        "from build_scripts.rules_history import rules_history; "
        "folder = Path('programmes/tonggu'); "
        f"shells = build_shells(load_programme(folder), Path('site_src'), Path({str(tmp_path)!r}));"
        "rules_history(folder); "
        "print('index.html' in shells.frames, 'leaflet' in str(shells.files))"
    )
    told = {"NO_MKDOCS_2_WARNING": "1"}
    assert run(image, code, **told).splitlines()[-1] == "True True"
