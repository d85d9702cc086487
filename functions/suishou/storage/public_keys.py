"""Keys of the public table: what services write for publication and the build reads.

| partition          | sort                 | body |
|--------------------|----------------------|---|
| `PUBLIC#<case id>` | `ROW`                | a `PublicRow` as JSON |
| `MONTH#<YYYY-MM>#n`| `<case id>`          | `{}`: every case reported in that month |
| `MONTHS`           | `<YYYY-MM>`          | `{}`: the months that have cases |
| `DIRTY#<0-15>`     | `<case id>`          | `{}`: changed since the last published build |
| `TOMBSTONE`        | `<case id>`          | `{"month", "photos"}`: taken down, not to be shown |
| `STATION`          | `<code>`             | a `Station` as JSON, over what `stations.csv` says |
| `HONOUR`           | `<round id>`         | a decided round: places with names as chosen |
| `NOTICE`           | `<round id>`         | a proposed round, while its notice (公示) is up |
| `LADDER`           | `<rider id hash>`    | a consenting steward's steps and chosen name |
| `DISPLAY`          | `<rider id hash>`    | points and chosen name of a consenting rider |
| `FROZEN`           | `<YYYY-MM>#<nnnn>`   | figures of a finished month, and corrections |
| `BUILD`            | `LEASE`, `HISTORY#…` | the build lease and what each build did |
|                    | `VERIFIED`           | when the whole site was last verified |
"""

from __future__ import annotations

from suishou.storage.spread import part

DIRTY_PARTITIONS = 16
MONTH_PARTS = 16  # of a month's list: in a storm every report enters the same month
ROW = "ROW"
MONTHS = "MONTHS"
TOMBSTONE = "TOMBSTONE"
STATION = "STATION"
HONOUR = "HONOUR"
NOTICE = "NOTICE"
LADDER = "LADDER"
DISPLAY = "DISPLAY"
FROZEN = "FROZEN"
BUILD = "BUILD"


def public(case_id: str) -> str:
    return f"PUBLIC#{case_id}"


def month(month: str, case_id: str) -> str:
    return f"MONTH#{month}#{part(case_id, MONTH_PARTS)}"


def frozen(month: str, number: int) -> str:
    """The sort key of the `number`-th entry of a month's journal, from 0."""
    return f"{month}#{number:04d}"


def month_partitions(month: str) -> tuple[str, ...]:
    return tuple(f"MONTH#{month}#{n}" for n in range(MONTH_PARTS))


def dirty(case_id: str) -> str:
    return f"DIRTY#{part(case_id, DIRTY_PARTITIONS)}"


def dirty_partitions() -> tuple[str, ...]:
    return tuple(f"DIRTY#{n}" for n in range(DIRTY_PARTITIONS))
