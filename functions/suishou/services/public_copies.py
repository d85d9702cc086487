"""Which public copies of photos a publication put out, and which of them nobody may see any more.

In: the publication's body, its case. Out: keys of the public store.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from suishou.domain.case import Case


def public_copies(publication: Mapping[str, Any]) -> frozenset[str]:
    """Every copy that a publication, or one before it, put into the public store."""
    lists = ("photos_before", "photos_after", "retired")
    return frozenset(key for name in lists for key in publication.get(name, ()))


def withdrawn_copies(case: Case, publication: Mapping[str, Any]) -> frozenset[str]:
    """The copies that nobody may see any more: retired ones, and all of a case taken down since."""
    since = case.version > publication.get("case_version", 0)
    if case.taken_down and since:
        return public_copies(publication)
    return frozenset(publication.get("retired", ()))
