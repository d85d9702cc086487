"""Whether the builder that holds the lease is dead for certain: a lock that ends with its process.

In: the work folder, where every builder of a machine takes the lock for as long as it builds. Out:
who may build here now, and which earlier owners of the lease must have died. The lock's own id
stands in the owner's name, so nothing is said of a builder on another machine: its lease runs out.
"""

from __future__ import annotations

import fcntl
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

LOCK = "builder.lock"


@dataclass(frozen=True)
class Here:
    """A builder that holds the lock of `lock_id`."""

    lock_id: str

    def new_owner(self) -> str:
        return f"{self.lock_id}:{secrets.token_hex(8)}"

    def died(self, owner: str) -> bool:
        """Whether that owner held this lock, which is ours now."""
        return owner.startswith(f"{self.lock_id}:")


@contextmanager
def builder_lock(work: Path) -> Iterator[Here | None]:
    """Alone in the work folder; None while another process, or one that it started, still is."""
    work.mkdir(parents=True, exist_ok=True)
    with (work / LOCK).open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        lock.seek(0)
        lock_id = lock.read()
        if not lock_id:
            lock_id = secrets.token_hex(8)
            lock.write(lock_id)
            lock.flush()
        yield Here(lock_id)
