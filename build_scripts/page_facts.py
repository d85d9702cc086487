"""Build, checking part: what one HTML page links to, and what is wrong with it in itself.

In: a page's bytes. Out: its links as written, and problems. `page_facts` reads every page and is
fast (regular expressions); `unbalanced` parses, and is for framed pages and samples. Never looks at
another page.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from html.parser import HTMLParser

VOID = frozenset(
    "area base br col embed hr img input link meta param source track wbr".split()
)
_END_MAY_BE_LEFT_OUT = frozenset({"p", "li", "dt", "dd", "tr", "td", "th", "option"})
_LINK = re.compile(r"<([a-z]+)\b([^>]*?)\s(href|src)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_ID = re.compile(r"<[a-z][^>]*?\sid\s*=\s*[\"']?([^\"'\s>]+)")
_CASE = re.compile(r"\sdata-case=\"([^\"]+)\"")
_IMAGE_WITHOUT_ALT = re.compile(r"<img\b(?![^>]*\salt[\s=>])")
_TITLE = re.compile(r"<title>\s*[^<\s][^<]*</title>")
_OPEN_SLOT = "<!--slot:"  # the frame of the API's answers has its title and heading put in later


@dataclass(frozen=True)
class Link:
    """`loads`: the browser fetches it by itself (scripts, images, styles), unlike an `<a>`."""

    address: str
    loads: bool


@dataclass(frozen=True)
class PageFacts:
    links: frozenset[Link]
    ids: frozenset[str]
    cases: frozenset[str]  # values of data-case
    problems: tuple[str, ...]


def page_facts(text: str) -> PageFacts:
    """The facts of one page."""
    links = frozenset(
        Link(html.unescape(m[4] or m[5] or m[6] or "").strip(), _loads(m[1], m[2] + text_after(m)))
        for m in _LINK.finditer(text)
    )
    ids = _ID.findall(text)
    problems = []
    if not re.search(r"<html\b[^>]*\slang=", text):
        problems.append("no lang on <html>")
    if _OPEN_SLOT not in text:
        if not _TITLE.search(text):
            problems.append("no <title>")
        if (headings := len(re.findall(r"<h1\b", text))) != 1:
            problems.append(f"{headings} <h1>, not one")
    if len(ids) != len(set(ids)):
        twice = sorted({name for name in ids if ids.count(name) > 1})
        problems.append(f"id used twice: {', '.join(twice[:3])}")
    if _IMAGE_WITHOUT_ALT.search(text):
        problems.append("<img> without alt")
    return PageFacts(links, frozenset(ids), frozenset(_CASE.findall(text)), tuple(problems))


def text_after(link: re.Match[str]) -> str:
    """The rest of the tag that a link attribute stands in."""
    return link.string[link.end() : link.string.find(">", link.end())]


def _loads(tag: str, attributes: str) -> bool:
    if tag == "link":
        return (
            re.search(r"rel=[\"']?(stylesheet|icon|preload|modulepreload|manifest)", attributes)
            is not None
        )
    return tag != "a"


def unbalanced(text: str) -> str:
    """What is wrong with the nesting of a page's elements, or ""."""
    parser = _Nesting()
    parser.feed(text)
    parser.close()
    left = [tag for tag in parser.open if tag not in _END_MAY_BE_LEFT_OUT]
    return parser.wrong or (f"<{left[-1]}> is never closed" if left else "")


class _Nesting(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            self.wrong = self.wrong or f"<{tag}> has an attribute twice"
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """`<path/>` in an SVG: opened and closed at once."""

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        while self.open and self.open[-1] != tag and self.open[-1] in _END_MAY_BE_LEFT_OUT:
            self.open.pop()
        if self.open and self.open[-1] == tag:
            self.open.pop()
        else:
            line, _ = self.getpos()
            self.wrong = self.wrong or f"</{tag}> on line {line} closes nothing"
