"""The history of a demonstration: every report and step at its moment, in the order of time.

In: the script, a stage, the calendar. Out: the cases, each worked as far as the script says. The
clock is turned from one moment to the next; nothing here depends on the real time or on chance.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from suishou.local.demo_calendar import DemonstrationCalendar
from suishou.local.demo_case import UNTIL, DemonstrationCase, with_until
from suishou.local.demo_client import PREFIX, DemonstrationFailed
from suishou.local.demo_people import HONOUR_RULES_VERSION, Cast, renew_staff
from suishou.local.demo_script import Appoint, ProposedRound, Redeem, Report, Script, Step
from suishou.local.demo_stage import Stage

# What a short word of the script stands for: actions, and how many minutes after its hour.
SHORT: Mapping[str, Sequence[tuple[str, int]]] = {
    "take_up": (("register", 0), ("dispatch", 6), ("claim", 14), ("accept", 25)),
    "send_again": (("dispatch", 0), ("claim", 9), ("accept", 21)),
    "finish": (("resolve", 0), ("verify", 35), ("close", 48), ("draft", 62), ("approve", 80)),
}
AFTER_DUE = timedelta(minutes=3)  # the deadlines are watched every few minutes
RENEW_AT = time(7, 30)


class History:
    """Everything that is to happen, by moment; `play` lets it happen. `new_admin` puts a new
    administrator's token into the cast."""

    def __init__(
        self,
        stage: Stage,
        cast: Cast,
        calendar: DemonstrationCalendar,
        new_admin: Callable[[], None],
    ) -> None:
        self.cases: dict[str, DemonstrationCase] = {}
        self._stage = stage
        self._cast = cast
        self._calendar = calendar
        self._new_admin = new_admin
        self._order = itertools.count()
        self._waiting: list[tuple[datetime, int, Callable[[], None]]] = []

    def prepare(self, script: Script) -> None:
        """Puts the whole script in its order of time. Raises DemonstrationFailed for a moment that
        lies ahead of the real time."""
        for report in script.reports:
            self._plan_report(report)
        for redeem in script.redemptions:
            self._plan_redeem(redeem)
        for one in script.rounds:
            self._at(self._calendar.begin(one.begin), lambda r=one: self._propose(r))  # type: ignore[misc]
        for appoint in script.appointments:
            self._at(self._calendar.begin(appoint.begin), lambda a=appoint: self._appoint(a))  # type: ignore[misc]
        recent = min(self._calendar.first_day(r.begin) for r in script.reports if _recent(r))
        renewed = datetime.combine(recent, RENEW_AT, self._first().tzinfo)
        if renewed > self._first():
            self._at(renewed, self._renew)

    def play(self, told: Callable[[int, int], None]) -> None:
        """Plays all of it, telling how many of how many moments have come so far."""
        done = 0
        while self._waiting:
            moment, _, happens = heapq.heappop(self._waiting)
            self._stage.turn_to(moment)
            happens()
            done += 1
            told(done, done + len(self._waiting))
        self._stage.settle()

    def _renew(self) -> None:
        self._new_admin()
        renew_staff(self._stage.visitor, self._cast)

    def _first(self) -> datetime:
        return self._waiting[0][0]

    def _at(self, moment: datetime, happens: Callable[[], None]) -> None:
        heapq.heappush(self._waiting, (moment, next(self._order), happens))

    def _plan_report(self, report: Report) -> None:
        made = DemonstrationCase(report, self._cast, self._stage.visitor)
        self.cases[report.key] = made
        begins = self._calendar.begin(report.begin)
        self._at(begins, lambda: self._send(made))
        for moment, action, fields in self._steps(report):
            if moment <= begins:
                raise DemonstrationFailed(f"{report.key}: {action} 早于上报。")
            self._at(moment, lambda a=action, f=fields: self._do(made, a, f))  # type: ignore[misc]

    def _send(self, made: DemonstrationCase) -> None:
        made.send()
        for due in made.due.values():
            watched = datetime.fromisoformat(due) + AFTER_DUE if due else None
            if watched and self._calendar.is_past(watched):
                self._at(watched, self._stage.watch)

    def _do(self, made: DemonstrationCase, action: str, fields: Mapping[str, Any]) -> None:
        if action == "merge":
            fields = {**fields, "into": self.cases[fields["into"]].id}
        made.do(action, fields)

    def _steps(self, report: Report) -> Iterator[tuple[datetime, str, Mapping[str, Any]]]:
        """Single actions with their moments; a short word's fields go with its first action."""
        for step in report.steps:
            begins = self._calendar.later(report.begin, step.workdays, step.at)
            fields = with_until(step.fields, self._until(report, step))
            for number, (action, minutes) in enumerate(SHORT.get(step.do, ((step.do, 0),))):
                yield begins + timedelta(minutes=minutes), action, fields if number == 0 else {}

    def _until(self, report: Report, step: Step) -> datetime | None:
        if UNTIL not in step.fields:
            return None
        days, _, hour = str(step.fields[UNTIL]).removeprefix("+").partition(" ")
        return self._calendar.until(report.begin, int(days), time.fromisoformat(hour))

    def _plan_redeem(self, redeem: Redeem) -> None:
        self._at(self._calendar.begin(redeem.begin), lambda: self._redeem(redeem))

    def _redeem(self, redeem: Redeem) -> None:
        self._stage.settle()
        visitor, token = self._stage.visitor, self._cast.token_of(redeem.rider)
        key = f"demonstration-{redeem.rider}-{redeem.reward}".encode().hex()
        address = f"{PREFIX}/redemptions"
        made = visitor.send_json(address, {"reward": redeem.reward}, token, key, 201).json
        if redeem.handed_over:
            clerk = self._cast.on_post("clerk", self._cast.county)
            visitor.send_json(f"{address}/{made['id']}/hand_over", {}, clerk.token, key)

    def _propose(self, one: ProposedRound) -> None:
        """Last year's round: a year's honour is proposed when the year is over."""
        self._stage.settle()
        visitor, address = self._stage.visitor, f"{PREFIX}/rounds"
        fields = {"honour": one.honour, "period": self._calendar.last_year}
        opened = visitor.send_json(address, fields, self._cast.admin, "", 201).json
        visitor.send_json(f"{address}/{opened['id']}/propose", {}, self._cast.admin)

    def _appoint(self, one: Appoint) -> None:
        visitor = self._stage.visitor
        fields = {
            "rider": visitor.get(f"{PREFIX}/me", self._cast.token_of(one.rider)).json["id"],
            "step": one.step,
            "since": self._calendar.first_day(one.begin).isoformat(),
            "consent": HONOUR_RULES_VERSION,
        }
        visitor.send_json(f"{PREFIX}/ladder", fields, self._cast.admin)


def _recent(report: Report) -> bool:
    return not report.begin.last_year
