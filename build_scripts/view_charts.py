"""Charts as numbers that a template can print: scales, ticks, points and columns.

In: whole numbers, in order, None where nothing was counted. Out: `Chart`, drawn by
`templates/charts.html`; every coordinate is text with at most one decimal, from integers alone, so
that the same figures give the same bytes. Never decides what is counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from build_scripts.view_figures import Mark

WIDTH, HEIGHT = 360, 200  # of the drawing, in its own units: a small telephone's pixels
LEFT, RIGHT, TOP, BOTTOM = 34, 6, 10, 24  # room for figures at the side and names below
SMALL_WIDTH, SMALL_HEIGHT = 160, 56
TICKS = 4
Values = Sequence[int | None]


@dataclass(frozen=True)
class Tick:
    y: str
    words: str


@dataclass(frozen=True)
class Column:
    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True)
class Series:
    """One set of values: `lines` are the points of each unbroken run, `dots` those of each value,
    `columns` the same as upright bars; a chart prints either."""

    name: str
    lines: tuple[str, ...] = ()
    dots: tuple[tuple[str, str], ...] = ()
    columns: tuple[Column, ...] = ()


@dataclass(frozen=True)
class Cell:
    """A figure in the table below a chart: its text, and its mark where it can be recomputed;
    `base`: the text is what the mark's figure was counted from."""

    text: str
    mark: Mark | None = None
    base: bool = False


@dataclass(frozen=True)
class Chart:
    """A drawing with all that says the same in words: title, description, table."""

    id: str
    title: str
    description: str
    ticks: tuple[Tick, ...]
    labels: tuple[tuple[str, str], ...]  # x, words
    series: tuple[Series, ...]
    head: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: str = field(default=str(WIDTH - RIGHT))


@dataclass(frozen=True)
class SmallChart:
    """One of several small drawings on one scale; `last` is the place of the newest value."""

    name: str
    path: str
    line: str
    last: tuple[str, str]
    total: Cell
    description: str


def tick_values(highest: int, count: int = TICKS) -> tuple[int, ...]:
    """Round values from 0 up to or just past `highest`, about `count` steps of 1, 2 or 5 × 10ⁿ."""
    step, powers = 1, 1
    while step * count < highest:
        step = {1: 2, 2: 5, 5: 10}[step // powers] * powers
        powers = powers * 10 if step == powers * 10 else powers
    last = -(-max(highest, 1) // step) * step
    return tuple(range(0, last + 1, step))


def place(value: int, highest: int, length: int) -> str:
    """`value` of 0…`highest` along `length` units, rounded half up to a tenth: "12.5", "40"."""
    return tenths(value * length * 10, highest)


def tenths(numerator: int, denominator: int) -> str:
    """A tenth of a fraction, as text: tenths(125, 1) is "12.5". Both at least 0."""
    whole, tenth = divmod((2 * numerator + denominator) // (2 * denominator), 10)
    return f"{whole}.{tenth}" if tenth else str(whole)


def line_series(name: str, values: Values, highest: int) -> Series:
    """Points joined by lines, broken where there is no value."""
    dots: list[tuple[str, str]] = []
    runs: list[list[str]] = [[]]
    for number, value in enumerate(values):
        if value is None:
            runs.append([])
            continue
        dot = (_middle(number, len(values)), _height_of(value, highest))
        dots.append(dot)
        runs[-1].append(",".join(dot))
    return Series(name, tuple(" ".join(run) for run in runs if run), tuple(dots))


def column_series(name: str, values: Values, highest: int, number: int, of: int) -> Series:
    """Upright bars; of several series (`number` from 0) they stand side by side."""
    slot = (WIDTH - LEFT - RIGHT) * 10 // max(len(values), 1)  # tenths of a unit
    wide = slot * 7 // 10 // of
    columns = []
    for position, value in enumerate(values):
        if value:
            x = LEFT * 10 + position * slot + slot * 3 // 20 + number * wide
            tall = (2 * value * _plot() * 10 + highest) // (2 * highest)
            bottom = (HEIGHT - BOTTOM) * 10
            sizes = (x, bottom - tall, max(wide - 5, 10), tall)
            columns.append(Column(*(tenths(size, 1) for size in sizes)))
    return Series(name, columns=tuple(columns))


def ticks(values: Sequence[int], unit: int = 1) -> tuple[Tick, ...]:
    """Ticks at these whole values of an axis whose unit is `unit` of what is drawn."""
    highest = values[-1] * unit
    return tuple(Tick(_height_of(value * unit, highest), str(value)) for value in values)


def labels(names: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Names under the middles of their slots."""
    return tuple((_middle(number, len(names)), name) for number, name in enumerate(names))


def small_line(values: Sequence[int], highest: int) -> tuple[str, tuple[str, str]]:
    """The points of a small drawing (SMALL_WIDTH × SMALL_HEIGHT) and the last of them."""
    across, down = SMALL_WIDTH - 8, SMALL_HEIGHT - 8
    points = [
        (
            tenths(40 + number * across * 10 // max(len(values) - 1, 1), 1),
            tenths((4 + down) * 10 - (2 * value * down * 10 + highest) // (2 * highest), 1),
        )
        for number, value in enumerate(values)
    ]
    return " ".join(",".join(point) for point in points), points[-1]


def _plot() -> int:
    return HEIGHT - TOP - BOTTOM


def _height_of(value: int, highest: int) -> str:
    tall = (2 * value * _plot() * 10 + highest) // (2 * highest)
    return tenths((HEIGHT - BOTTOM) * 10 - tall, 1)


def _middle(number: int, count: int) -> str:
    slot = (WIDTH - LEFT - RIGHT) * 10 // max(count, 1)
    return tenths(LEFT * 10 + number * slot + slot // 2, 1)
