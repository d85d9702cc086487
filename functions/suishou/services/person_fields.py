"""What may be said of a person: names, telephone numbers, display choices, posts.

In: what an admin or a rider typed. Out: the value to store, in one form, or `Invalid` naming the
field. Never reads or writes anything.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from suishou.domain.display_name import DISPLAYS
from suishou.domain.errors import Invalid
from suishou.domain.people import ROLES, Post
from suishou.domain.programme import Programme
from suishou.domain.redaction import findings
from suishou.services.system import System

NAME_CHARACTERS_MAX = 40
ALIAS_CHARACTERS_MAX = 20
POSTS_MAX = 20
VERSION_CHARACTERS_MAX = 40
NAME_FINDINGS = frozenset({"name", "titled_name"})  # what a name may well be
_PHONE = re.compile(r"(?:\+?86)?(1\d{10})", re.ASCII)


def person_name(text: str) -> str:
    """A name of 1 to NAME_CHARACTERS_MAX characters, spaces at its ends dropped; no number that
    leads to a person may hide in it, for it may be printed."""
    return _no_numbers(_line(text, "name", 1, NAME_CHARACTERS_MAX), "name")


def phone_number(text: str) -> str:
    """A mainland mobile number as 11 digits (spaces, hyphens, +86 and full-width digits are
    understood), or "" for none."""
    plain = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text))
    if not plain:
        return ""
    found = _PHONE.fullmatch(plain)
    if found is None:
        raise Invalid("bad_phone", "phone")
    return found[1]


def chosen_display(display: str, alias: str) -> Mapping[str, str]:
    """`display` and `alias` as stored; an alias may hold no telephone number or chat id, in any
    form: the site's last check would stop the whole site for it."""
    if display not in DISPLAYS:
        raise Invalid("not_allowed", "display", allowed=DISPLAYS)
    alias = _line(alias, "alias", 0, ALIAS_CHARACTERS_MAX)
    if display == "alias" and not alias:
        raise Invalid("missing", "alias")
    return {"display": display, "alias": _no_numbers(alias, "alias")}


def consent_now(system: System, version: str) -> Mapping[str, str] | None:
    """Consent to a version of the honour rules as of now, or None for ""."""
    version = _line(version, "consent", 0, VERSION_CHARACTERS_MAX)
    return {"version": version, "at": system.now().isoformat()} if version else None


def checked_posts(programme: Programme, posts: Sequence[Post]) -> list[dict[str, Any]]:
    """Posts as stored, sorted and each once. A department's scope is a unit, a dispatcher's and a
    community's an area, an admin's the county, a clerk's either."""
    if not 1 <= len(posts) <= POSTS_MAX:
        raise Invalid("out_of_range", "posts", at_least=1, at_most=POSTS_MAX)
    for number, post in enumerate(posts):
        if post.role not in ROLES:
            raise Invalid("not_allowed", f"posts.{number}.role", allowed=ROLES)
        if post.scope not in _scopes(programme, post.role):
            raise Invalid("unknown_scope", f"posts.{number}.scope")
    unique = sorted({(post.role, post.scope) for post in posts})
    return [{"role": role, "scope": scope} for role, scope in unique]


def _scopes(programme: Programme, role: str) -> frozenset[str]:
    if role == "admin":
        return frozenset({programme.county.code})
    if role == "department":
        return frozenset(programme.units)
    if role == "clerk":
        return frozenset(programme.areas) | frozenset(programme.units)
    return frozenset(programme.areas)


def _no_numbers(text: str, field: str) -> str:
    if any(finding.kind not in NAME_FINDINGS for finding in findings(text)):
        raise Invalid("personal_data_found", field)
    return text


def _line(text: str, field: str, least: int, most: int) -> str:
    # Characters that are not seen (controls, direction marks) could hide or reorder a name.
    seen = "".join(c for c in text if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co"})
    seen = " ".join(seen.split())
    if len(seen) < least:
        raise Invalid("missing", field)
    if len(seen) > most:
        raise Invalid("too_long", field, at_most=most)
    return seen
