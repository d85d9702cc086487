"""A small programme's build for tests: rows put as `publish_case` puts them, a renderer of a few
lines that keeps the promises of `site_data.py`, and what lies in the public folder afterwards."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

from build_scripts.build import BuildResult, build
from build_scripts.pages import render_pages
from build_scripts.site_data import SiteData
from build_scripts.site_paths import Write, case_path, case_stem, month_of_path, photo_path
from build_scripts.site_shell import Shells
from suishou.domain.programme import Programme
from suishou.domain.public_row import PublicRow, to_json
from suishou.services.system import System
from suishou.storage import public_keys as keys
from suishou.storage.table import Action, Delete, Insert, Replace, Table
from tests.build import fabricated
from tests.services.local_systems import demonstration_system

MONTHS = ("2026-03", "2026-04", "2026-05")
PAGE = (
    '<!doctype html><html lang="zh"><head><title>{title}</title></head>'
    "<body><h1>{title}</h1>{main}</body></html>"
)


@dataclass(frozen=True)
class TinyShells:
    files: Mapping[str, bytes] = field(default_factory=lambda: {"assets/a.css": b"b{}"})
    address: str = ""


def tiny_shells(programme: Programme, site_src: Path, work: Path) -> TinyShells:
    return TinyShells()


def tiny_render(data: SiteData, shells: TinyShells, write: Write) -> None:
    for month in data.changed_months:
        for row in data.rows(month):
            if row.shown:
                _write_case(row, write)
        rows = [row for row in data.rows(month) if row.shown]
        _write_list(f"cases/{month.replace('-', '/')}/index.html", month, rows, write)
    recent = [row for month in data.months for row in data.rows(month) if row.shown][:5]
    _write_list("index.html", f"{data.build_id} {data.measures.overall.reported}", recent, write)
    ids = [{"id": row.id, "title": row.title} for row in recent]
    write("latest.json", json.dumps({"cases": ids}, ensure_ascii=False).encode())


def _write_case(row: PublicRow, write: Write) -> None:
    keys_of = (*row.photos_before, *row.photos_after)
    names = [photo_path(row, key).rsplit("/", 1)[1] for key in keys_of]
    images = "".join(f'<img src="{name}" alt="示意图">' for name in names)
    title = escape(row.title) or "事项"
    main = f"<p>{escape(row.text)}</p>{images}<a href='index.html'>本月</a>"
    write(case_path(row), PAGE.format(title=title, main=main).encode())
    write(f"{case_stem(row.month, row.id)}.json", json.dumps(to_json(row)).encode())


def _write_list(path: str, title: str, rows: Iterable[PublicRow], write: Write) -> None:
    root = "../" * path.count("/")
    items = "".join(
        f'<li data-case="{row.id}"><ul><li><a href="{root}{case_path(row)}">'
        f"{escape(row.title) or row.id}</a></li></ul></li>"
        for row in rows
    )
    write(path, PAGE.format(title=title, main=f"<ul>{items}</ul>").encode())


def county(folder: Path) -> System:
    """A system with an empty public table and a clock that stands still."""
    return demonstration_system(folder, now=lambda: datetime(2026, 6, 1, tzinfo=UTC))


def tiny_build(system: System, out: Path, work: Path, **options: Any) -> BuildResult:
    options.setdefault("make_shells", tiny_shells)
    options.setdefault("render", tiny_render)
    return build(system, out, work, **options)


def framed_build(
    system: System, folder: Path, shells: Shells, site: str = "site", work: str = "work"
) -> Path:
    """The real pages in ready-made frames, in this process alone; answers the public folder."""
    options = {"make_shells": lambda *_: shells, "render": render_pages, "processes": 1}
    tiny_build(system, folder / site, folder / work, **options)
    return folder / site


def rows_for(programme: Programme, count: int, first: int = 0) -> list[PublicRow]:
    return [
        fabricated.public_row(n, programme, MONTHS[n % 3], text=f"第{n}件的正文")
        for n in range(first, first + count)
    ]


def put(system: System, *rows: PublicRow) -> None:
    """Each row with its dirty row and its photos, as `publish_case` and the approval write them."""
    for row in rows:
        for key in (*row.photos_before, *row.photos_after):
            system.public_photos.put(key, f"photo {key}".encode(), "image/jpeg")
        table = system.public
        item = table.get(keys.public(row.id), keys.ROW)
        actions: list[Action] = [_dirty(table, row.id)]
        if item is None:
            actions.append(Insert(keys.public(row.id), keys.ROW, to_json(row)))
            actions.append(Insert(keys.month(row.month, row.id), row.id, {}))
        else:
            actions.append(Replace(item.partition, item.sort, item.version, to_json(row)))
        if table.get(keys.MONTHS, row.month) is None:
            actions.append(Insert(keys.MONTHS, row.month, {}))
        table.write(actions)


def take_down(system: System, row: PublicRow) -> None:
    """What is left of a row that was shown: a count, and a tombstone."""
    hidden = replace(row, shown=False, title="", text="", result="", timeline=())
    hidden = replace(hidden, photos_before=(), photos_after=(), version=row.version + 1)
    put(system, hidden)
    body = {"month": row.month, "photos": [*row.photos_before, *row.photos_after]}
    system.public.write([Insert(keys.TOMBSTONE, row.id, body)])


def lift(system: System, row: PublicRow) -> None:
    """The case is approved again."""
    put(system, replace(row, version=row.version + 2))
    stone = system.public.get(keys.TOMBSTONE, row.id)
    assert stone is not None
    body = {**stone.body, "lifted": True}
    system.public.write([Replace(keys.TOMBSTONE, row.id, stone.version, body)])


def make_all_dirty(system: System, rows: Iterable[PublicRow]) -> None:
    for row in rows:
        system.public.write([_dirty(system.public, row.id)])


def forget_all_dirty(system: System) -> None:
    for partition in keys.dirty_partitions():
        for item in system.public.query(partition).items:
            system.public.write([Delete(partition, item.sort)])


def dirty_ids(system: System) -> set[str]:
    return {
        item.sort
        for partition in keys.dirty_partitions()
        for item in system.public.query(partition).items
    }


def _dirty(table: Table, case_id: str) -> Action:
    item = table.get(keys.dirty(case_id), case_id)
    if item is None:
        return Insert(keys.dirty(case_id), case_id, {})
    return Replace(item.partition, item.sort, item.version, {})


def tree(folder: Path) -> dict[str, bytes]:
    """Every file of a folder by its path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def months_in(files: Iterable[str]) -> set[str]:
    return {month_of_path(path) for path in files} - {""}


def mentions(folder: Path, words: str) -> list[str]:
    """Paths of files that hold these words, or have them in their name."""
    return [
        path for path, content in tree(folder).items() if words.encode() in content or words in path
    ]
