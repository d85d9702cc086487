"""Build, checking part: a last look for telephone and identity numbers in what will be published.

In: a produced text file. Out: where numbers were found that nobody configured for publication. The
wall is elsewhere (public rows are redacted twice): this only makes sure that a hole in it stops the
site. Never repeats a number that it found.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from pathlib import PurePosixPath

from build_scripts.content_store import canonical_json
from suishou.domain.redaction import findings

KINDS = frozenset({"phone", "identity", "bank_card"})
DIGITS_MIN = 10  # shorter finds are guesses from context, and an excerpt has lost its context
_DIGITS = "0-9０-９零〇一二三四五六七八九幺壹贰叁肆伍陆柒捌玖①-⑨"
_MANY_DIGITS = re.compile(rf"(?:[{_DIGITS}][^{_DIGITS}<>\n]{{0,3}}){{{DIGITS_MIN},}}")
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
        numbers += [text[found.start : found.end] for found in findings(text)]
        self._allowed = {_only_digits(number) for number in numbers}
        self._kinds = lru_cache(maxsize=20_000)(self._kinds_in)

    def problems(self, path: str, text: str) -> list[str]:
        """What kinds of number the file shows that it must not, with how many."""
        found: list[str] = []
        for piece in _pieces(path, text):
            if _MANY_DIGITS.search(piece):
                found += self._kinds(piece)
        return [f"{found.count(kind)} × {kind}" for kind in sorted(set(found))]

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


def _pieces(path: str, text: str) -> Iterable[str]:
    """The texts of a file that somebody can read, apart from each other."""
    if PurePosixPath(path).suffix not in {".html", ".svg", ".xml"}:
        return re.split(r"[\"\n]", text)
    read_out = _READ_OUT.findall(text)
    return [html.unescape(piece) for piece in (*_TAG.split(text), *read_out) if piece.strip()]


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _only_digits(text: str) -> str:
    return re.sub(r"\D", "", text)
