"""Reading marks: on any element, and what a declared figure must say."""

from __future__ import annotations

from build_scripts.verify_marks import stated_figures, undeclared


def test_a_declared_figure_must_say_its_source_its_day_and_who() -> None:
    said = 'data-declared="年鉴" data-declared-on="2026-01-01" data-declared-by="局"'
    whole = f"<data {said}>1</data>"
    assert undeclared("a.html", whole) == (1, [])
    assert undeclared("a.html", '<data data-declared="年鉴">1</data>')[1]


def test_a_mark_is_read_from_any_element() -> None:
    (found,) = stated_figures(
        "a.html",
        '<text x="1" data-figure="closed" data-value="1200">1,200 <tspan>件</tspan></text>',
    )
    assert (found.value, found.shown) == ("1200", ("1200",))
