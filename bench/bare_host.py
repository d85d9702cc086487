"""A process of `bench.reports`: the least that could be called taking a report in.

In: a port and an empty folder. Out: HTTP on loopback until SIGTERM; each POST inserts its body as
one row, durably (WAL, `synchronous=FULL`), on one connection, and answers 201. It checks nothing,
knows no case, no deadline, no queue: what is beyond this number is the price of the rest.
"""

from __future__ import annotations

import secrets
import sqlite3
import sys
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route


def application(folder: Path) -> Starlette:
    """The endpoint. The insert blocks the event loop, which for one connection is the fastest."""
    folder.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(folder / "bare.sqlite3", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE reports (id TEXT PRIMARY KEY, body BLOB NOT NULL)")

    async def insert(request: Request) -> Response:
        report_id = secrets.token_hex(10)
        body = await request.body()
        connection.execute("INSERT INTO reports VALUES (?, ?)", (report_id, body))
        return JSONResponse({"id": report_id}, 201)

    return Starlette(routes=[Route("/api/v1/reports", insert, methods=["POST"])])


def main(port: int, folder: Path) -> None:
    """Serves until it is told to stop, with the settings of our own host."""
    uvicorn.run(
        application(folder),
        host="127.0.0.1",
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        lifespan="off",
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
