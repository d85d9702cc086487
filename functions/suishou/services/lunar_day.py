"""Which day of its lunar month (农历) a day is: what market days (圩日) go by.

In: a day. Out: 1 to 30. Source: the package `borax`, whose tables hold 1900 to 2100 as published by
the Hong Kong Observatory; leap months need no care, since only the day is asked.
"""

from __future__ import annotations

from datetime import date

from borax.calendars.lunardate import LunarDate  # type: ignore[import-untyped]


def lunar_day(day: date) -> int:
    """The lunar day of the month, from 1. Raises ValueError outside the package's years."""
    return int(LunarDate.from_solar_date(day.year, day.month, day.day).day)
