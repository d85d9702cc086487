"""Build, step 2: the measures of every part file, computed when the part changes and then added up.

In: a snapshot. Out: `Summary`: the measures of all rows, checked against SQL part by part, how many
cases each month shows, the newest day. A tree: part → month → year → decade; each node lies in a
cache by the hash of what it was made from and of the code that made it, so that a build reads one
file a decade and those on the way to what changed. Raises `FiguresDiffer`; never guesses which of
the two is right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import TypeVar

from build_scripts import closings, figures, highlights, rollups
from build_scripts.closings import Closings
from build_scripts.content_store import DamagedWork, content_hash, write_whole
from build_scripts.highlights import NO_HIGHLIGHTS, Highlights
from build_scripts.rollups import RolledMeasures, RollUp
from build_scripts.snapshot import Snapshot
from build_scripts.worker_processes import in_processes, processes_for
from suishou.domain import measures as measuring
from suishou.domain import public_row
from suishou.domain.errors import SuishouError
from suishou.domain.measures import Measures

PARTS_FOR_PROCESSES = 3  # a second process is worth its start from about so many parts
Kept = TypeVar("Kept")
YEAR, DECADE, ALL = len("2026"), len("202"), 0  # how much of a month's name a node shares


class FiguresDiffer(SuishouError):
    """The measures and a recount by SQL disagree: nothing may be published."""

    def __init__(self, differences: Sequence[str]) -> None:
        super().__init__("\n".join(differences[:20]))
        self.differences = tuple(differences)

    def __reduce__(self) -> tuple[type[FiguresDiffer], tuple[tuple[str, ...]]]:
        return FiguresDiffer, (self.differences,)  # it may come from another process


@dataclass(frozen=True)
class Summary:
    """Of all rows of a snapshot. `recounted` is the overall tally as SQL counted it."""

    measures: RolledMeasures
    recounted: figures.Counts
    shown: Mapping[str, int]  # month -> rows with a page of their own
    data_day: str  # newest changed_on, YYYY-MM-DD in Asia/Shanghai, "" without rows
    highlights: Highlights = NO_HIGHLIGHTS
    closings: Closings = field(default_factory=dict)


def summarise(
    snapshot: Snapshot,
    folder: Path,
    beat: Callable[[], None] = lambda: None,
    processes: int = 0,
) -> Summary:
    """Adds up the parts of all months. `folder` is the cache; `beat` is called after each part.
    Parts are computed in `processes` (0: as many as are worth it).

    Raises `FiguresDiffer` listing every figure that a recount by SQL does not confirm.
    """
    cache = folder / _code_hash()
    cache.mkdir(parents=True, exist_ok=True)
    tree = _Tree(snapshot, cache)
    missing = tree.missing()
    count = processes or processes_for(len(missing), PARTS_FOR_PROCESSES)
    for _ in in_processes(missing, tree.compute, count, beat):
        pass
    roll = tree.node(ALL, tuple(sorted(snapshot.months)))
    wrong = figures.disagreements("overall", figures.counts_of(roll.overall), roll.recounted)
    if wrong:
        raise FiguresDiffer(wrong)
    measures = RolledMeasures(roll, tree.month_measures)
    shown = {month: roll.shown[month] for month in snapshot.months}
    return Summary(measures, roll.recounted, shown, roll.data_day, roll.highlights, roll.closings)


def drop_old_summaries(folder: Path, snapshot: Snapshot) -> None:
    """Removes what was cached for nodes that the snapshot does not have, or by other code."""
    current = folder / _code_hash()
    tree = _Tree(snapshot, current)
    kept = tree.names()
    for cached in folder.glob("*/*.json"):
        if cached.parent != current or cached.stem not in kept:
            cached.unlink(missing_ok=True)


@dataclass
class _Tree:
    """The nodes of one snapshot: `size` characters of a month's name are shared by a node's."""

    snapshot: Snapshot
    cache: Path

    def missing(self) -> list[str]:
        """The parts whose measures are not in the cache."""
        parts = (digest for month in self.snapshot.months for digest in self._parts(month))
        return [digest for digest in parts if not (self.cache / f"{digest}.json").exists()]

    def compute(self, digest: str) -> None:
        """Measures a part into the cache."""
        cells, roll = summarise_part(self.snapshot, digest)
        write_whole(self.cache / f"{digest}-cells.json", rollups.cells_bytes(cells))
        # Last: it says that both are there.
        write_whole(self.cache / f"{digest}.json", rollups.roll_bytes(roll))

    def node(self, size: int, months: tuple[str, ...]) -> RollUp:
        """The roll-up of these months, from the cache when nothing of it changed."""
        path = self.cache / f"{self._name(size, months)}.json"
        if size != ALL and path.exists():
            return _cached(path, rollups.roll_from_bytes)
        if size == YEAR:
            below = [self._month(month) for month in months]
        else:
            below = [self.node(*child) for child in self._children(size, months)]
        roll = rollups.added(below)
        if size != ALL:
            write_whole(path, rollups.roll_bytes(roll))
        return roll

    def names(self) -> set[str]:
        """Of every file that these nodes have in the cache."""
        months = tuple(sorted(self.snapshot.months))
        decades = self._children(ALL, months)
        years = [child for decade in decades for child in self._children(*decade)]
        parts = {d for m in self.snapshot.months.values() for d in m.parts if d}
        cells = {f"{digest}-cells" for digest in parts}
        return {self._name(*node) for node in (*decades, *years)} | parts | cells

    def month_measures(self, month: str) -> Measures:
        """All cells of a month, from the summaries of its parts."""
        every = [
            _cached(self.cache / f"{digest}-cells.json", rollups.cells_from_bytes)
            for digest in self._parts(month)
        ]
        return rollups.joined(every)

    def _month(self, month: str) -> RollUp:
        every = [self._part(digest) for digest in self._parts(month)]
        return every[0] if len(every) == 1 else rollups.added(every)

    def _part(self, digest: str) -> RollUp:
        return _cached(self.cache / f"{digest}.json", rollups.roll_from_bytes)

    def _parts(self, month: str) -> list[str]:
        manifest = self.snapshot.months.get(month)
        return [digest for digest in manifest.parts if digest] if manifest else []

    def _children(self, size: int, months: Iterable[str]) -> list[tuple[int, tuple[str, ...]]]:
        below = DECADE if size == ALL else YEAR
        return [(below, tuple(found)) for _, found in groupby(months, lambda m: m[:below])]

    def _name(self, size: int, months: Iterable[str]) -> str:
        hashes = [f"{month} {self.snapshot.month_hashes[month]}" for month in months]
        return content_hash(f"{size} {hashes}".encode())


def summarise_part(snapshot: Snapshot, digest: str) -> tuple[Measures, RollUp]:
    """A part's measures, once their figures are confirmed by SQL. Raises `FiguresDiffer`."""
    rows = snapshot.part_rows(digest)
    measured = measuring.measure(rows)
    by_sql = figures.figures_by_sql(snapshot.store.get(digest).splitlines())
    wrong = figures.differences(measured, by_sql)
    if wrong:
        raise FiguresDiffer(wrong)
    shown = {row.month: 0 for row in rows}
    for row in rows:
        shown[row.month] += row.shown
    day = max((row.changed_on for row in rows), default="")
    named = highlights.highlights_of(rows)
    recounted = figures.added(by_sql.values())
    return measured, rollups.of_part(
        measured, recounted, shown, day, named, closings.closings_of(rows)
    )


def _code_hash() -> str:
    modules = (measuring, public_row, figures, highlights, closings, rollups)
    sources = [*(str(module.__file__) for module in modules), __file__]
    return content_hash(b"".join(Path(source).read_bytes() for source in sources))[:16]


def _cached(path: Path, read: Callable[[bytes], Kept]) -> Kept:
    try:
        return read(path.read_bytes())
    except (FileNotFoundError, ValueError) as error:
        raise DamagedWork(path.name) from error
