"""Scores of five pages as Lighthouse sees them on a slow telephone: `make lighthouse`.

In: a fabricated county that is no demonstration (a demonstration is closed to search engines),
served compressed as a CDN would. Out: one line a page; exit 1 when a score is below 100. Needs
Chromium; npx fetches Lighthouse itself.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from starlette.middleware.gzip import GZipMiddleware

from suishou.local.gateway import gateway
from tests.browser.conftest import chromium_path
from tests.browser.served_sites import (
    PROJECT,
    ServedSite,
    fabricated_rows,
    put_with_photos,
    served,
)
from tests.services.local_systems import real_system

LIGHTHOUSE = "lighthouse@12.8.2"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")


def main() -> int:
    """Prints a score for each page and category."""
    logging.disable(logging.INFO)
    chromium = chromium_path()
    if chromium is None:
        print("no Chromium here: nothing was measured")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        system = real_system(Path(folder))
        rows = fabricated_rows(system)
        put_with_photos(system, rows)
        with served(
            system, Path(folder), "real", lambda site: GZipMiddleware(gateway(site))
        ) as site:
            below = [path for path in pages(site) if not is_perfect(site, path, chromium)]
    return 1 if below else 0


def pages(site: ServedSite) -> list[str]:
    """Home, a case with photos, a list, stations, statistics."""
    photo = min(site.folder.glob("cases/2026/05/*.jpg")).relative_to(site.folder).as_posix()
    case = f"{photo.partition('-')[0]}.html"
    return [
        "index.html",
        case,
        "cases/2026/05/index.html",
        "stations/index.html",
        "statistics.html",
    ]


def is_perfect(site: ServedSite, path: str, chromium: str) -> bool:
    """Measures one page and tells what it found."""
    command = [shutil.which("npx", path=_paths()) or "npx", "--yes", LIGHTHOUSE, site.root + path]
    command += ["--output=json", "--quiet", f"--only-categories={','.join(CATEGORIES)}"]
    command += ["--chrome-flags=--headless=new --no-sandbox"]
    environment = {**os.environ, "CHROME_PATH": chromium, "PATH": _paths()}
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if run.returncode:
        print(f"{path}: Lighthouse failed\n{run.stderr[-2000:]}")
        return False
    report = json.loads(run.stdout)
    scores = [round(100 * (report["categories"][name]["score"] or 0)) for name in CATEGORIES]
    print(
        path, " / ".join(f"{name} {score}" for name, score in zip(CATEGORIES, scores, strict=True))
    )
    for audit in report["audits"].values():
        if audit["score"] is not None and audit["score"] < 1:
            print(f"  {audit['id']}: {audit.get('displayValue') or audit['title']}")
    sys.stdout.flush()
    return min(scores) == 100


def _paths() -> str:
    """The Node.js of .venv first."""
    return os.pathsep.join([str(PROJECT / ".venv" / "bin"), os.environ.get("PATH", "")])


if __name__ == "__main__":
    sys.exit(main())
