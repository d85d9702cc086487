"""Build, step 5: everything that must hold of a site before anybody sees it.

In: the staged publication and the one that stands. Out: nothing, or `CheckFailed` with every
problem found; then nothing is published and yesterday's site stays. Looks at what changed: files
whose bytes stand already were checked when they were published, unless something they may link to
has gone.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from build_scripts.cut_out import belongs_to, is_text
from build_scripts.page_facts import Link, page_facts, unbalanced
from build_scripts.privacy_scan import PrivacyScan
from build_scripts.publications import EVERY_BUILD, Publication, Publications, group_of_path
from build_scripts.site_paths import is_list, is_of_case
from build_scripts.worker_processes import in_processes, processes_for
from suishou.domain.errors import SuishouError

ROOT_MARK = "<!--root-->"  # in the frame of the API's answers, which are read at any depth
PROBLEMS_LISTED_MAX = 200
FILES_FOR_PROCESSES = 1_000
LINKED_FROM_MONTHS = (".html", ".css", ".js", ".svg", ".png", ".xml", ".ics")
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
    processes: int = 0,
) -> int:
    """Checks links, HTML and privacy of what differs from `standing` (or of everything); answers
    how many files it read. Raises `CheckFailed`."""
    checker = _Checker(site, scan)

    def checked(group: str) -> tuple[int, list[SiteProblem]]:
        return checker.check_group(_to_check(site, standing, group, everything))

    everything = everything or _may_dangle_anywhere(site, standing)
    groups = [name for name in sorted(site.staged.groups) if _differs(site, standing, name)]
    groups = sorted(site.staged.groups) if everything else groups
    weight = sum(site.staged.groups[name].count for name in groups)
    count = processes or processes_for(weight, FILES_FOR_PROCESSES)
    read, problems = 0, []
    for _, (files, found) in in_processes(groups, checked, count, beat):
        read += files
        problems += found
    if problems:
        raise CheckFailed(sorted(problems, key=lambda p: (p.path, p.code, p.detail)))
    return read


def _may_dangle_anywhere(site: Site, standing: Publication) -> bool:
    """Whether something has gone that the pages of any month may link to."""
    before = site.publications.files(standing.groups.get(EVERY_BUILD))
    now = site.publications.files(site.staged.groups.get(EVERY_BUILD))
    return any(path.endswith(LINKED_FROM_MONTHS) for path in before.keys() - now.keys())


def _differs(site: Site, standing: Publication, name: str) -> bool:
    before, now = standing.groups.get(name), site.staged.groups[name]
    # What belongs to every build may link into any month.
    return name == EVERY_BUILD or before is None or before.files != now.files


def _to_check(
    site: Site, standing: Publication, name: str, everything: bool
) -> list[tuple[str, str]]:
    """The files of a group that must be read: all but those that stood with the same bytes, and
    even these where a file has gone that they may link to."""
    listed = site.publications.files
    files = listed(site.staged.groups.get(name))
    before = {} if everything else listed(standing.groups.get(name))
    if name == EVERY_BUILD and not everything and _month_lost_files(site, standing):
        before = {}
    if not before.keys() <= files.keys() and name != EVERY_BUILD:
        before = {}
    return [(path, digest) for path, digest in sorted(files.items()) if before.get(path) != digest]


def _month_lost_files(site: Site, standing: Publication) -> bool:
    """Whether any file of a month has gone, so that a page of every build may link to nothing."""
    if standing.groups.keys() - site.staged.groups.keys():
        return True
    listed = site.publications.files
    changed = (name for name in site.staged.groups if _differs(site, standing, name))
    return any(
        listed(standing.groups.get(name)).keys() - listed(site.staged.groups[name]).keys()
        for name in changed
    )


class _Checker:
    def __init__(self, site: Site, scan: PrivacyScan) -> None:
        self._site = site
        self._scan = scan
        self._files = lru_cache(maxsize=32)(self._paths_of)  # thousands of names each
        self._others = lru_cache(maxsize=1_000)(self._paths_of)  # some dozens
        self._judged = lru_cache(maxsize=50_000)(self._judge)
        self._kinds_parsed: set[tuple[str, bool, int]] = set()
        self.problems: list[SiteProblem] = []

    def check_group(self, files: list[tuple[str, str]]) -> tuple[int, list[SiteProblem]]:
        """How many of these files were read, and what is wrong with them."""
        read, self.problems = 0, []
        for path, digest in files:
            if is_text(path):
                self.check(path, digest)
                read += 1
            if len(self.problems) >= PROBLEMS_LISTED_MAX:
                break
        return read, self.problems

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
        kind = (parts[0], is_list(path), len(parts))
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
        group, of_case = group_of_path(target), is_of_case(target)
        paths = self._files if of_case else self._others
        return target, "" if target in paths(group, of_case) else "no such file"

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

    def _paths_of(self, group: str, of_cases: bool) -> frozenset[str]:
        return self._site.publications.paths(self._site.staged.groups.get(group), of_cases=of_cases)

    def _add(self, path: str, code: str, detail: str) -> None:
        self.problems.append(SiteProblem(path, code, detail))
