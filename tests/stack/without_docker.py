"""What the template says of the function `nightly`, for an emulator that runs no images.

In: a packaged template. Out: the same with an archive where it had an image. Everything else stays
as it is deployed: environment, role, schedule, limits, destinations, alarms.
"""

from __future__ import annotations

import re
import shutil
import sysconfig
from pathlib import Path

from deploy.package import _zip
from tests.deploy.image_folder import command, fill

IMAGE = re.compile(r"^ +PackageType: Image\n( +)ImageUri: .*\n", re.MULTILINE)
DISK = "SUISHOU_WORK: /tmp/suishou\n"
ARCHIVE = "nightly.zip"


def archive(folder: Path) -> None:
    """`nightly.zip` in `folder`: what the image copies from the checkout."""
    _zip(fill(folder / "image"), folder / ARCHIVE)


def without_docker(packaged: Path, out: Path, disk: Path) -> Path:
    """`out`, filled with the package `packaged`, in which `nightly` is an archive like the others,
    works on `disk`, and finds this machine's packages where its image has its own."""
    out.mkdir()
    for path in (*packaged.glob("*.zip"), packaged / "template.yaml"):
        shutil.copy(path, out)
    path = out / "template.yaml"
    text = path.read_text(encoding="utf-8")
    code = f"\\1Handler: {command()}\n\\1Runtime: python3.13\n\\1CodeUri: {ARCHIVE}\n"
    text, images = IMAGE.subn(code, text)
    packages = sysconfig.get_path("purelib")
    assert (images, text.count(DISK)) == (1, 1), "the template says it in other words now"
    told = f"SUISHOU_WORK: {disk}\n          PYTHONPATH: {packages}\n"
    path.write_text(text.replace(DISK, told), encoding="utf-8")
    return out
