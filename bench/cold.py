"""How long a fresh function takes to its first answer, beside boto3 and one DynamoDB client.

In: packages as `make package` makes them, for this machine. Out: their sizes, the time to import
each handler, and `intake`'s first report in turns with the yardstick: processes of their own,
medians of processor and wall time. What answers for AWS is here and answers at once: the network is
not what is measured. Both sides find byte code: ours in its package, boto3's where it is installed.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from deploy.package import FUNCTIONS, package

REQUEST = Path(__file__).with_name("cold_request.py")
AIM = 1.3
# Both end where they are ready, without tidying up.
YARDSTICK = "import boto3; boto3.client('dynamodb'); import os; os._exit(0)"
NOTHING = "import os; os._exit(0)"
SECRET = "base64:" + "QUJD" * 11


@dataclass(frozen=True)
class Packaged:
    """One function's package and its start."""

    name: str
    unpacked_mib: float
    zipped_mib: float
    import_ms: float


@dataclass(frozen=True)
class Cold:
    """Medians over the turns, milliseconds, of the whole process."""

    turns: int
    yardstick_cpu_ms: float
    yardstick_wall_ms: float
    ours_cpu_ms: float
    ours_wall_ms: float

    @property
    def cpu_ratio(self) -> float:
        return self.ours_cpu_ms / self.yardstick_cpu_ms

    @property
    def wall_ratio(self) -> float:
        return self.ours_wall_ms / self.yardstick_wall_ms


def measure_cold(
    folder: Path, *, turns: int, tell: Callable[[str], None]
) -> tuple[Sequence[Packaged], Cold]:
    """Sizes and imports of every function, and the comparison, in this order."""
    tell("packages …")
    out = (folder / "package").resolve()
    archives = package("tonggu", out, here=True)
    places = {name: out / group for group, names in FUNCTIONS.items() for name in names}
    with answering() as address:
        told = _environment(address)
        sizes = []
        for name, place in places.items():
            tell(f"cold start: {name}")
            code = f"import sys; sys.path.insert(0, {str(place)!r}); "
            code += f"import suishou.handlers.{name}; {NOTHING}"
            bare = [_python(["-c", NOTHING], told, place)[0] for _ in range(max(3, turns // 4))]
            runs = [_python(["-c", code], told, place)[0] for _ in range(max(3, turns // 4))]
            spent = statistics.median(runs) - statistics.median(bare)
            zipped = next(a for a in archives if a.stem == place.name).stat().st_size
            sizes.append(Packaged(name, _unpacked(place), zipped / 2**20, 1000 * spent))
        tell("cold start: in turns")
        place = places["intake"]
        request = [str(REQUEST), str(place)]
        pairs = [
            (_python(["-c", YARDSTICK], told, place), _python(request, told, place))
            for _ in range(turns)
        ]
    shutil.rmtree(out)
    medians = [
        1000 * statistics.median(pair[side][kind] for pair in pairs)
        for side in (0, 1)
        for kind in (0, 1)
    ]
    return tuple(sizes), Cold(turns, *medians)


def _unpacked(place: Path) -> float:
    files = (path for path in place.rglob("*") if path.is_file() and path.suffix != ".pyc")
    return sum(path.stat().st_size for path in files) / 2**20


def _environment(address: str) -> dict[str, str]:
    return {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "cn-north-1",
        "AWS_ENDPOINT_URL": address,
        "SUISHOU_PROGRAMME_FOLDER": "programmes/tonggu",
        "SUISHOU_PRIVATE_TABLE": "private",
        "SUISHOU_PUBLIC_TABLE": "public",
        "SUISHOU_RAW_PHOTOS_BUCKET": "raw",
        "SUISHOU_PUBLIC_PHOTOS_BUCKET": "photos",
        "SUISHOU_SECRET_PARAMETER": "/suishou/secret",
    }


def _python(words: Sequence[str], told: Mapping[str, str], place: Path) -> tuple[float, float]:
    """Processor and wall seconds of one process."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    began = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603 - our own code
        [sys.executable, *words], cwd=place, env={**kept, **told}, stderr=subprocess.PIPE
    )
    assert process.stderr is not None  # noqa: S101 - asked for above
    error = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(error.decode(errors="replace")[-2_000:])
    return usage.ru_utime + usage.ru_stime, seconds


class _Answers(BaseHTTPRequestHandler):
    """What AWS says to a report that nobody made before."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        asked = self.headers["X-Amz-Target"].rpartition(".")[2]
        body = {"Parameter": {"Value": SECRET}} if asked == "GetParameter" else {}
        text = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@contextmanager
def answering() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
