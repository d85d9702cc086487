"""`make package`: what `template.yaml` deploys, built from the lock file and this checkout.

In: the Python version and platform of the functions, and the programme. Out: `build/package/`: one
archive for all functions, byte for byte the same for the same sources, and the template that points
to it. Needs the package registry alone. The nightly build has an image of its own
(`deploy/Dockerfile`).
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

PROJECT = Path(__file__).parents[1]
OUT = PROJECT / "build" / "package"
TEMPLATE = PROJECT / "template.yaml"
# What the functions import, by the names of the lock file; a test compares it with what they do
# import. Lambda's own boto3 is left in place: it is there before the function starts.
PACKAGES = (
    "aws-lambda-powertools",
    "borax",
    "chinesecalendar",
    "jinja2",
    "jmespath",
    "markupsafe",
    "pillow",
    "python-multipart",
    "pyyaml",
    "typing-extensions",
)
BOTO = ("boto3", "botocore", "python-dateutil", "s3transfer", "six", "urllib3")
NIGHTLY_REQUIREMENTS = "nightly-requirements.txt"  # for deploy/Dockerfile
ZIP_DAY = (1980, 1, 1, 0, 0, 0)  # the same bytes on every day
LAMBDA_PLATFORM, LAMBDA_PYTHON = "x86_64-manylinux_2_34", "3.13"


def main(arguments: Sequence[str]) -> int:
    asked = _parser().parse_args(arguments)
    archive = package(asked.programme, asked.out, here=asked.here)
    size = archive.stat().st_size
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()[:16]
    print(f"{archive}: {size / 2**20:.1f} MiB, sha256 {digest}…")
    print(f"{asked.out / 'template.yaml'}")
    return 0


def package(programme: str, out: Path, *, here: bool = False) -> Path:
    """Makes the archive and the template beside it; answers the archive. `here`: for this machine's
    own Python, with boto3, as an emulator without Lambda's runtime needs it."""
    shutil.rmtree(out, ignore_errors=True)
    folder = out / "functions"
    folder.mkdir(parents=True)
    _install(folder, here)
    _copy(PROJECT / "functions" / "suishou", folder / "suishou")
    _copy(PROJECT / "programmes" / programme, folder / "programmes" / programme)
    archive = out / "functions.zip"
    _zip(folder, archive)
    text = TEMPLATE.read_text(encoding="utf-8")
    (out / "template.yaml").write_text(
        text.replace("CodeUri: functions/", "CodeUri: functions.zip"), encoding="utf-8"
    )
    return archive


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deploy.package")
    parser.add_argument("--programme", default="tonggu", help="a folder below programmes/")
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--here", action="store_true", help="for this machine, not for Lambda")
    return parser


def _install(folder: Path, here: bool) -> None:
    """The locked versions of what is needed, compiled for where the functions will run."""
    locked = nightly_requirements()
    (folder.parent / NIGHTLY_REQUIREMENTS).write_text(locked, encoding="utf-8")
    wanted = {*PACKAGES, *(BOTO if here else ())}
    lines = [line for line in locked.splitlines() if line.partition("==")[0].strip() in wanted]
    missing = wanted - {line.partition("==")[0].strip() for line in lines}
    if missing:
        raise SystemExit(f"not in the lock file: {sorted(missing)}")
    requirements = folder.parent / "requirements.txt"
    requirements.write_text("\n".join(lines) + "\n", encoding="utf-8")
    target = ["--target", str(folder), "--no-deps", "--only-binary", ":all:"]
    if not here:
        target += ["--python-platform", LAMBDA_PLATFORM, "--python-version", LAMBDA_PYTHON]
    command = [_uv(), "pip", "install", "--quiet", "--python", sys.executable, *target]
    subprocess.run([*command, "-r", str(requirements)], cwd=PROJECT, check=True)


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


def _copy(source: Path, target: Path) -> None:
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))


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
        if path.is_file() and "__pycache__" not in parts and parts[0] not in ("bin", ".lock"):
            yield path


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
