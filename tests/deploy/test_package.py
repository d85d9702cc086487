"""The package holds what the functions import, and is the same bytes for the same sources."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from deploy.package import package

HANDLERS = "intake casework rewards admin project notify watch_deadlines".split()


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return package("tonggu", tmp_path_factory.mktemp("package") / "out", here=True)


def test_the_same_sources_give_the_same_bytes(archive: Path, tmp_path: Path) -> None:
    assert package("tonggu", tmp_path / "again", here=True).read_bytes() == archive.read_bytes()


def test_programme_and_code_are_in_and_nothing_of_tests_or_builds(archive: Path) -> None:
    names = zipfile.ZipFile(archive).namelist()
    assert "programmes/tonggu/programme.yaml" in names
    assert "suishou/handlers/intake.py" in names
    firsts = {name.split("/")[0] for name in names}
    assert not firsts & {"tests", "build_scripts", "mkdocs", "material", "uvicorn", "starlette"}


@pytest.mark.parametrize("name", HANDLERS)
def test_every_function_starts_from_the_package_alone(
    archive: Path, tmp_path: Path, name: str
) -> None:
    zipfile.ZipFile(archive).extractall(tmp_path)
    code = f"import sys; sys.path[:0] = ['.']; import suishou.handlers.{name}, suishou.wiring"
    more = "; import suishou.storage.aws_client, suishou.storage.dynamodb; print('ready')"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code + more],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout == "ready\n", done.stderr
