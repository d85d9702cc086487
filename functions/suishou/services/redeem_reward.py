"""Points → reward: redeem exactly once per key, hand over, and what the catalogue holds.

In: a rider's wish with an Idempotency-Key. Out: one redemption, its ledger line, the balance and
the stock, in one write. Never sells a 绿色通道 service: that has an eligibility and is applied for.

Stock is counted downwards from zero (`taken`, floor minus the configured stock), so nothing needs
to be initialised and a changed stock in the programme holds at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from suishou.domain.case import parse_time
from suishou.domain.errors import (
    Conflict,
    Contended,
    Invalid,
    KeyReused,
    Lost,
    NotFound,
)
from suishou.domain.points import LedgerLine
from suishou.domain.programme import Reward
from suishou.services.case_store import patiently
from suishou.services.index_rows import instant
from suishou.services.points_ledger import balance, line_actions
from suishou.services.system import System
from suishou.services.tokens import keyed
from suishou.storage import private_keys as keys
from suishou.storage.table import Action, Add, Delete, Insert, Replace

TAKEN = "taken"
WAITING_MAX = 100


@dataclass(frozen=True)
class Redemption:
    """A reward for a rider; `handed_over_by` is a staff id, "" while it waits."""

    id: str
    rider: str
    reward: str
    points: int
    at: datetime
    handed_over_by: str = ""
    handed_over_at: datetime | None = None


@dataclass(frozen=True)
class CatalogueEntry:
    """A reward and how many are left; a service (never bought) has its places as `left`."""

    reward: Reward
    left: int


class NotEnoughPoints(Invalid):
    """The balance does not reach the price (422)."""


class OutOfStock(Lost):
    """Somebody else took the last one (409)."""


def catalogue(system: System) -> tuple[CatalogueEntry, ...]:
    """All rewards of the programme, by code."""
    return tuple(
        CatalogueEntry(reward, _left(system, reward))
        for _, reward in sorted(system.programme.rewards.items())
    )


def redeem(system: System, rider_id: str, reward_code: str, key: str) -> Redemption:
    """The redemption under this rider's key: made now, or found again unchanged.

    Raises Invalid (`unknown_reward`, `not_for_points`, a missing key), NotEnoughPoints, OutOfStock,
    KeyReused for another reward under the same key, Busy.
    """
    if not key:
        raise Invalid("missing", "idempotency_key")
    redemption_id = keyed(system, "redemption", rider_id, key).hex()[:32]
    return patiently(system, lambda: _redeem(system, rider_id, reward_code, redemption_id))


def hand_over(system: System, staff_id: str, redemption_id: str, key: str) -> Redemption:
    """Records that the rider has got it; repeated with the same key by the same person, answers
    the same. Raises NotFound, Lost (`already_handed_over`, with `held_by`), Invalid, Busy."""
    if not key:
        raise Invalid("missing", "idempotency_key")
    key_hash = keyed(system, "hand_over", staff_id, redemption_id, key).hex()
    return patiently(system, lambda: _hand_over(system, staff_id, redemption_id, key_hash))


def find_redemption(system: System, redemption_id: str) -> Redemption:
    """The redemption. Raises NotFound."""
    found = _find(system, redemption_id) if redemption_id else None
    if found is None:
        raise NotFound("unknown_redemption", "redemption_id")
    return found


def waiting(
    system: System, cursor: str | None = None, limit: int = WAITING_MAX
) -> tuple[tuple[Redemption, ...], str | None]:
    """A page of what has not been handed over, oldest first, and the cursor of the next."""
    if not 1 <= limit <= WAITING_MAX:
        raise Invalid("out_of_range", "limit", at_least=1, at_most=WAITING_MAX)
    try:
        page = system.private.query(keys.WAITING, limit=limit, cursor=cursor)
    except ValueError as error:
        raise Invalid("bad_cursor", "cursor") from error
    found = (_find(system, item.body["redemption"]) for item in page.items)
    return tuple(one for one in found if one and not one.handed_over_by), page.cursor


def _redeem(system: System, rider_id: str, reward_code: str, redemption_id: str) -> Redemption:
    before = _find(system, redemption_id)
    if before is not None:
        return _same(before, reward_code)
    reward = _for_points(system, reward_code)
    made = Redemption(redemption_id, rider_id, reward_code, reward.points, system.now())
    try:
        system.private.write(_redeem_actions(system, reward, made))
    except Conflict as conflict:
        raise _refusal(system, rider_id, reward, conflict) from conflict
    return made


def _for_points(system: System, reward_code: str) -> Reward:
    reward = system.programme.rewards.get(reward_code)
    if reward is None:
        raise Invalid("unknown_reward", "reward")
    if reward.kind == "service":
        raise Invalid("not_for_points", "reward", eligibility=reward.eligibility)
    return reward


def _same(before: Redemption, reward_code: str) -> Redemption:
    if before.reward != reward_code:
        raise KeyReused("key_reused", "idempotency_key")
    return before


def _redeem_actions(system: System, reward: Reward, made: Redemption) -> list[Action]:
    place = f"{instant(made.at)}#{made.id}"
    line = LedgerLine(
        id=f"redemption:{made.id}",
        rule="redemption",
        points=-reward.points,
        at=made.at,
        reward=reward.code,
        redemption=made.id,
    )
    body = {
        "rider": made.rider,
        "reward": made.reward,
        "points": made.points,
        "at": made.at.isoformat(),
        "waiting": place,
    }
    return [
        Insert(keys.redemption(made.id), keys.HEAD, body),
        Insert(keys.WAITING, place, {"redemption": made.id}),
        Add(keys.stock(reward.code), keys.STOCK, TAKEN, -1, floor=-reward.stock),
        *line_actions(made.rider, line, floor=0),
    ]


def _refusal(system: System, rider_id: str, reward: Reward, conflict: Conflict) -> Exception:
    """What a failed write means. A twin of this request that was faster is found on another try."""
    failed = {(failure.partition, failure.sort) for failure in conflict.failed}
    if any(partition.startswith("REDEMPTION#") for partition, _ in failed):
        return Contended("the same redemption, made meanwhile")
    if (keys.rider(rider_id), keys.BALANCE) in failed:
        points = balance(system, rider_id)
        return NotEnoughPoints("not_enough_points", "reward", points=points, price=reward.points)
    if (keys.stock(reward.code), keys.STOCK) in failed:
        return OutOfStock("out_of_stock", "reward")
    return Contended("the ledger changed meanwhile")


def _hand_over(system: System, staff_id: str, redemption_id: str, key_hash: str) -> Redemption:
    item = system.private.get(keys.redemption(redemption_id), keys.HEAD) if redemption_id else None
    if item is None:
        raise NotFound("unknown_redemption", "redemption_id")
    if item.body.get("handed_over_by"):
        if item.body["key_hash"] != key_hash:
            by = item.body["handed_over_by"]
            raise Lost("already_handed_over", "redemption_id", held_by=by)
        return _from_body(redemption_id, item.body)
    body = {
        **item.body,
        "handed_over_by": staff_id,
        "handed_over_at": system.now().isoformat(),
        "key_hash": key_hash,
    }
    try:
        system.private.write(
            [
                Replace(item.partition, keys.HEAD, item.version, body),
                Delete(keys.WAITING, item.body["waiting"]),
            ]
        )
    except Conflict as lost:
        raise Contended("handed over meanwhile") from lost
    return _from_body(redemption_id, body)


def _find(system: System, redemption_id: str) -> Redemption | None:
    item = system.private.get(keys.redemption(redemption_id), keys.HEAD)
    return _from_body(redemption_id, item.body) if item else None


def _from_body(redemption_id: str, body: Mapping[str, Any]) -> Redemption:
    return Redemption(
        redemption_id,
        body["rider"],
        body["reward"],
        body["points"],
        datetime.fromisoformat(body["at"]),
        body.get("handed_over_by", ""),
        parse_time(body.get("handed_over_at")),
    )


def _left(system: System, reward: Reward) -> int:
    item = system.private.get(keys.stock(reward.code), keys.STOCK)
    return max(0, reward.stock + (item.counters.get(TAKEN, 0) if item else 0))
