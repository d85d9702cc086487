"""Factories of public rows and `SiteData`, for tests of the renderer. Nothing here is a real case.

Rows are a function of their number alone: every stage, hostile text, ragged titles, no photos, two.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from build_scripts.highlights import highlights_of
from build_scripts.site_data import SiteData
from suishou.domain.measures import measure
from suishou.domain.programme import Programme
from suishou.domain.public_row import PublicClock, PublicRow, Step
from suishou.services.load_programme import load_programme

PROJECT = Path(__file__).parents[2]
HOSTILE = '<script>alert("1")</script> & \'"><img src=x onerror=alert(1)> \u202e{{ 7 * 7 }}'
TITLES = (
    "井盖破损",
    "沿河步道路灯连续三盏不亮，夜间骑行看不清路面，请尽快安排检修，多位骑手反映已有一周",
    HOSTILE,
    "A" * 120,
    "",
    "消防通道被电动车\n堵塞",
    "第 3 栋 — “小区”东门……电线（飞线）垂落！！！",
)
TEXTS = (
    "步道边的井盖缺了一角，踩上去会晃。\n\n昨晚下雨，积水盖住看不见，怕有人摔倒。",
    HOSTILE + "\r\n第二行",
    "通道被占。" * 80,
    "短。",
)
STAGES = ("closed", "closed", "closed", "accepted", "reopened", "on_hold")


def programme() -> Programme:
    return load_programme(PROJECT / "programmes" / "tonggu")


def case_id(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()[:20]


def public_row(number: int, within: Programme, month: str = "2026-05", **changes: Any) -> PublicRow:
    """The row of this number; `shown` unless every seventh, or changed."""
    category = list(within.categories.values())[number % len(within.categories)]
    communities = within.communities
    community = communities[number % len(communities)].code if number % 11 else ""
    stage = STAGES[number % len(STAGES)]
    day = f"{month}-{number % 28 + 1:02d}"
    closed = stage == "closed"
    late = number % 5 == 3
    row = PublicRow(
        id=case_id(number),
        version=number % 9 + 1,
        kind=category.kind,
        category=category.code,
        dictionary=category.dictionary,
        national_code=category.national_code,
        urgency=category.urgency,
        source=("rider", "resident", "window", "imported")[number % 4],
        street=community[:9],
        community=community,
        grid_cell="",
        month=month,
        reported_on=day,
        changed_on=day,
        resolved_on=day if closed else "",
        closed_on=day if closed else "",
        stage=stage,
        lead_unit=category.lead_unit,
        assisting_units=category.assisting_units,
        clocks={
            "first_response": PublicClock(day, 12 + number % 300, True, False),
            "resolution": PublicClock(
                day,
                number % 4000 + 30 if closed else None,
                (not late) if closed else (False if late else None),
                False,
            ),
            "feedback": PublicClock("", None, None, number % 3 == 0),
        },
        outcome="settled" if closed else "",
        satisfied=(None, True, True, False)[number % 4] if closed else None,
        escalation_level=int(late),
        returned_count=number % 2,
        reopened_count=int(stage == "reopened"),
        extended_count=0,
        rework_count=0,
        merged_into="",
        duplicates=(case_id(number + 1), "elsewhere") if number % 10 == 0 else (),
        timeline=_timeline(day, community, category.lead_unit, closed, late),
        shown=number % 7 != 6,
        title=TITLES[number % len(TITLES)],
        text=TEXTS[number % len(TEXTS)],
        result="已更换井盖并加固，现场恢复通行。" if closed else "",
        photos_before=(f"photos/{case_id(number)}b.jpg",) if number % 3 == 0 else (),
        photos_after=(f"photos/{case_id(number)}a.jpg",) if number % 3 == 0 and closed else (),
    )
    row = replace(row, **changes)
    if row.shown:
        return row
    empty: dict[str, Any] = {"title": "", "text": "", "result": "", "timeline": ()}
    return replace(row, **empty, photos_before=(), photos_after=())


def _timeline(day: str, community: str, unit: str, closed: bool, late: bool) -> tuple[Step, ...]:
    steps = [
        Step("reported", day, ""),
        Step("registered", day, ""),
        Step("dispatched", day, community[:9]),
        Step("claimed", day, community),
        Step("returned", day, unit, "not_ours"),
        Step("dispatched", day, community[:9]),
        Step("accepted", day, unit),
    ]
    if late:
        steps += [Step("became_overdue", day, ""), Step("escalated", day, "")]
    if closed:
        steps += [
            Step("resolved", day, unit),
            Step("verified", day, ""),
            Step("closed", day, ""),
            Step("confirmed", day, ""),
        ]
    return tuple(steps)


def site_data(
    rows: Iterable[PublicRow], within: Programme, changed: Iterable[str] | None = None, **other: Any
) -> SiteData:
    """What the pipeline would give for these rows; all months changed unless said."""
    months: dict[str, list[PublicRow]] = {}
    for row in rows:
        months.setdefault(row.month, []).append(row)
    by_month = {month: tuple(sorted(of, key=lambda row: row.id)) for month, of in months.items()}
    everything: Sequence[PublicRow] = [row for of in by_month.values() for row in of]
    values: dict[str, Any] = {
        "programme": within,
        "build_id": "0123456789abcdef" * 4,
        "months": tuple(sorted(by_month, reverse=True)),
        "measures": measure(everything),
        "stations": within.stations,
        "honours": (),
        "standings": (),
        "changed_months": frozenset(by_month if changed is None else changed),
        "data_day": max((row.changed_on for row in everything), default=""),
        "shown_counts": {month: sum(row.shown for row in of) for month, of in by_month.items()},
        "load_month": lambda month: by_month.get(month, ()),
        "load_closed": lambda month: tuple(
            sorted(
                (r for r in everything if r.stage == "closed" and r.closed_on[:7] == month),
                key=lambda row: row.id,
            )
        ),
        "highlights": highlights_of(everything),
    }
    return SiteData(**(values | other))
