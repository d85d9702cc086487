"""Keys of the private table.

| partition         | sort                   | body                                                |
|-------------------|------------------------|-----------------------------------------------------|
| `CASE#<id>`       | `HEAD`                 | the case as JSON                                    |
|                   | `EVENT#<number>`       | one event, append-only                              |
|                   | `TEXT`                 | title, description, exact place, contacts; erasable |
|                   | `NOTE#<event number>`  | free words that came with an event; erasable        |
|                   | `DRAFT#<number>`       | a text drafted for publication; erasable            |
|                   | `PUBLICATION`          | the approved text and photo copies; erasable        |
|                   | `KEY#<hash>`           | a staff action already done under this key          |
|                   | `PROJECTED`            | how far the outbox has been written                 |
| `QUEUE#<scope>#n` | `<urgency><due>#<id>`  | open cases of a street or unit, most urgent first   |
| `DUE#n`           | `<due>#<clock>#<id>`   | running clocks                                      |
| `PENDING#n`       | `<id>#<clock>`         | clocks whose deadline awaits the calendar           |
| `NEAR#<area>#n`   | `<category>#<id>`      | open cases of a grid cell or community              |
| `RIDER#<id>`      | `CASE#<reported>#<id>` | a rider's own cases                                 |
| `OUTBOX#n`        | `<case>#<event>#<to>`  | a message not yet delivered                         |
| `FAILED#`         | `<id>`                 | a case that the change feed could not work          |
| `RIDER#<id>`      | `PROFILE`              | name, phone, display, alias, honour consent         |
| `RIDER#<id>`      | `BALANCE`              | counter `points`                                    |
|                   | `ENTRY#<entry id>`     | the points a ledger entry gave, which it gives once |
|                   | `LEDGER#<at>#<entry>`  | the same entry as the rider reads it, by time       |
|                   | `CAP#<day or month>`   | points given in it, up to the programme's cap       |
| `REDEMPTION#<id>` | `HEAD`                 | who gets which reward, and whether handed over      |
| `WAITING`         | `<at>#<redemption>`    | redemptions not yet handed over                     |
| `STOCK#<reward>`  | `STOCK`                | counter `taken`, below zero: how many have gone     |
| `ROUND#<id>`      | `HEAD`                 | a round of honours, with its winners once decided   |
|                   | `OBJECTION#<number>`   | an objection to it and how it was settled           |
| `ROUNDS`          | `<id>`                 | `{}`: all rounds                                    |
| `RIDER#<id>`      | `LADDER`               | steps appointed to, and consent to show them        |
| `STAFF#<id>`      | `PROFILE`              | name, posts                                         |
| `RIDERS`, `STAFF` | `<id>`                 | `{}`: the lists of all                              |
| `PHONE#<hash>`    | `RIDER`                | `{"id"}`: one telephone enrols one rider            |
| `TOKEN#<sha256>`  | `TOKEN`                | whose it is; the token itself is stored nowhere     |

Lists that many cases enter in the same second are spread by the case's id (`n`), so that none is
hot: how many parts each needs is shown by `make simulate` (docs/scale.md).
"""

from __future__ import annotations

from suishou.storage.spread import part

CLOCK_PARTS = 16  # of the due lists, of the clocks without a deadline, and of the outbox
QUEUE_PARTS = 4  # of one scope's queue, and of what is open in one place: each look reads them all
HEAD = "HEAD"
TEXT = "TEXT"
PUBLICATION = "PUBLICATION"
PROJECTED = "PROJECTED"
FAILED = "FAILED#"


def case(case_id: str) -> str:
    return f"CASE#{case_id}"


def event(number: int) -> str:
    return f"EVENT#{number:06d}"


def note(number: int) -> str:
    return f"NOTE#{number:06d}"


def draft(number: int) -> str:
    return f"DRAFT#{number:04d}"


def action_key(key_hash: str) -> str:
    return f"KEY#{key_hash}"


def queue(scope: str, case_id: str) -> str:
    """Where a case stands in the queue of a street (area code), of the county (its code), or of a
    unit (`unit:<code>`)."""
    return f"QUEUE#{scope}#{part(case_id, QUEUE_PARTS)}"


def queue_partitions(scope: str) -> tuple[str, ...]:
    return tuple(f"QUEUE#{scope}#{n}" for n in range(QUEUE_PARTS))


def unit_scope(unit: str) -> str:
    return f"unit:{unit}"


def due(case_id: str) -> str:
    return f"DUE#{part(case_id, CLOCK_PARTS)}"


def due_partitions() -> tuple[str, ...]:
    return tuple(f"DUE#{n}" for n in range(CLOCK_PARTS))


def pending(case_id: str) -> str:
    return f"PENDING#{part(case_id, CLOCK_PARTS)}"


def pending_partitions() -> tuple[str, ...]:
    return tuple(f"PENDING#{n}" for n in range(CLOCK_PARTS))


def near(area: str, case_id: str) -> str:
    return f"NEAR#{area}#{part(case_id, QUEUE_PARTS)}"


def near_partitions(area: str) -> tuple[str, ...]:
    return tuple(f"NEAR#{area}#{n}" for n in range(QUEUE_PARTS))


def rider(rider_id: str) -> str:
    return f"RIDER#{rider_id}"


def outbox(case_id: str) -> str:
    return f"OUTBOX#{part(case_id, CLOCK_PARTS)}"


def outbox_partitions() -> tuple[str, ...]:
    return tuple(f"OUTBOX#{n}" for n in range(CLOCK_PARTS))


PROFILE = "PROFILE"
RIDERS = "RIDERS"
STAFF = "STAFF"
TOKEN = "TOKEN"  # noqa: S105 - a sort key
RIDER_OF_PHONE = "RIDER"


def staff(staff_id: str) -> str:
    return f"STAFF#{staff_id}"


def token(sha256: str) -> str:
    return f"TOKEN#{sha256}"


def phone(keyed_hash: str) -> str:
    return f"PHONE#{keyed_hash}"


BALANCE = "BALANCE"
LEDGER = "LEDGER#"
WAITING = "WAITING"
STOCK = "STOCK"
ROUNDS = "ROUNDS"
OBJECTION = "OBJECTION#"
LADDER = "LADDER"


def ledger_entry(entry_id: str) -> str:
    return f"ENTRY#{entry_id}"


def ledger_line(at: str, entry_id: str) -> str:
    return f"{LEDGER}{at}#{entry_id}"


def cap(day_or_month: str) -> str:
    return f"CAP#{day_or_month}"


def redemption(redemption_id: str) -> str:
    return f"REDEMPTION#{redemption_id}"


def stock(reward_code: str) -> str:
    return f"STOCK#{reward_code}"


def honour_round(round_id: str) -> str:
    return f"ROUND#{round_id}"


def objection(number: int) -> str:
    return f"{OBJECTION}{number:04d}"
