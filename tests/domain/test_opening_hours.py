"""Opening hours: what is understood of the words, and silence about the rest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suishou.domain.opening_hours import MINUTES_OF_DAY, opening_hours

WEEK = "510-720|510-720|510-720|510-720|510-720||"


@pytest.mark.parametrize(
    ("text", "encoded"),
    [
        ("每日 08:30—12:00", "|".join(["510-720"] * 7)),
        ("8:30-12:00", "|".join(["510-720"] * 7)),
        ("每天８：３０至１２：００", "|".join(["510-720"] * 7)),
        ("24小时开放", "|".join(["0-1440"] * 7)),
        ("周一至周五 8:30—12:00", WEEK),
        ("星期一到星期五：上午8点半至12点", WEEK),
        ("周一至周五 8:30—12:00；周六、周日休息", WEEK),
        ("每日 8:30—12:00，周末不开放", WEEK),
        ("周一至周五 8:30—12:00、14:00—17:30", "|".join(["510-720,840-1050"] * 5 + ["", ""])),
        ("上午8:30—12:00，下午2:00—5:30", "|".join(["510-720,840-1050"] * 7)),
        ("周五至周日 18:00—次日2:00", "||||" + "|".join(["1080-1560"] * 3)),
        ("每日 20:00—4:00", "|".join(["1200-1680"] * 7)),
        (
            "每日8:00—18:00，周三9:00—12:00",
            "480-1080|480-1080|540-720|" + "|".join(["480-1080"] * 4),
        ),
    ],
)
def test_usual_wordings_are_understood(text: str, encoded: str) -> None:
    hours = opening_hours(text)
    assert hours is not None
    assert hours.encoded == encoded


@pytest.mark.parametrize(
    "text",
    [
        "",
        "每日",
        "工作日 9:00—17:00",  # make-up workdays and holidays: not the same every week
        "每日 9:00—17:00（节假日另行通知）",
        "9:00—5:00",  # five in the afternoon, surely; but nobody said so
        "每日 25:00—26:00",
        "每日 9:75—12:00",
        "全天候预约",
        "周一至周五",
        "8:00—18:00，周日",
    ],
)
def test_words_that_are_not_understood_whole_make_no_claim(text: str) -> None:
    assert opening_hours(text) is None


@pytest.mark.parametrize(
    ("weekday", "minute", "expected"),
    [
        (0, 8 * 60 - 1, False),
        (0, 8 * 60, True),
        (0, 18 * 60 - 1, True),
        (0, 18 * 60, False),
        (5, 23 * 60, True),
        (6, 2 * 60 - 1, True),  # Saturday's night runs into Sunday
        (6, 2 * 60, False),
        (0, 60, False),
    ],
)
def test_a_span_holds_its_first_minute_and_not_its_last(
    weekday: int, minute: int, expected: bool
) -> None:
    hours = opening_hours("周一至周五 8:00—18:00；周六 18:00—次日2:00")
    assert hours is not None
    assert hours.is_open(weekday, minute) is expected


def test_a_sunday_night_runs_into_monday() -> None:
    hours = opening_hours("周日 22:00—次日6:00")
    assert hours is not None
    assert hours.is_open(0, 5 * 60)
    assert not hours.is_open(6, 5 * 60)


@given(st.text(alphabet="周一二三日至每上下午0123456789:—-，；休息开放点半次 ", max_size=30))
def test_any_words_are_read_without_error_and_spans_are_in_order(text: str) -> None:
    hours = opening_hours(text)
    if hours is not None:
        assert len(hours.days) == 7
        for spans in hours.days:
            for start, end in spans:
                assert 0 <= start < MINUTES_OF_DAY
                assert start < end < 2 * MINUTES_OF_DAY
