"""The storage port: the smallest table that the services need, with two engines behind it.

An engine is a `Table`. Everything that must hold on every engine is said here and held by
`tests/storage/test_table_contract.py`; services and the build know this file, never an engine.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Protocol

ACTIONS_MAX = 100  # DynamoDB: 100 actions in one TransactWriteItems
WRITE_BYTES_MAX = 4_000_000  # DynamoDB: 4 MB a transaction
BODY_BYTES_MAX = 300_000  # DynamoDB: 400 KB an item, keys and counters included; room is left
KEY_BYTES_MAX = 1_000  # DynamoDB: 1,024 bytes a sort key
COUNTER_MAX = 2**53  # JSON readers keep integers exact only below this
PAGE_ITEMS_MAX = 1_000

Body = Mapping[str, Any]


@dataclass(frozen=True)
class Item:
    """One stored thing. `body` is JSON without floats; `version` starts at 1 with `Insert` and
    grows by one with every `Replace`; `counters` change by `Add` alone and survive a `Replace`;
    `expires_at` is epoch seconds or None (services read it; an engine's TTL only collects garbage).
    """

    partition: str
    sort: str
    version: int
    body: Body
    counters: Mapping[str, int] = field(default_factory=dict)
    expires_at: int | None = None


@dataclass(frozen=True)
class Insert:
    """Create an item; fails if the key exists. Its version becomes 1."""

    partition: str
    sort: str
    body: Body
    counters: Mapping[str, int] = field(default_factory=dict)
    expires_at: int | None = None


@dataclass(frozen=True)
class Replace:
    """Put a new body; fails unless the item stands at `version`. Its version becomes that plus 1.

    Counters stay as they are; `expires_at` is replaced (None removes it).
    """

    partition: str
    sort: str
    version: int
    body: Body
    expires_at: int | None = None


@dataclass(frozen=True)
class Add:
    """Add to one counter, creating the item (version 1, empty body) or the counter (0) if absent.

    Fails if the result would fall below `floor` (None: no floor) or leave ±COUNTER_MAX. Does not
    change an existing item's version or body. A write with `Add` must hold an `Insert` too: a bare
    add retried after a lost reply would count twice.
    """

    partition: str
    sort: str
    counter: str
    amount: int
    floor: int | None = None


@dataclass(frozen=True)
class Delete:
    """Remove an item; fails unless it stands at `version`, or, with None, removes whatever is there
    (absent is fine)."""

    partition: str
    sort: str
    version: int | None = None


@dataclass(frozen=True)
class Require:
    """Write nothing, but fail the batch unless the item stands at `version` (0: absent)."""

    partition: str
    sort: str
    version: int


Action = Insert | Replace | Add | Delete | Require


@dataclass(frozen=True)
class Page:
    """Items in key order (descending when asked). A short or even empty page may carry a cursor;
    only None ends. Cursors are opaque and bound to partition, prefix and direction."""

    items: tuple[Item, ...]
    cursor: str | None


class Table(Protocol):
    """`get` and `query` are strongly consistent: they see every write that has returned.

    Keys are non-empty strings of at most KEY_BYTES_MAX UTF-8 bytes, ordered by their UTF-8 bytes.
    """

    def get(self, partition: str, sort: str) -> Item | None:
        """The item, or None."""

    def query(
        self,
        partition: str,
        *,
        prefix: str = "",
        after: str = "",
        limit: int = PAGE_ITEMS_MAX,
        descending: bool = False,
        cursor: str | None = None,
    ) -> Page:
        """One page of a partition, in sort order: keys that begin with `prefix` and, when `after`
        is given, lie strictly beyond it in the direction of travel. `limit` is 1 to PAGE_ITEMS_MAX.

        Raises ValueError for a cursor of another partition, prefix or direction.
        """

    def write(self, actions: Sequence[Action]) -> None:
        """All or nothing; one action an item; at most ACTIONS_MAX actions, WRITE_BYTES_MAX bytes.

        Raises `Conflict` naming all failed actions with the items found; `Contended` when the
        engine was too busy (nothing written); `StorageFailure` when it is unknown whether the write
        happened (the caller repeats it: Insert and versions make that safe); ValueError, before any
        I/O, for a batch that breaks the rules (see `checked`).
        """


@dataclass(frozen=True)
class Change:
    """«This item changed»: no order, no images. `token` is what `ChangeFeed.done` takes back."""

    partition: str
    sort: str
    token: str


class ChangeFeed(Protocol):
    """Level-triggered: every key of a watched kind (partition begins `CASE#`, sort is `HEAD`)
    is delivered at least once after its commit, until `done` says it was worked."""

    def pending(self, limit: int) -> Sequence[Change]: ...

    def done(self, changes: Sequence[Change]) -> None: ...


def watched(partition: str, sort: str) -> bool:
    """Whether a write to this key belongs in the change feed: case heads only."""
    return partition.startswith("CASE#") and sort == "HEAD"


_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
_ALWAYS_EXACT = frozenset({str, bool, type(None)})  # asked first: nearly every value is one of them


def encode_body(body: Body) -> str:
    """Canonical JSON: sorted keys, no spaces, UTF-8 kept. Raises ValueError for floats, sets,
    non-string keys, or more than BODY_BYTES_MAX bytes."""
    _reject_inexact(body)
    text = _CANONICAL.encode(body)
    if len(text.encode()) > BODY_BYTES_MAX:
        raise ValueError(f"body over {BODY_BYTES_MAX} bytes")
    return text


def _reject_inexact(value: object) -> None:
    if type(value) in _ALWAYS_EXACT or isinstance(value, str):
        return
    if isinstance(value, int):
        if abs(value) >= COUNTER_MAX:
            raise ValueError("integer too large to stay exact")
    elif isinstance(value, dict | Mapping):  # dict first: the abstract class is slow to ask
        for key, inner in value.items():
            if not isinstance(key, str):
                raise ValueError("keys must be strings")
            if type(inner) not in _ALWAYS_EXACT:
                _reject_inexact(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _reject_inexact(inner)
    else:
        raise ValueError(f"{type(value).__name__} cannot be stored")


def checked(actions: Sequence[Action]) -> list[str | None]:
    """The encoded bodies, in order (None for actions without one), of a batch that keeps the rules.

    Raises ValueError for an empty or too large batch, a bad key, two actions on one item, an `Add`
    without an `Insert`, or a counter out of range. Both engines call this before any I/O.
    """
    if not 1 <= len(actions) <= ACTIONS_MAX:
        raise ValueError(f"a write holds 1 to {ACTIONS_MAX} actions, not {len(actions)}")
    keys = {(a.partition, a.sort) for a in actions}
    if len(keys) != len(actions):
        raise ValueError("one action an item")
    kinds = {type(a) for a in actions}
    if Add in kinds and Insert not in kinds:
        raise ValueError("a write with Add holds an Insert marker")
    bodies: list[str | None] = []
    total = 0
    for action in actions:
        check_key(action.partition)
        check_key(action.sort)
        bodies.append(encode_body(action.body) if isinstance(action, Insert | Replace) else None)
        _check_numbers(action)
        total += len((bodies[-1] or "").encode()) + len(action.partition) + len(action.sort)
    if total > WRITE_BYTES_MAX:
        raise ValueError(f"a write holds at most {WRITE_BYTES_MAX} bytes")
    return bodies


def check_key(key: str) -> None:
    """Raises ValueError unless the key is a non-empty string of at most KEY_BYTES_MAX bytes."""
    if not key or len(key.encode()) > KEY_BYTES_MAX:
        raise ValueError("keys are 1 to 1,000 bytes")


def _check_numbers(action: Action) -> None:
    numbers: Iterator[int] = iter(())
    names: Iterator[str] = iter(())
    if isinstance(action, Insert):
        names, numbers = iter(action.counters), iter(action.counters.values())
    elif isinstance(action, Add):
        names, numbers = iter((action.counter,)), iter((action.amount, action.floor or 0))
    if isinstance(action, Insert | Replace) and action.expires_at is not None:
        numbers = chain(numbers, (action.expires_at,))
    if not all(names):
        raise ValueError("counters have names")
    for number in numbers:
        if not isinstance(number, int) or isinstance(number, bool) or abs(number) >= COUNTER_MAX:
            raise ValueError("counters and times are integers below 2**53")


def query_all(
    table: Table,
    partition: str,
    *,
    prefix: str = "",
    after: str = "",
    descending: bool = False,
    page_items: int = PAGE_ITEMS_MAX,
) -> Iterator[Item]:
    """Every item of a partition, page after page; small pages for a caller that may stop soon."""
    cursor: str | None = None
    asked: Any = {"prefix": prefix, "after": after, "limit": page_items, "descending": descending}
    while True:
        page = table.query(partition, **asked, cursor=cursor)
        yield from page.items
        cursor = page.cursor
        if cursor is None:
            return


def query_some(
    table: Table,
    partition: str,
    limit: int,
    *,
    prefix: str = "",
    after: str = "",
    descending: bool = False,
) -> tuple[tuple[Item, ...], bool]:
    """Up to `limit` items, however short the pages they come in, and whether more may follow."""
    found: list[Item] = []
    cursor: str | None = None
    while True:
        page = table.query(
            partition,
            prefix=prefix,
            after=after,
            limit=limit - len(found),
            descending=descending,
            cursor=cursor,
        )
        found += page.items
        cursor = page.cursor
        if cursor is None or len(found) == limit:
            return tuple(found), cursor is not None
