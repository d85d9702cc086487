"""A median of minutes in the unit in which people read it.

In: `Median`. Out: number and unit; the unit is a `Phrase` where English knows one from several.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from build_scripts.phrase import Phrase
from suishou.domain.rates import Median


def duration(median: Median) -> tuple[str, str]:
    """A median as a number and its unit: minutes up to two hours, hours up to two days, days."""
    if median.twice_minutes is None:
        return "", ""
    minutes = Decimal(median.twice_minutes) / 2
    if minutes < 120:
        return _with_unit(minutes, "分钟")
    if minutes < 2880:
        return _with_unit(minutes / 60, "小时")
    return _with_unit(minutes / 1440, "天")


def _with_unit(value: Decimal, unit: str) -> tuple[str, str]:
    """English knows one minute from several."""
    number = _tenths(value)
    return number, Phrase.called(unit, f"一{unit}") if number == "1" else unit


def _tenths(value: Decimal) -> str:
    rounded = value.quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{rounded.normalize():f}"
