"""The same work on many items in several processes: months rendered, months checked.

In: items, and a function of one item. Out: (item, answer) as they come. Without processes (one
core, other threads about, no `fork`) the items are done here, in their order, with the same
answers. Never touches what a forked process must not: tables, clients, locks.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from typing import Any, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")
PROCESSES_MAX = 4  # beyond it the disk is what takes the time
BEAT_SECONDS = 1.0


def processes_for(weight: int, weight_min: int) -> int:
    """How many processes are worth starting for work of this weight; 1: none."""
    if weight < weight_min or threading.active_count() > 1:
        return 1  # a fork beside other threads may inherit a lock that nobody will open
    if "fork" not in multiprocessing.get_all_start_methods():
        return 1
    return min(PROCESSES_MAX, len(os.sched_getaffinity(0)))


def in_processes(
    items: Sequence[Item],
    work: Callable[[Item], Answer],
    processes: int,
    beat: Callable[[], None] = lambda: None,
) -> Iterator[tuple[Item, Answer]]:
    """Every item with its answer, in no particular order; the next item goes to whoever is free.
    Raises what `work` raised; `beat` is called here at least every BEAT_SECONDS."""
    if processes < 2 or len(items) < 2:
        for item in items:
            yield item, work(item)
            beat()
        return
    context = multiprocessing.get_context("fork")
    pairs = [context.Pipe() for _ in range(min(processes, len(items)))]
    started = [
        context.Process(target=_serve, args=(theirs, work, items), daemon=True)
        for _, theirs in pairs
    ]
    try:
        for process in started:
            process.start()
        for _, theirs in pairs:
            theirs.close()
        yield from _dealt(items, [ours for ours, _ in pairs], beat)
    finally:
        for ours, _ in pairs:
            ours.close()
        for process in started:
            process.terminate()
            process.join()


def _dealt(
    items: Sequence[Item], lines: Sequence[Connection], beat: Callable[[], None]
) -> Iterator[tuple[Item, Any]]:
    waiting = iter(range(len(items)))
    busy: dict[Connection, int] = {}
    for line in lines:
        busy[line] = next(waiting)
        line.send(busy[line])
    while busy:
        for line in wait(list(busy), BEAT_SECONDS):
            assert isinstance(line, Connection)  # noqa: S101 - ours
            succeeded, answer = line.recv()
            if not succeeded:
                raise answer
            done = busy.pop(line)
            following = next(waiting, None)
            if following is not None:
                busy[line] = following
                line.send(following)
            yield items[done], answer
        beat()


def _serve(line: Connection, work: Callable[[Item], Answer], items: Sequence[Item]) -> None:
    # What was there before stays, and an item's objects go by themselves: the collector would walk
    # over all of them again and again, a quarter of the time.
    gc.freeze()
    gc.disable()
    try:
        while True:
            number = line.recv()
            try:
                answer: tuple[bool, Any] = (True, work(items[number]))
            except Exception as error:  # noqa: BLE001 - raised again where the answer is read
                answer = (False, error)
            _send(line, answer)
            gc.collect()
    except (EOFError, BrokenPipeError):
        return


def _send(line: Connection, answer: tuple[bool, Any]) -> None:
    try:
        line.send(answer)
    except (BrokenPipeError, EOFError):
        raise
    except Exception as error:  # noqa: BLE001 - one that cannot be sent: its name must do
        line.send((False, RuntimeError(f"{type(answer[1]).__name__}: {type(error).__name__}")))
