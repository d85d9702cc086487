"""Honours (荣誉): who is honoured in a round (评选), from what each rider earned in its period.

In: the programme's rule, a period, ledger lines. Out: places, winners by rider id. The tie rule is
the programme's own, stated beforehand. Names and consent are no business of this file: a round is
decided by figures alone, and who is named in public is settled when it is published.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Literal
from zoneinfo import ZoneInfo

from suishou.domain.points import LedgerLine
from suishou.domain.programme import HonourRule

CHINA = ZoneInfo("Asia/Shanghai")
QUARTER_MONTHS = 3
PERIODS = {
    "month": re.compile(r"(?P<year>20\d\d)-(?P<part>0[1-9]|1[0-2])"),
    "quarter": re.compile(r"(?P<year>20\d\d)-Q(?P<part>[1-4])"),
    "year": re.compile(r"(?P<year>20\d\d)"),
}
Measure = Literal["points", "reports_resolved"]


@dataclass(frozen=True)
class Period:
    """From `starts` up to, but without, `ends`; both aware UTC, midnight in Asia/Shanghai."""

    starts: datetime
    ends: datetime

    def holds(self, at: datetime) -> bool:
        return self.starts <= at < self.ends


@dataclass(frozen=True)
class Standing:
    """A rider's figure in a period, and since when it has stood there."""

    rider: str
    figure: int
    reached_at: datetime


@dataclass(frozen=True)
class Place:
    """`place` counts from 1; riders who share one leave the next ones out (1, 1, 3)."""

    place: int
    rider: str
    figure: int


def period_of(kind: Literal["month", "quarter", "year"], text: str) -> Period:
    """The period that "2026-05", "2026-Q2" or "2026" names. Raises ValueError for anything else."""
    found = PERIODS[kind].fullmatch(text)
    if found is None:
        raise ValueError(f"not a {kind}")
    year = int(found["year"])
    if kind == "year":
        return Period(_midnight(year, 1), _midnight(year + 1, 1))
    months = QUARTER_MONTHS if kind == "quarter" else 1
    first = (int(found["part"]) - 1) * months + 1
    after = first + months
    return Period(_midnight(year, first), _midnight(year + after // 13, (after - 1) % 12 + 1))


def standing_of(
    measure: Measure, rider: str, lines: Iterable[LedgerLine], period: Period | None = None
) -> Standing | None:
    """What the rider earned in the period (None: ever), or None for nothing at all.

    `points` are the awards less the reversals made in the period; what was redeemed counts as
    earned all the same. `reports_resolved` is the number of 办结 entries, less those reversed.
    """
    changes: list[tuple[datetime, int]] = []
    for line in sorted(lines, key=lambda one: (one.at, one.id)):
        change = _change(measure, line)
        if change and (period is None or period.holds(line.at)):
            changes.append((line.at, change))
    figure = sum(change for _, change in changes)
    if figure <= 0:
        return None
    return Standing(rider, figure, _reached(changes, figure))


def decide_round(rule: HonourRule, standings: Sequence[Standing]) -> tuple[Place, ...]:
    """The first `rule.places` by figure, under the rule's tie:

    `share`: whoever stands level with the last place is honoured too, and level riders share a
    place; `earlier`: of level riders, whoever reached the figure first stands before (and, reached
    at the very same second, the smaller id, so that a decision can be repeated).
    """
    ranked = sorted(standings, key=lambda one: (-one.figure, one.reached_at, one.rider))
    if rule.tie == "earlier":
        return tuple(
            Place(number, one.rider, one.figure)
            for number, one in enumerate(ranked[: rule.places], start=1)
        )
    if not ranked or rule.places < 1:
        return ()
    last = ranked[min(rule.places, len(ranked)) - 1].figure
    level = [one for one in ranked if one.figure >= last]
    places = (
        Place(1 + sum(other.figure > one.figure for other in level), one.rider, one.figure)
        for one in level
    )
    return tuple(sorted(places, key=lambda place: (place.place, place.rider)))


def _midnight(year: int, month: int) -> datetime:
    return datetime.combine(date(year, month, 1), time(), CHINA).astimezone(UTC)


def _change(measure: Measure, line: LedgerLine) -> int:
    if line.rule == "redemption":
        return 0
    if measure == "points":
        return line.points
    if line.rule == "resolved":
        return 1
    return -1 if line.reverses.endswith(":resolved") else 0


def _reached(changes: Sequence[tuple[datetime, int]], figure: int) -> datetime:
    """When the running sum last rose to its final figure."""
    total = 0
    reached = changes[0][0]
    for at, change in changes:
        if total < figure <= total + change:
            reached = at
        total += change
    return reached
