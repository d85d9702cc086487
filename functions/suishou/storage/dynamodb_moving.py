"""Moving a programme, on a stack: a whole DynamoDB table out and in.

In: items. Out: items by consistent scans, and batches of puts, several at a time. The one place
where a table is scanned.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from suishou.domain.errors import Contended
from suishou.storage.dynamodb import DynamoTable, answering, item_of
from suishou.storage.dynamodb_actions import attributes_of
from suishou.storage.moving import Mover
from suishou.storage.retry import retried
from suishou.storage.table import Item

PUTS_A_BATCH = 25  # BatchWriteItem takes no more
BATCHES_AT_ONCE = 8
TRIES = 30  # some ten seconds: a fresh table has to warm up


class DynamoMover(Mover):
    """All of one table, through its own client."""

    def __init__(self, table: DynamoTable) -> None:
        self._client = table.client
        self._name = table.name

    def items(self) -> Iterator[Item]:
        start: dict[str, Any] = {}
        while True:
            with answering():
                answer = self._client.scan(TableName=self._name, ConsistentRead=True, **start)
            yield from map(item_of, answer["Items"])
            if not answer.get("LastEvaluatedKey"):
                return
            start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def put(self, items: Sequence[Item]) -> None:
        requests = [{"PutRequest": {"Item": attributes_of(item)}} for item in items]
        batches = [requests[n : n + PUTS_A_BATCH] for n in range(0, len(requests), PUTS_A_BATCH)]
        with ThreadPoolExecutor(BATCHES_AT_ONCE) as pool:
            for _ in pool.map(self._put_batch, batches):
                pass

    def _put_batch(self, requests: list[dict[str, Any]]) -> None:
        """Puts that DynamoDB had no room for are sent again; a put sent twice is the same put."""
        left = requests

        def attempt() -> None:
            nonlocal left
            with answering():
                answer = self._client.batch_write_item(RequestItems={self._name: left})
            left = answer.get("UnprocessedItems", {}).get(self._name, [])
            if left:
                raise Contended(f"{len(left)} items were not taken")

        retried(attempt, random=random.random, sleep=time.sleep, tries=TRIES, repeat_unknown=True)
