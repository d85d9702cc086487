"""A round of honours (评选): opened for a period, proposed (拟定) from the ledgers when it is over,
put on notice (公示), decided when the notice is over.

In: an honour's code and a period. Out: a private round with its winners, and public documents that
name only those who consent, each as they chose. The places are those that were on notice; a later
reversal changes no proposed round. A round with an open objection (`round_objections.py`) is not
decided. Who may do this is the handler's question.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from suishou.domain.deadline import CHINA, CalendarEnds, nth_working_day
from suishou.domain.errors import Busy, Conflict, Contended, Invalid, Lost
from suishou.domain.honours import decide_round, period_of
from suishou.services.case_store import patiently
from suishou.services.standings import standings
from suishou.services.stored_rounds import (
    ON_NOTICE,
    Round,
    change_round,
    find_round,
    publish_round,
    round_body,
    rule_of,
)
from suishou.services.stored_rounds import rounds as stored_rounds
from suishou.services.system import System
from suishou.storage import private_keys
from suishou.storage.table import Insert

__all__ = ["Round", "publish_round"]  # what the functions below answer with, or are kept by
OPENS_DAYS_MAX = 60  # how far ahead a notice may be set; further is a slip of the pen
WITHOUT_MAX = 50


def open_round(system: System, staff_id: str, honour: str, period: str) -> Round:
    """The round of an honour for a period, opened now or before. Raises Invalid, Busy."""
    rule = rule_of(system, honour)
    try:
        period_of(rule.period, period)
    except ValueError as error:
        raise Invalid("bad_period", "period", kind=rule.period) from error
    made = Round(f"{honour}-{period}", honour, period, "open", staff_id)

    def attempt() -> Round:
        before = find_round(system, made.id)
        if before is not None:
            return before[0]
        head = Insert(private_keys.honour_round(made.id), private_keys.HEAD, round_body(made))
        try:
            system.private.write([head, Insert(private_keys.ROUNDS, made.id, {})])
        except Conflict as lost:
            raise Contended("opened meanwhile") from lost
        return made

    return patiently(system, attempt)


def propose(
    system: System,
    staff_id: str,
    round_id: str,
    opens_on: str = "",
    without: Sequence[str] = (),
) -> Round:
    """The round with its proposed winners, and the days of its notice: from `opens_on` (today for
    "") to the end of the last of the rule's working days after it.

    Proposed anew (with riders left out, after an objection), it goes on notice anew. Repeating it
    changes nothing. Raises NotFound, Invalid, Lost (`period_not_over`, `already_decided`), Busy.
    """
    today = _today(system)
    opens = _opening_day(opens_on, today)
    if len(without) > WITHOUT_MAX:
        raise Invalid("out_of_range", "without", at_least=0, at_most=WITHOUT_MAX)

    def change(before: Round) -> tuple[Round, tuple[()]]:
        rule = rule_of(system, before.honour)
        period = period_of(rule.period, before.period)
        if before.state == "decided":
            raise Lost("already_decided", "round_id")
        if system.now() < period.ends:
            raise Lost("period_not_over", "round_id")
        found = standings(system, rule.measure, period)
        after = replace(
            before,
            state="proposed",
            proposed_by=staff_id,
            opens_on=opens.isoformat(),
            closes_on=closing_day(system, opens, rule.notice_days),
            considered=len(found),
            places=decide_round(rule, [one for one in found if one.rider not in without]),
            without=tuple(sorted(set(without))),
            objections_upheld=0,
        )
        return on_its_day(after, today), ()

    proposed = change_round(system, round_id, change)
    publish_round(system, proposed)
    return proposed


def decide(system: System, staff_id: str, round_id: str) -> Round:
    """The round decided as it was on notice, now or before, and published.

    Raises NotFound, Busy, Lost: `not_on_notice`, `notice_not_over`, `objections_open`, or
    `objection_upheld` (then it has to be proposed anew).
    """
    today = _today(system)

    def change(before: Round) -> tuple[Round, tuple[()]]:
        if before.state == "decided":
            return before, ()
        now = on_its_day(before, today)
        if now.state not in ("notice", "noticed"):
            raise Lost("not_on_notice", "round_id")
        if now.state == "notice":
            raise Lost("notice_not_over", "round_id", closes_on=now.closes_on)
        if now.objections_open:
            raise Lost("objections_open", "round_id", count=now.objections_open)
        if now.objections_upheld:
            raise Lost("objection_upheld", "round_id")
        decided_on = today.isoformat()
        return replace(now, state="decided", decided_by=staff_id, decided_on=decided_on), ()

    decided = change_round(system, round_id, change)
    publish_round(system, decided)
    return decided


def rounds(system: System) -> tuple[Round, ...]:
    """All rounds, by id."""
    return tuple(stored_rounds(system))


def watch_notices(system: System) -> int:
    """Opens and closes the notices whose day has come, so that the public documents, and with the
    next build the pages, change without anybody's doing; answers how many rounds changed."""
    today = _today(system)
    changed = 0
    for one in stored_rounds(system):
        if one.state not in ON_NOTICE:
            continue

        def change(before: Round) -> tuple[Round, tuple[()]]:
            return on_its_day(_with_closing_day(system, before), today), ()

        try:
            after = change_round(system, one.id, change)
            # In any case: a crash after an earlier change may have left the public row behind.
            changed += publish_round(system, after) or after != one
        except (Busy, Invalid):
            continue  # the next pass, or a rule that was given up; the other rounds go on
    return changed


def republish_rounds(system: System) -> int:
    """Every decided round and open notice again, after somebody's choice or consent changed; how
    many changed."""
    shown = (one for one in stored_rounds(system) if one.state in ("notice", "decided"))
    return sum(publish_round(system, one) for one in shown)


def on_its_day(one: Round, today: date) -> Round:
    """The round as it stands on a day: its notice opens with `opens_on` and is over after
    `closes_on`. A notice whose end the calendar does not know stays up."""
    day = today.isoformat()
    if one.state not in ON_NOTICE:
        return one
    if day < one.opens_on:
        return replace(one, state="proposed")
    over = one.closes_on and day > one.closes_on
    return replace(one, state="noticed" if over else "notice")


def closing_day(system: System, opens: date, working_days: int) -> str:
    """The last day of a notice; like other terms, the day it begins on does not count. "" while the
    calendar of working days does not reach so far."""
    try:
        return nth_working_day(opens, working_days, system.calendar).isoformat()
    except CalendarEnds:
        return ""


def _with_closing_day(system: System, one: Round) -> Round:
    if one.closes_on or one.state not in ON_NOTICE:
        return one
    days = rule_of(system, one.honour).notice_days
    return replace(one, closes_on=closing_day(system, date.fromisoformat(one.opens_on), days))


def _opening_day(text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text) if text else today
    except ValueError as error:
        raise Invalid("bad_day", "opens_on") from error
    if not today <= day <= today + timedelta(days=OPENS_DAYS_MAX):
        raise Invalid("day_out_of_range", "opens_on", days=OPENS_DAYS_MAX)
    return day


def _today(system: System) -> date:
    return system.now().astimezone(CHINA).date()
