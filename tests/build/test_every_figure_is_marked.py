"""No page shows a number that does not say where it comes from: every number that is neither
marked, nor declared, nor part of a day, a case or a rule, is listed here with its reason."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path

import pytest

from build_scripts.page_facts import VOID
from build_scripts.site_shell import Shells
from build_scripts.verify_site import case_page
from suishou.domain.programme import Programme
from suishou.services.system import System
from suishou.storage import public_keys
from suishou.storage.table import Insert
from tests.build.fabricated import public_row
from tests.build.test_frozen_pages import closed_in_april, reopened
from tests.build.test_honour_pages import DECIDED, NOTICE
from tests.build.test_open_data import rows_of, shells, within
from tests.build.tiny_site import county, framed_build, put

__all__ = ["shells", "within"]
# Of these pages every number is the county's own rule, or an instruction.
RULES = (
    *("rules.html", "report.html", "track.html", "about.html", "accessibility.html", "404.html"),
    "data.html",  # formats and codes
)
DAYS = re.compile(
    r"\d{4}年(?:\d+月(?:\d+日)?)?|\d{4}-\d\d(?:-\d\d)?|\d+月(?:\d+日)?|\d\d?(?:日|:\d\d)"
)
ENGLISH_DAYS = re.compile(r"(?:\d\d? )?(?:[A-Z][a-z]+) \d{4}|day \d+")
RULED = r"(?= ?(?:件|天|分钟|个月|cases|days|minutes|months))|(?<=fewer than 10)"
# Text → why it needs no mark. Patterns of whole texts; numbers that rules set are checked below.
KNOWN: Mapping[str, str] = {
    r"\d+ 名；.*|\d+; .*|[（(]\d+ (?:个工作日|working days)[）)]": "a rule of an honour",
    r".*（第 \d+ 页）": "the number of a sheet",
    r"\d+ 幅小图|\d+ small charts": "what can be opened",
    r".*(?:A3|A4).*": "a size of paper",
    r".*(?:国家标准|GB/T|national standard|12345).*": "the name of a standard",
    r"每[年季月].*评选 \d+ 名.*|Every .*, \d+ places, .*": "a rule of an honour",
    r".*\d ?(?:米|公里|metres).*": "a speed or distance of the rules of coverage",
    r"(?:能到：|within reach: |实际路程|A way is taken).*": "a formula of coverage",
}


class _Unmarked(HTMLParser):
    """Collects the texts within `main` that stand in no mark, no day, no case and no code."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool, bool]] = []  # tag, within main, told
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            return
        _, main, told = self.open[-1] if self.open else ("", False, False)
        named = dict(attrs)
        classes = (named.get("class") or "").split()
        told = told or tag in ("time", "code", "svg", "script", "style", "nav", "option")
        told = told or not {"data-figure", "data-declared", "data-case"}.isdisjoint(named)
        told = told or not {"number", "was", "podium__place"}.isdisjoint(classes)
        told = told or str(named.get("href")).startswith("tel:")
        self.open.append((tag, main or tag == "main", told))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1][1] and not self.open[-1][2]:
            self.texts.append(" ".join(data.split()))


def unmarked(page: str, programme: Programme) -> list[str]:
    """The texts of a page that show a number and do not say why."""
    parser = _Unmarked()
    parser.feed(page)
    loop, rules = programme.loop, programme.coverage
    ruled = {loop.sample_min, loop.overdue_grace_days, loop.frozen_after_days, 6}
    ruled |= {rules.minutes} if rules else set()
    found = []
    for text in parser.texts:
        left = ENGLISH_DAYS.sub("", DAYS.sub("", text))
        left = re.sub(rf"\b(?:{'|'.join(map(str, ruled))})\b(?:{RULED})", "", left)
        if re.search(r"\d", left) and not any(re.fullmatch(known, text) for known in KNOWN):
            found.append(text)
    return found


@pytest.fixture
def site(tmp_path: Path, shells: Shells) -> tuple[System, Path]:
    """Two finished months with a correction, and one that is running."""
    system = county(tmp_path)
    put(system, *rows_of(system.programme), public_row(95, system.programme, "2026-06"))
    notice = {**NOTICE, "id": "star-2026-06"}
    documents = ((public_keys.HONOUR, DECIDED), (public_keys.NOTICE, notice))
    system.public.write([Insert(kind, str(one["id"]), one) for kind, one in documents])
    for _ in range(2):
        framed_build(system, tmp_path, shells)
        put(system, reopened(closed_in_april(system)))
    return system, tmp_path / "site"


def test_every_number_on_every_page_is_marked_or_has_a_reason(site: tuple[System, Path]) -> None:
    system, out = site
    found: dict[str, list[str]] = {}
    pages = 0
    for path in sorted(out.rglob("*.html")):
        name = path.relative_to(out).as_posix()
        if case_page(name) or name.removeprefix("en/") in RULES:
            continue
        pages += 1
        if texts := unmarked(path.read_text(encoding="utf-8"), system.programme):
            found[name] = texts
    assert pages > 50
    assert not found, "\n".join(f"{name}: {text}" for name in found for text in found[name])


@pytest.mark.parametrize("text", ["<p>结案 12 件</p>", "<strong>98.5%</strong>", "<td>3/4</td>"])
def test_a_number_without_a_mark_is_found(within: Programme, text: str) -> None:
    assert unmarked(f"<main>{text}</main>", within)
    marked = f'<main><span data-figure="closed">{text}</span></main>'
    assert unmarked(marked, within) == []
