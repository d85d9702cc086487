"""What `GET /measures` answers: the measures of all public rows at this moment.

In: the public table alone. Out: `Measures`, or their published form. Every case is listed under its
month by `publish_case`; a case taken down keeps its row and is counted still, as in the build.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from suishou.domain.measures import Measures, add, measure
from suishou.domain.public_row import PublicRow, from_json
from suishou.domain.rates import published
from suishou.services.system import System
from suishou.storage import public_keys as keys
from suishou.storage.spread import query_merged
from suishou.storage.table import query_all


def published_measures(system: System) -> dict[str, Any]:
    """`overall` and `by_<dimension>`, each figure with its denominator; no floats."""
    return published(measures_of(system))


def measures_of(system: System, months: tuple[str, ...] | None = None) -> Measures:
    """The measures of these months (YYYY-MM), or of all."""
    if months is None:
        months = tuple(item.sort for item in query_all(system.public, keys.MONTHS))
    measured = Measures()
    for month in sorted(set(months)):
        measured = add(measured, measure(_rows(system, month)))
    return measured


def _rows(system: System, month: str) -> Iterator[PublicRow]:
    for entry in query_merged(system.public, keys.month_partitions(month)):
        item = system.public.get(keys.public(entry.sort), keys.ROW)
        if item is not None and not item.body.get("taken_down"):
            yield from_json(item.body)
