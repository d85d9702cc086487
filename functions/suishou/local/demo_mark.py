"""The mark 示意图 on a drawn photo: three characters as strokes, so that no font is needed.

In: a picture being drawn. Out: the mark in its lower right corner. Strokes are our own, on a square
of 24 units a character.
"""

from __future__ import annotations

from PIL import ImageDraw

Stroke = tuple[tuple[float, float], ...]
UNITS = 24
SHI: tuple[Stroke, ...] = (
    ((6, 4), (18, 4)),
    ((2, 10), (22, 10)),
    ((12, 10), (12, 21), (9, 19)),
    ((7, 13), (3, 19)),
    ((17, 13), (21, 19)),
)
YI: tuple[Stroke, ...] = (
    ((12, 0.5), (12, 3)),
    ((4, 3), (20, 3)),
    ((8, 4.5), (9, 7)),
    ((16, 4.5), (15, 7)),
    ((2, 8), (22, 8)),
    ((6, 10.5), (18, 10.5), (18, 16), (6, 16), (6, 10.5)),
    ((6, 13.2), (18, 13.2)),
    ((5, 18), (3, 22)),
    ((9, 18), (9.5, 21.5), (12, 22.5), (16, 22.5), (17, 20.5)),
    ((12.5, 17.5), (14, 19.5)),
    ((19, 18), (21.5, 21)),
)
TU: tuple[Stroke, ...] = (
    ((3, 2), (21, 2), (21, 22), (3, 22), (3, 2)),
    ((10.5, 4), (6.5, 8.5)),
    ((9.5, 5.8), (16, 5.8), (12, 10.5), (6, 14)),
    ((8.5, 8), (12, 10.5), (18, 14)),
    ((10.5, 13.8), (13.5, 15.3)),
    ((9.5, 17), (14.5, 19.5)),
)
CHARACTERS = (SHI, YI, TU)


def draw_mark(draw: ImageDraw.ImageDraw, width: int, height: int) -> None:
    """Draws the mark, a tenth of the picture high, white on dark."""
    side = height / 10
    gap, edge = side * 0.2, side * 0.3
    strip = 3 * side + 2 * gap + 2 * edge
    left, top = width - strip, height - side - 2 * edge
    draw.rectangle((left, top, width, height), fill=(38, 42, 48))
    for number, character in enumerate(CHARACTERS):
        origin = left + edge + number * (side + gap)
        for stroke in character:
            points = [(origin + x * side / UNITS, top + edge + y * side / UNITS) for x, y in stroke]
            draw.line(points, fill=(255, 255, 255), width=max(2, round(side / 13)), joint="curve")
