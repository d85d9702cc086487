"""Every way in which Suishou says no, as one tree.

A `Refused` is an answer to somebody: a stable `code`, the `field` it is about, and `values` for the
wording (kept in `suishou/wording.py`, never here). A `StorageFailure` is raised by an engine alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


class SuishouError(Exception):
    """The root of everything raised on purpose."""


class Refused(SuishouError):
    """A request that cannot be done as asked; nothing was written.

    `code` is stable and English (`unknown_category`), `field` a dotted path in the caller's own
    input (`location.lat`) or "" when no single field is at fault.
    """

    def __init__(self, code: str, field: str = "", **values: object) -> None:
        super().__init__(f"{code}: {field}" if field else code)
        self.code = code
        self.field = field
        self.values_for_wording: Mapping[str, object] = values


class Malformed(Refused):
    """The body cannot be read at all (400)."""


class NotSignedIn(Refused):
    """No credential, or one that is unknown, expired or revoked (401)."""


class NotAllowed(Refused):
    """Signed in, but this is not theirs to see or do (403)."""


class NotFound(Refused):
    """No such thing, or none that the caller may know of (404)."""


class Lost(Refused):
    """Somebody else was first, or the case has moved on (409); `values` tells who and to what."""


class TooLarge(Refused):
    """More bytes or pixels than are taken (413)."""


class UnsupportedType(Refused):
    """A content type that is not taken (415)."""


class Invalid(Refused):
    """Readable, but a field's value cannot be accepted (422)."""


class KeyReused(Invalid):
    """The same Idempotency-Key came with another body (422)."""


class Busy(SuishouError):
    """Contention outlasted the bounded retries; the caller may repeat the same request (503)."""


class StorageFailure(SuishouError):
    """An engine could not answer; its cause is chained."""


class Contended(StorageFailure):
    """Transaction conflict or throttling: nothing was written, the same may be tried again."""


class Conflict(StorageFailure):
    """A write's conditions did not hold; nothing was written.

    `failed` names *all* failed actions, each with the item that was found (None: absent).
    """

    def __init__(self, failed: Sequence[FailedAction]) -> None:
        super().__init__(", ".join(f"{f.partition}/{f.sort}" for f in failed))
        self.failed = tuple(failed)


@dataclass(frozen=True)
class FailedAction:
    """One action of a refused write: its position in the batch, its key, and what was there."""

    position: int
    partition: str
    sort: str
    found: object | None


@dataclass(frozen=True)
class Problem:
    """One fault in a programme folder or a file to load: where it is and what is wrong.

    `line` counts from 1 (YAML line or CSV row, header included; 0 when it has none).
    """

    file: str
    line: int
    field: str
    code: str
    detail: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.field}: {self.detail}"


class ProgrammeInvalid(SuishouError):
    """A programme folder has faults; all of them are listed at once."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(p) for p in problems))
        self.problems = tuple(problems)


class SettingsInvalid(SuishouError):
    """The environment lacks something that a deployment needs; all of it is named at once."""

    def __init__(self, missing: Sequence[str]) -> None:
        super().__init__(f"missing settings: {', '.join(missing)}")
        self.missing = tuple(missing)
