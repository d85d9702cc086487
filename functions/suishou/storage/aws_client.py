"""Clients of AWS, all with the same patience. Imported on a stack alone.

In: a service's name. Out: a client of the function's own region and role, made when it is first
asked something. By botocore itself: boto3 adds a sixth to a cold start, and only what is not used.
"""

from __future__ import annotations

from functools import cache
from threading import RLock
from typing import Any

from botocore.config import Config  # type: ignore[import-untyped]
from botocore.session import Session, get_session  # type: ignore[import-untyped]

# Bounded: the services' own retries come on top, and the HTTP API waits 30 seconds at most.
PATIENCE = Config(
    connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3}
)
# Addresses and signatures that stand in a form are those of the bucket's own region: the page that
# posts it names the origin, and no bucket of a newer region answers at the global one.
OF_BUCKETS = PATIENCE.merge(
    Config(
        signature_version="s3v4",
        s3={"us_east_1_regional_endpoint": "regional", "addressing_style": "virtual"},
    )
)
# The build of a site waits rather than fails; its buckets are asked by many threads at once.
BUILD_PATIENCE = Config(
    connect_timeout=5,
    read_timeout=30,
    retries={"mode": "standard", "total_max_attempts": 8},
    max_pool_connections=40,
)


def aws_client(service: str, patience: Config = PATIENCE) -> Any:
    """One client. Making it is what costs: it is put off to the first question, and a function that
    asks nothing of a service pays nothing for it."""
    return _Later(service, patience)


class _Later:
    """Stands for a client until it is made."""

    def __init__(self, service: str, patience: Config) -> None:
        self._service, self._patience = service, patience

    def __getattr__(self, name: str) -> Any:
        with _making:  # two threads must not make two, and a session is not made for threads
            if "_made" not in self.__dict__:
                self._made = _session().create_client(self._service, config=self._patience)
        found = getattr(self._made, name)
        setattr(self, name, found)
        return found


_making = RLock()


@cache
def _session() -> Session:
    return get_session()
