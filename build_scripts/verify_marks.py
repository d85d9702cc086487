"""Verify, reading part: the figures that a page states, by their marks.

In: a page's HTML. Out: `Stated` figures and how many are declared. The marks are what the macros
`datum`, `based`, `counted` and `declared` of macros.html print; any element may carry them. Never
recomputes anything.
"""

from __future__ import annotations

import html
import re
from typing import NamedTuple

# Nearly all there are come from the macro `counted`, and are told apart at once.
_COUNTED = re.compile(
    r"<data(?: class=\"[a-z]*\")? value=\"(\d+)\" data-figure=\"([a-z_]+)\""
    r" data-scope=\"([^\"&]*)\">(\d+)</data>"
)
_MARKED = re.compile(r"<([a-z][a-z0-9]*)\b([^<>]*?\sdata-figure=\"[^<>]*)>(.*?)</\1>", re.DOTALL)
_MARK = 'data-figure="'
_DECLARED = re.compile(r"<[a-z][^<>]*\sdata-declared=\"([^\"]*)\"([^<>]*)>")
_ATTRIBUTE = re.compile(r"\s([a-z][a-z-]*)=\"([^\"]*)\"")
_TAG = re.compile(r"<[^>]*>")
_NUMBER = re.compile(r"[-−]?\d+(?:\.\d+)?")


class Stated(NamedTuple):
    """A figure as a page states it: `value` for machines, `shown` the numbers that people read
    (without thousands separators), `frozen` the day on which it is said to have been frozen, the
    rest as in `view_figures.Mark`."""

    page: str
    figure: str
    scope: str
    value: str
    numerator: str
    denominator: str
    against: str
    shown: tuple[str, ...]
    frozen: str = ""

    @property
    def said(self) -> str:
        """All that it says, wherever it stands."""
        marks = (self.figure, self.scope, self.value, self.numerator, self.denominator)
        return "\x1f".join((*marks, self.against, self.frozen, *self.shown))


def stated_figures(page: str, text: str) -> list[Stated]:
    """Every marked figure of a page, in its order."""
    found = []
    at = text.find(_MARK)
    while at >= 0:
        start = text.rfind("<", 0, at)
        at = text.find(_MARK, at + len(_MARK))
        counted = _COUNTED.match(text, start)
        if counted:
            value, figure, scope, shown = counted.groups()
            found.append(Stated(page, figure, scope, value, "", "", "", (shown,)))
            continue
        marked = _MARKED.match(text, start)
        if not marked:
            continue
        opening, inside = marked[2], marked[3]
        values = dict(_ATTRIBUTE.findall(f" {opening}"))
        if "&" in opening:
            values = {name: html.unescape(value) for name, value in values.items()}
        words = _TAG.sub(" ", inside) if "<" in inside else inside
        words = html.unescape(words).replace(",", "").replace("−", "-")
        found.append(
            Stated(
                page=page,
                figure=values["data-figure"],
                scope=values.get("data-scope", ""),
                value=values.get("value", values.get("data-value", "")),
                numerator=values.get("data-numerator", ""),
                denominator=values.get("data-denominator", ""),
                against=values.get("data-against", ""),
                frozen=values.get("data-frozen", ""),
                shown=tuple(_NUMBER.findall(words)),
            )
        )
    return found


def undeclared(page: str, text: str) -> tuple[int, list[str]]:
    """How many figures a page declares, and what is wrong with those that do not say from which
    source, when and by whom."""
    if "data-declared=" not in text:
        return 0, []
    count, wrong = 0, []
    for source, rest in _DECLARED.findall(text):
        count += 1
        said = dict(_ATTRIBUTE.findall(rest))
        if not (source and said.get("data-declared-on") and said.get("data-declared-by")):
            wrong.append(f"{page}: a declared figure lacks its source, day or author")
    return count, wrong
