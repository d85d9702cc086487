"""The data folder of one machine: which programme it belongs to, and its secret.

In: a path. Out: what the folder remembers. Both files are written once, whole or not at all, and
whoever comes second, even at the same moment, reads what the first one wrote.
"""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

from suishou.domain.errors import Invalid

SECRET = "secret"  # noqa: S105 - a file name
PROGRAMME = "programme.json"
SECRET_BYTES = 32


def folder_secret(data: Path) -> bytes:
    """The folder's secret, made on first use, readable by its owner alone.

    Raises Invalid when the file is there but is not a secret of ours.
    """
    found = _write_once(data / SECRET, secrets.token_bytes(SECRET_BYTES))
    if len(found) < SECRET_BYTES:
        raise Invalid("damaged_secret", "data")
    return found


def bring_secret(data: Path, secret: bytes) -> None:
    """Makes the secret of a folder moved here the folder's own, unless it has one: then whoever
    asks for `folder_secret` finds that it is another."""
    _write_once(data / SECRET, secret)


def keep_from_others(data: Path) -> None:
    """What only the system's own account may read: names, telephones and raw photos.

    The public tables, photos and site stay as the machine's owner has them.
    """
    photos = data / "photos" / "raw"
    photos.mkdir(parents=True, exist_ok=True)
    photos.chmod(0o700)
    table = data / "private.sqlite3"
    table.touch(mode=0o600)  # SQLite gives its log beside it the same mode
    table.chmod(0o600)


def claim_for_programme(data: Path, name: str, folder: Path) -> None:
    """Remembers the programme on first use. Raises Invalid for a folder of another programme."""
    mine = json.dumps({"name": name, "folder": str(folder.resolve())}, ensure_ascii=False)
    _write_once(data / PROGRAMME, mine.encode())
    found = remembered_programme(data)
    if found is None or found[0] != name:
        other = found[0] if found else ""
        raise Invalid("another_programme", "data", expected=name, found=other)


def remembered_programme(data: Path) -> tuple[str, Path] | None:
    """(name, folder) of the programme that this data folder was made for, or None."""
    try:
        body = json.loads((data / PROGRAMME).read_text(encoding="utf-8"))
        return str(body["name"]), Path(body["folder"])
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise Invalid("damaged_data_folder", "data") from error


def _write_once(path: Path, content: bytes) -> bytes:
    """The bytes at `path`: `content`, unless somebody was there first."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    incoming = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(incoming, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            # A link, unlike a rename, fails when the name is taken: the first one wins.
            path.hardlink_to(incoming)
        except FileExistsError:
            return path.read_bytes()
    finally:
        incoming.unlink(missing_ok=True)
    return path.read_bytes()
