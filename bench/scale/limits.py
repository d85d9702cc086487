"""DynamoDB's published limits and list prices that the simulation is held to, each with its source.

Service quotas: docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html and
bp-partition-key-design.html; prices: aws.amazon.com/dynamodb/pricing/on-demand, us-east-1.
"""

from __future__ import annotations

PARTITION_WRITES = 1_000  # write units a second in one physical partition
PARTITION_READS = 3_000  # read units a second in one physical partition
ITEM_BYTES = 400 * 1024
TRANSACTION_ACTIONS = 100
TRANSACTION_BYTES = 4 * 1024 * 1024
FRESH_TABLE_WRITES = 4_000  # what a new on-demand table takes without being warmed
FRESH_TABLE_READS = 12_000
WRITE_UNIT_BYTES = 1024
READ_UNIT_BYTES = 4096
TRANSACTION_FACTOR = 2  # every item of TransactWriteItems is prepared and committed

DOLLARS_A_MILLION_WRITES = 0.625
DOLLARS_A_MILLION_READS = 0.125
DOLLARS_A_GIB_MONTH = 0.25
