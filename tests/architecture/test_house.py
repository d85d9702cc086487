"""The house rules: which part imports which, how long a file is, who reads the environment."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.known_faults import FAULTS

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "functions" / "suishou"
SOURCES = sorted(PACKAGE.rglob("*.py")) + sorted((ROOT / "build_scripts").rglob("*.py"))
LINES_MAX = 300
FUNCTION_LINES_MAX = 60

# What each part may import of ours. `local` (host, command line) is the outermost ring.
MAY_IMPORT = {
    "domain": {"domain"},
    "storage": {"storage", "domain"},
    "services": {"services", "storage", "domain"},
    "handlers": {"handlers", "services", "storage", "domain", "wording", "wiring", "build_scripts"},
    "build_scripts": {"build_scripts", "services", "storage", "domain"},
    "wording": {"wording", "domain"},
    "settings": {"domain"},
    "wiring": {"services", "storage", "domain", "settings"},
}
ENGINES = {"sqlite", "sqlite_feed", "dynamodb", "dynamodb_feed"}


def part_of(path: Path) -> str:
    if path.is_relative_to(PACKAGE):
        return one_name(path.relative_to(PACKAGE).parts[0].removesuffix(".py"))
    return "build_scripts"


def one_name(part: str) -> str:
    """The wording is one part in several files."""
    return "wording" if part.startswith("wording_") else part


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def ours(module: str) -> str | None:
    names = module.split(".")
    if names[0] == "suishou":
        return one_name(names[1]) if len(names) > 1 else None
    return "build_scripts" if names[0] == "build_scripts" else None


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_the_arrows_between_the_parts_are_kept(path: Path) -> None:
    allowed = MAY_IMPORT.get(part_of(path))
    if allowed is None:
        return
    wrong = {m for m in imported(path) if (part := ours(m)) is not None and part not in allowed}
    assert not wrong


@pytest.mark.parametrize("path", sorted((PACKAGE / "domain").glob("*.py")), ids=lambda p: p.name)
def test_the_domain_needs_the_standard_library_alone(path: Path) -> None:
    foreign = {
        module
        for module in imported(path)
        if ours(module) is None
        and module.split(".")[0] not in sys.stdlib_module_names | {"suishou", "__future__"}
    }
    assert not foreign


@pytest.mark.parametrize("path", sorted((PACKAGE / "domain").glob("*.py")), ids=lambda p: p.name)
def test_the_domain_reads_no_clock_no_dice_and_no_files(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for reading in ("datetime.now(", "date.today(", "time.time(", "import random", "pathlib"):
        assert reading not in text


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_only_settings_read_the_environment_and_only_wiring_chooses_an_engine(path: Path) -> None:
    part = part_of(path)
    if part != "settings":
        assert "os.environ" not in path.read_text(encoding="utf-8")
    if part not in ("storage", "wiring", "local"):
        modules = {m.split(".")[-1] for m in imported(path) if m.startswith("suishou.storage.")}
        allowed = ENGINES & modules if path.name == "project.py" and part == "handlers" else set()
        assert not (modules & ENGINES) - allowed


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_files_and_functions_stay_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= LINES_MAX
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < FUNCTION_LINES_MAX, node.name


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_module_says_what_it_is(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not text.strip() or ast.get_docstring(ast.parse(text))


def test_nothing_is_named_after_nothing() -> None:
    vague = {"utils", "helpers", "common", "manager", "misc", "base"}
    assert not [p for p in SOURCES if set(p.stem.split("_")) & vague]


def test_known_faults_of_emulators_stand_in_one_file_and_each_names_a_test() -> None:
    tests = {p: p.read_text(encoding="utf-8") for p in sorted((ROOT / "tests").rglob("test_*.py"))}
    marks = ("pytest.mark." + "xfail", "pytest." + "xfail(")
    assert not [path for path, text in tests.items() if any(mark in text for mark in marks)]
    everything = "\n".join(tests.values())
    for name, _ in FAULTS:
        assert f"def {name}(" in everything, name
