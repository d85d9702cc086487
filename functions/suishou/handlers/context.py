"""Which `System` the handlers work with: one holder for a Lambda container or a local process.

In Lambda the first request makes it (`wiring.system()`, once); tests and the local host put theirs
in with `use`. Holds nothing about a request.
"""

from __future__ import annotations

from suishou.services.system import System

_held: list[System] = []


def use(system: System) -> None:
    """From now on every handler of this process works with `system`."""
    _held[:] = [system]


def forget() -> None:
    """The next request makes a system anew."""
    _held.clear()


def current() -> System:
    """The system in use; made from the environment on the first call when none was put in."""
    if not _held:
        from suishou.wiring import system  # reads the environment: only where nobody put one in

        use(system())
    return _held[0]
