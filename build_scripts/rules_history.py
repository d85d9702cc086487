"""When the programme's rules were changed: the days and subjects of the commits to its main file.

In: the programme's folder. Out: the newest changes, or None where nothing can be said: no git, no
checkout, a shallow one. The same checkout gives the same history. Never reads anything but the log.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from suishou.services.load_programme import MAIN_FILE

CHANGES_MAX = 50
GIT_SECONDS = 10  # a log of one file takes milliseconds; a build must not hang on a sick disk


@dataclass(frozen=True)
class RuleChange:
    """`on` is the committer's day, YYYY-MM-DD; `subject` as the committer wrote it."""

    on: str
    subject: str


@dataclass(frozen=True)
class RulesHistory:
    """Newest first; `more`: there are older ones that are not listed."""

    changes: tuple[RuleChange, ...]
    more: bool


def rules_history(folder: Path) -> RulesHistory | None:
    """The history of the folder's main file, of which at least one commit must be known."""
    if not (folder / MAIN_FILE).is_file():
        return None
    if _git(folder, "rev-parse", "--is-shallow-repository") != "false":
        return None  # the oldest commit of a shallow checkout seems to have written everything
    found = _git(
        folder,
        "log",
        f"--max-count={CHANGES_MAX + 1}",
        "--format=%cs%x09%s",
        "--no-show-signature",
        "--follow",
        "--",
        MAIN_FILE,
    )
    changes = [_change(line) for line in found.splitlines()] if found else []
    if not changes:
        return None
    return RulesHistory(tuple(changes[:CHANGES_MAX]), len(changes) > CHANGES_MAX)


def _change(line: str) -> RuleChange:
    on, _, subject = line.partition("\t")
    return RuleChange(on, subject)


def _git(folder: Path, *arguments: str) -> str:
    """What git says, "" when there is none or it refuses. A service often runs as somebody who does
    not own the checkout; its code, which it runs, lies there too."""
    settings = ("-c", "i18n.logOutputEncoding=UTF-8", "-c", "safe.directory=*")
    command = ["git", "-C", str(folder), *settings, *arguments]
    try:
        done = subprocess.run(  # noqa: S603 - constant words; the folder is the programme's own
            command, capture_output=True, timeout=GIT_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else ""
