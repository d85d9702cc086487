"""Who may do what: principals, the posts they hold, and whether a post reaches a case.

Comes in: a signed-in principal and a case. Goes out: yes or no. A post's scope is an area code
(it covers everything whose code begins with it) or a unit's code (it covers the cases that the
unit leads or assists).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from suishou.domain.case import Case

Role = Literal["dispatcher", "community", "department", "clerk", "admin"]
ROLES: tuple[Role, ...] = ("dispatcher", "community", "department", "clerk", "admin")


@dataclass(frozen=True)
class Post:
    """A staff role within a scope: dispatcher 街道统筹, community 社区网格, department 部门,
    clerk 窗口代报, admin 管理员."""

    role: Role
    scope: str


@dataclass(frozen=True)
class Principal:
    """Whoever makes a request. `kind` anonymous has the id "" and no posts."""

    id: str
    kind: Literal["anonymous", "rider", "staff"]
    posts: tuple[Post, ...] = ()

    @property
    def is_admin(self) -> bool:
        return any(post.role == "admin" for post in self.posts)


ANONYMOUS = Principal(id="", kind="anonymous")


def reaches(post: Post, case: Case) -> bool:
    """Whether a post's scope covers a case.

    A case whose place awaits review carries the county's code: only posts for the whole county
    reach it. Admins see no cases by being admins; they hold a dispatcher's post for that.
    """
    if post.role == "department":
        return post.scope in (case.lead_unit, *case.assisting_units)
    if post.role in ("dispatcher", "community"):
        return case.area.startswith(post.scope) or bool(
            case.community and case.community.startswith(post.scope)
        )
    return False


def posts_reaching(principal: Principal, case: Case) -> tuple[Post, ...]:
    """The posts of a principal that cover a case, none for an outsider."""
    return tuple(post for post in principal.posts if reaches(post, case))
