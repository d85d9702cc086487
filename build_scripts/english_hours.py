"""Opening hours in English, from what was understood of the words that a county wrote.

In: `OpeningHours`. Out: `Every day 08:00–22:00` · `Monday to Friday 08:30–18:00; Saturday
09:00–12:00`. Days on which it is closed are not named. Never guesses: what was not understood has
no `OpeningHours`.
"""

from __future__ import annotations

from itertools import groupby

from suishou.domain.opening_hours import MINUTES_OF_DAY, OpeningHours, Span

WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()


def english_hours(hours: OpeningHours) -> str:
    """Days with the same hours that follow each other are told together."""
    told = []
    for spans, days in groupby(enumerate(hours.days), lambda day: day[1]):
        numbers = [number for number, _ in days]
        if spans:
            times = ", ".join(_span(span) for span in spans)
            told.append(f"{_days(numbers[0], numbers[-1])} {times}")
    return "; ".join(told) or "Closed"


def _days(first: int, last: int) -> str:
    if (first, last) == (0, 6):
        return "Every day"
    if first == last:
        return WEEKDAYS[first]
    return f"{WEEKDAYS[first]} {'to' if last > first + 1 else 'and'} {WEEKDAYS[last]}"


def _span(span: Span) -> str:
    if span == (0, MINUTES_OF_DAY):
        return "all day"
    return "–".join(f"{minute // 60 % 24:02}:{minute % 60:02}" for minute in span)
