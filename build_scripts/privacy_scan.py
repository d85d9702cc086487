"""Build, checking part: a last look for telephone and identity numbers in what will be published.

In: a produced text file. Out: where numbers were found that nobody configured for publication. The
wall is elsewhere (public rows are redacted twice): this only makes sure that a hole in it stops the
site. Never repeats a number that it found.
"""

from __future__ import annotations

import csv
import html
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

from build_scripts.content_store import canonical_json
from build_scripts.page_facts import pieces
from suishou.domain.redaction import findings

KINDS = frozenset({"phone", "identity", "bank_card"})
DIGITS_MIN = 10  # shorter finds are guesses from context, and an excerpt has lost its context
_DIGITS = "0-9０-９零〇一二三四五六七八九幺壹贰叁肆伍陆柒捌玖①-⑨"
_MANY_DIGITS = re.compile(rf"(?:[{_DIGITS}][^{_DIGITS}\"\n]{{0,3}}){{{DIGITS_MIN},}}")
_BETWEEN = '"\n'  # what stands between two texts that are read apart
_NEXT = re.compile(f"[{_BETWEEN}]")
_TAG = re.compile(r"<[^>]*>")
_READ_OUT = re.compile(r"\s(?:alt|title|content|value|placeholder|aria-label)=\"([^\"]*)\"")
# Case ids, and hashes of builds and photos: with a letter, or an identity number would pass as one.
_CODE = re.compile(r"\b(?=\d*[a-z])(?:[a-z2-7]{20}|[0-9a-f]{16,64})\b")


class PrivacyScan:
    """`configured`: texts that the county itself publishes (its programme, its stations); any
    number in them may stand on the site."""

    def __init__(self, configured: Iterable[object]) -> None:
        text = _normal("\n".join(canonical_json(value).decode() for value in configured))
        numbers = re.findall(r"[\d()-]{7,}", text)
        for piece in _with_many_digits(text):
            if piece.isdigit():  # a code, found already
                continue
            numbers += [piece[found.start : found.end] for found in findings(piece)]
        self._allowed = {_only_digits(number) for number in numbers}
        self._kinds = lru_cache(maxsize=20_000)(self._kinds_in)
        self._framed = lru_cache(maxsize=64)(self._found_in_frame)

    def problems(self, path: str, text: str) -> list[str]:
        """What kinds of number the file shows that it must not, with how many."""
        found: list[str] = []
        if path.endswith(".html"):
            own, framed = pieces(text)
            for piece in framed:
                found += self._framed(piece)
            text = "\n".join(own)
        found += self._found(_visible(path, text))
        return [f"{found.count(kind)} × {kind}" for kind in sorted(set(found))]

    def _found_in_frame(self, piece: str) -> tuple[str, ...]:
        return tuple(self._found(_visible(".html", piece)))

    def _found(self, visible: str) -> list[str]:
        return [
            kind
            for piece in _with_many_digits(visible)
            for kind in self._kinds(html.unescape(piece))
        ]

    def _kinds_in(self, piece: str) -> tuple[str, ...]:
        normal = _CODE.sub("·", _normal(piece))
        numbers = (
            (finding.kind, _only_digits(normal[finding.start : finding.end]))
            for finding in findings(normal)
            if finding.kind in KINDS
        )
        return tuple(
            kind
            for kind, digits in numbers
            if digits not in self._allowed and not 0 < len(digits) < DIGITS_MIN
        )


def _with_many_digits(text: str) -> Iterator[str]:
    """The texts, from quote or line to the next, that hold enough digits for a number."""
    end = 0
    for digits in _MANY_DIGITS.finditer(text):
        if digits.start() < end:  # in a piece that was looked at already
            continue
        start = max(text.rfind(mark, 0, digits.start()) for mark in _BETWEEN) + 1
        beyond = _NEXT.search(text, digits.end())
        end = beyond.start() if beyond else len(text)
        yield text[start:end]


def _visible(path: str, text: str) -> str:
    """What somebody can read of a file; texts that stand apart are on lines or in quotes."""
    if path.endswith(".csv"):  # each cell is a text of its own: dates side by side are no number
        return "\n".join(cell for line in csv.reader(io.StringIO(text)) for cell in line)
    if not path.endswith((".html", ".svg", ".xml")):
        return text
    return "\n".join((_TAG.sub("\n", text), *_READ_OUT.findall(text)))


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _only_digits(text: str) -> str:
    return re.sub(r"\D", "", text)
