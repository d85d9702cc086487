"""Charts: round ticks, places along a scale, and nothing but short decimal text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from build_scripts import view_charts as charts

SHORT = re.compile(r"\d+(\.\d)?")


@pytest.mark.parametrize(
    ("highest", "values"),
    [
        (0, (0, 1)),
        (1, (0, 1)),
        (4, (0, 1, 2, 3, 4)),
        (5, (0, 2, 4, 6)),
        (20, (0, 5, 10, 15, 20)),
        (21, (0, 10, 20, 30)),
        (312, (0, 100, 200, 300, 400)),
        (8333, (0, 5000, 10000)),
    ],
)
def test_ticks_are_round_and_reach_the_highest(highest: int, values: tuple[int, ...]) -> None:
    assert charts.tick_values(highest) == values


@given(st.integers(0, 10**9))
def test_there_are_few_ticks_and_the_last_is_not_below_the_highest(highest: int) -> None:
    values = charts.tick_values(highest)
    assert values[0] == 0
    assert values[-1] >= highest
    assert 2 <= len(values) <= charts.TICKS + 2


@pytest.mark.parametrize(
    ("value", "highest", "length", "words"),
    [
        (0, 7, 100, "0"),
        (7, 7, 100, "100"),
        (1, 3, 100, "33.3"),
        (1, 8, 1, "0.1"),
        (1, 2, 25, "12.5"),
    ],
)
def test_a_place_is_rounded_half_up_to_a_tenth(
    value: int, highest: int, length: int, words: str
) -> None:
    assert charts.place(value, highest, length) == words


def test_a_line_is_broken_where_nothing_was_counted() -> None:
    series = charts.line_series("中位数", [1, None, 3, 4], 4)
    assert [len(line.split()) for line in series.lines] == [1, 2]
    assert len(series.dots) == 3


VALUES = st.lists(st.none() | st.integers(0, 10**6), min_size=1, max_size=24)


@given(VALUES)
def test_every_coordinate_is_short_text_inside_the_drawing(values: list[int | None]) -> None:
    highest = charts.tick_values(max((v for v in values if v is not None), default=0))[-1]
    line = charts.line_series("a", values, highest)
    bars = charts.column_series("b", values, highest, 1, 2)
    for x, y in line.dots:
        assert SHORT.fullmatch(x) and SHORT.fullmatch(y)
        assert charts.LEFT <= float(x) <= charts.WIDTH - charts.RIGHT
        assert charts.TOP <= float(y) <= charts.HEIGHT - charts.BOTTOM
    for bar in bars.columns:
        sizes = [bar.x, bar.y, bar.width, bar.height]
        assert all(SHORT.fullmatch(size) for size in sizes)
        assert float(bar.x) + float(bar.width) <= charts.WIDTH
        assert abs(float(bar.y) + float(bar.height) - (charts.HEIGHT - charts.BOTTOM)) < 0.11
    line_of, last = charts.small_line([v or 0 for v in values], highest)
    assert len(line_of.split()) == len(values)
    assert line_of.endswith(",".join(last))


def test_the_same_values_are_drawn_alike() -> None:
    assert charts.line_series("a", [3, 5], 6) == charts.line_series("a", [3, 5], 6)
