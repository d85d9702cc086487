"""What happens in a demonstration: `demonstration.yaml` of a programme, as frozen values.

In: the file. Out: a `Script`: people, reports with their steps, redemptions, rounds. Raises
`DemonstrationFailed` naming the report that is at fault. Knows no dates: see `demo_calendar.py`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from typing import Any

import yaml

from suishou.local.demo_client import DemonstrationFailed

FILE = "demonstration.yaml"
WAYS = ("json", "form", "multipart")
RESIDENT = "居民"  # anybody without an account
_WHEN = re.compile(r"\+(\d+) (\d\d:\d\d)")
_STEP = re.compile(r"(\+\d+ \d\d:\d\d) ([a-z_]+)")


@dataclass(frozen=True)
class Begin:
    """When a report comes: so many working days ago, or on a day («month-day») of last year."""

    workdays_ago: int
    last_year: str
    at: time


@dataclass(frozen=True)
class Step:
    """Something done on the `workdays`-th working day after the report, with its fields."""

    workdays: int
    at: time
    do: str
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Report:
    """`body` holds the fields as they are sent; `ends`, `expect` and `at_least` what must come of
    it; `result` the words of its resolution; `photo` what the drawn photo shows, "" for none."""

    key: str
    by: str
    send: str
    body: Mapping[str, Any]
    severity: str
    photo: str
    result: str
    begin: Begin
    steps: Sequence[Step]
    ends: str
    expect: Mapping[str, Any]
    at_least: Mapping[str, int]


@dataclass(frozen=True)
class Redeem:
    rider: str
    reward: str
    begin: Begin
    handed_over: bool


@dataclass(frozen=True)
class ProposedRound:
    """Last year's round of an honour: proposed on a day, so that its notice is up since then; with
    `decided` it is decided at the end, when the notice has to be over."""

    honour: str
    begin: Begin
    decided: bool


@dataclass(frozen=True)
class Appoint:
    """A rider who agreed to it is appointed to a step of the ladder."""

    rider: str
    step: str
    begin: Begin


@dataclass(frozen=True)
class Script:
    """`riders`, `staff` and `stations` are the fields as they are sent, but for `shows` of a
    station: what its drawn photo shows."""

    riders: Sequence[Mapping[str, Any]]
    staff: Sequence[Mapping[str, Any]]
    stations: Sequence[Mapping[str, Any]]
    reports: Sequence[Report]
    redemptions: Sequence[Redeem]
    rounds: Sequence[ProposedRound]
    appointments: Sequence[Appoint]


def read_script(programme_folder: Path) -> Script:
    """The script of a programme. Raises DemonstrationFailed."""
    path = programme_folder / FILE
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise DemonstrationFailed(f"{programme_folder.name} 没有演示数据（{FILE}）。") from error
    except yaml.YAMLError as error:
        raise DemonstrationFailed(f"{FILE} 读不出来：{error}") from error
    people = found["people"]
    return Script(
        riders=tuple(people["riders"]),
        staff=tuple(people["staff"]),
        stations=tuple(found.get("stations", ())),
        reports=tuple(_report(one) for one in found["reports"]),
        redemptions=tuple(_redeem(one) for one in found.get("redemptions", ())),
        rounds=tuple(_round(one) for one in found.get("rounds", ())),
        appointments=tuple(
            Appoint(one["rider"], one["step"], _begin(one)) for one in found.get("ladder", ())
        ),
    )


def _report(given: Mapping[str, Any]) -> Report:
    key = str(given.get("key", "?"))
    try:
        body = {
            name: given[name]
            for name in ("category", "title", "description", "source", "for_name")
            if name in given
        }
        if given["send"] not in WAYS:
            raise ValueError(given["send"])
        return Report(
            key=key,
            by=given["by"],
            send=given["send"],
            body={**body, "location": given["place"]},
            severity=given.get("severity", ""),
            photo=given.get("photo", ""),
            result=given.get("result", ""),
            begin=_begin(given["reported"]),
            steps=tuple(_step(one) for one in given["steps"]),
            ends=given["ends"],
            expect=given.get("expect", {}),
            at_least=given.get("at_least", {}),
        )
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise DemonstrationFailed(f"{FILE}: {key}: {error!r}") from error


def _redeem(given: Mapping[str, Any]) -> Redeem:
    return Redeem(given["rider"], given["reward"], _begin(given), bool(given["handed_over"]))


def _round(given: Mapping[str, Any]) -> ProposedRound:
    return ProposedRound(given["honour"], _begin(given), bool(given.get("decided")))


def _begin(given: Mapping[str, Any]) -> Begin:
    at = time.fromisoformat(given["at"])
    return Begin(int(given.get("workdays_ago", 0)), str(given.get("last_year", "")), at)


def _step(given: str | Mapping[str, Any]) -> Step:
    if isinstance(given, str):
        match = _STEP.fullmatch(given)
        if match is None:
            raise ValueError(given)
        given = {"when": match[1], "do": match[2]}
    when = _WHEN.fullmatch(given["when"])
    if when is None:
        raise ValueError(given["when"])
    fields = {name: value for name, value in given.items() if name not in ("when", "do")}
    return Step(int(when[1]), time.fromisoformat(when[2]), given["do"], fields)
