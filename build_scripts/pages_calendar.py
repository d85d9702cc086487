"""The calendar: `calendar.html`, and `calendar.ics` for the telephone's own calendar.

In: the programme and the day of the data. Out: two files, written at every build.
"""

from __future__ import annotations

from build_scripts.pages_writer import PageWriter
from build_scripts.phrase import Phrase
from build_scripts.site_data import SiteData
from build_scripts.view_calendar import entries, months, rules

PATH = "calendar.html"
FILE = "calendar.ics"


def write_calendar(pages: PageWriter, data: SiteData) -> None:
    """Both files."""
    found = entries(data.programme, data.data_day)
    pages.both(
        PATH,
        "calendar.html",
        "日历",
        Phrase("{}的活动、固定窗口和赶集服务日期，可以加入手机日历。", data.programme.title),
        months=months(found),
        rules=rules(data.programme),
        data_day=data.data_day,
        subscribe=subscribed(pages.shells.address),
    )
    from build_scripts.calendar_file import calendar_file  # see there why not before

    pages.write(FILE, calendar_file(data.programme, found, data.data_day))


def subscribed(address: str) -> str:
    """Where a telephone subscribes, so that it hears of changes; "" without the site's address."""
    return f"webcal://{address.partition('://')[2]}{FILE}" if address else ""
