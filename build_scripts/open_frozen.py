"""Open data: frozen figures of finished months and their corrections as lines of tables.

In: the journals of months. Out: lines for `FROZEN` (one month) and `CORRECTIONS` (all of them).
"""

from __future__ import annotations

from build_scripts.table_files import Line
from build_scripts.view_frozen import FrozenFigures
from suishou.domain.frozen_figures import FrozenMonth, Value


def frozen_lines(month: FrozenMonth) -> list[Line]:
    """What was published first, by scope and figure."""
    return [
        [month.month, *key, *_cells(value), month.on[key]]
        for key, value in sorted(month.frozen.items())
    ]


def correction_lines(frozen: FrozenFigures) -> list[Line]:
    """Every correction, by month and in the order in which they were made."""
    return [
        [
            *(month, entry.number, one.on, one.scope, one.figure),
            *_cells(one.old),
            *_cells(one.new),
            one.reason or None,
        ]
        for month, known in sorted(frozen.months.items())
        for entry in known.entries
        for one in entry.corrections
    ]


def _cells(value: Value) -> list[str | None]:
    return [value.value or None, value.numerator or None, value.denominator or None]
