"""Chinese words with values in them, which a page can still say in English.

In: a pattern as it stands in `site_src/translations/en/`, and its values. Out: `Phrase`, which is
the Chinese text wherever a text is wanted; `t` of `translations.py` says its pattern in the page's
own language. Never a word that a person or a programme wrote: that is a value, and stays as it is.
"""

from __future__ import annotations

MONTH = "{}年{}月"
DAY = "{}年{}月{}日"
MONTH_ALONE = "{}月"
DAY_OF_MONTH = "{}月{}日"


class Phrase(str):
    """`Phrase("{} 件已立案", 3)` is `"3 件已立案"`, and knows of what it was made."""

    __slots__ = ("pattern", "values")
    pattern: str
    values: tuple[object, ...]

    def __new__(cls, pattern: str, *values: object) -> Phrase:
        made = super().__new__(cls, pattern.format(*values))
        made.pattern = pattern
        made.values = values
        return made

    @classmethod
    def called(cls, words: str, pattern: str) -> Phrase:
        """A programme's own word for something that English calls what it calls `pattern`."""
        made = str.__new__(cls, words)
        made.pattern = pattern
        made.values = ()
        return made


def month_phrase(month: str) -> Phrase:
    """2026-05 as 2026年5月, in English May 2026."""
    year, number = month.split("-")
    return Phrase(MONTH, int(year), int(number))


def day_phrase(day: str) -> Phrase:
    """2026-05-03 as 2026年5月3日, in English 3 May 2026; "" stays ""."""
    return Phrase(DAY, *(int(part) for part in day.split("-"))) if day else Phrase("")
