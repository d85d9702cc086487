"""A process of `bench.reports`: clients that post reports over kept-alive connections.

In: a port, how many clients, for how long at most, how many reports at most. Out: one JSON line
with the seconds, and each answer's milliseconds. Every client waits for its answer before it sends
the next report. An answer other than 201 ends the run with an error: refusals are not throughput.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Iterator

LATITUDE, LONGITUDE = 28.5208, 114.3702  # inside the programme's county seat
SENTENCES = (
    "步道边的井盖缺了一角，踩上去会晃，昨晚下雨积水盖住看不见。",
    "夜间路灯连续三盏不亮，骑行看不清路面，请尽快安排检修。",
    "消防通道被电动车堵住，取餐时绕行很久，担心出事。",
)


def posts(client: int, run: str) -> Iterator[bytes]:
    """Requests that differ in key, place and words, without end."""
    number = 0
    while True:
        body = {
            "category": "manhole",
            "description": f"{SENTENCES[number % len(SENTENCES)]}（{client}-{number}）",
            "location": {
                "lat": LATITUDE + number % 50 * 1e-5,
                "lon": LONGITUDE + client * 1e-5,
                "crs": "wgs84",
            },
        }
        content = json.dumps(body, ensure_ascii=False).encode()
        head = (
            "POST /api/v1/reports HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n"
            f"Idempotency-Key: {run}-{client}-{number}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
        )
        yield head.encode() + content
        number += 1


async def send(port: int, client: int, run: str, until: float, reports_max: int) -> list[float]:
    """Posts until the time (perf_counter) or the number is reached; the milliseconds of each."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    took: list[float] = []
    for post in posts(client, run):
        began = time.perf_counter()
        if began >= until or len(took) >= reports_max:
            break
        writer.write(post)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        answer = await reader.readexactly(length)
        took.append((time.perf_counter() - began) * 1000)
        if not head.startswith(b"HTTP/1.1 201 "):
            raise RuntimeError(f"not accepted: {head[:40]!r} {answer[:300]!r}")
    writer.close()
    return took


async def run(port: int, clients: int, seconds: float, reports_max: int, name: str) -> None:
    """All clients at once; prints the outcome."""
    began = time.perf_counter()
    each = reports_max // clients
    sending = (send(port, client, name, began + seconds, each) for client in range(clients))
    took = await asyncio.gather(*sending)
    outcome = {
        "seconds": time.perf_counter() - began,
        "milliseconds": [milliseconds for of_client in took for milliseconds in of_client],
    }
    print(json.dumps(outcome))


if __name__ == "__main__":
    _, port, clients, seconds, reports_max, name = sys.argv
    asyncio.run(run(int(port), int(clients), float(seconds), int(reports_max), name))
