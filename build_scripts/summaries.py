"""Build, step 2: the measures of every part file, computed when the part changes and then added up.

In: a snapshot. Out: `Summary`: the measures of all rows, checked against SQL part by part, how many
cases each month shows, the newest day. Results lie in a cache by the part's hash and the hash of
the code that made them. Raises `FiguresDiffer`; never guesses which of the two is right.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from build_scripts import figures
from build_scripts.content_store import canonical_json, content_hash, write_whole
from build_scripts.snapshot import Snapshot
from suishou.domain import measures as measuring
from suishou.domain.errors import SuishouError
from suishou.domain.measures import Cell, Measures, Tally


class FiguresDiffer(SuishouError):
    """The measures and a recount by SQL disagree: nothing may be published."""

    def __init__(self, differences: Sequence[str]) -> None:
        super().__init__("\n".join(differences[:20]))
        self.differences = tuple(differences)


@dataclass(frozen=True)
class Summary:
    """Of all rows of a snapshot. `recounted` is the overall tally as SQL counted it."""

    measures: Measures
    recounted: figures.Counts
    shown: Mapping[str, int]  # month -> rows with a page of their own
    data_day: str  # newest changed_on, YYYY-MM-DD in Asia/Shanghai, "" without rows
    parts_computed: int


def summarise(snapshot: Snapshot, folder: Path, beat: Callable[[], None] = lambda: None) -> Summary:
    """Adds up the parts of all months. `folder` is the cache; `beat` is called after each part.

    Raises `FiguresDiffer` listing every figure that a recount by SQL does not confirm.
    """
    cache = folder / _code_hash()
    cache.mkdir(parents=True, exist_ok=True)
    tallies: dict[Cell, list[Tally]] = {}
    counts: list[figures.Counts] = []
    shown: dict[str, int] = {}
    days: set[str] = {""}
    computed = 0
    for month, manifest in snapshot.months.items():
        for digest in filter(None, manifest.parts):
            part, fresh = _part(snapshot, digest, cache)
            computed += fresh
            for cell, tally in measuring.from_json(part["measures"]).cells.items():
                tallies.setdefault(cell, []).append(tally)
            counts.append(part["recounted"])
            shown[month] = shown.get(month, 0) + part["shown"]
            days.add(part["data_day"])
            beat()
    summed = Measures({cell: measuring.total(tallies[cell]) for cell in sorted(tallies)})
    recounted = figures.added(counts)
    wrong = figures.disagreements("overall", figures.counts_of(summed.overall), recounted)
    if wrong:
        raise FiguresDiffer(wrong)
    return Summary(summed, recounted, shown, max(days), computed)


def drop_old_summaries(folder: Path, snapshot: Snapshot) -> None:
    """Removes what was cached for parts that the snapshot does not name, or by other code."""
    digests = {digest for manifest in snapshot.months.values() for digest in manifest.parts}
    current = folder / _code_hash()
    for cached in folder.glob("*/*.json"):
        if cached.parent != current or cached.stem not in digests:
            cached.unlink(missing_ok=True)


def _part(snapshot: Snapshot, digest: str, cache: Path) -> tuple[Mapping[str, Any], bool]:
    path = cache / f"{digest}.json"
    if path.exists():
        return json.loads(path.read_bytes()), False
    rows = snapshot.part_rows(digest)
    measured = measuring.measure(rows)
    by_sql = figures.figures_by_sql(snapshot.store.get(digest).splitlines())
    wrong = figures.differences(measured, by_sql)
    if wrong:
        raise FiguresDiffer(wrong)
    part = {
        "measures": measuring.to_json(measured),
        "recounted": figures.added(by_sql.values()),
        "shown": sum(row.shown for row in rows),
        "data_day": max((row.changed_on for row in rows), default=""),
    }
    write_whole(path, canonical_json(part))
    return part, True


def _code_hash() -> str:
    sources: Iterable[str] = (str(measuring.__file__), str(figures.__file__), __file__)
    return content_hash(b"".join(Path(source).read_bytes() for source in sources))[:16]
