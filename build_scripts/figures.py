"""Build, checking part: the measures of a part file computed a second time, by SQL.

In: a part file's lines (JSON), and what `domain/measures.py` says of them. Out: the differences.
Does not use the measures' own code: it restates every definition in SQL, or it would prove only
itself.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping

from suishou.domain.measures import Cell, Measures, Tally

Counts = Mapping[str, int]

_CELL = ("street", "community", "category", "month", "lead_unit", "closed_month")
_VIEW = """
CREATE VIEW cases AS SELECT
  json_extract(row, '$.street') AS street, json_extract(row, '$.community') AS community,
  json_extract(row, '$.category') AS category, json_extract(row, '$.month') AS month,
  json_extract(row, '$.lead_unit') AS lead_unit, stage,
  json_extract(row, '$.satisfied') AS satisfied, json_extract(row, '$.resolved_on') AS resolved_on,
  json_extract(row, '$.extended_count') AS extensions,
  iif(stage = 'closed', substr(json_extract(row, '$.closed_on'), 1, 7), '') AS closed_month,
  json_extract(row, '$.closed_on') AS closed_on, json_extract(row, '$.outcome') AS outcome,
  json_extract(row, '$.returned_count') AS returns,
  coalesce(json_array_length(row, '$.extension_reasons'), 0) AS grants,
  coalesce(json_extract(row, '$.clocks.resolution.due_on'), '') AS due_on,
  json_extract(row, '$.rework_count') + json_extract(row, '$.reopened_count') AS repeats,
  json_extract(row, '$.clocks.first_response.on_time') AS response_on_time,
  json_extract(row, '$.clocks.first_response.minutes') AS response_minutes,
  json_extract(row, '$.clocks.resolution.on_time') AS resolution_on_time,
  json_extract(row, '$.clocks.resolution.minutes') AS resolution_minutes,
  stage NOT IN ('rejected', 'merged', 'withdrawn') AS counted,
  stage NOT IN ('rejected', 'merged', 'withdrawn', 'reported') AS taken_on,
  stage NOT IN ('rejected', 'merged', 'withdrawn', 'closed') AS running,
  stage <> 'withdrawn' AS responded_to
FROM (SELECT row, json_extract(row, '$.stage') AS stage FROM lines)
"""
_FIGURES: Mapping[str, str] = {
    "reported": "count(*)",
    "rejected": "sum(stage = 'rejected')",
    "merged": "sum(stage = 'merged')",
    "withdrawn": "sum(stage = 'withdrawn')",
    "taken_on": "sum(taken_on)",
    "open": "sum(running)",
    "closed": "sum(stage = 'closed')",
    "overdue": "sum(running AND taken_on AND resolution_on_time IS 0"
    " AND resolution_minutes IS NULL)",
    "due": "sum(taken_on AND resolution_on_time IS NOT NULL)",
    "on_time": "sum(taken_on AND resolution_on_time IS 1)",
    "responses_due": "sum(responded_to AND response_on_time IS NOT NULL)",
    "responses_on_time": "sum(responded_to AND response_on_time IS 1)",
    "answered": "sum(counted AND satisfied IS NOT NULL)",
    "satisfied": "sum(counted AND satisfied IS 1)",
    "resolved": "sum(counted AND (resolved_on <> '' OR repeats > 0))",
    "reworked": "sum(counted AND repeats > 0)",
    "extended": "sum(taken_on AND extensions > 0)",
    "registrations_due": "sum(counted AND response_on_time IS NOT NULL)",
    "registrations_on_time": "sum(counted AND response_on_time IS 1)",
    "dispatched": "sum(taken_on AND (lead_unit <> '' OR returns > 0))",
    "dispatched_right": "sum(taken_on AND lead_unit <> '' AND returns = 0)",
    "handled": "sum(taken_on AND (lead_unit <> '' OR returns > 0) AND resolved_on <> '')",
    "closings_due": "sum(taken_on AND due_on <> '' AND (stage = 'closed'"
    " OR resolution_on_time IS 0))",
    "closed_on_time": "sum(stage = 'closed' AND due_on <> '' AND closed_on <= due_on)",
    "judged": "sum(stage = 'closed' AND outcome IN ('settled', 'unsettled'))",
    "settled": "sum(stage = 'closed' AND outcome = 'settled')",
    "extension_reasons_sum": "sum(iif(taken_on, grants, 0))",
    "response_minutes_count": "sum(responded_to AND response_minutes IS NOT NULL)",
    "response_minutes_sum": "sum(iif(responded_to, coalesce(response_minutes, 0), 0))",
    "resolution_minutes_count": "sum(taken_on AND resolution_minutes IS NOT NULL)",
    "resolution_minutes_sum": "sum(iif(taken_on, coalesce(resolution_minutes, 0), 0))",
}


def figures_by_sql(lines: Iterable[bytes]) -> dict[Cell, Counts]:
    """The counts of each cell (see `domain/measures.py`), minute maps as their count and sum."""
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("CREATE TABLE lines (row TEXT NOT NULL)")
        connection.executemany("INSERT INTO lines VALUES (?)", ((line.decode(),) for line in lines))
        connection.execute(_VIEW)
        cell, sums = ", ".join(_CELL), ", ".join(_FIGURES.values())
        text = f"SELECT {cell}, {sums} FROM cases GROUP BY {cell}"  # noqa: S608 - constants alone
        found = connection.execute(text)
        size = len(_CELL)
        return {
            Cell(*values[:size]): dict(zip(_FIGURES, values[size:], strict=True))
            for values in found.fetchall()
        }
    finally:
        connection.close()


def added(counts: Iterable[Counts]) -> dict[str, int]:
    """Sums, figure by figure."""
    result = dict.fromkeys(_FIGURES, 0)
    for one in counts:
        for name in result:
            result[name] += one[name]
    return result


def differences(measures: Measures, by_sql: Mapping[Cell, Counts]) -> list[str]:
    """One line for each figure of each cell where the two disagree."""
    found = []
    for cell in sorted({*measures.cells, *by_sql}):
        stated = counts_of(measures.cells.get(cell, Tally()))
        found += disagreements(str(cell), stated, by_sql.get(cell, dict.fromkeys(_FIGURES, 0)))
    return found


def disagreements(place: str, stated: Counts, recomputed: Counts) -> list[str]:
    return [
        f"{place} {name}: measures say {stated[name]}, the rows {recomputed[name]}"
        for name in _FIGURES
        if stated[name] != recomputed[name]
    ]


def counts_of(tally: Tally) -> dict[str, int]:
    """A tally in the shape that SQL answers."""
    counts = {name: getattr(tally, name) for name in _FIGURES if hasattr(tally, name)}
    for name in ("response_minutes", "resolution_minutes"):
        minutes = getattr(tally, name)
        counts[f"{name}_count"] = sum(minutes.values())
        counts[f"{name}_sum"] = sum(minute * count for minute, count in minutes.items())
    counts["extension_reasons_sum"] = sum(tally.extension_reasons.values())
    return counts
