"""One process that is the whole system: gateway and workers, until it is told to stop.

In: a system, its feed, the site's folder, a port. Out: nothing; it returns after Ctrl-C or SIGTERM,
with every worker ended.
"""

from __future__ import annotations

from pathlib import Path

import uvicorn

from suishou.handlers import context
from suishou.local.gateway import gateway
from suishou.local.traffic import Traffic
from suishou.local.workers import Workers
from suishou.services.system import System

GRACE_SECONDS = 5  # for requests under way when the process is told to stop


def serve(system: System, site: Path, port: int, workers: Workers, host: str = "127.0.0.1") -> None:
    """Serves until stopped. Raises SystemExit when the port is taken."""
    server = uvicorn.Server(config(system, site, port, host, workers.traffic))
    workers.start()
    try:
        server.run()
    finally:
        workers.stop()


def config(
    system: System,
    site: Path,
    port: int,
    host: str = "127.0.0.1",
    traffic: Traffic | None = None,
) -> uvicorn.Config:
    """How uvicorn runs the gateway: no access log of its own, which would print query strings."""
    context.use(system, site)
    return uvicorn.Config(
        gateway(site, traffic),
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        lifespan="off",
    )
