"""Commands about people: rider and staff, each add, list, revoke, renew.

In: parsed arguments. Out: an exit code. A token is printed once, here, and stored nowhere; whoever
sits at the machine acts as its first administrator.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, cast

from suishou.domain.errors import Invalid, NotFound
from suishou.domain.people import Post, Role
from suishou.domain.programme import Programme
from suishou.local.console import Console
from suishou.local.open_system import opened
from suishou.services import people
from suishou.services.people import Enrolled
from suishou.services.system import System

ROLE_WORDS = {
    "dispatcher": "统筹派单",
    "community": "社区网格",
    "department": "部门",
    "clerk": "窗口代报",
    "admin": "管理员",
}


def add_rider(arguments: Namespace, console: Console) -> int:
    with opened(arguments, create=True) as system:
        made = people.enrol_rider(
            system,
            people.operator(system),
            arguments.name,
            arguments.phone,
            arguments.display,
            arguments.alias,
            consent=arguments.consent,
            key=arguments.key,
            demonstration=arguments.demonstration,
        )
    return _enrolled(made, console)


def add_staff(arguments: Namespace, console: Console) -> int:
    with opened(arguments, create=True) as system:
        made = people.enrol_staff(
            system,
            people.operator(system),
            arguments.name,
            tuple(_post(system.programme, text) for text in arguments.post),
            key=arguments.key,
            demonstration=arguments.demonstration,
        )
    return _enrolled(made, console)


def list_riders(arguments: Namespace, console: Console) -> int:
    with opened(arguments, create=False) as system:
        found = _all(people.riders, system)
    lines = [
        f"{rider.id}  {rider.name}  {rider.phone or '—'}  {_standing(rider.revoked)}"
        for rider in found
    ]
    document = {"riders": [asdict(rider) for rider in found]}
    console.result(document, *lines, f"共 {len(found)} 人。")
    return 0


def list_staff(arguments: Namespace, console: Console) -> int:
    with opened(arguments, create=False) as system:
        found = _all(people.staff, system)
        programme = system.programme
    lines = [
        f"{m.id}  {m.name}  {_posts(programme, m.posts)}  {_standing(m.revoked)}" for m in found
    ]
    document = {"staff": [asdict(member) for member in found]}
    console.result(document, *lines, f"共 {len(found)} 人。")
    return 0


def revoke(arguments: Namespace, console: Console) -> int:
    with opened(arguments, create=False) as system:
        _check_kind(arguments)
        people.revoke(system, people.operator(system), arguments.id)
    console.result({"id": arguments.id, "revoked": True}, f"已停用 {arguments.id}。")
    return 0


def renew(arguments: Namespace, console: Console) -> int:
    with opened(arguments, create=False) as system:
        _check_kind(arguments)
        made = people.renew(system, people.operator(system), arguments.id)
    return _enrolled(made, console)


def _check_kind(arguments: Namespace) -> None:
    """`rider revoke` must not end a member of staff's token by a slip."""
    if not arguments.id.startswith("r" if arguments.command == "rider" else "s"):
        raise NotFound("unknown_person", "id")


def _enrolled(made: Enrolled, console: Console) -> int:
    console.result(
        asdict(made), f"编号 {made.id}", f"登录凭证（只显示这一次，请当面交给本人）：{made.token}"
    )
    return 0


def _all(page_of: Callable[..., tuple[tuple[Any, ...], str | None]], system: System) -> list[Any]:
    found: list[Any] = []
    cursor: str | None = None
    while True:
        page, cursor = page_of(system, people.operator(system), cursor)
        found += page
        if cursor is None:
            return found


def _standing(revoked: bool) -> str:
    return "已停用" if revoked else "在册"


def _posts(programme: Programme, posts: tuple[Post, ...]) -> str:
    return "、".join(
        f"{ROLE_WORDS[post.role]}（{_scope(programme, post.scope)}）" for post in posts
    )


def _scope(programme: Programme, scope: str) -> str:
    if scope in programme.units:
        return programme.unit_name(scope)
    return programme.area_name(scope)


def _post(programme: Programme, text: str) -> Post:
    """`role:scope`, the scope by code or, where only one area or unit has it, by name."""
    role, separator, scope = text.partition(":")
    if not separator:
        raise Invalid("bad_post", "post")
    named = [a.code for a in programme.areas.values() if a.name == scope and role != "department"]
    named += [u.code for u in programme.units.values() if u.name == scope and role != "community"]
    if len(named) == 1:
        scope = named[0]
    return Post(cast(Role, role), scope)
