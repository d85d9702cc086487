"""`make package`: what `template.yaml` deploys, built from the lock file and this checkout.

In: the Python version and platform of the functions, and the programme. Out: `build/package/`: an
archive for each group of functions that needs the same packages, byte for byte the same for the
same sources, and the template that points to them. Needs the package registry alone. A function
cannot write where its code lies, so the archives hold byte code too, where a Python of the
functions' version is at hand to make it. The nightly build has an image of its own
(`deploy/Dockerfile`).
"""

from __future__ import annotations

import argparse
import hashlib
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from deploy.service_models import keep_what_is_asked
from suishou.services.read_programme import pack_programme

PROJECT = Path(__file__).parents[1]
OUT = PROJECT / "build" / "package"
TEMPLATE = PROJECT / "template.yaml"
# Which functions share an archive, and what it holds, by the names of the lock file; tests compare
# it with what each function imports. botocore is ours, as locked, and not the runtime's: what was
# tested is what runs. boto3 is not used.
FUNCTIONS: Mapping[str, tuple[str, ...]] = {
    "photos": ("casework", "admin"),
    "people": ("intake", "rewards"),
    "pixels": ("photo",),
    "background": ("project", "notify", "watch_deadlines"),
}
EVERYWHERE = (
    "aws-lambda-powertools",
    "botocore",
    "chinesecalendar",
    "jmespath",
    "python-dateutil",
    "six",
    "typing-extensions",
    "urllib3",
)
PAGES = ("jinja2", "markupsafe", "python-multipart")
PACKAGES: Mapping[str, tuple[str, ...]] = {
    "photos": (*EVERYWHERE, *PAGES, "pillow"),
    "people": (*EVERYWHERE, *PAGES),
    "pixels": (*EVERYWHERE, "pillow"),
    "background": EVERYWHERE,
}
# Parts of ours that no function runs: the host on one machine.
NOT_OURS = ("local",)
CODE = re.compile(
    r"(Handler: suishou\.handlers\.(\w+)\.handler\n(?: +.*\n)*? +CodeUri: )functions/"
)
NIGHTLY_REQUIREMENTS = "nightly-requirements.txt"  # for deploy/Dockerfile
ZIP_DAY = (1980, 1, 1, 0, 0, 0)  # the same bytes on every day
LAMBDA_PLATFORM, LAMBDA_PYTHON = "x86_64-manylinux_2_34", "3.13"
LAMBDA_FOLDER = "/var/task"  # where a function's code lies; told in tracebacks


def main(arguments: Sequence[str]) -> int:
    asked = _parser().parse_args(arguments)
    for archive in package(asked.programme, asked.out, here=asked.here):
        size = archive.stat().st_size
        digest = hashlib.sha256(archive.read_bytes()).hexdigest()[:16]
        print(f"{archive}: {size / 2**20:.1f} MiB, sha256 {digest}…")
    if compiler(here=asked.here) is None:
        print(
            f"No Python {LAMBDA_PYTHON} here to make byte code: functions will start more slowly."
        )
        print(f"`.venv/bin/uv python install {LAMBDA_PYTHON}` brings one; then pack again.")
    print(f"{asked.out / 'template.yaml'}")
    return 0


def package(programme: str, out: Path, *, here: bool = False) -> Sequence[Path]:
    """Makes the archives and the template beside them; answers the archives. `here`: for this
    machine's own Python, as an emulator without Lambda's runtime needs it."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    locked, python = nightly_requirements(), compiler(here=here)
    (out / NIGHTLY_REQUIREMENTS).write_text(locked, encoding="utf-8")
    archives = []
    for group in FUNCTIONS:
        folder = out / group
        folder.mkdir()
        _install(folder, locked, PACKAGES[group], here)
        _copy(PROJECT / "functions" / "suishou", folder / "suishou", *NOT_OURS)
        _copy(PROJECT / "programmes" / programme, folder / "programmes" / programme)
        pack_programme(folder / "programmes" / programme)
        if python:
            _compile(folder, python)
        archives.append(out / f"{group}.zip")
        _zip(folder, archives[-1])
    text = CODE.sub(_archive_of, TEMPLATE.read_text(encoding="utf-8"))
    (out / "template.yaml").write_text(text, encoding="utf-8")
    return archives


def compiler(*, here: bool = False) -> str | None:
    """A Python whose byte code the functions can use: this one, or one of their own version that is
    installed on this machine. None is downloaded."""
    if here:
        return sys.executable
    command = [_uv(), "python", "find", "--no-project", LAMBDA_PYTHON]
    found = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    return found.stdout.strip() or None


def _compile(folder: Path, python: str) -> None:
    """Byte code beside every module, never compared with its source: nobody changes it there. The
    same sources give the same bytes, whichever folder they were packed in."""
    command = [python, "-s", "-m", "compileall", "-qq", "--invalidation-mode", "unchecked-hash"]
    command += ["-s", str(folder), "-p", LAMBDA_FOLDER, str(folder)]
    subprocess.run(command, env={"PYTHONHASHSEED": "0"}, check=True)


def _archive_of(found: re.Match[str]) -> str:
    """The template's lines up to the place of a function's code, and its archive."""
    (group,) = (group for group, names in FUNCTIONS.items() if found[2] in names)
    return f"{found[1]}{group}.zip"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deploy.package")
    parser.add_argument("--programme", default="tonggu", help="a folder below programmes/")
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--here", action="store_true", help="for this machine, not for Lambda")
    return parser


def _install(folder: Path, locked: str, packages: Sequence[str], here: bool) -> None:
    """The locked versions of what is needed, compiled for where the functions will run."""
    wanted = set(packages)
    lines = [line for line in locked.splitlines() if line.partition("==")[0].strip() in wanted]
    missing = wanted - {line.partition("==")[0].strip() for line in lines}
    if missing:
        raise SystemExit(f"not in the lock file: {sorted(missing)}")
    requirements = folder.parent / f"{folder.name}.txt"
    requirements.write_text("\n".join(lines) + "\n", encoding="utf-8")
    target = ["--target", str(folder), "--no-deps", "--only-binary", ":all:"]
    if not here:
        target += ["--python-platform", LAMBDA_PLATFORM, "--python-version", LAMBDA_PYTHON]
    command = [_uv(), "pip", "install", "--quiet", "--python", sys.executable, *target]
    subprocess.run([*command, "-r", str(requirements)], cwd=PROJECT, check=True)
    keep_what_is_asked(folder / "botocore" / "data")


def nightly_requirements() -> str:
    """Every package of the lock file that is not for development alone, a line each."""
    done = subprocess.run(
        [_uv(), "export", "--frozen", "--no-dev", "--no-emit-project", "--no-hashes", "--quiet"],
        cwd=PROJECT,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def _uv() -> str:
    return str(Path(sys.executable).with_name("uv"))


def _copy(source: Path, target: Path, *without: str) -> None:
    passed_over = shutil.ignore_patterns("__pycache__", "*.pyc", *without)
    shutil.copytree(source, target, ignore=passed_over)


def _zip(folder: Path, archive: Path) -> None:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for path in _files(folder):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), ZIP_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            packed.writestr(entry, path.read_bytes())


def _files(folder: Path) -> Iterator[Path]:
    """Everything but what installing leaves behind and no function reads."""
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if path.is_file() and parts[0] not in ("bin", ".lock"):
            yield path


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
