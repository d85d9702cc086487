"""One page for every template of a built site, found by what the addresses look like.

In: a public folder. Out: addresses. A new section is found without being named here.
"""

from __future__ import annotations

import re
from pathlib import Path

_VARIES = re.compile(r"\d")


def kind_of(path: str) -> str:
    """`cases/2026/05/category-drain-2.html` → `cases/*/*/category.html`: the template, roughly."""
    *folders, name = path.split("/")
    stem = name.removesuffix(".html")
    listed = re.match(r"(index|category|street|community|month)(?=$|-)", stem)
    if listed:
        stem = listed[1]
    elif folders and folders != ["en"]:
        stem = "*"
    kept = ["*" if _VARIES.search(folder) else folder for folder in folders]
    return "/".join([*kept, f"{stem}.html"])


def pages_of(site: Path) -> list[str]:
    """Every page's address from the root, sorted. Frames for answers of the API are none."""
    found = (path.relative_to(site).as_posix() for path in site.rglob("*.html"))
    return sorted(path for path in found if not path.endswith("api-reply.html"))


def one_of_each_kind(site: Path) -> list[str]:
    """The largest page of each kind: the one most likely to break something."""
    largest: dict[str, str] = {}
    for path in pages_of(site):
        kind = kind_of(path)
        if kind not in largest or size(site, path) > size(site, largest[kind]):
            largest[kind] = path
    return [largest[kind] for kind in sorted(largest)]


def size(site: Path, path: str) -> tuple[int, str]:
    """Bytes, and the address so that the choice is always the same."""
    return (site / path).stat().st_size, path
