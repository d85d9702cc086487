"""Who takes part in a demonstration: enrolled over HTTP, found again by name or by post.

In: the script's people and an administrator's token. Out: a `Cast`, which says whose token does the
next step. Invented people only, and said to be so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from suishou.local.demo_client import PREFIX, DemonstrationFailed, Visitor
from suishou.local.demo_script import Script

HONOUR_RULES_VERSION = "演示规则"


@dataclass
class Member:
    """Somebody on the staff; `token` is renewed when it has run out."""

    id: str
    name: str
    posts: Sequence[tuple[str, str]]
    token: str


@dataclass
class Cast:
    """Riders' tokens by name, and the staff; `county` is the county's area code."""

    admin: str
    county: str
    riders: dict[str, str] = field(default_factory=dict)
    staff: list[Member] = field(default_factory=list)

    def token_of(self, name: str) -> str:
        """The token of a rider or a member of staff; "" for a resident."""
        for member in self.staff:
            if member.name == name:
                return member.token
        return self.riders.get(name, "")

    def on_post(self, role: str, scope: str, but_not: str = "") -> Member:
        """Whoever holds the post nearest to an area or a unit (`but_not`: an id to pass over)."""
        nearest = ""
        found: Member | None = None
        for member in self.staff:
            for held, where in member.posts:
                reaches = where == scope if role == "department" else scope.startswith(where)
                if held == role and reaches and len(where) > len(nearest) and member.id != but_not:
                    nearest, found = where, member
        if found is None:
            raise DemonstrationFailed(f"演示人员中没有 {role} {scope}。")
        return found


def enrol(visitor: Visitor, admin: str, county: str, script: Script) -> Cast:
    """Everybody, enrolled under their names."""
    cast = Cast(admin, county)
    for number, rider in enumerate(script.riders):
        fields = {name: value for name, value in rider.items() if name != "consent"}
        fields |= {"consent": HONOUR_RULES_VERSION} if rider["consent"] else {}
        made = _enrolled(visitor, admin, "riders", number, fields)
        cast.riders[rider["name"]] = made["token"]
    for number, member in enumerate(script.staff):
        made = _enrolled(visitor, admin, "staff", number, member)
        posts = tuple((post["role"], post["scope"]) for post in member["posts"])
        cast.staff.append(Member(made["id"], member["name"], posts, made["token"]))
    return cast


def renew_staff(visitor: Visitor, cast: Cast) -> None:
    """New tokens for the staff, whose old ones ran out since last year."""
    for member in cast.staff:
        reply = visitor.send_json(f"{PREFIX}/people/{member.id}/renew", {}, cast.admin, "", 201)
        member.token = str(reply.json["token"])


def _enrolled(
    visitor: Visitor, admin: str, kind: str, number: int, fields: Mapping[str, Any]
) -> Mapping[str, str]:
    sent = {**fields, "demonstration": True}
    key = f"demonstration-{kind}-{number}"
    made: Mapping[str, str] = visitor.send_json(f"{PREFIX}/{kind}", sent, admin, key, 201).json
    return made
