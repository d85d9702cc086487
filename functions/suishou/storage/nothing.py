"""Stores that hold nothing and refuse everything: what a function without permission is given.

In: any call. Out: `StorageFailure`. A build that asks for something private fails at once and
aloud, as it would for want of permission.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

from suishou.domain.errors import StorageFailure
from suishou.storage.blobs import Blobs
from suishou.storage.table import Action, Table


class NoTable(Table):
    """No table."""

    def get(self, partition: str, sort: str) -> NoReturn:
        raise StorageFailure("not for this function")

    def query(self, partition: str, **asked: Any) -> NoReturn:
        raise StorageFailure("not for this function")

    def write(self, actions: Sequence[Action]) -> NoReturn:
        raise StorageFailure("not for this function")


class NoBlobs(Blobs):
    """No photos."""

    def put(self, key: str, content: bytes, content_type: str) -> NoReturn:
        raise StorageFailure("not for this function")

    def get(self, key: str) -> NoReturn:
        raise StorageFailure("not for this function")

    def has(self, key: str) -> NoReturn:
        raise StorageFailure("not for this function")

    def delete(self, key: str) -> NoReturn:
        raise StorageFailure("not for this function")

    def list(self, prefix: str = "") -> NoReturn:
        raise StorageFailure("not for this function")
