"""Build, step 3: everything that pages are made from, and which months must be rendered again.

In: the system's programme and public table, the snapshot, its summary, what stands. Out: `SiteData`
and, for each month, the hash of all that its pages follow from. Never reads a private table.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from build_scripts.card_font import FONT
from build_scripts.closings import Closings
from build_scripts.content_store import canonical_json, content_hash
from build_scripts.freeze import journal_hash
from build_scripts.publications import Publication
from build_scripts.rules_history import RulesHistory
from build_scripts.site_data import SiteData
from build_scripts.snapshot import Snapshot
from build_scripts.summaries import Summary
from build_scripts.view_frozen import NOTHING_FROZEN, FrozenFigures
from suishou.domain import measures
from suishou.domain.programme import Programme
from suishou.services.stations import stations_in
from suishou.services.system import System
from suishou.storage import public_keys
from suishou.storage.table import Table, query_all

RENDERERS = ("borax", "icalendar", "jinja2", "markupsafe", "mkdocs", "mkdocs-material", "pillow")
_CODE = Path(__file__).parent
_DOMAIN = Path(str(measures.__file__)).parent


def inputs_hash(programme: Programme, site_src: Path, history: RulesHistory | None) -> str:
    """The hash of all that shapes a page besides rows: programme with the history of its rules,
    templates, frame, code, versions.

    When it changes, everything is rendered again.
    """
    sources = [site_src.parent / "mkdocs.yml", *_files(site_src)]
    sources.append(site_src.parent / FONT / "package.json")  # pages name the cards drawn with it
    sources += [*_CODE.glob("*.py"), *_DOMAIN.glob("*.py")]
    hashes = sorted(
        f"{path.name} {content_hash(path.read_bytes())}" for path in sources if path.exists()
    )
    versions = [f"{name} {version(name)}" for name in RENDERERS]
    return content_hash(canonical_json([plain(programme), plain(history), hashes, versions]))


def made_from(
    snapshot: Snapshot, inputs: str, frozen: FrozenFigures, closings: Closings
) -> dict[str, str]:
    """For each month, the hash of what its pages are made from."""
    journals = {month: journal_hash(known) for month, known in frozen.months.items()}
    boards = {month: content_hash(canonical_json(of)) for month, of in closings.items()}
    return {
        month: content_hash(
            f"{inputs} {digest} {journals.get(month, '')} {boards.get(month, '')}".encode()
        )
        for month, digest in snapshot.month_hashes.items()
    }


def site_data(
    system: System,
    snapshot: Snapshot,
    summary: Summary,
    changed_months: Iterable[str],
    history: RulesHistory | None = None,
    frozen: FrozenFigures = NOTHING_FROZEN,
) -> SiteData:
    """What the renderer is given."""
    programme, public = system.programme, system.public
    month = lru_cache(maxsize=1)(snapshot.month)  # pages, then photos, of one month
    return SiteData(
        programme=programme,
        build_id=snapshot.build_id,
        months=tuple(snapshot.months),
        measures=summary.measures,
        stations=stations_in(programme, public),
        honours=_documents(public, public_keys.HONOUR),
        standings=_documents(public, public_keys.DISPLAY),
        notices=_documents(public, public_keys.NOTICE),
        ladder=_documents(public, public_keys.LADDER),
        changed_months=frozenset(changed_months),
        data_day=summary.data_day,
        shown_counts=summary.shown,
        load_month=lambda name: month(name).rows,
        load_lines=lambda name: month(name).lines,
        rules_history=history,
        highlights=summary.highlights,
        frozen=frozen,
        load_closed=lambda month: snapshot.closed_rows(month, summary.closings.get(month, {})),
    )


def changed_months(standing: Publication, made: Mapping[str, str], *, full: bool) -> list[str]:
    """The months whose pages do not stand yet as they should, newest first."""
    groups = standing.groups
    return [
        month
        for month in sorted(made, reverse=True)
        if full or month not in groups or groups[month].made_from != made[month]
    ]


def plain(value: Any) -> Any:
    """A frozen value as JSON: dataclasses and mappings as objects, the rest as text if need be."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if value is None or isinstance(value, str | int | bool):
        return value
    return str(value)


def _documents(public: Table, partition: str) -> tuple[Mapping[str, Any], ...]:
    return tuple(item.body for item in query_all(public, partition))


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"]
