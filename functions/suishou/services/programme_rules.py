"""Reads the rules of `programme.yaml`: categories with their clocks, the loop, points, honours.

Comes in: sections of the file. Goes out: frozen values of `domain/programme.py`; every fault goes
on the sections' findings.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import cast, get_args

from suishou.domain.programme import (
    CLOCKS,
    Category,
    Clock,
    Emergency,
    HonourRule,
    Kind,
    Limit,
    LimitUnit,
    LoopRules,
    Milestone,
    PointsRules,
    Publication,
    Steps,
    Urgency,
)
from suishou.domain.site_duties import SiteDuties
from suishou.services.programme_reading import CODE, Section
from suishou.services.programme_stations import read_tiles

NATIONAL_CODE = re.compile(r"(部件|事件)\d{5}")  # the two series overlap, so the word is needed
TELEPHONE = re.compile(r"\+?[\d-]{3,20}")
_LICENCE = re.compile(r"[A-Za-z0-9.+-]{2,40}")  # an SPDX identifier
_ADDRESS = re.compile(r"https?://[^\s?#]+/")
_API_ROOT = re.compile(r"(https?:/)?/[^\s?#]+")
_LIMIT = re.compile(r"(\d{1,5}) ?(分钟|小时|个工作日)")
_MINUTES_MAX = 14 * 24 * 60  # a longer limit is meant in working days
_WORKING_DAYS_MAX = 250  # about a year
_SAME_DAY = "当日"


def read_limit(part: Section, key: str) -> Limit | None:
    """`30分钟`, `2小时`, `当日` or `3个工作日`; None with a problem noted."""
    text = part.text(key)
    match = _LIMIT.fullmatch(text)
    if text == _SAME_DAY:
        return Limit(0, "same_day")
    if not match:
        if text:
            detail = f"“{text}”应当写成 30分钟、2小时、当日 或 3个工作日。"
            part.problem(key, "bad_limit", detail)
        return None
    unit: LimitUnit = "working_days" if match[2] == "个工作日" else "minutes"
    amount = int(match[1]) * (60 if match[2] == "小时" else 1)
    most = _WORKING_DAYS_MAX if unit == "working_days" else _MINUTES_MAX
    if not 1 <= amount <= most:
        part.problem(key, "impossible_limit", f"“{text}”不可能：太短或太长（14天以上请用工作日）。")
        return None
    return Limit(amount, unit)


def read_categories(top: Section, units: Mapping[str, str]) -> dict[str, Category]:
    """Categories by code, in the order written, which is the order of the form."""
    dictionary = top.text("dictionary")
    categories: dict[str, Category] = {}
    for part in top.sections("categories"):
        category = _category(part, dictionary, units)
        if category.code in categories:
            part.problem("code", "duplicate_code", f"类别代码“{category.code}”已经用过。")
        categories[category.code] = category
    if top.has("categories") and not categories:
        top.problem("categories", "empty", "至少要有一个类别。")
    return categories


def _category(part: Section, dictionary: str, units: Mapping[str, str]) -> Category:
    code, name = part.text("code", pattern=CODE), part.text("name")
    kind = cast(Kind, part.choice("kind", get_args(Kind)))
    urgency = cast(Urgency, part.choice("urgency", get_args(Urgency)))
    publication = cast(Publication, part.choice("publication", get_args(Publication)))
    lead, assisting = part.text("lead_unit"), part.texts("assisting_units", ())
    for key, unit in (("lead_unit", lead), *(("assisting_units", unit) for unit in assisting)):
        if unit and unit not in units:
            part.problem(key, "unknown_unit", f"单位“{unit}”没有写在 units 里。")
    if lead in assisting:
        part.problem("assisting_units", "unknown_unit", "主办单位不能同时是协办单位。")
    if kind in ("dispute", "wish") and publication not in ("never", "aggregate"):
        detail = "纠纷和心愿只能写 never（不公开）或 aggregate（只计数），不得逐件公开。"
        part.problem("publication", "not_allowed", detail)
    return Category(
        code=code,
        name=name,
        kind=kind,
        dictionary=part.text("dictionary", dictionary),
        national_code=part.text("national_code", "", pattern=NATIONAL_CODE),
        urgency=urgency,
        limits=_limits(part, urgency),
        publication=publication,
        lead_unit=lead,
        assisting_units=assisting,
        description=part.text("description", ""),
        assumed=part.finish(),
    )


def _limits(part: Section, urgency: Urgency) -> Mapping[Clock, Limit]:
    inner = part.section("limits")
    found = {clock: read_limit(inner, clock) for clock in CLOCKS}
    inner.finish()
    first, whole = found["first_response"], found["resolution"]
    if first and urgency == "emergency" and first.unit != "minutes":
        detail = "紧急类别的首次响应要以分钟或小时计。"
        inner.problem("first_response", "impossible_limit", detail)
    if first and whole and _surely_longer(first, whole):
        detail = "办结时限比首次响应时限还短。"
        inner.problem("resolution", "impossible_limit", detail)
    return {clock: limit for clock, limit in found.items() if limit}


def _surely_longer(one: Limit, other: Limit) -> bool:
    """Whether `one` ends after `other` whatever the day: known within a unit, and where a limit in
    working days stands against one in minutes of less than a day."""
    if one.unit == other.unit:
        return one.amount > other.amount
    if one.unit == "working_days":
        return other.unit == "same_day" or other.amount < 12 * 60
    return False


def read_loop(part: Section) -> LoopRules:
    steps = part.section("steps")
    milestones = tuple(map(_milestone, part.sections("milestones", required=False)))
    reopen_days_max = part.whole("reopen_days_max", at_most=365)
    rules = LoopRules(
        steps=Steps(
            registered=steps.flag("registered"),
            claimed=steps.flag("claimed"),
            accepted=steps.flag("accepted"),
            verified=steps.flag("verified"),
        ),
        reopen_days_max=reopen_days_max,
        escalation_levels=part.texts("escalation_levels"),
        two_person_approval=part.flag("two_person_approval"),
        review_metres=part.whole("review_metres", at_most=20_000),
        overdue_grace_days=part.whole("overdue_grace_days", at_most=365),
        sample_min=part.whole("sample_min", at_least=1),
        day_ends_at=part.clock_time("day_ends_at"),
        return_reasons=part.words("return_reasons"),
        reject_reasons=part.words("reject_reasons"),
        extension_reasons=part.words("extension_reasons", required=False),
        frozen_after_days=part.whole("frozen_after_days", at_most=365)
        if part.has("frozen_after_days")
        else reopen_days_max,  # until then a case closed on its last day may be reopened
        milestones=milestones,
    )
    steps.finish()
    part.finish()
    return rules


def _milestone(part: Section) -> Milestone:
    on, name = part.text("on"), part.text("name")
    try:
        valid = len(on) == len("2026-03-01") and bool(date.fromisoformat(on))
    except ValueError:
        valid = False
    if on and not valid:
        part.problem("on", "bad_date", f"“{on}”不是一个日期，要写成 2026-03-01 的样子。")
    part.finish()
    return Milestone(on if valid else "", name)


def read_points(part: Section) -> PointsRules:
    rules = PointsRules(
        registered=part.whole("registered"),
        resolved=part.numbers("resolved"),
        verified=part.whole("verified"),
        duplicate=part.whole("duplicate"),
        cap_day=part.whole("cap_day", at_least=1),
        cap_month=part.whole("cap_month", at_least=1),
        severities=part.words("severities"),
        default_severity=part.text("default_severity"),
    )
    part.finish()
    for severity in sorted(set(rules.resolved) ^ set(rules.severities)):
        detail = f"“{severity}”应当在 resolved（分值）和 severities（名称）里各写一次。"
        part.problem("resolved", "unknown_severity", detail)
    if rules.default_severity and rules.default_severity not in rules.severities:
        detail = f"“{rules.default_severity}”没有写在 severities 里。"
        part.problem("default_severity", "unknown_severity", detail)
    if rules.cap_day > rules.cap_month:
        part.problem("cap_day", "impossible_limit", "每日上限比每月上限还高。")
    if max(rules.resolved.values(), default=0) > rules.cap_day:
        part.problem("cap_day", "impossible_limit", "每日上限比一件事项的办结分值还低。")
    return rules


def read_honours(top: Section) -> tuple[HonourRule, ...]:
    rules: list[HonourRule] = []
    for part in top.sections("honours"):
        code = part.text("code", pattern=CODE)
        if code in {rule.code for rule in rules}:
            part.problem("code", "duplicate_code", f"荣誉代码“{code}”已经用过。")
        rule = HonourRule(
            code=code,
            name=part.text("name"),
            period=part.choice("period", ("month", "quarter", "year")),  # type: ignore[arg-type]
            measure=part.choice("measure", ("points", "reports_resolved")),  # type: ignore[arg-type]
            places=part.whole("places", at_least=1, at_most=1000),
            tie=part.choice("tie", ("share", "earlier")),  # type: ignore[arg-type]
            benefit=part.text("benefit", ""),
            notice_days=(
                part.whole("notice_days", at_least=1, at_most=60)
                if part.has("notice_days")
                else HonourRule.notice_days
            ),
        )
        part.finish()
        rules.append(rule)
    return tuple(rules)


def read_emergencies(top: Section) -> tuple[Emergency, ...]:
    found = []
    for part in top.sections("emergencies"):
        found.append(Emergency(part.text("number", "", pattern=TELEPHONE), part.text("words")))
        part.finish()
    return tuple(found)


def read_site(part: Section) -> SiteDuties:
    map_approval = part.text("map_approval", "")
    duties = SiteDuties(
        organiser=part.text("organiser"),
        operator=part.text("operator", ""),
        icp=part.text("icp", ""),
        police=part.text("police", ""),
        site_code=part.text("site_code", ""),
        contact_phone=part.text("contact_phone", "", pattern=TELEPHONE),
        contact_email=part.text("contact_email", ""),
        accessibility=part.text("accessibility", ""),
        map_approval=map_approval,
        schematic_maps=part.flag("schematic_maps", False),
        tiles=read_tiles(part, map_approval),
        licence=part.text("licence", SiteDuties.licence, pattern=_LICENCE),
        english=part.flag("english", True),
        address=part.text("address", "", pattern=_ADDRESS),
        api_root=part.text("api_root", "", pattern=_API_ROOT),
    )
    part.finish()
    return duties
