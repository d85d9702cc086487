"""The cases that home names: the first few of all, however the rows were cut into parts."""

from __future__ import annotations

from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from build_scripts.highlights import (
    Highlights,
    added,
    highlights_of,
    is_overdue,
)
from suishou.domain.measures import measure
from suishou.domain.public_row import PublicRow
from tests.build import fabricated


@cache
def _row(number: int) -> PublicRow:
    return fabricated.public_row(number, fabricated.programme())


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 200), unique=True, max_size=80), st.integers(0, 80))
def test_parts_added_name_the_same_cases_as_the_whole(numbers: list[int], cut: int) -> None:
    rows = [_row(number) for number in numbers]
    whole = highlights_of(rows)
    assert added([highlights_of(rows[cut:]), highlights_of(rows[:cut])]) == whole


def test_only_shown_cases_are_named_and_overdue_means_what_the_tally_counts() -> None:
    rows = [_row(number) for number in range(200)]
    found = highlights_of(rows)
    assert found.solved and found.pictured and found.overdue
    for row in (*found.solved, *found.pictured, *found.overdue):
        assert row.shown
    assert sum(map(is_overdue, rows)) == measure(rows).overall.overdue


def test_no_rows_have_no_highlights() -> None:
    assert highlights_of([]) == added([]) == Highlights()
