"""The change feed of the DynamoDB engine: stream records, handed over by Lambda or read here.

In: records with keys alone (KEYS_ONLY). Out: `Change`s for watched keys. In AWS the event source
mapping delivers and remembers; `DynamoStreamFeed` does it for tests and the simulation, and begins
at the oldest record again after a restart (at least once, never less).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from suishou.storage.dynamodb import answering
from suishou.storage.table import Change, ChangeFeed, watched

EMPTY_PAGES_MAX = 3  # an open shard may answer nothing and still go on for ever
RECORDS_MAX = 1_000  # GetRecords answers no more


def change_of(record: Mapping[str, Any]) -> Change | None:
    """The change that one stream record tells of, or None if its key is not watched.

    The token is the record's sequence number.
    """
    keys = record["dynamodb"]["Keys"]
    partition, sort = str(keys["pk"]["S"]), str(keys["sk"]["S"])
    if not watched(partition, sort):
        return None
    return Change(partition, sort, str(record["dynamodb"]["SequenceNumber"]))


class DynamoStreamFeed(ChangeFeed):
    """Reads a table's stream through a boto3 `dynamodbstreams` client; one reader, one thread."""

    def __init__(self, client: Any, stream_arn: str) -> None:
        self._client = client
        self._stream = stream_arn
        self._last_seen: dict[str, str] = {}  # shard → sequence number
        self._waiting: dict[tuple[str, str], Change] = {}

    def pending(self, limit: int) -> Sequence[Change]:
        with answering():
            for shard in self._shards():
                for record in self._records(shard):
                    change = change_of(record)
                    if change is not None:
                        self._waiting[change.partition, change.sort] = change
        return list(self._waiting.values())[:limit]

    def done(self, changes: Sequence[Change]) -> None:
        for change in changes:
            key = (change.partition, change.sort)
            if self._waiting.get(key) == change:  # a later record has another token, and stays
                del self._waiting[key]

    def _shards(self) -> Iterator[str]:
        more: dict[str, str] = {}
        while True:
            answer = self._client.describe_stream(StreamArn=self._stream, **more)
            shards = answer["StreamDescription"]["Shards"]
            yield from (str(shard["ShardId"]) for shard in shards)
            last = answer["StreamDescription"].get("LastEvaluatedShardId")
            if last is None:
                return
            more = {"ExclusiveStartShardId": last}

    def _records(self, shard: str) -> Iterator[Mapping[str, Any]]:
        # A fresh iterator each time: iterators expire, positions do not.
        position = {"ShardIteratorType": "TRIM_HORIZON"}
        if shard in self._last_seen:
            position = {
                "ShardIteratorType": "AFTER_SEQUENCE_NUMBER",
                "SequenceNumber": self._last_seen[shard],
            }
        iterator = self._client.get_shard_iterator(
            StreamArn=self._stream, ShardId=shard, **position
        )["ShardIterator"]
        empty_pages = 0
        while iterator is not None and empty_pages < EMPTY_PAGES_MAX:
            answer = self._client.get_records(ShardIterator=iterator, Limit=RECORDS_MAX)
            for record in answer["Records"]:
                yield record
                self._last_seen[shard] = str(record["dynamodb"]["SequenceNumber"])
            empty_pages = 0 if answer["Records"] else empty_pages + 1
            iterator = answer.get("NextShardIterator")
