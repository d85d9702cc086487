"""The distributed engine of the storage port: one DynamoDB table with a partition and a sort key.

In: the port's actions, as one TransactWriteItems. Out: items and pages, by consistent reads alone.
It adds no retry to the client's own; indexes, filters and scans are never used.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]

from suishou.domain.errors import Conflict, Contended, FailedAction, StorageFailure
from suishou.storage.dynamodb_actions import COUNTER_MARK, transaction_item
from suishou.storage.paging import Span, span
from suishou.storage.table import (
    PAGE_ITEMS_MAX,
    Action,
    Item,
    Page,
    Table,
    check_key,
    checked,
)

# Nothing was written, and the same request may be sent again.
CONTENDED_CODES = frozenset(
    {
        "LimitExceededException",
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ThrottlingError",
        "ThrottlingException",
        "TransactionConflict",
        "TransactionConflictException",
    }
)
CONDITION_FAILED = "ConditionalCheckFailed"


class DynamoTable(Table):
    """The table `table_name`, through a low-level boto3 `dynamodb` client."""

    def __init__(self, client: Any, table_name: str) -> None:
        self.client = client
        self.name = table_name

    def get(self, partition: str, sort: str) -> Item | None:
        check_key(partition)
        check_key(sort)
        key = {"pk": {"S": partition}, "sk": {"S": sort}}
        with answering():
            answer = self.client.get_item(TableName=self.name, Key=key, ConsistentRead=True)
        return item_of(answer["Item"]) if "Item" in answer else None

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
        asked = span(
            partition,
            prefix=prefix,
            after=after,
            limit=limit,
            descending=descending,
            cursor=cursor,
        )
        if asked is None:
            return Page((), None)
        with answering():
            answer = self.client.query(TableName=self.name, **_question(asked))
        last = answer.get("LastEvaluatedKey")
        return Page(
            tuple(item_of(attributes) for attributes in answer["Items"]),
            asked.cursor(last["sk"]["S"]) if last else None,
        )

    def write(self, actions: Sequence[Action]) -> None:
        bodies = checked(actions)
        items = [
            transaction_item(self.name, action, body)
            for action, body in zip(actions, bodies, strict=True)
        ]
        with answering(actions):
            # boto3 adds a ClientRequestToken, so that its own resends count once.
            self.client.transact_write_items(TransactItems=items)


def create_table(client: Any, table_name: str, *, stream: bool) -> None:
    """Makes the table as `template.yaml` does, for tests and local engines; waits until active."""
    wanted: dict[str, Any] = {}
    if stream:
        wanted["StreamSpecification"] = {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
    client.create_table(
        TableName=table_name,
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
        ],
        BillingMode="PAY_PER_REQUEST",
        **wanted,
    )
    client.get_waiter("table_exists").wait(TableName=table_name)


def _question(asked: Span) -> dict[str, Any]:
    condition, values = "pk = :pk", {":pk": {"S": asked.partition}}
    if asked.prefix:
        condition += " AND begins_with(sk, :prefix)"
        values[":prefix"] = {"S": asked.prefix}
    question: dict[str, Any] = {
        "KeyConditionExpression": condition,
        "ExpressionAttributeValues": values,
        "ConsistentRead": True,
        "ScanIndexForward": not asked.descending,
        "Limit": asked.limit,
    }
    if asked.beyond:
        # A start key need not exist; it only has to lie within the condition, and `span` saw to it.
        question["ExclusiveStartKey"] = {"pk": {"S": asked.partition}, "sk": {"S": asked.beyond}}
    return question


@contextmanager
def answering(actions: Sequence[Action] = ()) -> Iterator[None]:
    """Turns the client's errors into the port's, cause kept."""
    try:
        yield
    except ClientError as error:
        raise _failure(error, actions) from error
    except BotoCoreError as error:  # no answer at all: time-outs, broken connections
        raise StorageFailure(type(error).__name__) from error


def _failure(error: ClientError, actions: Sequence[Action]) -> StorageFailure:
    code = str(error.response.get("Error", {}).get("Code", ""))
    reasons: Sequence[Mapping[str, Any]] = error.response.get("CancellationReasons", ())
    if code == "TransactionCanceledException" and len(reasons) == len(actions):
        codes = {str(reason.get("Code", "None")) for reason in reasons} - {"None"}
        if codes == {CONDITION_FAILED}:
            return Conflict(list(_failed(actions, reasons)))
        # With a conflict or throttling among them, the failed conditions may not be all.
        if codes and codes <= CONTENDED_CODES | {CONDITION_FAILED}:
            return Contended(", ".join(sorted(codes)))
        return StorageFailure(", ".join(sorted(codes)) or code)
    return Contended(code) if code in CONTENDED_CODES else StorageFailure(code)


def _failed(
    actions: Sequence[Action], reasons: Sequence[Mapping[str, Any]]
) -> Iterator[FailedAction]:
    for position, (action, reason) in enumerate(zip(actions, reasons, strict=True)):
        if reason.get("Code") == CONDITION_FAILED:
            found = reason.get("Item")
            yield FailedAction(
                position, action.partition, action.sort, item_of(found) if found else None
            )


def item_of(attributes: Mapping[str, Any]) -> Item:
    """The port's item in a table's own attributes."""
    counters = {
        name.removeprefix(COUNTER_MARK): int(value["N"])
        for name, value in sorted(attributes.items())
        if name.startswith(COUNTER_MARK)
    }
    return Item(
        attributes["pk"]["S"],
        attributes["sk"]["S"],
        int(attributes["v"]["N"]),
        json.loads(attributes["b"]["S"]),
        counters,
        int(attributes["x"]["N"]) if "x" in attributes else None,
    )
