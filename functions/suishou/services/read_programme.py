"""A programme that was read and checked when a package was made, for functions to start from.

In: a programme's folder. Out: `programme.pickle` in it, or the programme again. Reading and
checking the folder anew would be a tenth of a cold start, and would find the same. Only
`make package` writes the file, beside the very code that reads it.
"""

from __future__ import annotations

import pickle
from pathlib import Path

from suishou.domain.programme import Programme

FILE = "programme.pickle"
PROTOCOL = 5  # of every Python that this code runs on


def pack_programme(folder: Path) -> None:
    """Puts the file into the folder. Raises ProgrammeInvalid."""
    from suishou.services.load_programme import load_programme

    (folder / FILE).write_bytes(pickle.dumps(load_programme(folder), PROTOCOL))


def packed_programme(folder: Path) -> Programme:
    """The programme of a packed folder, or of one as a county edits it. Raises ProgrammeInvalid."""
    try:
        packed = (folder / FILE).read_bytes()
    except FileNotFoundError:
        from suishou.services.load_programme import load_programme  # on the command line

        return load_programme(folder)
    found = pickle.loads(packed)  # noqa: S301 - out of our own archive
    assert isinstance(found, Programme)  # noqa: S101
    return found
