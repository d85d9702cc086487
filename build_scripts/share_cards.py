"""The nightly build, frame part: the pictures that stand for pages when they are shared (分享图).

In: a programme, the site's style sheet, the font. Out: a card for each category and one for the
site, as PNG under names that hold their hash. Made with the frame, so that a night that changes
neither programme nor look draws nothing. The same programme gives the same bytes.
"""

from __future__ import annotations

import hashlib
import io
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from build_scripts import view_words as words
from build_scripts.card_font import BOLD, CardFont, card_font
from suishou.domain.programme import Programme

WIDTH, HEIGHT = 1200, 630  # what the apps that show them ask for: 1.91 to 1
SITE = ""  # the key of the card of the site as a whole
_MARGIN = 84
_WITHIN = WIDTH - 2 * _MARGIN
_KIND = 200  # what the tag with the kind may take of the first line
_WHITE, _QUIET = "#ffffff", "#cfe0de"
_YELLOW, _ON_YELLOW = "#f2c84f", "#2a2000"  # of the header's active item and the banner
_COLOURS = 64  # a flat drawing with smoothed edges; a third of the bytes of full colour
# Pages give the whole address to be read: no hash in it may pass for a telephone number.
_LETTERS = str.maketrans("0123456789", "ghijklmnop")
DEMONSTRATION = "演示数据 · 为演示而编写，不是真实事项"
Words = tuple[str, str]  # the kind of a category and its name
_LOG = logging.getLogger(__name__)


class Picture(NamedTuple):
    """What stands for a page when it is shared: `path` from the site's root, `alt` in words;
    width and height in pixels, 0 where they are not known."""

    path: str
    alt: str
    width: int = 0
    height: int = 0


@dataclass(frozen=True)
class ShareCards:
    """`paths` by category code, SITE for the site's own, from the site's root; `files` are their
    bytes by path. Both are empty where the font is not installed."""

    paths: Mapping[str, str]
    files: Mapping[str, bytes]


def share_cards(programme: Programme, site_src: Path) -> ShareCards:
    """A card for every category of the programme, and the site's own."""
    font = card_font(site_src.parent)
    if font is None:
        _LOG.warning("no font in node_modules: the site is built without share cards (make setup)")
        return ShareCards({}, {})
    style = (site_src / "assets" / "site.css").read_text(encoding="utf-8")
    colour = re.findall(r"--brand-deep: (#[0-9a-f]{6});", style)[0]  # the light one stands first
    ground, room = _ground(programme, font, colour)
    said: dict[str, Words] = {SITE: ("", programme.county.name + "街头事项公示")}
    for code, category in programme.categories.items():
        said[code] = (words.KINDS.get(category.kind, category.kind), category.name)
    paths, files = {}, {}
    for code in sorted(said):
        content = _card(ground, font, colour, room, said[code])
        digest = hashlib.sha256(content).hexdigest()[:10].translate(_LETTERS)
        paths[code] = f"assets/share-{code or 'site'}.{digest}.png"
        files[paths[code]] = content
    return ShareCards(paths, files)


def _card(ground: Any, font: CardFont, colour: str, room: tuple[int, int], said: Words) -> bytes:
    """The ground with a tag and a name, in the middle of the room from top to bottom."""
    from PIL import Image, ImageDraw

    image = ground.copy()
    drawing = ImageDraw.Draw(image)
    kind, name = said
    size, lines = font.fitted(name, _WITHIN, (140, 124, 108), 1, BOLD)
    if lines != [name]:
        size, lines = font.fitted(name, _WITHIN, (100, 88, 72), 2, BOLD)
    if kind:
        left = WIDTH - _MARGIN - round(font.width(kind, 34, BOLD)) - 44
        drawing.rounded_rectangle((left, 72, WIDTH - _MARGIN, 132), radius=12, fill=_WHITE)
        font.line(drawing, (left + 22, 115), kind, 34, colour, BOLD)
    top, bottom = room
    y = (top + bottom - round(size * 1.2 * len(lines))) // 2
    y += round(size * 0.98)  # from the top of a line to its base
    for line in lines:
        font.line(drawing, (_MARGIN, y), line, size, _WHITE, BOLD)
        y += round(size * 1.2)
    made = io.BytesIO()
    image.quantize(_COLOURS, Image.Quantize.FASTOCTREE, dither=0).save(made, "PNG")
    return made.getvalue()


def _ground(programme: Programme, font: CardFont, colour: str) -> tuple[Any, tuple[int, int]]:
    """What all cards have: the mark, the programme's name and county, what the site is. And the
    room that it leaves for the rest, from top to bottom."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (WIDTH, HEIGHT), colour)
    drawing = ImageDraw.Draw(image)
    image.paste(_mark(colour, 72), (_MARGIN, 66))
    size, lines = font.fitted(programme.title, 600, (48, 40, 34, 28), 1, BOLD)
    x = round(font.line(drawing, (_MARGIN + 92, 119), lines[0], size, _WHITE, BOLD)) + 24
    drawing.line((x, 80, x, 126), fill=_QUIET, width=2)
    size, lines = font.fitted(programme.county.name, WIDTH - _MARGIN - _KIND - x - 24, (32, 26), 1)
    font.line(drawing, (x + 24, 116), lines[0], size, _QUIET)
    bottom = HEIGHT
    if programme.demonstration:
        bottom -= 74
        drawing.rectangle((0, bottom, WIDTH, HEIGHT), fill=_YELLOW)
        font.line(drawing, (_MARGIN, bottom + 48), DEMONSTRATION, 30, _ON_YELLOW, BOLD)
    drawing.rectangle((_MARGIN, bottom - 110, _MARGIN + 72, bottom - 104), fill=_YELLOW)
    said = f"{programme.reporter_title}随手报，办理全程公示"
    size, lines = font.fitted(said, _WITHIN, (32,), 1)
    font.line(drawing, (_MARGIN, bottom - 50), lines[0], size, _QUIET)
    return image, (150, bottom - 118)


def _mark(colour: str, side: int) -> Any:
    """The shield with its tick, as in the header; drawn large and made small, for smooth edges."""
    from PIL import Image, ImageDraw

    scale = 16  # of the 32 units of the mark's own drawing
    large = Image.new("RGB", (32 * scale, 32 * scale), colour)
    drawing = ImageDraw.Draw(large)
    curve = [_bezier(t / 24, (28, 16), (28, 23), (23, 28), (16, 30)) for t in range(25)]
    shield = [(16, 2), (28, 7), *curve, *((32 - x, y) for x, y in reversed(curve)), (4, 7)]
    drawing.polygon([(x * scale, y * scale) for x, y in shield], fill="#ffffff")
    tick = [(x * scale, y * scale) for x, y in ((10, 16), (14.5, 20.5), (22.5, 12))]
    drawing.line(tick, fill=colour, width=3 * scale, joint="curve")
    return large.resize((side, side), Image.Resampling.LANCZOS)


def _bezier(t: float, *points: tuple[float, float]) -> tuple[float, float]:
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
    return (
        sum(w * x for w, (x, _) in zip(weights, points, strict=True)),
        sum(w * y for w, (_, y) in zip(weights, points, strict=True)),
    )
