"""What each action's fields mean: checked against the programme, turned into an event's data.

Comes in: an action's fields as the caller sent them; unknown ones are passed over. Goes out: the
event's data (never personal text), the erasable note, the erasable draft.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from suishou.domain.case import Case
from suishou.domain.deadline import Due, WorkCalendar, after_hold, due_at
from suishou.domain.errors import Invalid, Lost
from suishou.domain.field_checks import draft_content, known, photo_ids, text_field
from suishou.domain.programme import CLOCKS, Category, Programme, community_of

UNTIL_DAYS_MAX = 731  # two years: whoever asks for longer has mistyped the year
OUTCOMES = ("settled", "unsettled", "answered")

Data = dict[str, Any]
Decided = tuple[Data, str, Mapping[str, Any] | None]


@dataclass(frozen=True)
class ActionContext:
    """The rules and the moment: `now` aware UTC."""

    programme: Programme
    calendar: WorkCalendar
    now: datetime


def event_data(
    action: str, case: Case, fields: Mapping[str, Any], context: ActionContext
) -> Decided:
    """Data, note and draft for an action. Raises Invalid naming the field."""
    note = text_field(fields, "result" if action in _RESULTS else "reason")
    draft = None
    data: Data = {}
    if action in _DATA:
        data = _DATA[action](case, fields, context)
    if action == "draft":
        draft = draft_content(case, fields)
        note = ""
    return data, note, draft


_RESULTS = frozenset({"resolve", "record_result"})


def clock_states(category: Category, start: datetime, context: ActionContext) -> Data:
    """The clocks that run from a report's arrival, as JSON; feedback starts with closing."""
    states: Data = {}
    for name in CLOCKS:
        if name != "feedback":
            states[name] = due_json(_due(start, category, name, context))
    states["feedback"] = {"due": None, "pending": False}
    return states


def _due(start: datetime, category: Category, clock: Any, context: ActionContext) -> Due:
    ends = context.programme.loop.day_ends_at
    return due_at(start, category.limits[clock], context.calendar, ends)


def due_json(due: Due) -> Data:
    return {"due": due.at.isoformat() if due.at else None, "pending": due.pending}


def category_data(category: Category) -> Data:
    """What a case keeps of its category, in the dictionary's version of that day."""
    return {
        "kind": category.kind,
        "category": category.code,
        "dictionary": category.dictionary,
        "national_code": category.national_code,
        "urgency": category.urgency,
    }


def _register(case: Case, fields: Mapping[str, Any], context: ActionContext) -> Data:
    points = context.programme.points
    severity = text_field(fields, "severity") or case.severity or points.default_severity
    if severity not in points.severities:
        raise Invalid("unknown_severity", "severity", known=sorted(points.severities))
    return {"severity": severity}


def _classify(case: Case, fields: Mapping[str, Any], context: ActionContext) -> Data:
    category = known(context.programme.categories, fields, "category", "unknown_category")
    clocks = clock_states(category, case.reported_at, context)
    return {**category_data(category), "clocks": clocks}


def _locate(case: Case, fields: Mapping[str, Any], context: ActionContext) -> Data:
    area = known(context.programme.areas, fields, "area", "unknown_area")
    if area.level == "county":
        raise Invalid("area_too_wide", "area")
    return {"area": area.code}


def _reason_code(reasons: str) -> Callable[[Case, Mapping[str, Any], ActionContext], Data]:
    def check(case: Case, fields: Mapping[str, Any], context: ActionContext) -> Data:
        table = getattr(context.programme.loop, reasons)
        known(table, fields, "reason_code", "unknown_reason")
        return {"reason": fields["reason_code"]}

    return check


def _merge(case: Case, fields: Mapping[str, Any], context: ActionContext) -> Data:
    into = text_field(fields, "into")
    if into == case.id:
        raise Invalid("merge_into_itself", "into")
    return {"into": into}


def _dispatch(case: Case, fields: Mapping[str, Any], context: ActionContext) -> Data:
    programme = context.programme
    category = programme.categories.get(case.category)
    lead = text_field(fields, "lead_unit") or (category.lead_unit if category else "")
    assisting = fields.get("assisting_units")
    if assisting is None:
        assisting = [u for u in (category.assisting_units if category else ()) if u != lead]
    if not isinstance(assisting, list | tuple):
        raise Invalid("not_a_list", "assisting_units")
    for name, unit in (("lead_unit", lead), *(("assisting_units", u) for u in assisting)):
        if not isinstance(unit, str) or unit not in programme.units:
            raise Invalid("unknown_unit", name)
    community = text_field(fields, "community") or community_of(case.area)
    if not community:
        raise Invalid("required", "community")
    if community not in programme.areas or len(community) != 12:
        raise Invalid("unknown_community", "community")
    return {"lead_unit": lead, "assisting_units": sorted(set(assisting)), "community": community}


def _ask(what: str) -> Callable[[Case, Mapping[str, Any], ActionContext], Data]:
    def check(case: Case, fields: Mapping[str, Any], context: ActionContext) -> Data:
        until = _time(fields, "until")
        if until <= context.now:
            raise Invalid("time_is_past", "until")
        if until > context.now + timedelta(days=UNTIL_DAYS_MAX):
            raise Invalid("time_too_far", "until", days=UNTIL_DAYS_MAX)
        return {"for": what, "until": until.isoformat()}

    return check


def _time(fields: Mapping[str, Any], name: str) -> datetime:
    """An aware time in UTC, as every stored time is."""
    try:
        moment = datetime.fromisoformat(text_field(fields, name))
        if moment.tzinfo is None:
            raise Invalid("time_without_offset", name)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):  # 9999-12-31T23:59-14:00 has no place in the calendar
        raise Invalid("not_a_time", name) from None


def _answer(what: str) -> Callable[[Case, Mapping[str, Any], ActionContext], Data]:
    def check(case: Case, fields: Mapping[str, Any], context: ActionContext) -> Data:
        if case.asked != what or case.asked_until is None:
            raise Lost("nothing_asked", "stage", stage=case.stage, action=what)
        granted = {"due": case.asked_until.isoformat()}
        return {**granted, **_extension_reason(fields, context)} if what == "extension" else granted

    return check


def _extension_reason(fields: Mapping[str, Any], context: ActionContext) -> Data:
    """The configured reason that the public reads; programmes without a list of them give none."""
    reasons = context.programme.loop.extension_reasons
    if "reason_code" not in fields:
        return {}
    known(reasons, fields, "reason_code", "unknown_reason")
    return {"reason": fields["reason_code"]}


def _refuse(case: Case, fields: Mapping[str, Any], context: ActionContext) -> Data:
    if not case.asked:
        raise Lost("nothing_asked", "stage", stage=case.stage, action="refuse_request")
    return {"for": case.asked}


def _resume(case: Case, fields: Mapping[str, Any], context: ActionContext) -> Data:
    clock = case.clocks["resolution"]
    category = context.programme.categories.get(case.category)
    if category is None or case.held_since is None:
        return due_json(Due(clock.due, clock.pending))
    moved = after_hold(
        Due(clock.due, clock.pending),
        case.held_since,
        context.now,
        category.limits["resolution"],
        context.calendar,
        context.programme.loop.day_ends_at,
    )
    return due_json(moved)


def _resolve(case: Case, fields: Mapping[str, Any], context: ActionContext) -> Data:
    outcome = text_field(fields, "outcome")
    if outcome and outcome not in OUTCOMES:
        raise Invalid("unknown_outcome", "outcome", known=list(OUTCOMES))
    return {"outcome": outcome, "photos": photo_ids(fields)}


def _close(case: Case, fields: Mapping[str, Any], context: ActionContext) -> Data:
    category = context.programme.categories.get(case.category)
    if category is None:
        return {}
    due = due_json(_due(context.now, category, "feedback", context))
    return {"feedback_due": due["due"], "feedback_pending": due["pending"]}


def _transfer(case: Case, fields: Mapping[str, Any], context: ActionContext) -> Data:
    return {name: text_field(fields, name, 100) for name in ("system", "outside_number")}


def _escalate(case: Case, fields: Mapping[str, Any], context: ActionContext) -> Data:
    return {"level": case.escalation_level + 1}


def _reopen(case: Case, fields: Mapping[str, Any], context: ActionContext) -> Data:
    days = context.programme.loop.reopen_days_max
    if case.closed_at is None or context.now > case.closed_at + timedelta(days=days):
        raise Invalid("too_late_to_reopen", "reason", days=days)
    category = context.programme.categories.get(case.category)
    if category is None:
        return {}
    return due_json(_due(context.now, category, "resolution", context))


def _confirm(case: Case, fields: Mapping[str, Any], context: ActionContext) -> Data:
    if not isinstance(fields["satisfied"], bool):
        raise Invalid("not_yes_or_no", "satisfied")
    return {"satisfied": fields["satisfied"]}


def _draft_number(case: Case, fields: Mapping[str, Any], context: ActionContext) -> Data:
    return {"draft": case.draft + 1}


def _approve(case: Case, fields: Mapping[str, Any], context: ActionContext) -> Data:
    if not case.draft or fields["draft"] != case.draft:
        raise Invalid("stale_draft", "draft", newest=case.draft)
    return {"draft": case.draft}


def _set_deadline(case: Case, fields: Mapping[str, Any], context: ActionContext) -> Data:
    return {"clock": fields["clock"], "due": fields["due"]}


_DATA: Mapping[str, Callable[[Case, Mapping[str, Any], ActionContext], Data]] = {
    "register": _register,
    "classify": _classify,
    "locate": _locate,
    "reject": _reason_code("reject_reasons"),
    "merge": _merge,
    "dispatch": _dispatch,
    "return": _reason_code("return_reasons"),
    "ask_extension": _ask("extension"),
    "ask_hold": _ask("hold"),
    "extend": _answer("extension"),
    "hold": _answer("hold"),
    "refuse_request": _refuse,
    "resume": _resume,
    "resolve": _resolve,
    "record_result": _resolve,
    "close": _close,
    "transfer": _transfer,
    "escalate": _escalate,
    "draft": _draft_number,
    "approve": _approve,
    "confirm": _confirm,
    "reopen": _reopen,
    "set_deadline": _set_deadline,
}
