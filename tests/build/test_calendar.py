"""The calendar's page and file: dates ahead of the data's day, readable by a telephone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from icalendar import Calendar

from build_scripts.pages_calendar import calendar_file
from build_scripts.view_calendar import DAYS_AHEAD, entries, months
from suishou.domain.deadline import CHINA
from suishou.domain.programme import Programme, Recurring
from tests.build.fabricated import programme

DAY = "2026-04-20"
# As in Longnan: a fixed window every Thursday afternoon, a market day a month in the townships.
WINDOW = Recurring(
    "window", "固定窗口", (4,), (), (), "14:30", "17:00", "网格点", workdays_only=True
)
MARKET = Recurring("market", "圩日服务", (), (), (8,), "", "", "圩场")


def within() -> Programme:
    return replace(programme(), recurring=(MARKET, WINDOW))


def parsed(day: str = DAY) -> list[Calendar]:
    content = calendar_file(within(), entries(within(), day), day)
    return list(Calendar.from_ical(content).walk("VEVENT"))


def test_market_days_fall_on_the_lunar_eighth() -> None:
    found = [e.day for e in entries(within(), DAY) if e.name == "圩日服务"]
    assert found == [date(2026, 4, 24), date(2026, 5, 24), date(2026, 6, 22), date(2026, 7, 21)]


def test_a_window_on_a_public_holiday_falls_away() -> None:
    labour_week = replace(WINDOW, weekdays=(5,))
    found = entries(replace(within(), recurring=(labour_week,)), DAY)
    days = [entry.day for entry in found if entry.recurring]
    assert date(2026, 4, 24) in days
    assert date(2026, 5, 1) not in days


def test_nothing_lies_before_the_data_or_too_far_ahead() -> None:
    today = date.fromisoformat(DAY)
    recurring = [entry for entry in entries(within(), DAY) if entry.recurring]
    assert recurring
    assert all(0 <= (entry.day - today).days <= DAYS_AHEAD for entry in recurring)
    assert not [entry for entry in entries(within(), "2031-01-01") if not entry.recurring]


def test_without_data_there_are_activities_alone() -> None:
    found = entries(within(), "")
    assert len(found) == len(within().activities)
    assert not any(entry.recurring for entry in found)


def test_the_file_is_read_back_as_it_was_meant() -> None:
    meant = entries(within(), DAY)
    events = parsed()
    assert [str(event["uid"]) for event in events] == [entry.uid for entry in meant]
    assert [event.decoded("dtstart") for event in events] == [entry.starts for entry in meant]
    assert [event.decoded("dtend") for event in events] == [entry.ends for entry in meant]
    assert {str(event["dtstart"].params.get("TZID", "")) for event in events} == {
        "Asia/Shanghai",
        "",
    }
    assert {event.decoded("dtstamp").date().isoformat() for event in events} == {DAY}
    assert all(str(event["summary"]).endswith("（演示数据）") for event in events)


def test_uids_stay_from_build_to_build() -> None:
    today, tomorrow = entries(within(), DAY), entries(within(), "2026-04-21")
    uids = [entry.uid for entry in today]
    assert len(uids) == len(set(uids))
    assert {e.uid for e in tomorrow} - {e.uid for e in today} <= {
        e.uid for e in tomorrow if (e.day - date.fromisoformat(DAY)).days > DAYS_AHEAD
    }


def test_the_same_day_gives_the_same_bytes() -> None:
    assert calendar_file(within(), entries(within(), DAY), DAY) == calendar_file(
        within(), entries(within(), DAY), DAY
    )


def test_days_are_in_order_under_their_months() -> None:
    shown = [day.day for month in months(entries(within(), DAY)) for day in month.days]
    assert shown == sorted(set(shown))


def test_an_activity_of_several_days_stays_until_its_last() -> None:
    activity = replace(
        within().activities[0],
        starts="2026-04-18T09:00:00+08:00",
        ends="2026-04-20T17:00:00+08:00",
    )
    found = entries(replace(within(), activities=(activity,), recurring=()), DAY)
    assert [entry.when for entry in found] == ["4月18日 09:00 至 4月20日 17:00"]
    assert found[0].starts == datetime(2026, 4, 18, 9, tzinfo=CHINA)
