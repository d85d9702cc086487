"""Objections (异议) to a round on notice: entered by staff for whoever came, called or wrote.

In: words, and later how it was settled. Out: private items beside the round, whose head counts them
in the same write: so no decision overtakes an objection. The words stay private; the public reads
how many there were.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from suishou.domain.errors import Invalid, Lost, NotFound
from suishou.services.stored_rounds import ON_NOTICE, Round, change_round, find_round
from suishou.services.system import System
from suishou.storage import private_keys
from suishou.storage.table import Action, Insert, Replace, query_all

CHARACTERS_MAX = 2000
_STATES = {True: "upheld", False: "dismissed"}


@dataclass(frozen=True)
class Objection:
    """`state`: open, upheld or dismissed. `entered_at` and `settled_at` RFC 3339, "" until then."""

    number: int
    text: str
    state: str
    entered_by: str
    entered_at: str
    answer: str = ""
    settled_by: str = ""
    settled_at: str = ""


def object_to(system: System, staff_id: str, round_id: str, text: str) -> Objection:
    """The objection as entered. Taken from the proposal until the decision, so that one that came
    in the last minute of the notice is not lost.

    Raises NotFound, Invalid (`missing`, `too_long`), Lost (`not_on_notice`), Busy.
    """
    words = _checked(text, "text")
    made = Objection(0, words, "open", staff_id, system.now().isoformat())

    def change(before: Round) -> tuple[Round, list[Action]]:
        nonlocal made
        if before.state not in ON_NOTICE:
            raise Lost("not_on_notice", "round_id")
        made = replace(made, number=before.objections + 1)
        after = replace(before, objections=made.number, objections_open=before.objections_open + 1)
        return after, [Insert(*_key(round_id, made.number), _body(made))]

    change_round(system, round_id, change)
    return made


def settle_objection(
    system: System, staff_id: str, round_id: str, number: int, *, upheld: bool, answer: str
) -> Objection:
    """The objection with its answer; one that is upheld sends the round back to be proposed anew.

    Settled once: the same again answers the same. Raises NotFound, Invalid, Lost
    (`already_settled`, `already_decided`), Busy.
    """
    words = _checked(answer, "answer")
    settled: Objection | None = None

    def change(before: Round) -> tuple[Round, list[Action]]:
        nonlocal settled
        item = system.private.get(*_key(round_id, number)) if 0 < number < 10_000 else None
        if item is None:
            raise NotFound("unknown_objection", "number")
        one = Objection(**item.body)
        if one.state != "open":
            if (one.state, one.answer) != (_STATES[upheld], words):
                raise Lost("already_settled", "number")
            settled = one
            return before, []
        settled = replace(
            one,
            state=_STATES[upheld],
            answer=words,
            settled_by=staff_id,
            settled_at=system.now().isoformat(),
        )
        after = replace(
            before,
            objections_open=before.objections_open - 1,
            objections_upheld=before.objections_upheld + upheld,
        )
        return after, [Replace(*_key(round_id, number), item.version, _body(settled))]

    change_round(system, round_id, change)
    assert settled is not None  # noqa: S101 - `change` ran, or raised
    return settled


def objections(system: System, round_id: str) -> tuple[Objection, ...]:
    """All objections to a round, in the order they came. Raises NotFound."""
    if find_round(system, round_id) is None:
        raise NotFound("unknown_round", "round_id")
    partition = private_keys.honour_round(round_id)
    items = query_all(system.private, partition, prefix=private_keys.OBJECTION)
    return tuple(Objection(**item.body) for item in items)


def _checked(text: str, field: str) -> str:
    words = text.strip()
    if not words:
        raise Invalid("missing", field)
    if len(words) > CHARACTERS_MAX:
        raise Invalid("too_long", field, most=CHARACTERS_MAX)
    return words


def _key(round_id: str, number: int) -> tuple[str, str]:
    return private_keys.honour_round(round_id), private_keys.objection(number)


def _body(one: Objection) -> dict[str, str | int]:
    return dict(vars(one))
