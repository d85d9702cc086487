"""What each kind of event does to a case: one small function a kind, in one table.

Comes in: a case and an event already decided. Goes out: the case after it. Refuses nothing: what
may happen is decided in `decide.py`, before an event exists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, cast

from suishou.domain.case import Case, ClockState, Event, Stage, clock_from_json, parse_time
from suishou.domain.programme import Clock


def fold(events: Iterable[Event], case_id: str) -> Case:
    """The case that these events, oldest first, make. Raises ValueError for a gap or no events."""
    case: Case | None = None
    for event in events:
        if event.number != (case.version if case else 0) + 1:
            raise ValueError(f"event {event.number} does not follow")
        case = apply(case, event, case_id)
    if case is None:
        raise ValueError("a case has at least one event")
    return case


def apply(case: Case | None, event: Event, case_id: str) -> Case:
    """The case after one more event. Pure: the same case and event give the same answer."""
    if case is None:
        return report(event, case_id)
    changed = APPLY[event.kind](case, event) if event.kind in APPLY else case
    return replace(changed, version=event.number, changed_at=event.at)


_OF_CATEGORY = ("kind", "category", "dictionary", "national_code", "urgency")
_AS_REPORTED = (*_OF_CATEGORY, "source", "area", "place_in_review", "reporter", "entered_by")


def report(event: Event, case_id: str) -> Case:
    """The case that its first event, `reported`, makes."""
    d = event.data
    return Case(
        id=case_id,
        **{name: d[name] for name in _AS_REPORTED},
        stage="reported",
        reported_at=event.at,
        clocks={cast(Clock, k): clock_from_json(v) for k, v in d["clocks"].items()},
        version=event.number,
        changed_at=event.at,
        request_hash=d.get("request_hash", ""),
        photos=tuple(d["photos"]),
        severity=d.get("severity", ""),
    )


def _clock(case: Case, name: Clock, **changes: Any) -> Case:
    clocks = dict(case.clocks)
    clocks[name] = replace(clocks.get(name, ClockState(due=None)), **changes)
    return replace(case, clocks=clocks)


def _first_response(case: Case, event: Event) -> Case:
    """The first thing that anybody on the staff does stops the first clock, once."""
    if case.first_response_at is not None:
        return case
    return _clock(replace(case, first_response_at=event.at), "first_response", met_at=event.at)


def _to(stage: Stage) -> Callable[[Case, Event], Case]:
    def move(case: Case, event: Event) -> Case:
        return _first_response(replace(case, stage=stage), event)

    return move


def _registered(case: Case, event: Event) -> Case:
    case = replace(case, registered_at=event.at, severity=event.data.get("severity", case.severity))
    return _to("registered")(case, event)


def _classified(case: Case, event: Event) -> Case:
    d = event.data
    clocks = {cast(Clock, k): clock_from_json(v) for k, v in d["clocks"].items()}
    if "first_response" in clocks and "first_response" in case.clocks:
        clocks["first_response"] = case.clocks["first_response"]
    of_category = {name: d[name] for name in _OF_CATEGORY}
    return _first_response(replace(case, clocks=clocks, **of_category), event)


def _located(case: Case, event: Event) -> Case:
    return _first_response(replace(case, area=event.data["area"], place_in_review=False), event)


def _dispatched(case: Case, event: Event) -> Case:
    d = event.data
    case = replace(
        case,
        lead_unit=d["lead_unit"],
        assisting_units=tuple(d.get("assisting_units", ())),
        community=d.get("community", ""),
        claimed_by="",
        accepted_by="",
    )
    return _to("dispatched")(case, event)


def _claimed(case: Case, event: Event) -> Case:
    return _to("claimed")(replace(case, claimed_by=event.actor.id), event)


def _accepted(case: Case, event: Event) -> Case:
    return _to("accepted")(replace(case, accepted_by=event.actor.id), event)


def _returned(case: Case, event: Event) -> Case:
    case = replace(case, returned_count=case.returned_count + 1, claimed_by="", accepted_by="")
    return _to("returned")(_no_longer_asked(case), event)


def _held(case: Case, event: Event) -> Case:
    case = replace(case, stage_before=case.stage, held_since=event.at, stage="on_hold")
    return _no_longer_asked(case)


def _resumed(case: Case, event: Event) -> Case:
    case = replace(case, stage=cast(Stage, case.stage_before), stage_before="", held_since=None)
    return _clock(case, "resolution", due=parse_time(event.data.get("due")))


def _asked(case: Case, event: Event) -> Case:
    return replace(case, asked=event.data["for"], asked_until=parse_time(event.data["until"]))


def _no_longer_asked(case: Case) -> Case:
    return replace(case, asked="", asked_until=None)


def _extended(case: Case, event: Event) -> Case:
    case = replace(case, asked="", asked_until=None, extended_count=case.extended_count + 1)
    return _clock(case, "resolution", due=parse_time(event.data["due"]), pending=False)


def _resolved(case: Case, event: Event) -> Case:
    case = replace(
        case,
        stage_before=case.stage,
        resolved_by=event.actor.id,
        resolved_at=event.at,
        outcome=event.data.get("outcome", ""),
        after_photos=case.after_photos + tuple(event.data.get("photos", ())),
    )
    case = _to("resolved")(_no_longer_asked(case), event)
    return _clock(case, "resolution", met_at=event.at)


def _verification_failed(case: Case, event: Event) -> Case:
    back = cast(Stage, case.stage_before or "claimed")
    case = replace(
        case,
        stage=back,
        stage_before="",
        resolved_at=None,
        resolved_by="",
        outcome="",
        rework_count=case.rework_count + 1,
    )
    return _clock(case, "resolution", met_at=None)


def _closed(case: Case, event: Event) -> Case:
    case = replace(case, stage="closed", closed_at=event.at, stage_before="")
    return _clock(
        case,
        "feedback",
        due=parse_time(event.data.get("feedback_due")),
        pending=bool(event.data.get("feedback_pending", False)),
    )


def _told(case: Case, event: Event) -> Case:
    if case.told_at is not None:
        return case
    return _clock(replace(case, told_at=event.at), "feedback", met_at=event.at)


def _reopened(case: Case, event: Event) -> Case:
    case = replace(
        case,
        stage="reopened",
        reopened_count=case.reopened_count + 1,
        closed_at=None,
        resolved_at=None,
        resolved_by="",
        outcome="",
        told_at=None,
        satisfied=False,
        claimed_by="",
        accepted_by="",
    )
    case = _clock(
        case,
        "resolution",
        met_at=None,
        overdue=False,
        due=parse_time(event.data.get("due")),
        pending=bool(event.data.get("pending", False)),
    )
    return _clock(case, "feedback", met_at=None, due=None, overdue=False)


def _confirmed(case: Case, event: Event) -> Case:
    return replace(case, satisfied=bool(event.data["satisfied"]))


def _merged(case: Case, event: Event) -> Case:
    return _to("merged")(replace(case, merged_into=event.data["into"]), event)


def _duplicate_linked(case: Case, event: Event) -> Case:
    if event.data["case"] in case.duplicates:
        return case
    return replace(case, duplicates=tuple(sorted((*case.duplicates, event.data["case"]))))


def _became_overdue(case: Case, event: Event) -> Case:
    return _clock(case, cast(Clock, event.data["clock"]), overdue=True)


def _deadline_set(case: Case, event: Event) -> Case:
    name = cast(Clock, event.data["clock"])
    return _clock(case, name, due=parse_time(event.data["due"]), pending=False)


def _escalated(case: Case, event: Event) -> Case:
    return replace(case, escalation_level=event.data["level"])


def _transferred(case: Case, event: Event) -> Case:
    case = replace(
        case,
        outside_system=event.data["system"],
        outside_number=event.data["outside_number"],
    )
    return _to("transferred")(case, event)


def _drafted(case: Case, event: Event) -> Case:
    return replace(case, draft=event.data["draft"], drafted_by=event.actor.id)


def _approved(case: Case, event: Event) -> Case:
    return replace(case, approved=event.data["draft"], taken_down=False)


def _taken_down(case: Case, event: Event) -> Case:
    return replace(case, taken_down=True, approved=0)


APPLY: dict[str, Callable[[Case, Event], Case]] = {
    "registered": _registered,
    "classified": _classified,
    "located": _located,
    "dispatched": _dispatched,
    "claimed": _claimed,
    "accepted": _accepted,
    "returned": _returned,
    "asked": _asked,
    "request_refused": lambda case, event: _no_longer_asked(case),
    "held": _held,
    "resumed": _resumed,
    "extended": _extended,
    "resolved": _resolved,
    "verified": _to("verified"),
    "verification_failed": _verification_failed,
    "closed": _closed,
    "reporter_told": _told,
    "confirmed": _confirmed,
    "reopened": _reopened,
    "withdrawn": lambda case, event: replace(case, stage="withdrawn"),
    "rejected": _to("rejected"),
    "merged": _merged,
    "duplicate_linked": _duplicate_linked,
    "became_overdue": _became_overdue,
    "deadline_set": _deadline_set,
    "escalated": _escalated,
    "transferred": _transferred,
    "drafted": _drafted,
    "approved": _approved,
    "taken_down": _taken_down,
    # Erased words must not stand on the site until the night, nor come back with a roll-back.
    "text_erased": _taken_down,
    # `noted` is history only: it changes no field of the head.
}
