"""The type of the share cards: any Chinese words, drawn the same on every machine.

In: the folder of the package `@fontsource-variable/noto-sans-sc` (Noto Sans SC, SIL OFL 1.1), which
holds the font cut into some hundred files by characters. Out: lines drawn with Pillow. No font of
the system is ever asked for.
"""

from __future__ import annotations

import json
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

FONT = Path("node_modules/@fontsource-variable/noto-sans-sc")  # below the project's folder
REGULAR, BOLD = 400, 700
UNKNOWN = "〓"  # 缺字符: stands for a character that no font at hand has
_NOT_FIRST = "，。、；：！？）」』》】…·％"  # never at the beginning of a line
_NOT_LAST = "（「『《【"
_CUT = "…"


class CardFont:
    """The font in `folder`; whoever makes one has seen that it is there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def width(self, text: str, size: int, weight: int = REGULAR) -> float:
        """Of a line, in pixels."""
        return sum(self._face(known, size, weight).getlength(known) for known in self._known(text))

    def line(
        self,
        drawing: ImageDraw,
        at: tuple[float, float],
        text: str,
        size: int,
        colour: str,
        weight: int = REGULAR,
    ) -> float:
        """Draws a line from `at`, the left end of its base line; answers where it ends."""
        x, y = at
        for known in self._known(text):
            face = self._face(known, size, weight)
            drawing.text((x, y), known, fill=colour, font=face, anchor="ls")
            x += face.getlength(known)
        return x

    def fitted(
        self, text: str, width: int, sizes: tuple[int, ...], lines: int, weight: int = REGULAR
    ) -> tuple[int, list[str]]:
        """The largest of `sizes` (largest first) in which the text fits `lines` lines of `width`
        pixels, and these lines; cut with … where it does not fit in any."""
        for size in sizes:
            broken = self._broken(text, width, size, weight)
            if len(broken) <= lines:
                while (
                    len(even := self._broken(text, width - size, size, weight)) == len(broken) > 1
                ):
                    broken, width = even, width - size  # no character alone on the last line
                return size, broken
        kept = broken[:lines]
        while self.width(kept[-1] + _CUT, size, weight) > width:
            kept[-1] = kept[-1][:-1]
        return size, [*kept[:-1], kept[-1] + _CUT]

    def _broken(self, text: str, width: int, size: int, weight: int) -> list[str]:
        lines = [""]
        for word in _words(text):
            if lines[-1] and self.width(lines[-1] + word.rstrip(), size, weight) > width:
                lines[-1] = lines[-1].rstrip()
                lines.append("")
            while self.width(word, size, weight) > width and len(word) > 1:  # a word too long
                fits = next(
                    n
                    for n in range(len(word) - 1, 0, -1)
                    if n == 1 or self.width(word[:n], size, weight) <= width
                )
                lines[-1], word = word[:fits], word[fits:]
                lines.append("")
            lines[-1] += word
        return lines

    def _known(self, text: str) -> str:
        return "".join(c if ord(c) in self._files else UNKNOWN for c in text if c.isprintable())

    def _face(self, character: str, size: int, weight: int) -> Any:
        return _face(self._folder / "files" / self._files[ord(character)], size, weight)

    @cached_property
    def _files(self) -> dict[int, str]:
        """The file that holds a character, by its code point."""
        ranges = json.loads((self._folder / "unicode.json").read_text(encoding="utf-8"))
        found: dict[int, str] = {}
        for name, said in ranges.items():
            file = f"noto-sans-sc-{name.strip('[]')}-wght-normal.woff2"
            for part in said.split(","):
                first, _, last = part.removeprefix("U+").partition("-")
                for code in range(int(first, 16), int(last or first, 16) + 1):
                    found.setdefault(code, file)
        return found


def card_font(project: Path) -> CardFont | None:
    """The font below the project's folder; None where npm has not installed it, or Pillow's
    FreeType reads no WOFF2."""
    font = CardFont(project / FONT)
    try:
        font.width(UNKNOWN, REGULAR)
    except OSError:
        return None
    return font


def _words(text: str) -> list[str]:
    """What a line may be broken between: Chinese characters with the marks that follow them, Latin
    words with their space."""
    words: list[str] = []
    for character in " ".join(text.split()):
        joins = words and (
            character in _NOT_FIRST
            or words[-1] in _NOT_LAST
            or character == " "
            or (character.isascii() and words[-1][-1].isascii() and words[-1][-1] != " ")
        )
        if joins:
            words[-1] += character
        else:
            words.append(character)
    return words


@lru_cache(maxsize=512)
def _face(path: Path, size: int, weight: int) -> Any:
    from PIL import ImageFont  # cards alone need it

    # Basic layout: Chinese needs no other, and it is the same with every build of Pillow.
    face = ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)
    face.set_variation_by_axes([weight])
    return face
