"""What every use case works with: the programme, the stores, the secret, the clock.

Made once by `wiring.py` (or a test) and passed to each service as its first argument.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from suishou.domain.deadline import WorkCalendar
from suishou.domain.grid import GridIndex
from suishou.domain.programme import Programme
from suishou.storage.blobs import Blobs
from suishou.storage.table import Table
from suishou.storage.upload_forms import UploadForm


class Uploads(Protocol):
    """Who takes photos in, and who is told that one has arrived (`uploads.py`)."""

    def form(self, system: System, upload_id: str, until: datetime) -> UploadForm:
        """A form that keeps one photo under `upload_key(upload_id)`, good until then."""

    def arrived(self, system: System, upload_id: str) -> str:
        """Called when our own code has put an upload into quarantine. Answers the code of a photo
        that is known to be none, else ""."""


@dataclass(frozen=True)
class System:
    """`private` and `public` are two tables, so that permissions keep the build from private data;
    `raw_photos` holds quarantined uploads and re-encoded originals, `public_photos` only approved
    copies; `uploads` takes photos in. `now` answers aware UTC; `token` answers 256 random bits as
    text."""

    programme: Programme
    private: Table
    public: Table
    raw_photos: Blobs
    public_photos: Blobs
    secret: bytes  # signs case ids and tracking tokens; at least 32 bytes
    now: Callable[[], datetime]
    token: Callable[[], str]
    calendar: WorkCalendar
    grid: GridIndex
    uploads: Uploads
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = field(default=random.random)
