"""Which `System` the handlers work with: one holder for a Lambda container or a local process.

In Lambda the first request makes it (`wiring.system()`, once); tests and the local host put theirs
in with `use`, with the folder of the built site, whose frame readable answers are put into. Holds
nothing about a request.
"""

from __future__ import annotations

import gc
from pathlib import Path

from suishou.services.system import System

FRAME = "api-reply.html"  # a page of the site with its slots left open
_held: list[System] = []
_sites: list[Path] = []


def use(system: System, site: Path | None = None) -> None:
    """From now on every handler of this process works with `system`."""
    _held[:] = [system]
    _sites[:] = [site] if site else []


def frame(language: str = "zh") -> str | None:
    """The open frame of the site that stands now, in this language if it has one; None where there
    is no site beside us."""
    names = (f"{language}/{FRAME}", FRAME)
    for path in (site / name for site in _sites for name in names):
        try:
            return path.read_text(encoding="utf-8")
        except FileNotFoundError:
            continue
    return None


def forget() -> None:
    """The next request makes a system anew."""
    _held.clear()
    _sites.clear()


def current() -> System:
    """The system in use; made from the environment on the first call when none was put in."""
    if not _held:
        # Modules and clients are made to stay: looking for garbage among them is a sixth of a
        # cold start, and never finds any.
        gc.disable()
        try:
            from suishou.wiring import system  # reads the environment: only where nobody put one in

            use(system())
        finally:
            gc.freeze()
            gc.enable()
    return _held[0]
