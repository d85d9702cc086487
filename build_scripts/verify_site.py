"""`suishou verify`: a whole published site against its own open data, from a folder or over HTTP.

In: where the site is. Out: `Verified`: what was read, and every figure that differs, with page,
scope, stated and recomputed. Reads the published CSVs and pages alone, in SQLite; it neither needs
nor imports what made them. Over HTTP it follows links within the site, never to another host.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from html import unescape
from pathlib import Path
from typing import Any, Protocol
from urllib.error import HTTPError, URLError
from urllib.parse import unquote, urljoin, urlsplit
from urllib.request import Request, urlopen
from zlib import MAX_WBITS, decompressobj

from build_scripts import verify_tables
from build_scripts.verify_coverage import COVERAGE, covered
from build_scripts.verify_figures import Difference, Recomputation
from build_scripts.verify_frozen import frozen_problems, load_frozen
from build_scripts.verify_marks import stated_figures, undeclared
from build_scripts.verify_whole import CORRECTIONS, WHOLE, counts_of_whole, listed_categories

PACKAGE = "data/datapackage.json"
PAGES_MAX = 5_000  # of a crawl; case pages are not read, since they state no figure
BYTES_MAX = 64 * 1024 * 1024  # of one file
SECONDS_MAX = 30  # that a server may take for one file
_CASE_PAGE = re.compile(r"cases/\d{4}/\d{2}/(?!index|category-|street-)[^/]+\.html")
_LINK = re.compile(r"<a\b[^<>]*?\shref=\"([^\"]+)\"")


@dataclass(frozen=True)
class Verified:
    """`data` are disagreements within the open data, `figures` stated figures that differ.
    `complete` is False when a crawl stopped at its limit."""

    months: int
    pages: int
    checked: int
    declared: int
    complete: bool
    data: tuple[str, ...] = ()
    figures: tuple[Difference, ...] = ()

    @property
    def agrees(self) -> bool:
        return not (self.data or self.figures)

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "agrees": self.agrees}


class Site(Protocol):
    """A published site by path from its root. `get` raises OSError for what is not there; `pages`
    gives every page with its text, case pages left out; `complete` whether that was all."""

    complete: bool

    def get(self, path: str) -> bytes: ...

    def pages(self) -> Iterator[tuple[str, str]]: ...


def site_at(where: str, pages_max: int = PAGES_MAX) -> Site:
    """The site in a folder, or at an http(s) address."""
    if where.startswith(("http://", "https://")):
        return _Served(where, pages_max)
    return _Folder(Path(where).expanduser())


def verify(site: Site, progress: Callable[[str, int], None] = lambda what, done: None) -> Verified:
    """Recomputes every marked figure. Raises OSError when there is no open data to begin with."""
    package = json.loads(site.get(PACKAGE))
    paths, frozen = _monthly_paths(package)
    tables = verify_tables.open_tables()
    try:
        data: list[str] = []
        for number, (month, (cases, measures)) in enumerate(sorted(paths.items()), 1):
            data += verify_tables.load_month(tables, month, site.get(cases), site.get(measures))
            if month in frozen:
                data += load_frozen(tables, month, site.get(frozen[month]))
            progress("data", number)
        names = (*WHOLE, CORRECTIONS) if frozen else WHOLE
        whole = {name: site.get(f"data/{name}.csv") for name in names}
        recomputation = Recomputation(
            tables,
            listed_categories(whole["categories"]),
            counts_of_whole(whole),
            covered(_if_there(site, COVERAGE)),
        )
        corrected = whole.get(CORRECTIONS, b"")
        data += frozen_problems(recomputation.frozen, corrected, recomputation.recount)
        pages = checked = declared = 0
        differences: list[Difference] = []
        for page, text in site.pages():
            pages += 1
            for stated in stated_figures(page, text):
                checked += 1
                if wrong := recomputation.difference(stated):
                    differences.append(wrong)
            count, wrongly = undeclared(page, text)
            declared += count
            data += wrongly
            progress("pages", pages)
    finally:
        tables.close()
    return Verified(
        len(paths), pages, checked, declared, site.complete, tuple(data), tuple(differences)
    )


def _if_there(site: Site, path: str) -> bytes:
    """A file that a site may do without; b"" then."""
    try:
        return site.get(path)
    except OSError:
        return b""


def case_page(path: str) -> bool:
    """Whether a page is a case's own, which states no figure of the rates."""
    return _CASE_PAGE.fullmatch(path) is not None


def _monthly_paths(package: dict[str, Any]) -> tuple[dict[str, tuple[str, str]], dict[str, str]]:
    """Month → paths of its cases and its measures, and of its frozen figures where it has them,
    from datapackage.json."""
    listed = {resource["name"]: resource["path"] for resource in package["resources"]}
    folder = posixpath.dirname(PACKAGE)
    found: dict[str, list[str]] = {}
    for table in ("cases", "measures"):
        for path in listed.get(table, []):
            month = posixpath.basename(path).removesuffix(".csv")
            found.setdefault(month, []).append(f"{folder}/{path}")
    if any(len(both) != 2 for both in found.values()):
        raise ValueError(f"{PACKAGE}: a month without both cases and measures")
    frozen = {
        posixpath.basename(path).removesuffix(".csv"): f"{folder}/{path}"
        for path in listed.get("frozen", [])
    }
    return {month: (cases, measures) for month, (cases, measures) in found.items()}, frozen


class _Folder:
    def __init__(self, root: Path) -> None:
        self._root = root
        self.complete = True

    def get(self, path: str) -> bytes:
        return (self._root / path).read_bytes()

    def pages(self) -> Iterator[tuple[str, str]]:
        for file in sorted(self._root.rglob("*.html")):
            path = file.relative_to(self._root).as_posix()
            if not case_page(path):
                yield path, file.read_text(encoding="utf-8")


class _Served:
    """A site at an address: pages are found by following links from its home."""

    def __init__(self, address: str, pages_max: int) -> None:
        self._root = address if address.endswith("/") else f"{address.rpartition('/')[0]}/"
        self._pages_max = pages_max
        self.complete = True

    def get(self, path: str) -> bytes:
        request = Request(urljoin(self._root, path), headers={"User-Agent": "suishou-verify"})  # noqa: S310 - http(s), see site_at
        with urlopen(request, timeout=SECONDS_MAX) as answer:  # noqa: S310
            if not answer.geturl().startswith(self._root):
                raise OSError(f"{path}: redirected out of the site")
            content: bytes = answer.read(BYTES_MAX + 1)
            if answer.headers.get("Content-Encoding") == "gzip":  # as website hosting has it
                content = decompressobj(MAX_WBITS | 16).decompress(content, BYTES_MAX + 1)
        if len(content) > BYTES_MAX:
            raise OSError(f"{path}: more than {BYTES_MAX} bytes")
        return content

    def pages(self) -> Iterator[tuple[str, str]]:
        waiting, seen = deque(["index.html"]), {"index.html"}
        while waiting:
            path = waiting.popleft()
            try:
                text = self.get(path).decode()
            except (HTTPError, URLError, UnicodeDecodeError):
                continue  # a dangling link is not a figure: the build's own check finds it
            yield path, text
            for link in _LINK.findall(text):
                target = self._target(path, unescape(link))
                if target and target not in seen:
                    if len(seen) >= self._pages_max:
                        self.complete = False
                        return
                    seen.add(target)
                    waiting.append(target)

    def _target(self, page: str, link: str) -> str:
        """The page of this site that a link leads to, or ""."""
        whole = urlsplit(urljoin(urljoin(self._root, page), link))
        address = whole._replace(query="", fragment="").geturl()
        if not address.startswith(self._root):
            return ""
        path = unquote(address.removeprefix(self._root))
        path = f"{path}index.html" if path == "" or path.endswith("/") else path
        inside = path.endswith(".html") and not path.startswith("api/") and not case_page(path)
        return path if inside else ""
