"""The calendar's page and file: dates ahead of the data's day, readable by a telephone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from icalendar import Calendar

from build_scripts.calendar_file import calendar_file
from build_scripts.pages_calendar import subscribed
from build_scripts.view_calendar import DAYS_AHEAD, entries, months
from suishou.domain.deadline import CHINA
from suishou.domain.programme import Programme, Recurring
from suishou.domain.recurrence import LUNAR_DAYS
from suishou.services.lunar_day import lunar_day
from suishou.services.programme_reading import Findings
from suishou.services.programme_tables import read_activities
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


LONGNAN = """
activities: []
recurring:
  - {code: window, name: 红帐篷固定窗口, weekly: [四], workdays_only: true,
     starts: "14:30", ends: "17:30", place: 网格点}
  - {code: city-fair, name: 城区流动集市, monthly: [10], place: 每月地点另行公布}
"""
# 14 townships, each with one lunar market day a month, in the morning.
MARKETS = "".join(
    f"  - {{code: market-{n:02}, name: 第{n}镇圩日服务, lunar_days: [{LUNAR_DAYS[2 * n - 1]}],"
    f' starts: "08:00", ends: "11:30", place: 第{n}镇圩场}}\n'
    for n in range(1, 15)
)


def test_the_dates_of_longnan_come_from_its_configuration_alone(tmp_path: Path) -> None:
    """Every Thursday afternoon, a moving fair a month in the city, a market day a month in each
    township (龙南红帐篷)."""
    (tmp_path / "activities.yaml").write_text(LONGNAN + MARKETS, encoding="utf-8")
    findings = Findings()
    activities, recurring = read_activities(tmp_path / "activities.yaml", findings)
    assert not findings.problems
    county = replace(programme(), activities=activities, recurring=recurring)
    found = entries(county, DAY)
    events = Calendar.from_ical(calendar_file(county, found, DAY)).walk("VEVENT")
    starts: dict[str, list[date | datetime]] = {}
    for event in events:
        name = str(event["uid"]).rpartition("-")[0]
        starts.setdefault(name, []).append(event.decoded("dtstart"))
    assert {f"market-{n:02}" for n in range(1, 15)} | {"window", "city-fair"} == set(starts)
    for n in range(1, 15):
        days = starts[f"market-{n:02}"]
        assert {lunar_day(day.date()) for day in days if isinstance(day, datetime)} == {2 * n}
        assert {f"{day:%H:%M %Z}" for day in days} == {"08:00 CST"}
        assert 3 <= len(days) <= 4  # once a month of 29 or 30 days, in 93 days
    assert {day.isoweekday() for day in starts["window"] if isinstance(day, datetime)} == {4}
    assert len(starts["window"]) >= 12
    assert starts["city-fair"] == [date(2026, 5, 10), date(2026, 6, 10), date(2026, 7, 10)]


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


def test_a_later_file_overrules_an_earlier_one() -> None:
    before, after = parsed()[0], parsed("2026-04-21")[0]
    assert before["uid"] == after["uid"]
    assert before["sequence"] < after["sequence"]


def test_no_line_of_the_file_is_longer_than_75_bytes() -> None:
    long = replace(within().activities[0], description="长" * 300, starts=f"{DAY}T09:00:00+08:00")
    county = replace(within(), activities=(long,))
    content = calendar_file(county, entries(county, DAY), DAY)
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    (read,) = (e for e in Calendar.from_ical(content).walk("VEVENT") if "description" in e)
    assert str(read["description"]).startswith("长" * 300)


def test_a_telephone_may_subscribe_where_the_address_is_known() -> None:
    assert (
        subscribed("https://www.example.gov.cn/a/") == "webcal://www.example.gov.cn/a/calendar.ics"
    )
    assert subscribed("") == ""


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
