"""The Lambda function `project`: change feed → public row, points, outbox.

In: a batch of stream records, which say only that a case changed. Out: the records that must come
again (storage was busy). A case that cannot be worked is recorded and holds nobody up.
"""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)

from suishou.domain.errors import Busy, StorageFailure
from suishou.handlers import context
from suishou.services.project_case import project_case
from suishou.services.record_failure import record_failure
from suishou.storage.dynamodb_feed import change_of


def handler(event: dict[str, Any], lambda_context: Any) -> Any:
    """Lambda's entry point; answers with partial batch failures."""
    # Batches that fail as a whole are answered like the others: the stream sends them again.
    processor = BatchProcessor(EventType.DynamoDBStreams, raise_on_entire_batch_failure=False)
    return process_partial_response(event, _work, processor, lambda_context)


def _work(record: Any) -> None:
    change = change_of(record.raw_event)
    if change is None:
        return
    system, case_id = context.current(), change.partition.removeprefix("CASE#")
    try:
        project_case(system, case_id)
    except (Busy, StorageFailure):
        raise
    except Exception as error:  # noqa: BLE001 - a poison case must not block its shard
        record_failure(system, case_id, error)
