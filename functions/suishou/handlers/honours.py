"""Routes of honour rounds, their notices (公示) and objections, and the stewards' ladder: a part of
the function `admin`.

In: an administrator's wish, or an objection that any member of staff took. Out: the round, the
objection or the appointment as it stands. What is public of it, services decide.
"""

from __future__ import annotations

from dataclasses import asdict

from suishou.domain.errors import NotFound
from suishou.handlers import context
from suishou.handlers.answers import Answer, as_json
from suishou.handlers.bodies import read_json, read_optional_json, text, texts_of, yes_or_no
from suishou.handlers.request import Request
from suishou.handlers.routing import Route
from suishou.services import appointments, honour_round, round_objections


def post_round(request: Request) -> Answer:
    """Opens the round of an honour for a period: 2026-05, 2026-Q2 or 2026."""
    fields = read_json(request)
    opened = honour_round.open_round(
        context.current(), request.principal.id, text(fields, "honour"), text(fields, "period")
    )
    return as_json(asdict(opened), 201)


def get_rounds(request: Request) -> Answer:
    return as_json({"rounds": [asdict(one) for one in honour_round.rounds(context.current())]})


def post_propose(request: Request) -> Answer:
    """Proposes winners once the period is over; the notice opens on `opens_on`, today if absent."""
    fields = read_optional_json(request)
    proposed = honour_round.propose(
        context.current(),
        request.principal.id,
        request.fields["id"],
        text(fields, "opens_on"),
        texts_of(fields, "without"),
    )
    return as_json(asdict(proposed))


def post_decide(request: Request) -> Answer:
    """Decides a round once its notice is over and no objection is left."""
    read_optional_json(request)
    decided = honour_round.decide(context.current(), request.principal.id, request.fields["id"])
    return as_json(asdict(decided))


def post_objection(request: Request) -> Answer:
    made = round_objections.object_to(
        context.current(),
        request.principal.id,
        request.fields["id"],
        text(read_json(request), "text"),
    )
    return as_json(asdict(made), 201)


def get_objections(request: Request) -> Answer:
    found = round_objections.objections(context.current(), request.fields["id"])
    return as_json({"objections": [asdict(one) for one in found]})


def post_settle(request: Request) -> Answer:
    fields = read_json(request)
    number = request.fields["number"]
    if not (number.isascii() and number.isdigit() and len(number) < 5):
        raise NotFound("unknown_objection", "number")
    settled = round_objections.settle_objection(
        context.current(),
        request.principal.id,
        request.fields["id"],
        int(number),
        upheld=yes_or_no(fields, "upheld"),
        answer=text(fields, "answer"),
    )
    return as_json(asdict(settled))


def post_appointment(request: Request) -> Answer:
    """Enters a step of a rider's ladder; `consent` is the version agreed to; absent, withdrawn."""
    fields = read_json(request)
    made = appointments.appoint(
        context.current(),
        request.principal.id,
        text(fields, "rider"),
        text(fields, "step"),
        text(fields, "since"),
        text(fields, "consent"),
    )
    return as_json(asdict(made))


def get_appointments(request: Request) -> Answer:
    found = appointments.appointments(context.current())
    return as_json({"appointments": [asdict(one) for one in found]})


_OBJECTIONS = "/rounds/{id}/objections"
ROUTES = (
    Route("POST", "/rounds", post_round, "Open a round", "admin", "NewRound", "Round"),
    Route("GET", "/rounds", get_rounds, "Rounds", "admin", answer="Rounds"),
    Route("POST", "/rounds/{id}/propose", post_propose, "Propose", "admin", "Proposal", "Round"),
    Route("POST", "/rounds/{id}/decide", post_decide, "Decide", "admin", answer="Round"),
    Route("POST", _OBJECTIONS, post_objection, "Object", "staff", "NewObjection", "Objection"),
    Route("GET", _OBJECTIONS, get_objections, "Objections", "admin", answer="Objections"),
    Route(
        "POST",
        _OBJECTIONS + "/{number}/settle",
        post_settle,
        "Settle an objection",
        "admin",
        "Settlement",
        "Objection",
    ),
    Route("POST", "/ladder", post_appointment, "Appoint", "admin", "NewStep", "Appointment"),
    Route("GET", "/ladder", get_appointments, "Appointments", "admin", answer="Appointments"),
)
