"""Processes of the measurements: started from here, measured by the kernel, ended by their handle.

In: a module to run and its arguments. Out: its output, wall seconds, processor seconds and peak
memory (`os.wait4`), or a server that listens. Never ends a process it did not start.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

PROJECT = Path(__file__).parents[1]
START_SECONDS_MAX = 60.0
STOP_SECONDS_MAX = 60.0


@dataclass(frozen=True)
class Ran:
    """What a process did. `peak_mib` is its own largest resident set, without its children's."""

    output: str
    seconds: float
    processor_seconds: float
    peak_mib: float


def environment() -> dict[str, str]:
    """Ours, with the project's packages on the path and MkDocs's advertisement off. Byte code is
    written and found, as in any installation, even where this process was told not to write it:
    otherwise each process compiles all that it imports, for three times as long."""
    paths = [str(PROJECT / "functions"), str(PROJECT)]
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPATH": os.pathsep.join(paths), "NO_MKDOCS_2_WARNING": "1"}


def run_python(arguments: Sequence[str | Path], folder: Path = PROJECT) -> Ran:
    """Runs `python ARGUMENTS` to its end. Raises CalledProcessError with the tail of its errors."""
    return run([sys.executable, *arguments], folder)


def run(words: Sequence[str | Path], folder: Path = PROJECT) -> Ran:
    """Runs a command to its end, as `run_python` does."""
    with TemporaryFile() as told:  # a file, unlike a pipe, never fills up
        command = [*map(str, words)]
        began = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603 - our own modules
            command, cwd=folder, env=environment(), stdout=subprocess.PIPE, stderr=told
        )
        assert process.stdout is not None  # noqa: S101 - asked for above
        output = process.stdout.read().decode()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            told.seek(0)
            tail = told.read().decode(errors="replace")[-2000:]
            raise subprocess.CalledProcessError(process.returncode, command, output, tail)
    return Ran(output, seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


@dataclass(frozen=True)
class Server:
    """A server under measurement."""

    port: int
    process_id: int

    def processor_seconds(self) -> float:
        """Used so far, by all of its threads; 0.0 where there is no /proc to ask."""
        try:
            stat = Path(f"/proc/{self.process_id}/stat").read_text(encoding="utf-8")
        except FileNotFoundError:
            return 0.0
        user, system = stat.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


@contextmanager
def server(module: str, folder: Path) -> Iterator[Server]:
    """`python -m MODULE PORT FOLDER` once it listens; it is told to stop afterwards."""
    port = free_port()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "log").open("wb") as log:  # a real file, as a service's log is
        process = subprocess.Popen(  # noqa: S603 - our own modules
            [sys.executable, "-m", module, str(port), str(folder)],
            cwd=PROJECT,
            env=environment(),
            stdout=log,
            stderr=log,
        )
    try:
        _await_port(port, process)
        yield Server(port, process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    """A port of loopback that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await_port(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise RuntimeError(f"the server did not listen (exit status {process.poll()})")
