"""Verify inside the build: the figures of what changed, before anybody sees them.

In: the staged publication, the one that stands, and a database kept between builds with the tallies
of every month. Out: `SiteProblem`s. Loads only months whose data changed and reads only their
lists and what spans the months, and recomputes what these months decide (`verify_confirmed.py`);
medians over all months are left to the full `suishou verify`, counts and rates are not.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from build_scripts import (
    verify_confirmed,
    verify_coverage,
    verify_figures,
    verify_frozen,
    verify_marks,
    verify_readings,
    verify_reasons,
    verify_scopes,
    verify_tables,
    verify_whole,
)
from build_scripts.check import CheckFailed, Site, SiteProblem
from build_scripts.publications import EVERY_BUILD, Files, Publication
from build_scripts.verify_confirmed import ANY, Claim, decided_by, touched_by, wrong_claims
from build_scripts.verify_coverage import COVERAGE, covered
from build_scripts.verify_figures import MEDIANS, Recomputation
from build_scripts.verify_frozen import Key, Values, published_figures, unlike_recount
from build_scripts.verify_marks import Stated, stated_figures, undeclared
from build_scripts.verify_site import case_page
from build_scripts.verify_whole import (
    CORRECTIONS,
    WHOLE,
    Counted,
    counts_of_whole,
    listed_categories,
)

DATABASE = "verify.sqlite"
_OVER_MONTHS = frozenset({*MEDIANS, "shown", "not_shown"})


def figure_check(site: Site, standing: Publication, work: Path, *, everything: bool) -> None:
    """Raises `CheckFailed` with everything that `figure_problems` finds."""
    if wrong := figure_problems(site, standing, work, everything=everything):
        raise CheckFailed(wrong)


def figure_problems(
    site: Site, standing: Publication, work: Path, *, everything: bool
) -> list[SiteProblem]:
    """Every figure, on the pages of a changed month or over the months, that the staged open data
    do not confirm, and every tally of a changed month that its lines do not."""
    database = work / f"{_code_hash()}-{DATABASE}"
    for old in work.glob(f"*-{DATABASE}*"):
        if not old.name.startswith(database.name) or everything:
            old.unlink()
    try:
        return _problems(database, site, standing, everything)
    except sqlite3.DatabaseError:  # damaged: it is made again from the CSVs, whole
        database.unlink(missing_ok=True)
        return _problems(database, site, standing, everything)


def _problems(
    database: Path, site: Site, standing: Publication, everything: bool
) -> list[SiteProblem]:
    tables = verify_tables.open_tables(str(database))
    try:
        return _found(tables, site, standing, everything)
    finally:
        tables.close()


def _found(
    tables: sqlite3.Connection, site: Site, standing: Publication, everything: bool
) -> list[SiteProblem]:
    found = [SiteProblem("data", "figure", said) for said in _load(tables, site)]
    shared = site.publications.files(site.staged.groups.get(EVERY_BUILD))
    recomputation = Recomputation(
        tables, *_whole(site, shared), covered(_content(site, shared, COVERAGE))
    )
    latest, wrong = published_figures(
        recomputation.frozen, _content(site, shared, f"data/{CORRECTIONS}.csv")
    )
    found += [SiteProblem("data", "figure", said) for said in wrong]
    claims: dict[str, list[Claim[SiteProblem]]] = {}
    for key, values in latest.items():
        claims.setdefault(decided_by(key[0]), []).append(_frozen(key, values, recomputation))
    for page, text in _pages(site, standing, shared, everything):
        for stated in stated_figures(page, text):
            if not _is_left(stated):
                month = ANY if stated.against else decided_by(stated.scope)
                claims.setdefault(month, []).append(_stated(stated, recomputation))
        found += [SiteProblem(page, "figure", said) for said in undeclared(page, text)[1]]
    return [*found, *wrong_claims(tables, claims)]


def _stated(stated: Stated, recomputation: Recomputation) -> Claim[SiteProblem]:
    def look() -> SiteProblem | None:
        wrong = recomputation.difference(stated)
        if wrong is None:
            return None
        detail = f"{wrong.figure} [{wrong.scope}]: {wrong.stated} ≠ {wrong.recomputed}"
        return SiteProblem(stated.page, "figure", detail)

    return Claim(stated.said, look)


def _frozen(key: Key, values: Values, recomputation: Recomputation) -> Claim[SiteProblem]:
    def look() -> SiteProblem | None:
        wrong = unlike_recount(key, values, recomputation.recount)
        return SiteProblem("data", "figure", wrong) if wrong else None

    return Claim("\x1f".join(["frozen", *key, *values]), look)


def _load(tables: sqlite3.Connection, site: Site) -> list[str]:
    """Brings the database up to the staged months; answers where lines and tallies disagree."""
    loaded = dict(tables.execute("SELECT month, digest FROM loaded"))
    months = {name: group for name, group in site.staged.groups.items() if name != EVERY_BUILD}
    found = []
    for month in sorted(loaded.keys() - months.keys()):
        touched_by(tables, month)
        verify_tables.forget_month(tables, month)
    for month, group in sorted(months.items()):
        if loaded.get(month) == group.files:
            continue
        files = site.publications.files(group)
        paths = [f"data/{table}/{month}.csv" for table in ("cases", "measures")]
        if not all(path in files for path in paths):
            continue
        cases, measures = (site.publications.content.get(files[path]) for path in paths)
        touched_by(tables, month)
        wrong = verify_tables.load_month(tables, month, cases, measures)
        touched_by(tables, month)
        frozen = _content(site, files, f"data/frozen/{month}.csv")
        wrong += verify_frozen.load_frozen(tables, month, frozen)
        found += wrong
        if not wrong:
            verify_tables.note_loaded(tables, month, group.files)
    return found


def _pages(
    site: Site, standing: Publication, shared: Files, everything: bool
) -> Iterator[tuple[str, str]]:
    """Pages of changed months, and all that span the months: their figures follow from every
    month, so that a page which should have changed and did not is found too."""
    for name, group in sorted(site.staged.groups.items()):
        before = None if everything else standing.groups.get(name)
        if name != EVERY_BUILD and before is not None and before.files == group.files:
            continue
        files = shared if name == EVERY_BUILD else site.publications.files(group)
        for path, digest in sorted(files.items()):
            if path.endswith(".html") and not case_page(path):
                yield path, site.publications.content.get(digest).decode()


def _is_left(stated: Stated) -> bool:
    """A median over many months wants every duration there is: too dear for every night. Cases are
    shown still for a while after their category has become counted-only."""
    return stated.figure in _OVER_MONTHS and "month=" not in stated.scope


def _content(site: Site, files: Files, path: str) -> bytes:
    """A staged file; b"" where it is not."""
    return site.publications.content.get(files[path]) if path in files else b""


def _whole(site: Site, shared: Files) -> tuple[frozenset[str], dict[Counted, int]]:
    found = {
        name: site.publications.content.get(shared[path])
        for name in (*WHOLE, CORRECTIONS)
        if (path := f"data/{name}.csv") in shared
    }
    return listed_categories(found.get("categories", b"")), counts_of_whole(found)


def _code_hash() -> str:
    """Of the code that fills the database: other code begins anew."""
    modules = (
        verify_confirmed,
        verify_tables,
        verify_frozen,
        verify_reasons,
        verify_coverage,
        verify_figures,
        verify_readings,
        verify_scopes,
        verify_marks,
        verify_whole,
    )
    sources = [*(str(module.__file__) for module in modules), __file__]
    return hashlib.sha256(b"".join(Path(one).read_bytes() for one in sources)).hexdigest()[:16]
