"""What the simulation does to the real services: a storm of reports, and whole lives of cases.

In: a system over metered tables and a simulated clock. Out: nothing but what the meters counted.
Photos go straight to their store and are not simulated.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bench.scale.meter import MeteredTable
from suishou.domain.people import Post, Principal
from suishou.services.accept_report import Landmark, NewReport, accept_report
from suishou.services.advance_case import advance_case
from suishou.services.case_store import get_case
from suishou.services.notify import send_outbox
from suishou.services.project_case import project_case
from suishou.services.system import System
from suishou.services.track_case import give_feedback

WORDS = "早高峰路过时看到井盖松动，电动车经过会翘起来，旁边没有警示，雨天看不清，请尽快来人处理。"
STEPS = ("register", "dispatch", "claim", "accept", "resolve", "verify", "close")
RIDERS = 5_000


class Clock:
    """Simulated time."""

    def __init__(self, start: datetime) -> None:
        self.time = start

    def __call__(self) -> datetime:
        return self.time

    def wait(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


@dataclass(frozen=True)
class Where:
    """From which communities and in which categories the reports come."""

    communities: tuple[str, ...]
    categories: tuple[str, ...]


def everywhere(system: System) -> Where:
    return Where(
        tuple(area.code for area in system.programme.communities),
        tuple(sorted(system.programme.categories)),
    )


def one_spot(system: System) -> Where:
    """The worst: all of them from one community, about one thing."""
    whole = everywhere(system)
    return Where(whole.communities[:1], ("manhole",))


def storm(
    system: System,
    clock: Clock,
    where: Where,
    a_second: int,
    seconds: int,
    tell: Callable[[int], None],
) -> float:
    """Reports at an even pace, each projected and its messages sent within the same second: what
    lags behind in truth asks for the same units later, in seconds that are less busy. Answers how
    many requests to storage a projection makes."""
    asked = 0
    dice = random.Random(1)  # noqa: S311 - the same storm every time
    for second in range(seconds):
        cases = []
        for _ in range(a_second):
            cases.append(_report(system, where, dice, f"storm-{second}-{len(cases)}"))
            clock.wait(1 / a_second / 2)
        before = requests(system)
        for case_id in cases:
            project_case(system, case_id)
            clock.wait(1 / a_second / 2)
        asked += requests(system) - before
        send_outbox(system, lambda message: None)
        tell(second + 1)
    return asked / a_second / seconds


def requests(system: System) -> int:
    """How many the two metered tables have seen."""
    tables = (system.private, system.public)
    return sum(table.units.requests for table in tables if isinstance(table, MeteredTable))


def lives(system: System, clock: Clock, count: int) -> None:
    """Cases from report to the reporter's word on the result, approved for the public as well."""
    dice, where = random.Random(2), everywhere(system)  # noqa: S311
    for number in range(count):
        rider = Principal(f"rider-{dice.randrange(RIDERS)}", "rider")
        case_id = _report(system, where, dice, f"life-{number}", rider)
        project_case(system, case_id)
        for step in STEPS:
            clock.wait(3_600)
            _act(system, case_id, step)
            project_case(system, case_id)
        for step, second in (("draft", False), ("approve", True)):
            _publish(system, case_id, step, second)
        project_case(system, case_id)
        give_feedback(system, case_id, "", True, "", f"{case_id}-word", rider)
        project_case(system, case_id)
        send_outbox(system, lambda message: None)


def _report(
    system: System, where: Where, dice: random.Random, key: str, rider: Principal | None = None
) -> str:
    place = Landmark(dice.choice(where.communities), "菜市场东门对面")
    report = NewReport(dice.choice(where.categories), WORDS, place, "井盖松动")
    rider = rider or Principal(f"rider-{dice.randrange(RIDERS)}", "rider")
    return accept_report(system, rider, report, key).case_id


def _act(system: System, case_id: str, action: str) -> None:
    case = get_case(system.private, case_id).case
    fields: dict[str, object] = {}
    principal = Principal("dispatcher", "staff", (Post("dispatcher", case.area[:9]),))
    if action == "claim":
        principal = Principal("steward", "staff", (Post("community", case.area[:12]),))
    if action in ("accept", "resolve"):
        principal = Principal("worker", "staff", (Post("department", case.lead_unit),))
    if action == "resolve":
        fields["result"] = "已更换井盖并加装防坠网，现场已复核。"
    advance_case(system, principal, case_id, action, fields, f"{case_id}-{action}")


def _publish(system: System, case_id: str, action: str, second: bool) -> None:
    case = get_case(system.private, case_id).case
    name = "dispatcher-b" if second else "dispatcher-a"
    principal = Principal(name, "staff", (Post("dispatcher", case.area[:9]),))
    words = {"title": "井盖松动已修复", "text": WORDS, "result": "已更换井盖。"}
    fields: dict[str, object] = {"draft": case.draft} if second else dict(words)
    advance_case(system, principal, case_id, action, fields, f"{case_id}-{action}")
