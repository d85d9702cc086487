"""A process of `bench.reports`: the real local host, as `suishou serve` runs it.

In: a port and an empty data folder. Out: HTTP on loopback until SIGTERM. Gateway, handlers,
services, SQLite at `synchronous=FULL` and every worker are the real ones; only builds are left out.
"""

from __future__ import annotations

import sys
from pathlib import Path

from suishou.local.serve import serve
from suishou.local.workers import Workers
from suishou.wiring import close, local_feed, local_system

PROGRAMME = Path(__file__).parents[1] / "programmes" / "tonggu"


def main(port: int, data: Path) -> None:
    """Serves until it is told to stop."""
    system = local_system(PROGRAMME, data, synchronous="FULL")
    workers = Workers(system, local_feed(system), lambda: None, lambda: False, lambda: None)
    try:
        serve(system, data / "site", port, workers)
    finally:
        close(system)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
