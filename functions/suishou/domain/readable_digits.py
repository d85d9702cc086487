"""Text as a fast reader sees it: every digit an ASCII digit, whatever hides between them gone.

First stage of redaction. In: text as somebody wrote it. Out: two views of equal length, `plain`
(NFKC) and `digits` (Chinese, circled and other digits as 0-9 as well), with the way back to the
original's offsets. Never changes the original.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

CHINESE_DIGITS = dict(
    zip("〇零○一幺壹二贰三叁四肆五伍六陆七柒八捌九玖", "000111223344556677889" + "9", strict=True)
)
# Marks that are drawn on, or around, the character before them: variation selectors and keycaps.
MARKS = frozenset("\ufe0e\ufe0f\u20e3")


@dataclass(frozen=True)
class Views:
    """`starts[i]`..`ends[i]` is what the i-th character of both views was in the original."""

    plain: str
    digits: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]


def views(text: str) -> Views:
    """Both views of a text. One original character may become several, or none."""
    plain: list[str] = []
    digits: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for position, character in enumerate(text):
        if _unseen(character):
            if ends and character in MARKS and ends[-1] == position:
                ends[-1] = position + 1
            continue
        for shown in unicodedata.normalize("NFKC", character):
            plain.append(shown)
            digits.append(_digit(shown))
            starts.append(position)
            ends.append(position + 1)
    return Views("".join(plain), "".join(digits), tuple(starts), tuple(ends))


def _unseen(character: str) -> bool:
    return character in MARKS or unicodedata.category(character) == "Cf"


def _digit(character: str) -> str:
    if character in CHINESE_DIGITS:
        return CHINESE_DIGITS[character]
    value = unicodedata.digit(character, None)  # ❶ and Arabic-Indic digits too
    return character if value is None else str(value)
