"""Frozen figures (冻结): what was published of a finished month stands; a change is a correction.

In: the tallies of a month, the journal kept of it, the day of the data. Out: `Entry`, the next line
of that journal: figures that are frozen now, and corrections of those that were. A month is over
some days after its end by the day of the data, never by a clock. What was reported in it and what
was closed in it are frozen then; how the cases reported in it fared (closed, on time, satisfied),
once none of them is open any more, since before that it is progress and no result.

A rate, a median and a count of one street or category are frozen only over `sample_min` cases: a
correction of fewer would speak of one person.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from suishou.domain.measures import FORMAT, Tally
from suishou.domain.rates import Median, Rate, summary

Key = tuple[str, str]  # scope as in the marks of figures (`closed_month=2026-05`), figure
FARED = ("close_rate", "on_time_rate", "satisfaction", "response_median")
SETTLED = ("on_time_rate", "satisfaction", "resolution_median")
REASONS = ("entered_late", "reclassified", "reopened", "late_feedback", "rule_changed", "")


@dataclass(frozen=True)
class Value:
    """A figure as published: `value` is "" where a share has too few cases to be given."""

    value: str
    numerator: str = ""
    denominator: str = ""

    def to_json(self) -> list[str]:
        return [self.value, self.numerator, self.denominator]


@dataclass(frozen=True)
class Correction:
    """One published correction; `on` is the day of the data in which it was found, `reason` one of
    REASONS ("" where it is not known)."""

    on: str
    scope: str
    figure: str
    old: Value
    new: Value
    reason: str


@dataclass(frozen=True)
class Entry:
    """The `number`-th line of a month's journal, written with the data of the day `on`; `format` is
    that of the measures it was made by."""

    month: str
    number: int
    on: str
    frozen: Mapping[Key, Value]
    corrections: tuple[Correction, ...] = ()
    format: int = FORMAT


@dataclass(frozen=True)
class FrozenMonth:
    """The journal of a month: `frozen` as first published and on which day, `latest` as corrected
    since."""

    month: str
    entries: tuple[Entry, ...]
    frozen: Mapping[Key, Value] = field(default_factory=dict)
    on: Mapping[Key, str] = field(default_factory=dict)
    latest: Mapping[Key, Value] = field(default_factory=dict)

    @property
    def corrections(self) -> tuple[Correction, ...]:
        """All of them, oldest first."""
        return tuple(one for entry in self.entries for one in entry.corrections)


def journal(entries: Iterable[Entry]) -> dict[str, FrozenMonth]:
    """The entries by month, in their order."""
    by_month: dict[str, list[Entry]] = {}
    for entry in sorted(entries, key=lambda entry: (entry.month, entry.number)):
        by_month.setdefault(entry.month, []).append(entry)
    return {month: folded(month, found) for month, found in by_month.items()}


def folded(month: str, entries: Sequence[Entry]) -> FrozenMonth:
    """What a month's entries come to."""
    frozen: dict[Key, Value] = {}
    on: dict[Key, str] = {}
    latest: dict[Key, Value] = {}
    for entry in entries:
        for key, value in entry.frozen.items():
            frozen[key], on[key], latest[key] = value, entry.on, value
        for one in entry.corrections:
            latest[one.scope, one.figure] = one.new
    return FrozenMonth(month, tuple(entries), frozen, on, latest)


def is_over(month: str, data_day: str, days: int) -> bool:
    """Whether more than `days` have passed since the month's last day."""
    year, number = int(month[:4]), int(month[5:])
    last = date(year, number, monthrange(year, number)[1])
    return bool(data_day) and date.fromisoformat(data_day) > last + timedelta(days=days)


@dataclass(frozen=True)
class MonthTallies:
    """What a month's figures are made of: the cases reported in it, those closed in it, and how
    many were reported by street and by category."""

    reported: Tally
    closed: Tally
    by_street: Mapping[str, int]
    by_category: Mapping[str, int]


def next_entry(
    month: str, known: FrozenMonth | None, tallies: MonthTallies, sample_min: int, data_day: str
) -> Entry | None:
    """The entry of an over month whose figures are not yet all frozen, or not any more what was
    published; None where nothing is to be added."""
    known = known or FrozenMonth(month, ())
    figures = month_figures(month, tallies, sample_min)
    ready = _ready(month, tallies, figures, sample_min)
    frozen = {key: figures[key] for key in sorted(ready - known.frozen.keys())}
    changed = {
        key: figures.get(key, Value("0"))
        for key, published in sorted(known.latest.items())
        if figures.get(key, Value("0")) != published
    }
    if not frozen and not changed:
        return None
    rules = {entry.format for entry in known.entries[-1:]}
    corrections = tuple(
        Correction(
            data_day,
            *key,
            known.latest[key],
            new,
            "rule_changed" if rules - {FORMAT} else _reason(month, key, known, figures),
        )
        for key, new in changed.items()
    )
    return Entry(month, len(known.entries), data_day, frozen, corrections)


def month_figures(month: str, tallies: MonthTallies, sample_min: int) -> dict[Key, Value]:
    """Every figure that is published of a single month, as it is now."""
    came, went = f"month={month}", f"closed_month={month}"
    found = {
        (came, "reported"): Value(str(tallies.reported.reported)),
        (went, "closed"): Value(str(tallies.closed.closed)),
    }
    for within, tally, names in ((came, tallies.reported, FARED), (went, tallies.closed, SETTLED)):
        made = summary(tally)
        for name in names:
            found[within, name] = value_of(getattr(made, name), sample_min)
    for dimension, counts in (("street", tallies.by_street), ("category", tallies.by_category)):
        for code, count in counts.items():
            found[f"{came};{dimension}={code}", "reported"] = Value(str(count))
    return found


def value_of(made: Rate | Median, sample_min: int) -> Value:
    """A rate or a median as published: below the sample its counts alone."""
    if isinstance(made, Rate):
        percent = (made.percent or "") if made.denominator >= sample_min else ""
        return Value(percent, str(made.numerator), str(made.denominator))
    return Value((made.minutes or "") if made.count >= sample_min else "", "", str(made.count))


def entry_json(entry: Entry) -> dict[str, Any]:
    """The body under which an entry is stored; its month and number are its key."""
    frozen: dict[str, dict[str, list[str]]] = {}
    for (scope, figure), value in sorted(entry.frozen.items()):
        frozen.setdefault(scope, {})[figure] = value.to_json()
    corrections = [
        [one.scope, one.figure, one.old.to_json(), one.new.to_json(), one.reason]
        for one in entry.corrections
    ]
    return {
        "format": entry.format,
        "on": entry.on,
        "frozen": frozen,
        "corrections": corrections,
    }


def entry_from_json(month: str, number: int, body: Mapping[str, Any]) -> Entry:
    """What `entry_json` wrote."""
    on = body["on"]
    return Entry(
        month,
        number,
        on,
        {
            (scope, figure): Value(*value)
            for scope, figures in body["frozen"].items()
            for figure, value in figures.items()
        },
        tuple(
            Correction(on, scope, figure, Value(*old), Value(*new), reason)
            for scope, figure, old, new, reason in body["corrections"]
        ),
        body["format"],
    )


def _ready(
    month: str, tallies: MonthTallies, figures: Mapping[Key, Value], sample_min: int
) -> set[Key]:
    came = f"month={month}"
    found = set()
    for scope, figure in figures:
        value = figures[scope, figure].value
        if scope == came and figure in FARED and tallies.reported.open:
            continue
        if ";" in scope and int(value) < sample_min:
            continue
        if value:
            found.add((scope, figure))
    return found


def _reason(month: str, key: Key, known: FrozenMonth, figures: Mapping[Key, Value]) -> str:
    """Which kind of change explains a correction, as far as the month's own counts tell."""
    figure = key[1]

    def grown(of: str, name: str) -> int:
        now, before = figures.get((of, name)), known.latest.get((of, name))
        return int(now.value) - int(before.value) if now and before else 0

    more_reported = grown(f"month={month}", "reported")
    more_closed = grown(f"closed_month={month}", "closed")
    if figure == "reported":
        if more_reported > 0:
            return "entered_late"
        return "reclassified" if more_reported == 0 else ""
    if more_closed < 0:
        return "reopened"
    if more_reported > 0:
        return "entered_late"
    return "late_feedback" if figure == "satisfaction" and more_closed == 0 else ""
