"""When a station is open, read from the words that a county writes: 「周一至周五 8:30—18:00」.

In: the text of `hours`. Out: the open minutes of each day of the week, or None. Whatever is not
understood whole (「节假日另行通知」) makes no claim at all: better silent than wrong.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

MINUTES_OF_DAY = 24 * 60
NIGHT_SPAN_MINUTES_MAX = 16 * 60  # 「9:00—5:00」 means five in the afternoon, so nothing is claimed
_DAY = "一二三四五六日天"
_EVERY_DAY = re.compile("每日|每天|天天|全周|全年(?:无休)?")
_DAYS = re.compile(
    rf"(?:周|星期|礼拜)([{_DAY}])(?:(?:至|到|[-—–~])(?:周|星期|礼拜)?([{_DAY}]))?"
    "|周末|双休日"
)
_CLOCK = r"(上午|下午|晚上|晚|早上|早|中午)?(\d{1,2})(?::(\d{2})|[点时](?:(半)|(\d{1,2})分?)?)"
_SPAN = re.compile(rf"{_CLOCK}(?:[-—–―~]+|至|到)(次日)?{_CLOCK}")
_ALL_DAY = re.compile("24小时|全天候?")
_CLOSED = re.compile("休息|闭馆|不开放|关闭|休馆")
_NOISE = re.compile("[:,，、;；。/|和及]|开放|营业|服务|时间:|均?为")

Span = tuple[int, int]


@dataclass(frozen=True)
class OpeningHours:
    """For each day of the week, Monday first, spans of minutes after midnight, in Asia/Shanghai.
    A span that ends past 1440 runs into the next day."""

    days: tuple[tuple[Span, ...], ...]

    def is_open(self, weekday: int, minute: int) -> bool:
        """Whether it is open on this weekday (0 is Monday) at this minute of the day."""
        yesterday = self.days[(weekday - 1) % 7]
        return any(start <= minute < end for start, end in self.days[weekday]) or any(
            minute < end - MINUTES_OF_DAY for _, end in yesterday
        )

    @property
    def encoded(self) -> str:
        """For scripts: the days divided by `|`, spans by `,`: `480-1320|480-1320|…`."""
        return "|".join(",".join(f"{a}-{b}" for a, b in spans) for spans in self.days)


def opening_hours(text: str) -> OpeningHours | None:
    """What the text says of each day, None where any part of it is not understood or it says
    nothing. Days that are not named are closed; days named later overrule earlier ones."""
    rest = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    days: list[list[Span]] = [[] for _ in range(7)]
    named: list[int] = []
    told = reading_days = False
    while rest:
        if (found := _days(rest)) is not None:
            chosen, length = found
            named = named + chosen if reading_days else chosen
            reading_days = True
        elif (spans := _spans(rest)) is not None:
            found_spans, length = spans
            for day in named or range(7):
                days[day] = found_spans if reading_days or not told else days[day] + found_spans
            told, reading_days = True, False
        elif noise := _NOISE.match(rest):
            length = noise.end()
        else:
            return None
        rest = rest[length:]
    if not told or reading_days:  # days without hours, or nothing at all
        return None
    return OpeningHours(tuple(tuple(sorted(spans)) for spans in days))


def _days(text: str) -> tuple[list[int], int] | None:
    """The days of the week that the text begins with, and how many characters name them."""
    if every := _EVERY_DAY.match(text):
        return list(range(7)), every.end()
    found = _DAYS.match(text)
    if not found:
        return None
    if not found[1]:
        return [5, 6], found.end()
    first = min(_DAY.index(found[1]), 6)
    last = min(_DAY.index(found[2]), 6) if found[2] else first
    count = (last - first) % 7 + 1
    return [(first + n) % 7 for n in range(count)], found.end()


def _spans(text: str) -> tuple[list[Span], int] | None:
    """What the text begins with: one span, the whole day, or nothing on a day of rest."""
    if whole := _ALL_DAY.match(text):
        return [(0, MINUTES_OF_DAY)], whole.end()
    if closed := _CLOSED.match(text):
        return [], closed.end()
    found = _SPAN.match(text)
    if not found:
        return None
    start = _minute(*found.group(1, 2, 3, 4, 5))
    end = _minute(found[7] or ("" if found[6] else found[1]), *found.group(8, 9, 10, 11))
    if start is None or end is None or start == MINUTES_OF_DAY:
        return None
    if found[6] or end <= start:
        end += MINUTES_OF_DAY
        if end - start > NIGHT_SPAN_MINUTES_MAX:
            return None
    return [(start, end)], found.end()


def _minute(part: str | None, hour: str, minutes: str, half: str, more: str) -> int | None:
    """Minutes after midnight, 0 to 1440; None for a time that no clock shows."""
    hours, minute = int(hour), 30 if half else int(minutes or more or 0)
    if part in ("下午", "晚上", "晚", "中午") and hours < 12 and not (part == "中午" and hours > 2):
        hours += 12
    total = hours * 60 + minute
    return total if minute < 60 and total <= MINUTES_OF_DAY else None
