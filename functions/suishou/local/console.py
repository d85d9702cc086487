"""What the command line says: results for people or machines, progress, and refusals in words.

In: results and errors. Out: Chinese on stdout for people, one JSON document for machines (`--json`,
with stable English codes); progress on stderr. Never a traceback for what a user did.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

from suishou import wording
from suishou.domain.errors import (
    Busy,
    ProgrammeInvalid,
    Refused,
    SettingsInvalid,
    StorageFailure,
    SuishouError,
)

# Fields that are the command line's own are called what the user typed.
FLAGS = {name: f"--{name}" for name in ("programme", "data", "mapping", "post")}
LINES_A_REPORT = 1_000  # of progress, where stderr is a file and not a terminal


class Console:
    """Where one command's words go."""

    def __init__(self, *, machine: bool) -> None:
        self.machine = machine
        self._terminal = sys.stderr.isatty()
        self._reported = 0

    def result(self, document: Mapping[str, Any], *lines: str) -> None:
        """The command's result: `document` for machines, `lines` for people."""
        if self.machine:
            print(json.dumps(document, ensure_ascii=False, sort_keys=True))
        else:
            for line in lines:
                print(line)

    def say(self, line: str) -> None:
        """Something on the way, for people alone."""
        if not self.machine:
            print(line, flush=True)

    def progress(self, what: str, done: int) -> None:
        """How far it has come: rewritten in place on a terminal, else now and then a line."""
        if self._terminal:
            print(f"\r{what} {done}", end="", file=sys.stderr, flush=True)
        elif done - self._reported >= LINES_A_REPORT:
            self._reported = done
            print(f"{what} {done}", file=sys.stderr, flush=True)

    def progress_over(self) -> None:
        self._reported = 0
        if self._terminal:
            print("\r\033[K", end="", file=sys.stderr, flush=True)

    def refuse(self, error: BaseException) -> None:
        """Why the command failed: on stdout as JSON for machines, on stderr in words for people."""
        document = described(error)
        if self.machine:
            print(json.dumps({"error": document}, ensure_ascii=False, sort_keys=True))
            return
        print(f"未完成：{document['message']}", file=sys.stderr)
        for problem in document.get("problems", ()):
            print(f"  {problem['place']}：{problem['message']}", file=sys.stderr)


def described(error: BaseException) -> dict[str, Any]:
    """An error as a document: stable `code`, `field`, Chinese `message`, and `problems` if many."""
    if isinstance(error, Refused):
        message = wording.message(error.code, "zh", error.values_for_wording)
        name = FLAGS.get(error.field) or wording.field_name(error.field, "zh")
        words = f"{name}：{message}" if name else message
        return {"code": error.code, "field": error.field, "message": words}
    if isinstance(error, ProgrammeInvalid):
        return {
            "code": "programme_invalid",
            "message": f"文件中有 {len(error.problems)} 处问题：",
            "problems": [problem_document(problem) for problem in error.problems],
        }
    if isinstance(error, SettingsInvalid):
        return {"code": "settings_invalid", "message": f"缺少设置：{'、'.join(error.missing)}"}
    if isinstance(error, Busy):
        return {"code": "busy", "message": wording.message("busy", "zh", {})}
    if isinstance(error, StorageFailure):
        return {"code": "storage_failure", "message": f"存储出错：{error}"}
    if isinstance(error, SuishouError):
        return {"code": _snake(type(error).__name__), "message": str(error) or _said(error)}
    if isinstance(error, OSError):
        name = f"{error.filename}：" if error.filename else ""
        return {"code": "file_error", "message": f"{name}{error.strerror or error}"}
    return {"code": "interrupted", "message": "已中断，已写入的内容保持完整。"}


def _said(error: BaseException) -> str:
    """An error without words is told by what it is: the first sentence of its class."""
    return (type(error).__doc__ or type(error).__name__).strip().split("\n")[0]


def problem_document(problem: Any) -> dict[str, Any]:
    """One fault of a file: where, which field, which code, in which words."""
    where = f"第 {problem.line} 行" if problem.line else ""
    place = " ".join(part for part in (problem.file, where, problem.field) if part)
    return {
        "file": problem.file,
        "line": problem.line,
        "field": problem.field,
        "code": problem.code,
        "message": problem.detail,
        "place": place,
    }


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")
