"""The calendar for a telephone's own calendar: an iCalendar file (RFC 5545).

In: the entries, the day of the data. Out: bytes. UIDs stay the same from build to build and DTSTAMP
is the day of the data, so the same data give the same bytes. Apart from the page: importing
icalendar takes as long as rendering half of the pages that span the months.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone

from build_scripts.view_calendar import Entry
from suishou.domain.programme import Programme

CHINA = ZoneInfo("Asia/Shanghai")  # with its name, which telephones know
_NO_DAY = datetime(2000, 1, 1, tzinfo=UTC)  # the stamp of a calendar without any data
# No more than the present offset: no entry lies before 1991, the last year of daylight saving.
_ZONE = (
    "BEGIN:VTIMEZONE\r\nTZID:Asia/Shanghai\r\nBEGIN:STANDARD\r\nDTSTART:19910915T000000\r\n"
    "TZOFFSETFROM:+0800\r\nTZOFFSETTO:+0800\r\nTZNAME:CST\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
)


def calendar_file(programme: Programme, found: Sequence[Entry], data_day: str) -> bytes:
    """The entries as an iCalendar file (RFC 5545)."""
    calendar = Calendar()
    calendar.add("prodid", "-//suishou//calendar//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"{programme.title}日历")
    calendar.add("x-wr-timezone", "Asia/Shanghai")
    calendar.add("refresh-interval", timedelta(days=1), parameters={"VALUE": "DURATION"})
    calendar.add_component(Timezone.from_ical(_ZONE))
    stamp = datetime.combine(date.fromisoformat(data_day), time(), UTC) if data_day else _NO_DAY
    for entry in found:
        calendar.add_component(_event(programme, entry, stamp))
    return bytes(calendar.to_ical())


def _event(programme: Programme, entry: Entry, stamp: datetime) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", stamp)
    event.add("sequence", (stamp - _NO_DAY).days)  # never less than in an earlier file
    event.add("summary", f"{entry.name}（演示数据）" if programme.demonstration else entry.name)
    event.add("dtstart", _placed(entry.starts))
    event.add("dtend", _placed(entry.ends))
    event.add("location", entry.place)
    notes = [entry.description]
    if entry.unsure:
        notes.append("遇法定节假日以通知为准。")
        event.add("status", "TENTATIVE")
    if words := "\n".join(note for note in notes if note):
        event.add("description", words)
    return event


def _placed(moment: datetime | date) -> datetime | date:
    return moment.astimezone(CHINA) if isinstance(moment, datetime) else moment
