"""Moving a programme between engines: everything it has into a folder, and out of one again.

In: the movers of both tables, both photo stores, the secret. Out: a folder of gzipped lines, photos
and `export.json`, which counts and sums all of it; or a filled target whose counts and sums are the
same. The folder holds names, telephones and the secret: it is made readable by its owner alone.
Never moves between two programmes, nor onto data that came from elsewhere.
"""

from __future__ import annotations

import gzip
import json
import mimetypes
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from suishou.domain.errors import Invalid
from suishou.storage.blobs import Blobs
from suishou.storage.moving import Mover, Tally, item_in, line_of, living, tally
from suishou.storage.table import Item

FORMAT = 1
SUMMARY = "export.json"
SECRET = "secret"  # noqa: S105 - a file name
ITEMS_A_WRITE = 1_000
Progress = Callable[[str, int], None]


@dataclass(frozen=True)
class Stores:
    """All that a programme has, on one engine: tables by name, photo stores by name."""

    programme: str
    tables: Mapping[str, Mover]
    photos: Mapping[str, Blobs]
    secret: bytes


def export_data(stores: Stores, folder: Path, at: int, progress: Progress) -> dict[str, Any]:
    """Writes the folder, which must be empty or absent; answers its summary. `at`, in epoch
    seconds, is when: what has expired by then stays behind.

    Raises Invalid when something was written meanwhile: stop the system first. StorageFailure.
    """
    _make_empty(folder)
    found: dict[str, Any] = {"format": FORMAT, "programme": stores.programme, "at": at}
    # Public rows first: a private table that is newer makes them again, never the other way round.
    for name in sorted(stores.tables, reverse=True):
        written = _write_lines(stores.tables[name], _lines(folder, name), name, at, progress)
        if tally(living(stores.tables[name].items(), at)) != written:
            raise Invalid("written_meanwhile", "data")
        found[name] = written.to_json()
    for name, blobs in sorted(stores.photos.items()):
        found[_photos(name)] = _write_photos(blobs, folder / _photos(name), progress).to_json()
    _private(folder / SECRET).write_bytes(stores.secret)
    text = json.dumps(found, ensure_ascii=False, indent=2, sort_keys=True)
    (folder / SUMMARY).write_text(text + "\n", encoding="utf-8")
    return found


def import_data(stores: Stores, folder: Path, at: int, progress: Progress) -> dict[str, Any]:
    """Fills the target from a folder and compares counts and sums; answers the folder's summary.
    May be repeated after a failure, and then completes what was begun.

    Raises Invalid: no such folder, damaged, another programme's, another secret, a target that
    holds anything that the folder does not, or counts and sums that differ afterwards.
    """
    summary = export_summary(folder)
    if summary["programme"] != stores.programme:
        found = str(summary["programme"])
        raise Invalid("another_programme", "data", expected=stores.programme, found=found)
    if (folder / SECRET).read_bytes() != stores.secret:
        raise Invalid("another_secret", "data")
    for name in stores.tables:
        if tally(_items(folder, name)).to_json() != summary[name]:
            raise Invalid("damaged_export", "folder", file=_lines(folder, name).name)
    _refuse_others(stores, folder, at)
    for name, blobs in sorted(stores.photos.items()):
        _read_photos(blobs, folder / _photos(name), summary[_photos(name)], progress)
    for name, table in sorted(stores.tables.items()):
        _read_lines(table, folder, name, at, progress)
    return summary


def export_summary(folder: Path) -> dict[str, Any]:
    """What `export.json` says. Raises Invalid when there is none, or it is not ours."""
    try:
        found = json.loads((folder / SUMMARY).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Invalid("no_export", "folder") from error
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise Invalid("no_export", "folder")
    return found


def _write_lines(table: Mover, path: Path, name: str, at: int, progress: Progress) -> Tally:
    sums = Tally()
    with _private(path).open("wb") as file, gzip.GzipFile("", "wb", 6, file, mtime=0) as lines:
        for item in living(table.items(), at):
            line = line_of(item)
            sums.add(line)
            lines.write(line + b"\n")
            progress(name, sums.count)
    return sums


def _read_lines(table: Mover, folder: Path, name: str, at: int, progress: Progress) -> None:
    items, done = living(_items(folder, name), at), 0
    while some := list(islice(items, ITEMS_A_WRITE)):
        table.put(some)
        done += len(some)
        progress(name, done)
    wanted, found = tally(living(_items(folder, name), at)), tally(living(table.items(), at))
    if wanted != found:
        raise Invalid("import_differs", "data", file=name)


def _refuse_others(stores: Stores, folder: Path, at: int) -> None:
    """An import that was begun from this folder may go on; any other content is somebody's data."""
    for name, table in stores.tables.items():
        standing = {line_of(item) for item in living(table.items(), at)}
        if standing and not standing.issubset(map(line_of, _items(folder, name))):
            raise Invalid("target_not_empty", "data")


def _items(folder: Path, name: str) -> Iterator[Item]:
    path = _lines(folder, name)
    try:
        with gzip.open(path, "rb") as lines:
            yield from map(item_in, lines)
    except (OSError, EOFError, ValueError) as error:
        raise Invalid("damaged_export", "folder", file=path.name) from error


def _write_photos(blobs: Blobs, folder: Path, progress: Progress) -> Tally:
    sums = Tally()
    for key in blobs.list():
        content = blobs.get(key)
        if content is None:
            raise Invalid("written_meanwhile", "data")
        path = folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        _private(path).write_bytes(content)
        sums.add(_photo(key, content))
        progress(folder.name, sums.count)
    return sums


def _read_photos(blobs: Blobs, folder: Path, wanted: object, progress: Progress) -> None:
    sums = Tally()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        key, content = path.relative_to(folder).as_posix(), path.read_bytes()
        blobs.put(key, content, mimetypes.guess_type(key)[0] or "application/octet-stream")
        if blobs.get(key) != content:
            raise Invalid("import_differs", "data", file=folder.name)
        sums.add(_photo(key, content))
        progress(folder.name, sums.count)
    if sums.to_json() != wanted:
        raise Invalid("damaged_export", "folder", file=folder.name)


def _photo(key: str, content: bytes) -> bytes:
    return key.encode() + b"\0" + content


def _photos(name: str) -> str:
    return f"photos-{name}"


def _lines(folder: Path, name: str) -> Path:
    return folder / f"{name}.ndjson.gz"


def _private(path: Path) -> Path:
    """The path of a file that its owner alone may read, empty until written."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    return path


def _make_empty(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise Invalid("folder_not_empty", "folder")
    folder.chmod(0o700)
