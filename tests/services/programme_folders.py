"""Copies of the Tonggu folder with one thing spoilt, for the tests of programme reading."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from suishou.domain.errors import Problem, ProgrammeInvalid
from suishou.services.load_programme import load_programme

TONGGU = Path(__file__).parents[2] / "programmes" / "tonggu"
YAML = "programme.yaml"
GRIDS = "grids.geojson"
STATIONS = "stations.csv"
REWARDS = "rewards.csv"
ACTIVITIES = "activities.yaml"


def copied(tmp_path: Path) -> Path:
    """A fresh copy that a test may spoil."""
    return Path(shutil.copytree(TONGGU, tmp_path / "county"))


def replace(folder: Path, file: str, old: str, new: str) -> int:
    """Put `new` for the first `old`; answers the line, from 1, on which it stands."""
    text = (folder / file).read_text()
    assert old in text, f"{old!r} is not in {file}"
    (folder / file).write_text(text.replace(old, new, 1))
    return text[: text.index(old)].count("\n") + 1


def problems(folder: Path) -> tuple[Problem, ...]:
    with pytest.raises(ProgrammeInvalid) as caught:
        load_programme(folder)
    return caught.value.problems


def found(folder: Path) -> set[tuple[str, int, str, str]]:
    return {(p.file, p.line, p.field, p.code) for p in problems(folder)}


def spoil_area(
    folder: Path, change: Callable[[dict], object], code: str = "360926100001002"
) -> tuple[int, int]:
    """Change the feature with this code; answers its line and its number, both from 1."""
    lines = (folder / GRIDS).read_text().splitlines()
    at = next(n for n, text in enumerate(lines) if f'"code": "{code}"' in text)
    feature = json.loads(lines[at].rstrip(","))
    change(feature)
    comma = "," if lines[at].endswith(",") else ""
    lines[at] = json.dumps(feature, ensure_ascii=False) + comma
    (folder / GRIDS).write_text("\n".join(lines) + "\n")
    return at + 1, at - 2  # three lines stand before the first feature
