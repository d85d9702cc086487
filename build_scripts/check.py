"""Build, step 5: everything that must hold of a site before anybody sees it.

In: the staged publication and the one that stands. Out: nothing, or `CheckFailed` with every
problem found; then nothing is published and yesterday's site stays. Looks at what changed: files
whose bytes stand already were checked when they were published, unless something they may link to
has gone.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from build_scripts.cut_out import belongs_to, is_text
from build_scripts.page_facts import Link, page_facts, unbalanced
from build_scripts.privacy_scan import PrivacyScan
from build_scripts.publications import EVERY_BUILD, Files, Publication, Publications, group_of_path
from build_scripts.site_data import is_list
from suishou.domain.errors import SuishouError

ROOT_MARK = "<!--root-->"  # in the frame of the API's answers, which are read at any depth
PROBLEMS_LISTED_MAX = 200
SAMPLE = "00"  # month pages whose hash begins so are parsed too: one in 256, always the same ones
_CASE_PAGE = re.compile(r"cases/\d{4}/\d{2}/([^/]+)\.html")
_NOT_PAGES = frozenset({"mailto", "tel", "sms", "data", "javascript", "geo"})


@dataclass(frozen=True)
class SiteProblem:
    """`path` from the site's root, a stable `code`, and words for whoever runs the build."""

    path: str
    code: str
    detail: str

    def __str__(self) -> str:
        return f"{self.path}: {self.code}: {self.detail}"


class CheckFailed(SuishouError):
    """The staged site is not fit to be published; `problems` lists what was found, by path."""

    def __init__(self, problems: Sequence[SiteProblem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems[:20]))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Site:
    """The staged site as a tree. `base_path` is the path it will be served under, "/" at a root;
    `api_prefixes` are addresses below it that the API answers."""

    publications: Publications
    staged: Publication
    base_path: str = "/"
    api_prefixes: tuple[str, ...] = ("api/",)


def check_site(
    site: Site,
    standing: Publication,
    scan: PrivacyScan,
    *,
    everything: bool,
    beat: Callable[[], None] = lambda: None,
) -> int:
    """Checks links, HTML and privacy of what differs from `standing` (or of everything); answers
    how many files it read. Raises `CheckFailed`."""
    checker = _Checker(site, scan)
    read = 0
    for path, digest in _to_check(site, standing, everything):
        if is_text(path):
            checker.check(path, digest)
            read += 1
            beat()
        if len(checker.problems) >= PROBLEMS_LISTED_MAX:
            break
    if checker.problems:
        raise CheckFailed(sorted(checker.problems, key=lambda p: (p.path, p.code, p.detail)))
    return read


def _to_check(site: Site, standing: Publication, everything: bool) -> Iterator[tuple[str, str]]:
    listed = site.publications.files
    frame_before = listed(standing.groups.get(EVERY_BUILD))
    frame_now = listed(site.staged.groups.get(EVERY_BUILD))
    everything = everything or not frame_before.keys() <= frame_now.keys()
    for name, group in sorted(site.staged.groups.items()):
        before = standing.groups.get(name)
        # Files of every build may link into any month, so they are always read.
        if not everything and name != EVERY_BUILD and before and before.files == group.files:
            continue
        files = listed(group)
        files_before: Files = {} if everything or name == EVERY_BUILD else listed(before)
        if not files_before.keys() <= files.keys():
            files_before = {}
        yield from (
            (path, digest)
            for path, digest in sorted(files.items())
            if files_before.get(path) != digest
        )


class _Checker:
    def __init__(self, site: Site, scan: PrivacyScan) -> None:
        self._site = site
        self._scan = scan
        self._names: dict[str, frozenset[str]] = {}
        self._judged = lru_cache(maxsize=50_000)(self._judge)
        self._kinds_parsed: set[tuple[str, bool, int]] = set()
        self.problems: list[SiteProblem] = []

    def check(self, path: str, digest: str) -> None:
        try:
            text = self._site.publications.content.get(digest).decode()
        except UnicodeDecodeError:
            self._add(path, "encoding", "not UTF-8")
            return
        for detail in self._scan.problems(path, text):
            self._add(path, "privacy", detail)
        if path.endswith(".html"):
            self._check_page(path, text, digest)

    def _check_page(self, path: str, text: str, digest: str) -> None:
        facts = page_facts(text)
        for detail in facts.problems:
            self._add(path, "html", detail)
        if self._is_parsed(path, digest) and (wrong := unbalanced(text)):
            self._add(path, "html", wrong)
        folder = posixpath.dirname(path)
        for link in facts.links:
            target, wrong = self._judged(folder, link)
            if not wrong and target.startswith("#"):
                wrong = "" if target[1:] in facts.ids else "no such id on this page"
            elif not wrong and (found := _CASE_PAGE.fullmatch(target)) and not is_list(target):
                named = found[1] in facts.cases or belongs_to(path, found[1])
                wrong = "" if named else "a case is named outside an element with data-case"
            if wrong:
                self._add(path, "link", f"{link.address}: {wrong}")

    def _is_parsed(self, path: str, digest: str) -> bool:
        """A month's pages come from one template each: the first of a kind and a sample tell."""
        group, parts = group_of_path(path), path.split("/")
        kind = (group, is_list(path), len(parts))
        first = kind not in self._kinds_parsed
        self._kinds_parsed.add(kind)
        return first or group == EVERY_BUILD or digest.startswith(SAMPLE)

    def _judge(self, folder: str, link: Link) -> tuple[str, str]:
        """Where a link in a page of this folder leads (`#id` on the page itself, "" elsewhere), and
        what is wrong with it. Most links are the frame's, so the answers are remembered."""
        parts = urlsplit(link.address)
        if parts.scheme in _NOT_PAGES:
            scripted = parts.scheme == "javascript"
            return "", "scripts do not belong in links" if scripted else ""
        if parts.scheme or parts.netloc:
            return "", "loaded from another site" if link.loads else ""
        if not parts.path:
            return f"#{unquote(parts.fragment)}" if parts.fragment else "", ""
        target = self._target(folder, unquote(parts.path))
        if target.startswith(".."):
            return target, "leads out of the site"
        if target.startswith(self._site.api_prefixes):
            return target, ""
        return target, "" if target in self._paths(group_of_path(target)) else "no such file"

    def _target(self, folder: str, address: str) -> str:
        """The path from the site's root that an address in a page of this folder leads to."""
        if address.startswith(ROOT_MARK):
            whole = address.removeprefix(ROOT_MARK)
        elif address.startswith("/"):
            base = self._site.base_path.rstrip("/") + "/"
            whole = address.removeprefix(base) if address.startswith(base) else f"../{address}"
        else:
            whole = posixpath.join(folder, address)
        normal = posixpath.normpath(whole) if whole else "."
        if normal == ".":
            return "index.html"
        return f"{normal}/index.html" if address.endswith(("/", "/.", "..")) else normal

    def _paths(self, group: str) -> frozenset[str]:
        if group not in self._names:
            if len(self._names) > 12:  # a year of months; more only costs memory
                self._names.clear()
            files = self._site.publications.files(self._site.staged.groups.get(group))
            self._names[group] = frozenset(files)
        return self._names[group]

    def _add(self, path: str, code: str, detail: str) -> None:
        self.problems.append(SiteProblem(path, code, detail))
