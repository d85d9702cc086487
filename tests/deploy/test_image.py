"""The image without Docker: what the Dockerfile copies is there, and is enough to start."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.util import cache_from_source
from pathlib import Path

import pytest

from deploy.package import NIGHTLY_REQUIREMENTS, nightly_requirements
from tests.deploy.image_folder import DOCKERFILE, command, fill


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the image, as its COPY lines fill it."""
    return fill(tmp_path_factory.mktemp("image"))


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python that holds what the Dockerfile's `RUN pip install` puts there, and nothing else."""
    task = tmp_path_factory.mktemp("python")
    (step,) = re.findall(r"^RUN pip install (.+)$", DOCKERFILE, re.MULTILINE)
    assert step == f"--no-cache-dir --no-deps -r {NIGHTLY_REQUIREMENTS}"
    locked = task / NIGHTLY_REQUIREMENTS
    locked.write_text(nightly_requirements(), encoding="utf-8")
    uv, made = str(Path(sys.executable).with_name("uv")), task / "environment"
    wanted = ["pip", "install", "--quiet", "--no-deps", "-r", str(locked)]
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, made], check=True)
    subprocess.run([uv, *wanted, "--python", made / "bin" / "python"], check=True)
    return made / "bin" / "python"


def run(python: Path, image: Path, code: str, **told: str) -> str:
    done = subprocess.run(
        [python, "-c", code],
        cwd=image,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(image), **told},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_its_command_is_a_handler_that_starts(python: Path, image: Path) -> None:
    module, _, name = command().rpartition(".")
    started = run(python, image, f"from {module} import {name}; print(callable({name}))")
    assert started == "True\n"


def test_every_module_of_ours_has_byte_code(python: Path, image: Path) -> None:
    (step,) = re.findall(r"^RUN python (.+)$", DOCKERFILE, re.MULTILINE)
    subprocess.run([python, *step.split()], cwd=image, check=True)
    modules = [
        path for part in ("suishou", "build_scripts") for path in (image / part).rglob("*.py")
    ]
    assert modules and all(Path(cache_from_source(str(path))).exists() for path in modules)


def test_every_module_that_is_in_it_can_be_imported(python: Path, image: Path) -> None:
    code = (
        "import importlib, pkgutil, build_scripts, suishou; "
        "names = [m.name for p in (build_scripts, suishou) "
        "for m in pkgutil.walk_packages(p.__path__, p.__name__ + '.')]; "
        "[importlib.import_module(name) for name in names if '.local.' not in name]; "
        "print(len(names) > 100)"
    )
    assert run(python, image, code) == "True\n"


def test_what_the_project_of_codebuild_runs_says_what_its_settings_lack(
    python: Path, image: Path
) -> None:
    """`python -m suishou.handlers.nightly`, where the image keeps its code."""
    done = subprocess.run(
        [python, "-m", "suishou.handlers.nightly"],
        cwd=image,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 1 and "SUISHOU_KEPT_BUCKET" in done.stderr


def test_the_frame_of_the_site_is_made_from_what_is_in_it(
    python: Path, image: Path, tmp_path: Path
) -> None:
    code = (
        "from pathlib import Path; from build_scripts.site import build_shells; "
        "from suishou.services.load_programme import load_programme; "
        "from build_scripts.rules_history import rules_history; "
        "folder = Path('programmes/tonggu'); "
        f"shells = build_shells(load_programme(folder), Path('site_src'), Path({str(tmp_path)!r}));"
        "rules_history(folder); "
        "print('index.html' in shells.frames, 'leaflet' in str(shells.files), '' in shells.cards)"
    )
    told = {"NO_MKDOCS_2_WARNING": "1"}
    assert run(python, image, code, **told).splitlines()[-1] == "True True True"
