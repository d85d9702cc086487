"""The data folder of a demonstration: made anew each time, and never anybody's real one.

In: a path. Out: an empty folder with the demonstration's mark in it, held for as long as the
demonstration runs. Removes only what carries that mark.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from suishou.local.demo_client import DemonstrationFailed

MARK = "demonstration"
WORDS = "Made by «suishou demo», which removes this folder and makes it anew.\n"
# All that a system and its build put into a data folder; anything else is somebody's own.
OURS = (
    *("private.sqlite3", "public.sqlite3", "photos", "secret", "programme.json"),
    *("site", "site.kept", "build", "work"),
)
BESIDE = ("", "-wal", "-shm")  # what SQLite keeps beside a file


@contextmanager
def fresh_folder(data: Path) -> Iterator[None]:
    """Holds `data`, emptied of an earlier demonstration.

    Raises DemonstrationFailed for a folder with anything in it and no mark, or one in use.
    """
    mark = data / MARK
    if data.exists() and not mark.exists() and (not data.is_dir() or any(data.iterdir())):
        raise DemonstrationFailed(f"{data} 不是演示用的文件夹，里面已有数据，没有动它。")
    data.mkdir(parents=True, exist_ok=True)
    with mark.open("a+", encoding="utf-8") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise DemonstrationFailed(f"{data} 正由另一个演示使用。") from error
        _empty(data)
        held.seek(0)
        held.truncate()
        held.write(WORDS)
        held.flush()
        yield


def _empty(data: Path) -> None:
    for name in OURS:
        for path in (data / f"{name}{ending}" for ending in BESIDE):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
