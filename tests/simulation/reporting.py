"""Riders, residents and clerks: reports, feedback, withdrawals, redemptions, looks at their own.

Comes in: the world. Goes out: `Request`s, each with the promise that its answer makes.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from functools import cache

from PIL import Image

from suishou.domain.case import Case
from suishou.domain.deadline import CHINA
from suishou.domain.errors import KeyReused, Refused
from suishou.domain.people import ANONYMOUS, Principal
from suishou.services.accept_report import (
    Landmark,
    NewReport,
    Point,
    Receipt,
    accept_report,
)
from suishou.services.case_queue import cases_of_rider
from suishou.services.case_store import find_case
from suishou.services.identity import tracking_token
from suishou.services.points_ledger import ledger
from suishou.services.redeem_reward import Redemption, hand_over, redeem, waiting
from suishou.services.stored_photos import raw_photo_key
from suishou.services.track_case import give_feedback, track, withdraw
from suishou.storage import private_keys as keys
from tests.simulation.request import BrokenPromise, Request
from tests.simulation.world import SECRET, World, communities, streets

JUST_OUTSIDE_METRES = 200  # of the boundary: within the programme's review belt


def new_report(world: World) -> list[Request]:
    """A report with a key of its own; some tap twice, some use an old key for something else."""
    random = world.random
    principal = random.choice((*world.riders, *world.riders, ANONYMOUS, clerk(world)))
    content = _content(world, principal)
    sent = world.promises.sent
    old = [key for who, key in sent if who == principal.id and not key.startswith(SECRET)]
    key = random.choice(old) if old and random.random() < 0.1 else f"key-{world.number()}"
    if random.random() < 0.1:
        key = ""
    taps = 2 if random.random() < 0.2 else 1
    return [_sent(world, principal, content, key) for _ in range(taps)]


def clerk(world: World) -> Principal:
    return next(p for p in world.staff if any(post.role == "clerk" for post in p.posts))


def _content(world: World, principal: Principal) -> NewReport:
    random, number = world.random, world.number()
    programme = world.system.programme
    street = random.choice(streets(programme))
    place: Point | Landmark = Landmark(communities(programme, street)[0], f"{SECRET} 东门")
    if random.random() < 0.1:
        place = _outside(world)
    report = NewReport(
        category=random.choice(sorted(programme.categories)),
        description=f"{SECRET} report {number}",
        place=place,
        title=f"{SECRET} title",
        address=f"{SECRET} address",
        contact=f"{SECRET} 13900139000",
        photos=_photos(world, number),
        severity=random.choice(("", *sorted(programme.points.severities))),
    )
    if principal.kind == "staff":
        return replace(report, source="window", for_name=f"{SECRET} name", for_phone="13900139000")
    return report


def _outside(world: World) -> Point:
    """A point in the belt outside of the boundary, where nobody's street is."""
    ring = world.system.programme.county.rings[0]
    west = min(ring)
    degrees = JUST_OUTSIDE_METRES / 111_000
    return Point(west[1], west[0] - degrees, "wgs84")


@cache
def _one_pixel() -> bytes:
    """The smallest JPEG; what follows its end is passed over by whoever reads it."""
    out = io.BytesIO()
    Image.new("RGB", (1, 1)).save(out, "JPEG")
    return out.getvalue()


def _photos(world: World, number: int) -> tuple[str, ...]:
    """Uploads, put there by an upload service that never fails; now and then an earlier one again,
    as with a second report of the same thing."""
    made = []
    received = [key for key in world.raw_photos.kept if key.startswith("photos/")]
    earlier = [key.removeprefix("photos/")[:64] for key in received]
    if earlier and world.random.random() < 0.1:
        made.append(world.random.choice(earlier))
    for position in range(world.random.choice((0, 0, 1, 2))):
        content = _one_pixel() + f"{SECRET} photo {number} {position}".encode()
        photo_id = hashlib.sha256(content).hexdigest()
        world.raw_photos.kept[raw_photo_key(photo_id)] = content
        made.append(photo_id)
    return tuple(made)


def _sent(world: World, principal: Principal, report: NewReport, key: str) -> Request:
    promises = world.promises
    contents: list[str] = []
    sent_as = ("", "")

    def work() -> Receipt:
        nonlocal contents, sent_as
        # Without a key it is the content, and the day, that make the request the same.
        day = f"{world.time.astimezone(CHINA):%Y-%m-%d}"
        sent_as = (principal.id, key or f"{report.description} of {day}")
        contents = promises.sent.setdefault(sent_as, [])
        contents += [] if report.description in contents else [report.description]
        return accept_report(world.system, principal, report, key)

    def acknowledged(receipt: Receipt) -> None:
        known = promises.receipts.setdefault(sent_as, (receipt.case_id, receipt.tracking_token))
        if known != (receipt.case_id, receipt.tracking_token):
            raise BrokenPromise("one key, two receipts")
        told = promises.descriptions.setdefault(receipt.case_id, report.description)
        if told != report.description:
            raise BrokenPromise("one case acknowledged for two contents")
        promises.reporters[receipt.case_id] = principal

    def refused(refusal: Refused) -> None:
        erased = any(raw_photo_key(photo) not in world.raw_photos.kept for photo in report.photos)
        if refusal.code in ("unknown_photo", "photo_erased") and erased:
            return  # another report showed the same photo, and its words and photos were erased
        if not (isinstance(refusal, KeyReused) and len(contents) > 1):
            raise BrokenPromise(f"a good report was refused: {refusal}")

    return Request("report", work, acknowledged, refused, keeps_trying=True)


def feedback(world: World) -> list[Request]:
    """The reporter confirms, reopens or withdraws, by token or as the rider."""
    random, promises = world.random, world.promises
    if not promises.case_ids:
        return []
    case_id = random.choice(promises.case_ids)
    rider = promises.reporters[case_id]
    as_rider = rider.kind == "rider" and random.random() < 0.5
    token = "" if as_rider else tracking_token(world.system.secret, case_id)
    principal = rider if as_rider else ANONYMOUS
    key = f"key-{world.number()}" if random.random() < 0.7 else ""
    choice = random.choice(("confirm", "confirm", "reopen", "withdraw", "look"))
    reason = f"{SECRET} reason {world.number()}"

    def work() -> object:
        if choice == "look":
            return track(world.system, case_id, token, principal)
        if choice == "withdraw":
            return withdraw(world.system, case_id, token, key, principal)
        satisfied = choice == "confirm"
        return give_feedback(world.system, case_id, token, satisfied, reason, key, principal)

    def refused(refusal: Refused) -> None:
        if refusal.code in ("unknown_case", "unknown_case_or_token"):
            raise BrokenPromise("a reporter's own case was not found")

    return [Request(choice, work, refused=refused, keeps_trying=True)]


def own_list(world: World) -> list[Request]:
    """A rider reads all pages of their own cases and ledger, short pages and all."""
    rider = world.random.choice(world.riders)

    def work() -> set[str]:
        known = [c for c, who in world.promises.reporters.items() if who == rider]
        seen: list[Case] = []
        cursor: str | None = None
        while True:
            page, cursor = cases_of_rider(world.system, rider.id, cursor, limit=3)
            seen += page
            if cursor is None:
                break
        page_of_lines = ledger(world.system, rider.id, limit=3)
        while page_of_lines.cursor:
            page_of_lines = ledger(world.system, rider.id, page_of_lines.cursor, limit=3)
        return set(known) - {case.id for case in seen}

    def acknowledged(missing: set[str]) -> None:
        if missing:
            raise BrokenPromise(f"a rider's list lacks {sorted(missing)}")

    return [Request("own list", work, acknowledged)]


def redemption(world: World) -> list[Request]:
    """A rider redeems, now and then by several taps at once."""
    rider = world.random.choice(world.riders)
    reward = world.random.choice(sorted(world.system.programme.rewards))
    key = f"key-{world.number()}"
    return [_tap(world, rider, reward, key) for _ in range(world.random.choice((1, 1, 3)))]


def _tap(world: World, rider: Principal, reward: str, key: str) -> Request:
    promises = world.promises
    known_before = False

    def acknowledged(made: Redemption) -> None:
        known = promises.redemptions.setdefault((rider.id, key), (made.id, reward))
        if known != (made.id, made.reward):
            raise BrokenPromise("one key, two redemptions")

    def refused(refusal: Refused) -> None:
        # A tap that was refused while there were too few points may hear of it late.
        if known_before:
            raise BrokenPromise(f"a redemption was acknowledged, then refused: {refusal}")

    def work() -> Redemption:
        nonlocal known_before
        known_before = (rider.id, key) in promises.redemptions
        return redeem(world.system, rider.id, reward, key)

    return Request("redeem", work, acknowledged, refused, keeps_trying=True)


def handing_over(world: World) -> list[Request]:
    """A clerk hands over whatever waits first."""
    person, key = clerk(world), f"key-{world.number()}"

    def work() -> object:
        page, _ = waiting(world.system, limit=5)
        return hand_over(world.system, person.id, page[0].id, key) if page else None

    return [Request("hand over", work)]


def stored_case(world: World, case_id: str) -> Case:
    """The case as it is now, read past all faults: what somebody has on their screen."""
    found = find_case(world.private.table, case_id)
    if found is None:
        raise BrokenPromise(f"acknowledged case {case_id} is gone")
    return found.case


def mark_of(case_id: str, mark: str) -> tuple[str, str]:
    return keys.case(case_id), keys.action_key(mark)
