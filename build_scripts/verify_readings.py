"""Verify, reading part: a recomputed figure with every number that a page may print for it.

In: counts, or twice a median. Out: `Recomputed`. Integer arithmetic alone.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Recomputed:
    """`value` as `Mark.value`; `readings` are all numbers that a page may print for it."""

    value: str
    numerator: str
    denominator: str
    readings: frozenset[str]


def counted(value: str) -> Recomputed:
    return Recomputed(value, "", "", frozenset({value}))


def rate(top: int, bottom: int) -> Recomputed:
    percent = _percent(top, bottom)
    readings = frozenset({percent, percent.removesuffix(".0"), str(top), str(bottom)})
    return Recomputed(percent, str(top), str(bottom), readings)


def duration(twice: int | None, count: int) -> Recomputed:
    """A median with its readings."""
    if twice is None:
        return Recomputed("", "", "0", frozenset({"0"}))
    value = f"{twice // 2}" + (".5" if twice % 2 else "")
    return Recomputed(value, "", str(count), frozenset({value, str(count)} | units(twice)))


def _percent(top: int, bottom: int) -> str:
    """Half up, to the tenth; "" without a denominator."""
    if bottom == 0:
        return ""
    tenths = (2000 * top + bottom) // (2 * bottom)
    return f"{tenths // 10}.{tenths % 10}"


def units(twice: int) -> set[str]:
    """Twice a number of minutes may be read in minutes, hours or days, to the tenth, half up."""
    readings = set()
    for unit in (1, 60, 1440):  # twice * 10 / (2 * unit) tenths of a unit
        tenths = (2 * twice * 10 + 2 * unit) // (4 * unit)
        readings.add(f"{tenths // 10}.{tenths % 10}".removesuffix(".0"))
    return readings


def tenths_of(value: str) -> int:
    whole, _, tenth = value.partition(".")
    return int(whole) * 10 + int(tenth or 0)
