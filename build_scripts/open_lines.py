"""Open data: public rows and tallies as the lines of the monthly tables.

In: a month's rows, its measures by cell, the programme. Out: lines for `CASES` and `MEASURES`. A
category that is only counted has no lines of its own, and its tallies are never crossed: by street,
by category and by unit apart. Follows from that month alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from build_scripts.open_tables import CASES, COUNTS, ID, KEPT_WHEN_HIDDEN, MAPS
from build_scripts.rollups import RolledMeasures
from build_scripts.site_paths import case_path
from build_scripts.table_files import Line, Value
from build_scripts.view_case import clean, is_listed
from suishou.domain.measures import Cell, Measures, Tally, total
from suishou.domain.programme import Programme
from suishou.domain.public_row import PublicClock, PublicRow

_NO_CLOCK = PublicClock("", None, None, False)
_PARTS: tuple[tuple[str, Callable[[Cell], str]], ...] = (
    ("by_street", lambda cell: cell.street),
    ("by_category", lambda cell: cell.category),
    ("by_unit", lambda cell: cell.unit),
    ("by_closed_month", lambda cell: cell.closed_month),
)


def case_lines(rows: Iterable[PublicRow], programme: Programme) -> Iterator[Line]:
    """The lines of `CASES` for a month's rows, in their order (by id)."""
    return (_case_line(row) for row in rows if is_listed(programme, row.category))


def hidden(line: Line) -> Line:
    """The line of a case that is not shown: what the rates need."""
    kept = list(line[:KEPT_WHEN_HIDDEN])
    kept[0], kept[ID] = ("false" if isinstance(kept[0], str) else False), None
    return [*kept, *[None] * (len(CASES.columns) - KEPT_WHEN_HIDDEN)]


def measure_lines(measures: Measures, month: str, programme: Programme) -> list[Line]:
    """The lines of `MEASURES` for one month, sorted."""
    groups: dict[tuple[str, ...], list[Tally]] = {}
    for cell, tally in _cells(measures, month):
        if is_listed(programme, cell.category):
            place = ("cell", cell.street, cell.category, cell.unit, cell.closed_month)
            groups.setdefault(place, []).append(tally)
            continue
        for number, (part, code_of) in enumerate(_PARTS):
            codes = ["", "", "", ""]
            codes[number] = code_of(cell)
            groups.setdefault((part, *codes), []).append(tally)
    return [
        _measure_line(month, place, total(of) if len(of := groups[place]) > 1 else of[0])
        for place in sorted(groups)
    ]


def _cells(measures: Measures, month: str) -> Iterable[tuple[Cell, Tally]]:
    if isinstance(measures, RolledMeasures):  # reads that month's parts alone
        return measures.month_measures(month).cells.items()
    return ((cell, tally) for cell, tally in measures.cells.items() if cell.month == month)


def _measure_line(month: str, place: tuple[str, ...], tally: Tally) -> Line:
    part, *codes = place
    counts: list[Value] = [getattr(tally, name) for name in COUNTS]
    maps: list[Value] = [
        {str(key): count for key, count in sorted(getattr(tally, name).items())} for name in MAPS
    ]
    return [month, part, *(code or None for code in codes), *counts, *maps]


def _case_line(row: PublicRow) -> Line:
    response = row.clocks.get("first_response", _NO_CLOCK)
    resolution = row.clocks.get("resolution", _NO_CLOCK)
    needed: list[Value] = [
        row.shown,
        row.id if row.shown else None,
        row.month,
        row.category,
        row.street or None,
        row.lead_unit or None,
        row.stage,
        row.closed_on[:7] or None if row.stage == "closed" else None,
        row.resolved_on != "",
        response.minutes,
        response.on_time,
        resolution.minutes,
        resolution.on_time,
        _closed_by_deadline(row, resolution),
        row.outcome or None,
        row.satisfied,
        row.returned_count,
        row.extended_count,
        row.reopened_count,
        row.rework_count,
        _counted(row.extension_reasons),
    ]
    if not row.shown:
        return [*needed, *[None] * (len(CASES.columns) - KEPT_WHEN_HIDDEN)]
    feedback = row.clocks.get("feedback", _NO_CLOCK)
    return [
        *needed,
        row.national_code or None,
        row.community or None,
        row.grid_cell or None,
        " ".join(row.assisting_units) or None,
        row.urgency,
        row.source,
        row.reported_on or None,
        row.resolved_on or None,
        row.closed_on or None,
        response.due_on or None,
        resolution.due_on or None,
        feedback.minutes,
        feedback.on_time,
        row.escalation_level,
        _shown(row.title),
        _shown(row.text),
        _shown(row.result),
        case_path(row),
    ]


def _shown(text: str) -> str | None:
    """As pages show it; most texts need no cleaning, which costs a look at each character."""
    return (text.strip() if text.isprintable() else clean(text)) or None


def _counted(codes: tuple[str, ...]) -> dict[str, int]:
    return dict(sorted(Counter(codes).items())) if codes else {}


def _closed_by_deadline(row: PublicRow, resolution: PublicClock) -> bool | None:
    if not resolution.due_on:
        return None
    if row.stage == "closed":
        return row.closed_on <= resolution.due_on
    return False if resolution.on_time is False else None
