"""The English of the site's own labels, by the Chinese words that the templates are written with.

In: `site_src/translations/en.yaml`. Out: `t`, which a template calls with Chinese words, and the
English forms of days, months and time limits. Never touches what people or a programme wrote: that
stays Chinese and is marked so (`zh`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import yaml
from jinja2 import Environment
from markupsafe import Markup

from build_scripts import view_words as words
from suishou.domain.programme import Limit

ENGLISH = "en/"  # where the English pages lie, from the site's root
_MONTHS = (
    "January February March April May June July August September October November December"
).split()


def english_words(site_src: Path) -> Mapping[str, str]:
    """Chinese → English, one entry a label."""
    table = yaml.safe_load((site_src / "translations" / "en.yaml").read_text(encoding="utf-8"))
    return {str(chinese): str(english) for chinese, english in table.items()}


def speak_chinese(environment: Environment) -> None:
    """Gives templates `t`, `zh` and the filters in Chinese: words stay as they are written."""
    environment.globals["t"] = _same
    environment.filters["zh"] = _same
    environment.filters["day"] = words.day_words
    environment.filters["month"] = words.month_words
    environment.filters["limit"] = words.limit_words


def speak_english(environment: Environment, table: Mapping[str, str]) -> None:
    """The same in English; words that the table does not have stay Chinese (a test finds them)."""

    def translated(chinese: str) -> str:
        return table.get(chinese, chinese)

    says: Callable[[str], str] = translated
    environment.globals["t"] = says
    environment.filters["zh"] = marked_chinese
    environment.filters["day"] = english_day
    environment.filters["month"] = english_month
    environment.filters["limit"] = english_limit


def marked_chinese(text: str) -> Markup:
    """Text of a programme inside an English page, marked for screen readers."""
    return Markup('<span lang="zh-CN">{}</span>').format(text)


def english_day(day: str) -> str:
    """2026-05-03 as 3 May 2026; "" stays ""."""
    return f"{int(day[8:])} {english_month(day[:7])}" if day else ""


def english_month(month: str) -> str:
    """2026-05 as May 2026."""
    year, number = month.split("-")
    return f"{_MONTHS[int(number) - 1]} {year}"


def english_limit(limit: Limit) -> str:
    """30 minutes · 2 hours · same day · 3 working days."""
    if limit.unit == "same_day":
        return "same day"
    if limit.unit == "working_days":
        return _counted(limit.amount, "working day")
    if limit.amount % 60 == 0:
        return _counted(limit.amount // 60, "hour")
    return _counted(limit.amount, "minute")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _same(text: str) -> str:
    return text
