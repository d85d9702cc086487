"""Build, checking part: what one HTML page links to, and what is wrong with it in itself.

In: a page's bytes. Out: its links as written, and problems. `page_facts` reads every page and is
fast (regular expressions); `unbalanced` follows every element, and is for framed pages and samples.
Never looks at another page.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from functools import lru_cache

VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_END_MAY_BE_LEFT_OUT = frozenset({"p", "li", "dt", "dd", "tr", "td", "th", "option"})
_TAG = re.compile(r"<[a-z](?:\"[^\"]*\"|'[^']*'|[^>\"'])*>")
_ATTRIBUTE = re.compile(r"\s([a-z][a-z-]*)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+)))?")
_NAME = re.compile(r"\s([^\s\"'<>/=]+)(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'>]+))?")
_ATTRIBUTES = r"((?:\"[^\"]*\"|'[^']*'|[^>\"'])*)"
_NESTING = re.compile(
    rf"<!--.*?-->|<(?:script|style)(?=[\s>])[^>]*>.*?</(?:script|style)>"
    rf"|<(/?)([a-z][^\s/>]*){_ATTRIBUTES}>",
    re.DOTALL | re.IGNORECASE,
)
_TITLE = re.compile(r"<title>\s*[^<\s][^<]*</title>")
_HEADING = re.compile(r"<h1\b")
_OPEN_SLOT = "<!--slot:"  # the frame of the API's answers has its title and heading put in later
_FETCHED = frozenset({"stylesheet", "icon", "preload", "modulepreload", "manifest"})


@dataclass(frozen=True)
class Link:
    """`loads`: the browser fetches it by itself (scripts, images, styles), unlike an `<a>`."""

    address: str
    loads: bool


@dataclass(frozen=True)
class PageFacts:
    """`cases` are the values of `data-case`."""

    links: frozenset[Link]
    ids: frozenset[str]
    cases: frozenset[str]
    problems: tuple[str, ...]


@dataclass(frozen=True)
class _Tag:
    links: tuple[Link, ...]
    id: str
    case: str
    problem: str


def page_facts(text: str) -> PageFacts:
    """The facts of one page."""
    own, framed = pieces(text)
    found = [_piece(piece) for piece in own] + [_framed_piece(piece) for piece in framed]
    ids = [name for piece in found for name in piece.ids]
    problems = sorted({problem for piece in found for problem in piece.problems})
    if _OPEN_SLOT not in text:
        if "<html" not in text:
            problems.append("no <html>")
        if not _TITLE.search(own[0]):
            problems.append("no <title>")
        if (headings := sum(piece.headings for piece in found)) != 1:
            problems.append(f"{headings} <h1>, not one")
    if len(ids) != len(set(ids)):
        twice = sorted({name for name in ids if ids.count(name) > 1})
        problems.append(f"id used twice: {', '.join(twice[:3])}")
    return PageFacts(
        links=frozenset().union(*(piece.links for piece in found)),
        ids=frozenset(ids),
        cases=frozenset().union(*(piece.cases for piece in found)),
        problems=tuple(problems),
    )


def pieces(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A page cut at its tags: what is its own (head, main), and what thousands of pages share (the
    frame before and after main), which is worth remembering. Together they are the whole text."""
    head = text.find("</head>")
    main = text.find("<main", head)
    end = text.find("</main>", main)
    if not 0 < head < main < end:
        return (text,), ()
    return (text[:head], text[main:end]), (text[head:main], text[end:])


@dataclass(frozen=True)
class _Piece:
    links: frozenset[Link]
    ids: tuple[str, ...]
    cases: frozenset[str]
    problems: frozenset[str]
    headings: int


def _piece(text: str) -> _Piece:
    tags = [facts for facts in map(_tag, _TAG.findall(text)) if facts is not None]
    return _Piece(
        links=frozenset(link for tag in tags for link in tag.links),
        ids=tuple(tag.id for tag in tags if tag.id),
        cases=frozenset(tag.case for tag in tags if tag.case),
        problems=frozenset(tag.problem for tag in tags if tag.problem),
        headings=len(_HEADING.findall(text)),
    )


_framed_piece = lru_cache(maxsize=64)(_piece)


@lru_cache(maxsize=20_000)  # most tags of a page are the frame's, the same on every page
def _tag(text: str) -> _Tag | None:
    """What one opening tag says, None when that is nothing."""
    if text[1:-1].isalnum():  # most tags have no attributes; <html> and <img> without any are wrong
        return _tag(f"{text[:-1]} >") if text in ("<html>", "<img>") else None
    name = re.match(r"<([a-z0-9]+)", text)
    values = {
        found[1]: html.unescape(found[2] or found[3] or found[4] or "").strip()
        for found in _ATTRIBUTE.finditer(text)
    }
    element = name[1] if name else ""
    problem = ""
    if element == "html" and not values.get("lang"):
        problem = "no lang on <html>"
    if element == "img" and "alt" not in values:
        problem = "<img> without alt"
    loads = element != "a"
    if element == "link":
        loads = not _FETCHED.isdisjoint(values.get("rel", "").split())
    links = tuple(Link(values[at], loads) for at in ("href", "src") if at in values)
    facts = _Tag(links, values.get("id", ""), values.get("data-case", ""), problem)
    return facts if facts != _Tag((), "", "", "") else None


def unbalanced(text: str) -> str:
    """What is wrong with the nesting of a page's elements, or ""."""
    opened: list[str] = []
    for token in _NESTING.finditer(text):
        closes, name, rest = token.groups()
        if name is None:  # a comment, or a whole script or style
            continue
        tag = name.lower()
        if closes:
            while opened and opened[-1] != tag and opened[-1] in _END_MAY_BE_LEFT_OUT:
                opened.pop()
            if tag not in VOID and (not opened or opened.pop() != tag):
                line = text.count("\n", 0, token.start()) + 1
                return f"</{tag}> on line {line} closes nothing"
        else:
            if rest and _twice(rest):
                return f"<{tag}> has an attribute twice"
            if tag not in VOID and not rest.endswith("/"):
                opened.append(tag)
    left = [tag for tag in opened if tag not in _END_MAY_BE_LEFT_OUT]
    return f"<{left[-1]}> is never closed" if left else ""


@lru_cache(maxsize=20_000)
def _twice(attributes: str) -> bool:
    """Whether one of a tag's attributes is there twice."""
    names = [found[1].lower() for found in _NAME.finditer(f" {attributes}")]
    return len(names) != len(set(names))
