"""The demonstration's photos: simple drawings of each hazard, before and after, marked 示意图.

In: what is shown, a seed (the report's key), before or after. Out: JPEG bytes; no two seeds give
the same picture. Pretends to be no real place. Drawn, so that nothing needs to be downloaded.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image, ImageDraw

from suishou.local.demo_mark import draw_mark

WIDTH, HEIGHT = 960, 720
HORIZON = 330
JPEG_QUALITY = 88
Colour = tuple[int, int, int]
ASPHALT: Colour = (104, 108, 112)
PAVEMENT: Colour = (190, 182, 168)
DARK: Colour = (44, 46, 50)
YELLOW: Colour = (238, 190, 52)
RED: Colour = (200, 66, 52)
LIGHT: Colour = (255, 238, 170)


@dataclass(frozen=True)
class Scene:
    """A drawing under way; `dice` is the report's own."""

    draw: ImageDraw.ImageDraw
    dice: random.Random
    after: bool

    def shift(self, most: int) -> int:
        return self.dice.randint(-most, most)


def draw_photo(shows: str, seed: str, *, after: bool) -> bytes:
    """A photo of a hazard (`after`: put right). Raises KeyError for an unknown one."""
    image = Image.new("RGB", (WIDTH, HEIGHT))
    scene = Scene(ImageDraw.Draw(image), random.Random(f"{shows} {seed}"), after)  # noqa: S311
    _street(scene, evening=shows == "lamp")
    SCENES[shows](scene)
    draw_mark(scene.draw, WIDTH, HEIGHT)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=JPEG_QUALITY)
    return out.getvalue()


def _street(scene: Scene, *, evening: bool) -> None:
    """Sky, a row of plain houses, pavement and road."""
    draw, dice = scene.draw, scene.dice
    sky = (58, 70, 104) if evening else (196 + dice.randint(0, 24), 216, 232)
    draw.rectangle((0, 0, WIDTH, HORIZON), fill=sky)
    left = -dice.randint(0, 90)
    while left < WIDTH:
        width, height = dice.randint(120, 210), dice.randint(120, 260)
        tone = dice.randint(90, 120) if evening else dice.randint(168, 214)
        wall = (tone, tone - 8, tone - 20)
        draw.rectangle((left, HORIZON - height, left + width, HORIZON), fill=wall)
        for x in range(left + 18, left + width - 30, 44):
            for y in range(HORIZON - height + 20, HORIZON - 40, 52):
                lit = LIGHT if evening and dice.random() < 0.4 else (120, 138, 152)
                draw.rectangle((x, y, x + 24, y + 30), fill=lit)
        left += width + dice.randint(0, 12)
    draw.rectangle((0, HORIZON, WIDTH, HORIZON + 90), fill=_dim(PAVEMENT, evening))
    draw.rectangle((0, HORIZON + 90, WIDTH, HORIZON + 104), fill=_dim((150, 146, 140), evening))
    draw.rectangle((0, HORIZON + 104, WIDTH, HEIGHT), fill=_dim(ASPHALT, evening))
    for x in range(-40 + scene.dice.randint(0, 60), WIDTH, 190):
        draw.polygon([(x, 640), (x + 90, 640), (x + 76, 656), (x - 18, 656)], fill=(222, 222, 216))


def _dim(colour: Colour, evening: bool) -> Colour:
    return (colour[0] // 2, colour[1] // 2, colour[2] * 3 // 5) if evening else colour


def _manhole(scene: Scene) -> None:
    draw, x, y = scene.draw, 470 + scene.shift(130), 545 + scene.shift(30)
    wide, high = 150 + scene.shift(20), 58
    draw.ellipse((x - wide - 14, y - high - 8, x + wide + 14, y + high + 8), fill=(84, 84, 86))
    draw.ellipse((x - wide, y - high, x + wide, y + high), fill=(132, 130, 126))
    for step in range(-2, 3):
        draw.line((x - wide * 0.7, y + step * 18, x + wide * 0.7, y + step * 18), DARK, 4)
    if scene.after:
        return
    draw.polygon(
        [
            (x - 20 + scene.shift(20), y - high + 4),
            (x + wide - 20, y - 26),
            (x + wide - 40, y + 30),
            (x + 10, y + high - 6),
            (x - 46 + scene.shift(14), y + 8),
        ],
        fill=(16, 16, 18),
    )
    crack = [(x - wide + 20, y - 10), (x - 80, y + 6), (x - 40, y - 6), (x - 20, y + 8)]
    draw.line(crack, fill=(16, 16, 18), width=6, joint="curve")
    for number in range(5):
        px, py = x - 120 + number * 52 + scene.shift(18), y + high + 20 + scene.shift(8)
        draw.polygon([(px, py), (px + 20, py - 8), (px + 26, py + 8)], fill=(150, 148, 142))


def _fire_lane(scene: Scene) -> None:
    draw = scene.draw
    left = 170 + scene.shift(60)
    draw.polygon(
        [(left, 700), (left + 620, 700), (left + 470, 350), (left + 150, 350)], fill=(120, 122, 124)
    )
    for row in range(4):
        top = 400 + row * 80
        draw.line((left + 140 - row * 34, top, left + 480 + row * 34, top + 54), RED, 9)
        draw.line((left + 480 + row * 34, top, left + 140 - row * 34, top + 54), RED, 9)
    if scene.after:
        return
    for number in range(6):
        x = left + 60 + number * 84 + scene.shift(20)
        y = 430 + (number % 3) * 60 + scene.shift(14)
        if number % 2:
            _box(scene, x, y, 120 + scene.shift(20), 96 + scene.shift(16))
        else:
            _scooter(scene, x, y)


def _box(scene: Scene, x: int, y: int, wide: int, high: int) -> None:
    tone = scene.dice.randint(140, 190)
    scene.draw.rectangle(
        (x, y, x + wide, y + high), fill=(tone, tone - 34, tone - 80), outline=DARK
    )
    scene.draw.line((x, y + high // 2, x + wide, y + high // 2), (214, 196, 160), 5)


def _scooter(scene: Scene, x: int, y: int) -> None:
    draw = scene.draw
    body = (scene.dice.randint(60, 200), scene.dice.randint(70, 150), scene.dice.randint(80, 180))
    for wheel in (x, x + 112):
        draw.ellipse((wheel, y + 62, wheel + 44, y + 106), outline=DARK, width=9)
    draw.polygon([(x + 20, y + 82), (x + 52, y + 34), (x + 124, y + 34), (x + 132, y + 82)], body)
    draw.line((x + 26, y + 76, x + 8, y + 6, x + 38, y + 2), DARK, 8)


def _wires(scene: Scene) -> None:
    draw = scene.draw
    poles = (140 + scene.shift(40), 800 + scene.shift(40))
    for pole in poles:
        draw.rectangle((pole - 9, 60, pole + 9, 470), fill=(112, 96, 82))
        draw.rectangle((pole - 54, 92, pole + 54, 104), fill=(96, 82, 70))
    for number in range(4):
        top = 100 + number * 12
        sag = 26 if scene.after else 60 + number * 60 + scene.shift(24)
        _hanging(draw, (poles[0], top), (poles[1], top), sag)
    if scene.after:
        return
    x = 430 + scene.shift(120)
    _curve(draw, [(x, 250), (x - 40, 400), (x + 30, 500), (x - 20, 600), (x + 90, 640)])
    _curve(draw, [(x + 20, 300), (x + 130, 380), (x + 60, 440), (x + 150, 480), (x + 90, 330)])


def _hanging(
    draw: ImageDraw.ImageDraw, start: tuple[int, int], end: tuple[int, int], sag: int
) -> None:
    steps = 24
    points = []
    for number in range(steps + 1):
        part = number / steps
        x = start[0] + (end[0] - start[0]) * part
        points.append((x, start[1] + (end[1] - start[1]) * part + sag * 4 * part * (1 - part)))
    draw.line(points, fill=(30, 30, 34), width=5, joint="curve")


def _curve(draw: ImageDraw.ImageDraw, points: list[tuple[int, int]]) -> None:
    draw.line(points, fill=(24, 24, 28), width=7, joint="curve")


def _obstruction(scene: Scene) -> None:
    draw = scene.draw
    for x in range(-20 + scene.dice.randint(0, 30), WIDTH, 52):
        draw.rectangle((x, HORIZON + 36, x + 44, HORIZON + 58), fill=(226, 186, 70))
    if scene.after:
        return
    start = 120 + scene.shift(80)
    for number in range(5):
        x = start + number * 134 + scene.shift(20)
        high = 90 + scene.shift(26)
        _box(scene, x, HORIZON + 84 - high, 126, high)
        if number % 2:
            _box(scene, x + 14, HORIZON + 20 - high, 92, 68)
    heap = 540 + scene.shift(120)
    draw.polygon(
        [(heap, 470), (heap + 90, 386), (heap + 130, 398), (heap + 230, 470)], (176, 156, 120)
    )


def _lamp(scene: Scene) -> None:
    draw, x = scene.draw, 420 + scene.shift(160)
    lean = 0 if scene.after else 46 + scene.shift(20)
    draw.line((x, 560, x + lean, 110), (150, 154, 160), 15)
    draw.line((x + lean, 116, x + lean + 110, 96), (150, 154, 160), 11)
    head = (x + lean + 84, 84, x + lean + 172, 112)
    if scene.after:
        for ring, tone in enumerate((78, 104, 132, 158)):
            wide, high = 290 - ring * 56, 96 - ring * 19
            lit = (tone, tone - 6, tone - 34)
            draw.ellipse((x + 128 - wide, 570 - high, x + 128 + wide, 570 + high), fill=lit)
        for ray in range(-3, 4):
            draw.line((x + 128 + ray * 14, 120, x + 128 + ray * 40, 196), LIGHT, 5)
        draw.line((x, 560, x, 110), (150, 154, 160), 15)
        draw.rectangle(head, fill=LIGHT)
        return
    draw.rectangle(head, fill=DARK)
    draw.line((x + lean + 130, 112, x + lean + 118, 168), DARK, 4)
    draw.ellipse((x - 44, 548, x + 44, 580), fill=(70, 70, 76))


def _gas(scene: Scene) -> None:
    draw, x = scene.draw, 430 + scene.shift(90)
    draw.rectangle((x - 210, 90, x + 250, 560), fill=(206, 198, 182))
    draw.rectangle((x - 120, 230, x + 10, 560), fill=(120, 100, 80))
    draw.line((x + 120, 90, x + 120, 400, x + 210, 400, x + 210, 560), YELLOW, 20, joint="curve")
    draw.rectangle((x + 88, 270, x + 152, 330), fill=(180, 60, 50))
    if scene.after:
        draw.line((x + 94, 300, x + 146, 300), (250, 250, 250), 8)
        draw.ellipse((x + 180, 380, x + 240, 430), fill=(86, 150, 96))
        return
    for number in range(6):
        px, py = x + 220 + number * 12 + scene.shift(14), 380 - number * 44
        draw.arc((px, py, px + 70, py + 50), 20, 290, fill=(140, 150, 110), width=8)


def _road(scene: Scene) -> None:
    draw = scene.draw
    if scene.after:
        draw.rectangle((0, 470, WIDTH, 620), fill=(72, 74, 78))
        draw.line((0, 545, WIDTH, 545), (236, 232, 220), 9)
        return
    for number in range(6):
        x, y = 60 + number * 150 + scene.shift(40), 500 + scene.shift(50)
        wide, high = 80 + scene.shift(24), 24 + scene.shift(8)
        draw.ellipse((x - wide, y - high, x + wide, y + high), fill=(60, 60, 62))
        draw.ellipse(
            (x - wide + 16, y - high + 8, x + wide - 10, y + high - 6), fill=(116, 134, 146)
        )


def _door(scene: Scene) -> None:
    draw = scene.draw
    missing = scene.dice.randrange(3)
    order = [0, 1, 2] if scene.after else [2, 0, 1]
    for number in range(3):
        x = 90 + number * 270 + scene.shift(16)
        draw.rectangle((x, 130, x + 200, 520), fill=(196, 184, 164))
        draw.rectangle((x + 56, 260, x + 150, 520), fill=(110, 86, 68))
        plate = (x + 64, 196, x + 142, 236)
        if scene.after or number != missing:
            draw.rectangle(plate, fill=(44, 92, 160))
            for dash in range(order[number] + 1):
                at = x + 76 + dash * 20
                draw.line((at, 206, at, 226), (250, 250, 250), 6)
        else:
            draw.rectangle(plate, outline=(150, 140, 124), width=3)


def _station(scene: Scene) -> None:
    draw, left = scene.draw, 170 + scene.shift(40)
    draw.rectangle((left, 90, left + 620, 520), fill=(232, 224, 208))
    draw.rectangle((left - 14, 120, left + 634, 206), fill=(11, 93, 94))
    draw.polygon([(left + 44, 140), (left + 76, 152), (left + 60, 192), (left + 28, 152)], LIGHT)
    draw.rectangle((left + 110, 156, left + 590, 170), fill=(250, 250, 250))
    window = (206, 226, 226) if scene.after else (120, 138, 152)  # open, or not yet
    draw.rectangle((left + 40, 250, left + 330, 440), fill=window)
    draw.rectangle((left + 400, 240, left + 560, 520), fill=(120, 160, 170))
    draw.line((left + 480, 240, left + 480, 520), (232, 224, 208), 8)
    draw.rectangle((left + 60, 470, left + 310, 490), fill=(150, 104, 62))  # a bench
    for leg in (left + 76, left + 280):
        draw.rectangle((leg, 490, leg + 16, 530), fill=(120, 82, 50))
    _scooter(scene, left + 560, 440)


SCENES: dict[str, Callable[[Scene], None]] = {
    "manhole": _manhole,
    "fire_lane": _fire_lane,
    "wires": _wires,
    "obstruction": _obstruction,
    "lamp": _lamp,
    "gas": _gas,
    "road": _road,
    "door": _door,
    "station": _station,
}
