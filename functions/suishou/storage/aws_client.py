"""Clients of AWS, all with the same patience. Imported on a stack alone.

In: a service's name. Out: a boto3 client of the function's own region and role.
"""

from __future__ import annotations

from typing import Any

import boto3  # type: ignore[import-untyped]
from botocore.config import Config  # type: ignore[import-untyped]

# Bounded: the services' own retries come on top, and the HTTP API waits 30 seconds at most.
PATIENCE = Config(
    connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3}
)
# The build of a site waits rather than fails; its buckets are asked by many threads at once.
BUILD_PATIENCE = Config(
    connect_timeout=5,
    read_timeout=30,
    retries={"mode": "standard", "total_max_attempts": 8},
    max_pool_connections=40,
)


def aws_client(service: str, patience: Config = PATIENCE) -> Any:
    """One client; making it is what costs, so make it once a process."""
    return boto3.client(service, config=patience)
