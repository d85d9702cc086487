"""Parts of the loop for tests: a report, the people of one street, and the steps to any stage."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from suishou.domain.case import Case
from suishou.domain.people import Post, Principal
from suishou.services.accept_report import Landmark, NewReport, accept_report
from suishou.services.advance_case import advance_case
from suishou.services.case_store import get_case
from suishou.services.system import System

MONDAY = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)  # 09:00 in China, an ordinary working week


class Clock:
    """A clock that tests turn: `clock()` answers the time, `pass_` moves it on."""

    def __init__(self, start: datetime = MONDAY) -> None:
        self.time = start

    def __call__(self) -> datetime:
        return self.time

    def pass_(self, **delta: float) -> None:
        self.time += timedelta(**delta)


def street(system: System, position: int = 0) -> str:
    return system.programme.streets[position].code


def community(system: System, position: int = 0) -> str:
    """A community of the street at that position."""
    code = street(system, position)
    return next(a.code for a in system.programme.communities if a.code.startswith(code))


def dispatcher(system: System, position: int = 0, name: str = "dispatcher-a") -> Principal:
    return Principal(name, "staff", (Post("dispatcher", street(system, position)),))


def steward(system: System, position: int = 0, name: str = "steward-a") -> Principal:
    return Principal(name, "staff", (Post("community", community(system, position)),))


def department(unit: str, name: str = "department-a") -> Principal:
    return Principal(name, "staff", (Post("department", unit),))


RIDER = Principal("rider-1", "rider")


def report(system: System, **changes: object) -> NewReport:
    values: dict[str, object] = {
        "category": "manhole",
        "description": "井盖松动，电动车经过会翘起来。",
        "place": Landmark(community(system), "菜市场东门"),
        "title": "井盖松动",
    }
    return NewReport(**{**values, **changes})  # type: ignore[arg-type]


def reported(
    system: System, key: str = "key-1", principal: Principal = RIDER, **changes: object
) -> str:
    return accept_report(system, principal, report(system, **changes), key).case_id


ORDER = ("register", "dispatch", "claim", "accept", "resolve", "verify", "close")


def advanced(system: System, case_id: str, last: str) -> Case:
    """The case after the loop's actions up to and including `last`, each by the right person."""
    case: Case | None = None
    for action in ORDER[: ORDER.index(last) + 1]:
        case = act(system, case_id, action)
    assert case is not None
    return case


def act(system: System, case_id: str, action: str, **fields: object) -> Case:
    """One action by whoever may do it in the first street."""
    lead = get_case(system.private, case_id).case.lead_unit
    people = {"claim": steward(system), "accept": department(lead), "resolve": department(lead)}
    if action == "resolve":
        fields.setdefault("result", "已更换井盖并加装防坠网。")
    principal = people.get(action, dispatcher(system))
    return advance_case(system, principal, case_id, action, fields, "")


def publish(system: System, case_id: str) -> Case:
    """Draft by one dispatcher, approval by another."""
    words = {"title": "井盖松动已修复", "text": "井盖松动。", "result": "已更换井盖。"}
    case = advance_case(system, dispatcher(system), case_id, "draft", words, "")
    second = dispatcher(system, name="dispatcher-b")
    return advance_case(system, second, case_id, "approve", {"draft": case.draft}, "")
