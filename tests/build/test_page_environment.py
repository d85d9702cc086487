"""Values on pages: escaped exactly as Jinja2 escapes them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment
from markupsafe import Markup

from build_scripts.page_environment import PageEnvironment

TEMPLATE = (
    "{% macro shown(x) %}<b>{{ x }}</b>{% endmacro %}"
    '<a title="{{ value }}">{{ shown(value) }}{{ value ~ "<i>" }}{{ markup }}{{ number }}'
    "{% set block %}{{ value }}{% endset %}{{ block }}{{ value | upper }}{{ value | safe }}</a>"
)


@given(st.text())
def test_the_text_is_the_one_that_jinja2_itself_gives(value: str) -> None:
    values = {"value": value, "markup": Markup("<u>{}</u>").format(value), "number": 1.5}
    ours = PageEnvironment(autoescape=True).from_string(TEMPLATE).render(values)
    assert ours == Environment(autoescape=True).from_string(TEMPLATE).render(values)
