"""How a rider is named in public: as each one chose, and only after consent.

Comes in: the name, the choice (full, masked, alias, none) and whether there is consent. Goes out:
the words to print, or None for «not at all». Never shows more than was chosen.
"""

from __future__ import annotations

import re
from typing import Literal

Display = Literal["full", "masked", "alias", "none"]
DISPLAYS: tuple[Display, ...] = ("full", "masked", "alias", "none")
# Compound surnames that are met at all often; a rarer one is masked after its first character,
# which shows less, never more.
_TWO_CHARACTER_SURNAMES = frozenset(
    re.findall(
        "..",
        "欧阳上官司马诸葛司徒东方夏侯皇甫尉迟公孙慕容令狐长孙宇文端木南宫独孤轩辕",
    )
)


def shown_name(name: str, display: str, alias: str, consented: bool) -> str | None:
    """What stands in a public list for this rider; None without consent or for `none`.

    An alias that was left empty falls back to the masked name.
    """
    if not consented or display == "none":
        return None
    if display == "full":
        return name
    if display == "alias" and alias:
        return alias
    return masked(name)


def masked(name: str) -> str:
    """Surname and an asterisk for every character after it: 张三 → 张*, 欧阳小明 → 欧阳**."""
    surname = 2 if name[:2] in _TWO_CHARACTER_SURNAMES and len(name) > 2 else 1
    if len(name) <= surname:
        return "*"
    return name[:surname] + "*" * (len(name) - surname)
