"""Forms that put one object straight into a bucket, by presigned POST: no photo passes a function.

In: a key, how many bytes at most, for how long. Out: an address and the fields to post before the
file. The policy names key, size and end; whoever has the form can do that one thing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ANY_BYTES = "application/octet-stream"  # what a photo is, its first bytes say


@dataclass(frozen=True)
class UploadForm:
    """Where to post one file: `fields` first, then the file under `file_field`."""

    url: str
    fields: Mapping[str, str]
    file_field: str


class BucketForms:
    """Forms of one bucket, through a botocore `s3` client with addresses of its own region."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def form(self, key: str, bytes_max: int, seconds: int) -> UploadForm:
        """A form for one object, good for so many seconds. Asks nobody: it is signed here."""
        made = self._client.generate_presigned_post(
            self._bucket,
            key,
            Fields={"Content-Type": ANY_BYTES},
            Conditions=[{"Content-Type": ANY_BYTES}, ["content-length-range", 1, bytes_max]],
            ExpiresIn=seconds,
        )
        return UploadForm(made["url"], made["fields"], "file")
