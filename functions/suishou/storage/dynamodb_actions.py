"""Writes on DynamoDB: one action of the port as one member of TransactWriteItems.

In: an action and its encoded body. Out: the request's dictionary, with the condition that the port
asks for; a failed one answers the item it found. Attributes: `pk`, `sk`, `v` version, `b` body
(canonical JSON), `x` expiry (epoch seconds), `c_<name>` one counter each. Never does I/O.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from suishou.storage.table import (
    COUNTER_MAX,
    Action,
    Add,
    Delete,
    Insert,
    Item,
    Replace,
    Require,
    encode_body,
)

COUNTER_MARK = "c_"
ABSENT = "attribute_not_exists(pk)"


def transaction_item(table_name: str, action: Action, body: str | None) -> dict[str, Any]:
    """The member for `TransactItems`. `body` is the canonical JSON of an Insert or Replace."""
    key = {"pk": {"S": action.partition}, "sk": {"S": action.sort}}
    match action:
        case Insert():
            kind, request = "Put", _put(key, action, str(body))
        case Replace():
            kind, request = "Update", _replace(key, action, str(body))
        case Add():
            kind, request = "Update", _add(key, action)
        case Delete():
            kind, request = "Delete", {"Key": key}
            if action.version is not None:
                request |= _at_version(action.version)
        case Require():
            kind, request = "ConditionCheck", {"Key": key}
            if action.version == 0:
                request["ConditionExpression"] = ABSENT
            else:
                request |= _at_version(action.version)
    request["TableName"] = table_name
    if "ConditionExpression" in request:
        request["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
    return {kind: request}


def attributes_of(item: Item) -> dict[str, Any]:
    """A whole item in a table's own attributes."""
    key = {"pk": {"S": item.partition}, "sk": {"S": item.sort}}
    return _attributes(key, item.version, encode_body(item.body), item.counters, item.expires_at)


def _attributes(
    key: dict[str, Any],
    version: int,
    body: str,
    counters: Mapping[str, int],
    expires_at: int | None,
) -> dict[str, Any]:
    item = {**key, "v": _number(version), "b": {"S": body}}
    for name, value in counters.items():
        item[COUNTER_MARK + name] = _number(value)
    if expires_at is not None:
        item["x"] = _number(expires_at)
    return item


def _number(value: int) -> dict[str, str]:
    return {"N": str(value)}


def _at_version(version: int) -> dict[str, Any]:
    return {
        "ConditionExpression": "v = :expected",
        "ExpressionAttributeValues": {":expected": _number(version)},
    }


def _put(key: dict[str, Any], action: Insert, body: str) -> dict[str, Any]:
    item = _attributes(key, 1, body, action.counters, action.expires_at)
    return {"Item": item, "ConditionExpression": ABSENT}


def _replace(key: dict[str, Any], action: Replace, body: str) -> dict[str, Any]:
    request = _at_version(action.version)
    values = request["ExpressionAttributeValues"]
    values |= {":next": _number(action.version + 1), ":body": {"S": body}}
    if action.expires_at is None:
        expression = "SET v = :next, b = :body REMOVE x"
    else:
        expression = "SET v = :next, b = :body, x = :expires_at"
        values[":expires_at"] = _number(action.expires_at)
    return {**request, "Key": key, "UpdateExpression": expression}


def _add(key: dict[str, Any], action: Add) -> dict[str, Any]:
    """The counter must stand between bounds such that the sum keeps the port's; absent is 0."""
    floor = 1 - COUNTER_MAX if action.floor is None else action.floor
    least, most = floor - action.amount, COUNTER_MAX - 1 - action.amount
    condition = "#counter BETWEEN :least AND :most"
    if least <= 0:  # `most` is never below 0: `checked` bounds the amount
        condition = f"attribute_not_exists(#counter) OR {condition}"
    return {
        "Key": key,
        "UpdateExpression": (
            "SET v = if_not_exists(v, :first), b = if_not_exists(b, :empty) ADD #counter :amount"
        ),
        "ConditionExpression": condition,
        "ExpressionAttributeNames": {"#counter": COUNTER_MARK + action.counter},
        "ExpressionAttributeValues": {
            ":first": _number(1),
            ":empty": {"S": "{}"},
            ":amount": _number(action.amount),
            ":least": _number(least),
            ":most": _number(most),
        },
    }
