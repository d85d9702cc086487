"""What the storage port promises of queries: order, bounds, pages, cursors, on every engine."""

from __future__ import annotations

import pytest

from suishou.storage.table import PAGE_ITEMS_MAX, Delete, Insert, Page, Table, query_all

# In the order of their UTF-8 bytes. UTF-16 order would put 𠮷 before \uffee and ｚ.
KEYS = ["A", "Z", "a", "a\x00", "a#1", "a#10", "a#2", "b", "é", "一", "丁字街", "永宁镇", "￮", "𠮷"]


@pytest.fixture
def filled(table: Table) -> Table:
    batch = [Insert("P", key, {"key": key}) for key in reversed(KEYS)]
    table.write([*batch, Insert("O", "zz", {}), Insert("P2", "a", {})])
    return table


def sorts(page: Page) -> list[str]:
    return [item.sort for item in page.items]


def walked(table: Table, limit: int, **asked: object) -> list[str]:
    """All keys, by pages of `limit`; no page is larger."""
    keys: list[str] = []
    cursor: str | None = None
    while True:
        page = table.query("P", limit=limit, cursor=cursor, **asked)  # type: ignore[arg-type]
        assert len(page.items) <= limit
        keys += sorts(page)
        cursor = page.cursor
        if cursor is None:
            return keys


def test_keys_come_in_the_order_of_their_bytes(filled: Table) -> None:
    assert sorted(KEYS, key=str.encode) == KEYS
    assert sorts(filled.query("P")) == KEYS
    assert sorts(filled.query("P", descending=True)) == KEYS[::-1]


def test_a_partition_without_items_is_an_empty_last_page(filled: Table) -> None:
    assert filled.query("absent") == Page((), None)


@pytest.mark.parametrize("prefix", ["a", "a#", "a#1", "丁", "𠮷", "A", "absent", "zz", "é"])
@pytest.mark.parametrize("descending", [False, True])
def test_a_prefix_selects_the_keys_that_begin_with_it(
    filled: Table, prefix: str, descending: bool
) -> None:
    expected = [key for key in KEYS if key.startswith(prefix)]
    page = filled.query("P", prefix=prefix, descending=descending)
    assert sorts(page) == (expected[::-1] if descending else expected)


@pytest.mark.parametrize(
    "after", ["a", "a#1", "a#15", "A", "0", "乙", "永宁镇", "𠮷", "\U0010ffff"]
)
@pytest.mark.parametrize("prefix", ["", "a", "a#", "丁"])
def test_after_selects_what_lies_strictly_beyond_in_the_direction_of_travel(
    filled: Table, after: str, prefix: str
) -> None:
    chosen = [key for key in KEYS if key.startswith(prefix)]
    up = filled.query("P", prefix=prefix, after=after)
    assert sorts(up) == [key for key in chosen if key > after]
    down = filled.query("P", prefix=prefix, after=after, descending=True)
    assert sorts(down) == [key for key in chosen if key < after][::-1]


@pytest.mark.parametrize("limit", [1, 3, len(KEYS), len(KEYS) + 1])
def test_pages_add_up_to_the_whole_without_doubles(filled: Table, limit: int) -> None:
    assert walked(filled, limit) == KEYS
    assert walked(filled, limit, descending=True) == KEYS[::-1]
    assert walked(filled, limit, prefix="a", after="a") == ["a\x00", "a#1", "a#10", "a#2"]
    assert walked(filled, limit, prefix="a", after="a#2", descending=True) == [
        "a#10",
        "a#1",
        "a\x00",
        "a",
    ]


def test_a_cursor_goes_on_although_the_item_it_stood_at_is_gone(filled: Table) -> None:
    first = filled.query("P", limit=2)
    filled.write([Delete("P", "Z"), Insert("P", "ZZ", {}), Insert("P", "0", {})])
    assert sorts(filled.query("P", limit=2, cursor=first.cursor)) == ["ZZ", "a"]


def test_a_cursor_and_a_farther_after_give_what_lies_beyond_both(filled: Table) -> None:
    first = filled.query("P", limit=2)
    assert sorts(filled.query("P", after="一", cursor=first.cursor)) == KEYS[KEYS.index("一") + 1 :]
    assert sorts(filled.query("P", after="A", cursor=first.cursor)) == KEYS[2:]


def test_a_cursor_of_another_query_is_refused(filled: Table) -> None:
    cursor = filled.query("P", prefix="a", limit=1).cursor
    assert cursor is not None
    assert sorts(filled.query("P", prefix="a", limit=1, cursor=cursor)) == ["a\x00"]
    for partition, prefix, descending in [
        ("O", "a", False),
        ("P", "", False),
        ("P", "a#", False),
        ("P", "a", True),
    ]:
        with pytest.raises(ValueError, match="cursor"):
            filled.query(partition, prefix=prefix, descending=descending, cursor=cursor)


@pytest.mark.parametrize("cursor", ["", "x", "垃圾", "bnVsbA==", "WzEsMl0=", "e30=", "W10="])
def test_a_string_that_is_no_cursor_is_refused(filled: Table, cursor: str) -> None:
    with pytest.raises(ValueError, match="cursor"):
        filled.query("P", cursor=cursor)


@pytest.mark.parametrize("limit", [0, -1, PAGE_ITEMS_MAX + 1])
def test_a_limit_out_of_range_is_refused(table: Table, limit: int) -> None:
    with pytest.raises(ValueError, match="page"):
        table.query("P", limit=limit)


def test_bad_keys_are_refused_when_asking(table: Table) -> None:
    for asked in ({"prefix": "格" * 334}, {"after": "格" * 334}):
        with pytest.raises(ValueError, match="keys"):
            table.query("P", **asked)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="keys"):
        table.query("")


def test_pages_of_large_items_end_early_but_lose_nothing(table: Table) -> None:
    for start in range(0, 12, 4):
        keys = [f"{n:02}" for n in range(start, start + 4)]
        table.write([Insert("P", key, {"t": "x" * 250_000}) for key in keys])
    assert [item.sort for item in query_all(table, "P")] == [f"{n:02}" for n in range(12)]
    assert [item.sort for item in query_all(table, "P", after="09")] == ["10", "11"]
    down = query_all(table, "P", prefix="0", descending=True)
    assert [item.sort for item in down] == [f"{n:02}" for n in range(9, -1, -1)]


def test_a_query_sees_every_write_that_has_returned(table: Table) -> None:
    for n in range(5):
        table.write([Insert("P", str(n), {})])
        assert len(table.query("P").items) == n + 1
