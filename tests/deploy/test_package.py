"""The packages hold what their functions import and no more, and are the same bytes for the same
sources."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from importlib.util import MAGIC_NUMBER, cache_from_source
from pathlib import Path

import pytest
from botocore import xform_name

from deploy.package import FUNCTIONS, compiler, main, package
from deploy.service_models import ASKED
from suishou.services.load_programme import load_programme
from suishou.services.read_programme import packed_programme
from tests.deploy.stack_template import PROJECT, of_type

TONGGU = PROJECT / "programmes" / "tonggu"
GROUPS = {name: group for group, names in FUNCTIONS.items() for name in names}
# What no function of a stack has a use for, or for one kind of question alone.
NEVER = {"boto3", "s3transfer", "sqlite3", "starlette", "uvicorn", "mkdocs", "material"}
NEVER |= {
    "icalendar",
    "segno",
    "msgspec",
    "pydantic",
    "tests",
    "build_scripts",
    "apprise",
    "yaml",
    "borax",
}
NOT_AT_THE_START = {"PIL", "jinja2", "python_multipart"}
OURS_NOT_AT_THE_START = {
    "suishou.domain.redaction_rules",
    "suishou.handlers.pages",
    "suishou.openapi",
    "suishou.storage.sqlite",
}
# What importing a handler and the engine of a stack brings in, on a package alone.
LOOK = """
import json, sys
sys.path[:0] = ["."]
import suishou.handlers.{name}, suishou.wiring
import suishou.storage.aws_client, suishou.storage.blobs, suishou.storage.dynamodb
print(json.dumps(sorted(sys.modules)))
"""
# What is imported late, on a question that needs it.
LATE = {
    "photos": "suishou.handlers.pages, suishou.services.photo_pixels, python_multipart",
    "people": "suishou.handlers.pages, python_multipart",
    "pixels": "suishou.services.photo_pixels",
    "background": "suishou.domain.redaction_rules",
}


def run(place: Path, code: str) -> str:
    """What the code prints, with the package in `place` and Python's own library alone."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code],
        cwd=place,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """Each group's archive, unpacked."""
    out = tmp_path_factory.mktemp("package")
    found = {}
    for archive in package("tonggu", out / "out", here=True):
        found[archive.stem] = out / archive.stem
        zipfile.ZipFile(archive).extractall(found[archive.stem])
    return found


@pytest.fixture(scope="module")
def imported(places: Mapping[str, Path]) -> Mapping[str, set[str]]:
    """What each function has imported when it is ready."""
    return {
        name: set(json.loads(run(places[group], LOOK.format(name=name))))
        for name, group in GROUPS.items()
    }


def test_the_same_sources_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = (package("tonggu", tmp_path / name, here=True) for name in ("a", "b"))
    for one, other in zip(first, second, strict=True):
        assert one.read_bytes() == other.read_bytes()


def test_every_module_comes_with_byte_code_that_is_taken_as_it_is(
    places: Mapping[str, Path],
) -> None:
    for place in places.values():
        modules = [path for path in place.rglob("*.py") if path.parent.name != "bin"]
        assert len(modules) > 300
        for path in modules:
            header = Path(cache_from_source(str(path))).read_bytes()[:16]
            assert (header[:4], header[4:8]) == (MAGIC_NUMBER, b"\1\0\0\0"), path  # unchecked


def test_a_traceback_names_where_the_code_lies(places: Mapping[str, Path]) -> None:
    place = places["background"] / "suishou" / "handlers" / "__init__.py"
    code = Path(cache_from_source(str(place))).read_bytes()
    assert b"/var/task/suishou/handlers/__init__.py" in code
    assert str(places["background"]).encode() not in code


def test_byte_code_is_made_by_a_python_of_the_functions_version(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ours = ".".join(map(str, sys.version_info[:2]))
    monkeypatch.setattr("deploy.package.LAMBDA_PYTHON", ours)
    found = compiler()
    assert found is not None
    assert subprocess.check_output([found, "--version"], text=True).startswith(f"Python {ours}.")
    monkeypatch.setattr("deploy.package.LAMBDA_PYTHON", "3.99")
    assert compiler() is None


def test_without_a_python_of_the_functions_version_there_is_no_byte_code_and_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("deploy.package.compiler", lambda here=False: None)
    assert main(["--here", "--out", str(tmp_path)]) == 0
    assert "uv python install 3.13" in capsys.readouterr().out
    for archive in tmp_path.glob("*.zip"):
        assert not [name for name in zipfile.ZipFile(archive).namelist() if name.endswith(".pyc")]


def test_every_function_of_the_template_is_in_one_group(places: Mapping[str, Path]) -> None:
    functions = (function for _, function in of_type("AWS::Serverless::Function"))
    handlers = [function["Handler"] for function in functions if "Handler" in function]
    assert sorted(handlers) == sorted(f"suishou.handlers.{name}.handler" for name in GROUPS)
    template = (next(iter(places.values())).parent / "out" / "template.yaml").read_text("utf-8")
    assert "CodeUri: functions/" not in template
    for group, names in FUNCTIONS.items():
        assert template.count(f"CodeUri: {group}.zip") == len(names)


@pytest.mark.parametrize("name", GROUPS)
def test_a_function_starts_from_its_package_alone_without_what_it_does_not_use(
    imported: Mapping[str, set[str]], name: str
) -> None:
    tops = {module.split(".")[0] for module in imported[name]}
    its_work = {"PIL"} if name == "photo" else set()  # it does nothing else
    assert tops & (NEVER | NOT_AT_THE_START) == its_work
    assert imported[name] & OURS_NOT_AT_THE_START == set()
    assert not {module for module in imported[name] if module.startswith("suishou.local")}


def test_a_report_needs_nothing_of_casework_people_or_measures(
    imported: Mapping[str, set[str]],
) -> None:
    others = {"advance_case", "people", "measure", "case_queue", "standings", "rebuild"}
    assert imported["intake"] & {f"suishou.services.{name}" for name in others} == set()


def test_a_package_holds_code_programme_and_no_more(places: Mapping[str, Path]) -> None:
    for group, place in places.items():
        held = {path.name for path in place.iterdir()}
        assert held & NEVER == set()
        assert ("PIL" in held) == (group in ("photos", "pixels"))
        assert ("jinja2" in held) == ("python_multipart" in held) == (group in ("photos", "people"))
        assert packed_programme(place / "programmes" / "tonggu") == load_programme(TONGGU)
        assert not (place / "suishou" / "local").exists()
        services = {path.name for path in (place / "botocore" / "data").iterdir() if path.is_dir()}
        assert services == set(ASKED)


@pytest.mark.parametrize("group", FUNCTIONS)
def test_what_is_imported_late_is_in_the_package_too(
    places: Mapping[str, Path], group: str
) -> None:
    run(places[group], f"import sys; sys.path[:0] = ['.']; import {LATE[group]}")


@pytest.mark.parametrize(
    ("module", "service"),
    [("storage/dynamodb", "dynamodb"), ("storage/blobs", "s3"), ("wiring", "ssm")],
)
def test_the_descriptions_that_are_packed_know_every_question_that_is_asked(
    module: str, service: str
) -> None:
    text = (PROJECT / "functions" / "suishou" / f"{module}.py").read_text(encoding="utf-8")
    calls = r"client(?:\(\"ssm\"\))?\.(\w+)\("
    asked = set(re.findall(calls, text)) - {"create_table", "get_waiter", "get_paginator"}
    assert asked and asked <= {xform_name(name) for name in ASKED[service]}
