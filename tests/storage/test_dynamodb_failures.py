"""What DynamoDB's errors mean in the port's words, and that no read is ever stale."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from suishou.domain.errors import Conflict, Contended, StorageFailure
from suishou.storage.dynamodb import DynamoTable
from suishou.storage.table import Delete, Insert, Item, Replace

STORED = {"pk": {"S": "P"}, "sk": {"S": "b"}, "v": {"N": "3"}, "b": {"S": "{}"}}


class Client:
    """Answers every call with one error, or with nothing, and keeps what it was asked."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.asked: list[dict[str, Any]] = []

    def _answer(self, **request: Any) -> dict[str, Any]:
        self.asked.append(request)
        if self.error is not None:
            raise self.error
        return {"Items": []}

    get_item = query = transact_write_items = _answer


def refusal(code: str, reasons: list[dict[str, Any]] | None = None) -> ClientError:
    response: dict[str, Any] = {"Error": {"Code": code, "Message": "…"}}
    if reasons is not None:
        response["CancellationReasons"] = reasons
    return ClientError(response, "TransactWriteItems")


def cancelled(*codes: str) -> ClientError:
    return refusal("TransactionCanceledException", [{"Code": code} for code in codes])


def written(error: Exception) -> StorageFailure:
    """What two actions raise when the client answers `error`."""
    with pytest.raises(StorageFailure) as caught:
        DynamoTable(Client(error), "t").write([Insert("P", "a", {}), Replace("P", "b", 1, {})])
    return caught.value


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (cancelled("TransactionConflict", "None"), Contended),
        (cancelled("None", "ThrottlingError"), Contended),
        (cancelled("None", "ProvisionedThroughputExceeded"), Contended),
        (cancelled("ConditionalCheckFailed", "TransactionConflict"), Contended),
        (cancelled("ConditionalCheckFailed", "None"), Conflict),
        (cancelled("None", "ValidationError"), StorageFailure),
        (cancelled("ConditionalCheckFailed", "ValidationError"), StorageFailure),
        (cancelled("TransactionConflict", "ValidationError"), StorageFailure),
        (cancelled("None", "None"), StorageFailure),
        (cancelled("ConditionalCheckFailed"), StorageFailure),  # reasons that do not fit the batch
        (refusal("TransactionCanceledException"), StorageFailure),
        (refusal("TransactionInProgressException"), StorageFailure),
        (refusal("ThrottlingException"), Contended),
        (refusal("ProvisionedThroughputExceededException"), Contended),
        (refusal("RequestLimitExceeded"), Contended),
        (refusal("InternalServerError"), StorageFailure),
        (refusal("ResourceNotFoundException"), StorageFailure),
        (ReadTimeoutError(endpoint_url="https://example.invalid"), StorageFailure),
    ],
)
def test_an_error_is_told_by_what_the_caller_may_do(error: Exception, kind: type) -> None:
    failure = written(error)
    assert type(failure) is kind
    assert failure.__cause__ is error


def test_a_conflict_names_every_failed_action_and_what_was_found() -> None:
    reasons = [
        {"Code": "ConditionalCheckFailed"},
        {"Code": "ConditionalCheckFailed", "Item": STORED},
    ]
    failure = written(refusal("TransactionCanceledException", reasons))
    assert isinstance(failure, Conflict)
    assert [(f.position, f.sort, f.found) for f in failure.failed] == [
        (0, "a", None),
        (1, "b", Item("P", "b", 3, {})),
    ]


@pytest.mark.parametrize(
    "read", [lambda table: table.get("P", "a"), lambda table: table.query("P")]
)
def test_reads_are_consistent_and_fail_in_the_ports_words(
    read: Callable[[DynamoTable], object],
) -> None:
    client = Client()
    read(DynamoTable(client, "t"))
    assert client.asked[0]["ConsistentRead"] is True
    with pytest.raises(Contended):
        read(DynamoTable(Client(refusal("ThrottlingException")), "t"))
    with pytest.raises(StorageFailure):
        read(DynamoTable(Client(refusal("InternalServerError")), "t"))


def test_every_condition_asks_for_the_item_found_and_a_free_delete_has_none() -> None:
    client = Client()
    DynamoTable(client, "t").write([Insert("P", "a", {}), Delete("P", "b"), Delete("P", "c", 2)])
    put, free, bound = (next(iter(item.values())) for item in client.asked[0]["TransactItems"])
    assert put["ReturnValuesOnConditionCheckFailure"] == "ALL_OLD"
    assert bound["ReturnValuesOnConditionCheckFailure"] == "ALL_OLD"
    assert "ConditionExpression" not in free


def test_a_bad_batch_never_reaches_the_client() -> None:
    client = Client()
    with pytest.raises(ValueError):
        DynamoTable(client, "t").write([Insert("P", "a", {"n": 0.5})])
    assert client.asked == []
