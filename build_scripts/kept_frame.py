"""The frame as it was made last time: MkDocs runs only when something that it reads has changed.

In: the hash of all that a frame follows from, and how to make it. Out: the frame, from the work
folder if it was made from the same. A file that is damaged, or of another version, is made again.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from build_scripts.content_store import content_hash, write_whole

Frame = TypeVar("Frame")
NAME = "frame.pickle"  # only ever written here, into a folder that nobody else writes to


def kept_frame(folder: Path, made_from: str, make: Callable[[], Frame]) -> Frame:
    """What `make` answers, or answered for the same `made_from`. The file begins with `made_from`
    and the hash of the rest, so that nothing but what was written here is ever unpickled."""
    path = folder / NAME
    if path.exists():
        head, _, body = path.read_bytes().partition(b"\n")
        if head.decode(errors="replace") == f"{made_from} {content_hash(body)}":
            frame: Frame = pickle.loads(body)  # noqa: S301 - our own bytes, by their hash
            return frame
    frame = make()
    body = pickle.dumps(frame)
    write_whole(path, f"{made_from} {content_hash(body)}\n".encode() + body)
    return frame
