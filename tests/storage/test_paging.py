"""Ranges of sort keys and their cursors, without an engine."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suishou.storage.paging import first_beyond_prefix, span

TEXT = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from("\ud7ff\ue000\U0010ffff"), max_size=4
)


@given(TEXT, TEXT)
def test_the_end_of_a_prefix_parts_what_begins_with_it_from_what_lies_beyond(
    prefix: str, key: str
) -> None:
    end = first_beyond_prefix(prefix)
    inside = key >= prefix and (end is None or key < end)
    assert inside == key.startswith(prefix)
    if end is not None:
        assert end.encode() > (prefix + key).encode()


@pytest.mark.parametrize(
    ("prefix", "end"),
    [
        ("a", "b"),
        ("a\U0010ffff", "b"),
        ("\ud7ff", "\ue000"),  # what lies between are surrogates
        ("", None),
        ("\U0010ffff", None),
    ],
)
def test_where_a_prefix_ends(prefix: str, end: str | None) -> None:
    assert first_beyond_prefix(prefix) == end


@given(TEXT.filter(bool), TEXT, TEXT.filter(bool), st.booleans())
def test_a_cursor_leads_back_to_the_key_it_was_made_at(
    partition: str, prefix: str, rest: str, descending: bool
) -> None:
    asked = {"prefix": prefix, "after": "", "limit": 9, "descending": descending}
    first = span(partition, cursor=None, **asked)  # type: ignore[arg-type]
    assert first is not None
    following = span(partition, cursor=first.cursor(prefix + rest), **asked)  # type: ignore[arg-type]
    assert following is not None
    assert following.beyond == prefix + rest
