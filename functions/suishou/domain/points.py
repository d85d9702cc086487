"""Points (积分): which ledger entries the history of a case earns its reporter.

In: a case with its events and the programme's rules. Out: entries in the order of the events, whose
ids follow from the events alone. Monotone: a longer history keeps every entry of the shorter one
and adds to it, reversals included; the ledger is never rewritten. Never an entry for the mere
upload, nor for a resident without an account.

What counts: the first `registered`, the first `resolved` (by the severity known then), the first
`verified`, each once a case. A failed verification or a reopening takes nothing back: the report
was as true as before, and the second solution earns nothing more. A case that ends as rejected,
withdrawn or merged gives back what it had earned (a reversal each), and a merged one earns
`duplicate`, unless it was merged into a case of the same reporter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from suishou.domain.case import Case, Event
from suishou.domain.programme import PointsRules

EntryRule = Literal["registered", "resolved", "verified", "duplicate", "reversal"]
ONCE: tuple[EntryRule, ...] = ("registered", "resolved", "verified")
UNDOING = frozenset({"rejected", "withdrawn", "merged"})


@dataclass(frozen=True)
class Entry:
    """An entry that is due. `points` is what the rules say, before any cap; of a reversal, which
    names the id it `reverses`, what the rules said then (the ledger takes back what it gave)."""

    id: str
    case: str
    rule: EntryRule
    points: int
    at: datetime
    reverses: str = ""


@dataclass(frozen=True)
class LedgerLine:
    """A written entry: `points` as given (negative for a reversal or a redemption), `capped` when
    a cap took something off. `rule` is an `EntryRule` or `redemption`, which names a `reward` in
    place of a `case`."""

    id: str
    rule: str
    points: int
    at: datetime
    capped: bool = False
    case: str = ""
    reverses: str = ""
    reward: str = ""
    redemption: str = ""


def entries_due(
    case: Case, events: Sequence[Event], rules: PointsRules, *, own_duplicate: bool = False
) -> tuple[Entry, ...]:
    """The entries of the case's reporter, () without one. `own_duplicate`: it was merged into a
    case of the same reporter.

    Whoever entered the case for a rider (代报), the points are the rider's.
    """
    if not case.reporter:
        return ()
    due: list[Entry] = []
    standing: dict[EntryRule, Entry] = {}
    severity = rules.default_severity
    for event in events:
        severity = event.data.get("severity") or severity
        for rule in ONCE:
            if event.kind == rule and not any(entry.rule == rule for entry in due):
                entry = _entry(case, event, rule, _points(rules, rule, severity))
                standing[rule] = entry
                due.append(entry)
        if event.kind in UNDOING:
            due += [_reversal(case, event, entry) for entry in standing.values()]
            standing = {}
        if event.kind == "merged" and not own_duplicate:
            due.append(_entry(case, event, "duplicate", rules.duplicate))
    return tuple(due)


def line_to_json(line: LedgerLine) -> dict[str, Any]:
    """The stored and served form: `at` as RFC 3339."""
    return {
        "id": line.id,
        "rule": line.rule,
        "points": line.points,
        "at": line.at.isoformat(),
        "capped": line.capped,
        "case": line.case,
        "reverses": line.reverses,
        "reward": line.reward,
        "redemption": line.redemption,
    }


def line_from_json(body: Mapping[str, Any]) -> LedgerLine:
    """The line that `line_to_json` wrote."""
    return LedgerLine(**{**body, "at": datetime.fromisoformat(body["at"])})


def _points(rules: PointsRules, rule: EntryRule, severity: str) -> int:
    if rule == "registered":
        return rules.registered
    if rule == "verified":
        return rules.verified
    # A severity that the programme has dropped since counts as the default one.
    return rules.resolved.get(severity, rules.resolved.get(rules.default_severity, 0))


def _entry(case: Case, event: Event, rule: EntryRule, points: int) -> Entry:
    return Entry(f"{case.id}:{event.number}:{rule}", case.id, rule, points, event.at)


def _reversal(case: Case, event: Event, undone: Entry) -> Entry:
    return Entry(
        id=f"{case.id}:{event.number}:reversal-{undone.rule}",
        case=case.id,
        rule="reversal",
        points=-undone.points,
        at=event.at,
        reverses=undone.id,
    )
