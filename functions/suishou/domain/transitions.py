"""The transition table: every action on a case, from which stages, to which, and who may do it.

Comes in: the programme's steps. Goes out: the rows that hold for it. The only place that knows the
order of the loop: 上报 → 立案 → 派单 → 领单 → 接单 → 办结反馈 → 核查 → 结案.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from suishou.domain.programme import Steps

ORDER = (
    "reported",
    "registered",
    "dispatched",
    "claimed",
    "accepted",
    "resolved",
    "verified",
    "closed",
)
_WORKING = frozenset(
    {"reported", "registered", "dispatched", "claimed", "accepted", "returned", "reopened"}
)
_ANY_OPEN = _WORKING | {"resolved", "verified", "on_hold", "transferred"}
_ANY = _ANY_OPEN | {"closed", "rejected", "merged", "withdrawn"}


@dataclass(frozen=True)
class Transition:
    """`target` "" leaves the stage as it is; "*" lets the event say (a hold's end, a failed
    verification). `who` are staff roles, `reporter` or `system`. `needs` are the fields that must
    come with the action; `may` those that can. `other_than` names a field of the case whose person
    must not be the one who acts."""

    action: str
    event: str
    sources: frozenset[str]
    target: str
    who: frozenset[str]
    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    other_than: str = ""


def _row(
    action: str,
    event: str,
    sources: set[str] | frozenset[str],
    target: str,
    who: str,
    needs: str = "",
    may: str = "",
    other_than: str = "",
) -> Transition:
    return Transition(
        action,
        event,
        frozenset(sources),
        target,
        frozenset(who.split()),
        tuple(needs.split()),
        tuple(may.split()),
        other_than,
    )


_D = "dispatcher"
_TABLE: tuple[Transition, ...] = (
    _row("register", "registered", {"reported"}, "registered", _D, may="severity"),
    _row("classify", "classified", {"reported", "registered"}, "", _D, "category"),
    _row("locate", "located", {"reported", "registered"}, "", _D, "area"),
    _row("reject", "rejected", {"reported", "registered"}, "rejected", _D, "reason_code", "reason"),
    _row(
        "merge",
        "merged",
        {"reported", "registered", "dispatched", "claimed", "returned"},
        "merged",
        _D,
        "into",
    ),
    _row(
        "dispatch",
        "dispatched",
        {"registered", "returned", "reopened"},
        "dispatched",
        _D,
        may="lead_unit assisting_units community",
    ),
    _row("claim", "claimed", {"dispatched"}, "claimed", "community"),
    _row("accept", "accepted", {"claimed"}, "accepted", "department"),
    _row(
        "return",
        "returned",
        {"dispatched", "claimed", "accepted"},
        "returned",
        "community department",
        "reason_code",
        "reason",
    ),
    _row(
        "ask_extension",
        "asked",
        {"claimed", "accepted"},
        "",
        "community department",
        "until reason",
    ),
    _row("ask_hold", "asked", {"claimed", "accepted"}, "", "community department", "until reason"),
    _row("extend", "extended", {"claimed", "accepted"}, "", _D, may="reason_code"),
    _row("hold", "held", {"claimed", "accepted"}, "on_hold", _D),
    _row("refuse_request", "request_refused", {"claimed", "accepted"}, "", _D, "reason"),
    _row("resume", "resumed", {"on_hold"}, "*", f"{_D} community department"),
    _row(
        "resolve",
        "resolved",
        {"claimed", "accepted"},
        "resolved",
        "community department",
        "result",
        "outcome photos",
    ),
    _row("verify", "verified", {"resolved"}, "verified", _D, other_than="resolved_by"),
    _row(
        "fail_verification",
        "verification_failed",
        {"resolved"},
        "*",
        _D,
        "reason",
        other_than="resolved_by",
    ),
    _row("close", "closed", {"verified"}, "closed", _D),
    _row(
        "transfer",
        "transferred",
        {"reported", "registered", "returned"},
        "transferred",
        _D,
        "system outside_number",
    ),
    _row(
        "record_result",
        "resolved",
        {"transferred"},
        "resolved",
        _D,
        "result",
        "outcome photos",
    ),
    _row("escalate", "escalated", _ANY_OPEN, "", f"{_D} system", may="reason"),
    _row("note", "noted", _ANY_OPEN, "", f"{_D} community department", "reason"),
    _row("draft", "drafted", _ANY, "", f"{_D} community department", "title text", "result photos"),
    _row("approve", "approved", _ANY, "", _D, "draft", other_than="drafted_by"),
    _row("take_down", "taken_down", _ANY, "", f"{_D} admin", "reason"),
    _row("redact", "text_erased", _ANY, "", f"{_D} admin", "reason"),
    _row("withdraw", "withdrawn", {"reported", "registered"}, "withdrawn", "reporter"),
    _row("confirm", "confirmed", {"resolved", "verified", "closed"}, "", "reporter", "satisfied"),
    _row("reopen", "reopened", {"closed"}, "reopened", f"reporter {_D}", "reason"),
    _row("mark_overdue", "became_overdue", _ANY, "", "system", "clock"),
    _row("set_deadline", "deadline_set", _ANY, "", "system", "clock"),
    _row("tell_reporter", "reporter_told", _ANY, "", "system"),
    _row("link_duplicate", "duplicate_linked", _ANY, "", "system", "case"),
)


@lru_cache
def transitions(steps: Steps) -> Mapping[str, Transition]:
    """The rows that hold under a programme's steps, by action.

    Where a step is off, its own row is gone and every row that started from it starts from the
    enabled stage before it as well.
    """
    off = {s for s in ("registered", "claimed", "accepted", "verified") if not getattr(steps, s)}
    rows: dict[str, Transition] = {}
    for row in _TABLE:
        if row.target in off:
            continue
        sources = {_enabled_before(s, off) if s in off else s for s in row.sources}
        rows[row.action] = replace(row, sources=frozenset(sources))
    return rows


def _enabled_before(stage: str, off: set[str]) -> str:
    position = ORDER.index(stage) - 1
    while ORDER[position] in off:
        position -= 1
    return ORDER[position]
