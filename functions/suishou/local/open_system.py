"""From the command line's words to a system: which programme, which data folder.

In: a programme's name or folder, a data folder. Out: an open `System`, closed again afterwards.
Never makes a data folder for a command that only reads one.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from suishou import wiring
from suishou.domain.errors import Invalid, NotFound
from suishou.services.load_programme import MAIN_FILE
from suishou.services.system import System
from suishou.storage.data_folder import remembered_programme

PROGRAMMES = Path(__file__).parents[3] / "programmes"  # beside the code, in a checkout


def programme_folder(text: str) -> Path:
    """The folder of a programme given by name (`tonggu`) or by path. Raises Invalid."""
    given = Path(text).expanduser()
    candidates = [given]
    if given.name == text:
        candidates += [Path("programmes") / text, PROGRAMMES / text]
    for folder in candidates:
        if (folder / MAIN_FILE).is_file():
            return folder.resolve()
    known = sorted({path.parent.name for path in PROGRAMMES.glob(f"*/{MAIN_FILE}")})
    raise Invalid("unknown_programme", "programme", known=known)


@contextmanager
def opened(arguments: Namespace, *, create: bool) -> Iterator[System]:
    """The system of `--stack`, or of `--data`: of the programme named or the one that the folder
    remembers.

    With `create` a missing folder is made, which needs `--programme`. Raises Invalid, NotFound,
    ProgrammeInvalid, StorageFailure.
    """
    if getattr(arguments, "stack", None):
        yield wiring.stack_system(stack_programme(arguments), arguments.stack, _restored(arguments))
        return
    data = Path(arguments.data).expanduser()
    system = wiring.local_system(_folder(arguments.programme, data, create), data)
    try:
        yield system
    finally:
        wiring.close(system)


def stack_programme(arguments: Namespace) -> Path:
    """The programme's folder, which a stack does not remember. Raises Invalid."""
    if not arguments.programme:
        raise Invalid("programme_needed", "programme")
    return programme_folder(arguments.programme)


def _restored(arguments: Namespace) -> dict[str, str]:
    named = {
        "PrivateTable": getattr(arguments, "private_table", None),
        "PublicTable": getattr(arguments, "public_table", None),
    }
    return {output: table for output, table in named.items() if table}


def _folder(named: str | None, data: Path, create: bool) -> Path:
    remembered = remembered_programme(data)
    if remembered is None and not create:
        raise NotFound("no_data_folder", "data")
    if named:
        return programme_folder(named)
    if remembered is None:
        raise Invalid("programme_needed", "programme")
    name, folder = remembered
    # A checkout that was moved: its own programme of that name will do.
    return folder if (folder / MAIN_FILE).is_file() else programme_folder(name)
