"""The machine-readable mark of a printed figure, by which `suishou verify` finds and recomputes it.

In: a tally, rate or median and the scope it was counted over. Out: `Mark`, printed by the macro
`datum` of macros.html as `<data value="…" data-figure="…" data-scope="…">`, and by `based` around
the counts that it comes from; or `Declared` for a figure that somebody stated. Never counts
anything itself.

A scope is `name=code` pairs joined by `;`: month (`2026-05`, or `2026-03..2026-05`), street,
category, unit, closed_month (of closing), each with one code or several joined by `,`; "" is
everything. The figures are the names of `Tally` (counts), `RATES` and `MEDIANS`; what is counted of
other tables (`stations` by level, amenity and place) is in `verify_whole.py`. A figure that is
counted by community, or by street and category together, is recomputable only for categories that
are shown one by one.
"""

from __future__ import annotations

from dataclasses import dataclass

from suishou.domain.measures import Tally
from suishou.domain.rates import Median, Rate, Summary

RATES = (
    "response_rate",
    "close_rate",
    "on_time_rate",
    "satisfaction",
    "rework_rate",
    "extension_rate",
    "registration_rate",
    "dispatch_rate",
    "handling_rate",
    "closing_rate",
    "solving_rate",
)
MEDIANS = ("response_median", "resolution_median")


@dataclass(frozen=True)
class Mark:
    """A recomputable figure. `value` is a whole number, a percentage with one decimal (no sign) or
    minutes to the half; "" when there is nothing to count from. `against`: the scope whose figure
    was subtracted, or "". `frozen_on`: the day on which the figure of a finished month was frozen;
    `now` and `now_words` what it has been corrected to since."""

    figure: str
    scope: str
    value: str
    numerator: str = ""
    denominator: str = ""
    against: str = ""
    frozen_on: str = ""
    now: Mark | None = None
    now_words: str = ""


@dataclass(frozen=True)
class Declared:
    """A figure that cannot be recomputed: who said so, when (YYYY-MM-DD), from which source."""

    source: str
    on: str
    who: str


def scope(**codes: str) -> str:
    """`scope(month="2026-05", street="360926001")` → `month=2026-05;street=360926001`."""
    return ";".join(f"{name}={code}" for name, code in sorted(codes.items()))


def count_mark(figure: str, tally: Tally, within: str = "") -> Mark:
    """A count of `Tally` by its name: `reported`, `closed`, `open`, `overdue`, …"""
    return Mark(figure, within, str(getattr(tally, figure)))


def rate_mark(figure: str, rate: Rate, within: str = "") -> Mark:
    """A rate by its name in `RATES`."""
    return Mark(figure, within, rate.percent or "", str(rate.numerator), str(rate.denominator))


def median_mark(figure: str, median: Median, within: str = "") -> Mark:
    """A median by its name in `MEDIANS`; the denominator is how many durations it is the middle
    of. The page may print it in minutes, hours or days, to one decimal."""
    return Mark(figure, within, median.minutes or "", "", str(median.count))


def marks(made: Summary, within: str = "") -> dict[str, Mark]:
    """The marks of all rates and medians of a summary, by name."""
    found = {name: rate_mark(name, getattr(made, name), within) for name in RATES}
    return found | {name: median_mark(name, getattr(made, name), within) for name in MEDIANS}


def change_mark(figure: str, now: Mark, before: Mark) -> Mark | None:
    """How a figure changed since another period: the difference of the two printed values, in
    percentage points, minutes or cases. None where either has none."""
    if not now.value or not before.value:
        return None
    difference = _tenths(now.value) - _tenths(before.value)
    whole, tenth = divmod(abs(difference), 10)
    value = f"{'-' if difference < 0 else ''}{whole}" + (
        f".{tenth}" if tenth or "." in now.value else ""
    )
    frozen_on = now.frozen_on or before.frozen_on
    return Mark(figure, now.scope, value, against=before.scope or "all", frozen_on=frozen_on)


def _tenths(value: str) -> int:
    whole, _, tenth = value.partition(".")
    return int(whole) * 10 + int(tenth or 0)
