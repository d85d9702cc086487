"""What boto does by itself when a reply was lost: the same request, with the same token, again."""

from __future__ import annotations

import pytest

from tests.storage.engines import Clients, dynamo_table


@pytest.fixture(params=["moto", "ministack"])
def aws(request: pytest.FixtureRequest) -> Clients:
    found: Clients = request.getfixturevalue({"moto": "clients"}.get(request.param, request.param))
    return found


def test_a_request_that_is_sent_again_counts_once(aws: Clients) -> None:
    with dynamo_table(aws) as engine:
        request = {
            "ClientRequestToken": "the-same",
            "TransactItems": [
                {
                    "Update": {
                        "TableName": engine.table.name,  # type: ignore[attr-defined]
                        "Key": {"pk": {"S": "P"}, "sk": {"S": "a"}},
                        "UpdateExpression": "ADD n :one",
                        "ExpressionAttributeValues": {":one": {"N": "1"}},
                    }
                }
            ],
        }
        for _ in range(2):
            aws.dynamodb.transact_write_items(**request)
        key = {"pk": {"S": "P"}, "sk": {"S": "a"}}
        name = engine.table.name  # type: ignore[attr-defined]
        found = aws.dynamodb.get_item(TableName=name, Key=key, ConsistentRead=True)
        assert found["Item"]["n"] == {"N": "1"}
