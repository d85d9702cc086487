"""The English of the site's own words, by the Chinese that templates and views are written with.

In: `site_src/translations/en/*.yaml`. Out: `t`, which a template calls with Chinese words and the
values that belong into them, and the English forms of days, months and time limits. Never touches
what people or a programme wrote: that stays Chinese and is marked so (`zh`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment
from markupsafe import Markup, escape

from build_scripts import view_words as words
from build_scripts.english_hours import WEEKDAYS, english_hours
from build_scripts.phrase import DAY, DAY_OF_MONTH, MONTH, MONTH_ALONE, Phrase
from suishou.domain.opening_hours import opening_hours
from suishou.domain.programme import Limit, Recurring
from suishou.domain.recurrence import rule_words

LABEL_FILES = ("cases.yaml", "corrections.yaml", "frame.yaml", "kinds.yaml", "statistics.yaml")
ENGLISH = "en/"  # where the English pages lie, from the site's root
MONTHS = (
    "January February March April May June July August September October November December"
).split()


def english_words(site_src: Path) -> Mapping[str, str]:
    """Chinese → English, one entry a label or sentence, of all files. Raises ValueError where two
    files say the same words."""
    found: dict[str, str] = {}
    for path in sorted((site_src / "translations" / "en").glob("*.yaml")):
        table = _table(path)
        if twice := found.keys() & table.keys():
            raise ValueError(f"{path.name}: said already elsewhere: {sorted(twice)}")
        found |= {str(chinese): str(english) for chinese, english in table.items()}
    return found


def label_words(site_src: Path) -> Mapping[str, str]:
    """The English of what stands on pages that exist in Chinese alone, and of their frame."""
    found: dict[str, str] = {}
    for name in LABEL_FILES:
        table = _table(site_src / "translations" / "en" / name)
        found |= {str(chinese): str(english) for chinese, english in table.items()}
    return found


def _table(path: Path) -> dict[object, object]:
    """A file of wording, by libyaml, which every wheel of PyYAML brings."""
    import yaml  # for those who speak English: not for cases

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    table: dict[object, object] = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - a safe one
    return table


def speak_chinese(environment: Environment) -> None:
    """Gives templates `t`, `zh` and the filters in Chinese: words stay as they are written.
    `chinese` is the attribute of an element whose words are Chinese on a page that is not."""
    environment.globals["t"] = _in_chinese
    environment.globals["chinese"] = ""
    environment.filters["zh"] = _same
    environment.filters["name"] = _same
    environment.filters["day"] = words.day_words
    environment.filters["month"] = words.month_words
    environment.filters["limit"] = words.limit_words
    environment.filters["rule"] = rule_words
    environment.filters["hours"] = _same
    environment.filters["lunar"] = words.lunar_words


def speak_english(environment: Environment, table: Mapping[str, str]) -> None:
    """The same in English; words that the table does not have stay Chinese (a test finds them)."""

    def in_english(chinese: str, *values: object) -> str:
        english = said_in_english(chinese, table)
        said = (said_in_english(v, table) if isinstance(v, Phrase) else v for v in values)
        return _filled(english, tuple(map(_Value, said))) if values else english

    def own_or_marked(name: str) -> str:
        """The site's own word among names that a programme gave."""
        english = said_in_english(name, table)
        return marked_chinese(name) if english == name else english

    says: Callable[..., str] = in_english
    environment.globals["t"] = says
    environment.globals["chinese"] = Markup(' lang="zh-CN"')
    environment.filters["zh"] = marked_chinese
    environment.filters["name"] = own_or_marked
    environment.filters["day"] = english_day
    environment.filters["month"] = english_month
    environment.filters["limit"] = english_limit
    environment.filters["rule"] = english_rule
    environment.filters["hours"] = hours_in_english
    environment.filters["lunar"] = str


def said_in_english(chinese: str, table: Mapping[str, str]) -> str:
    """Words, or a phrase with its values, each of which may be one itself."""
    if not isinstance(chinese, Phrase):
        return table.get(chinese, chinese)
    if form := _FORMS.get(chinese.pattern):
        return form(*chinese.values)
    values = (said_in_english(v, table) if isinstance(v, str) else v for v in chinese.values)
    return table.get(chinese.pattern, chinese.pattern).format(*map(_Value, values))


@dataclass(frozen=True)
class _Value:
    """A value of an English sentence: `{0:case|cases}` is the word that goes with its number."""

    said: object

    def __format__(self, form: str) -> str:
        return _for_number(self.said, form) if form else str(self.said)

    def __html_format__(self, form: str) -> str:
        return escape(_for_number(self.said, form) if form else self.said)


def _for_number(said: object, form: str) -> str:
    one, many = form.split("|")
    return one if escape(said).striptags() == "1" else many


def marked_chinese(text: str) -> Markup:
    """Text of a programme inside an English page, marked for screen readers."""
    return Markup('<span lang="zh-CN">{}</span>').format(text)


def english_day(day: str) -> str:
    """2026-05-03 as 3 May 2026; "" stays ""."""
    return f"{int(day[8:])} {english_month(day[:7])}" if day else ""


def english_month(month: str) -> str:
    """2026-05 as May 2026."""
    year, number = month.split("-")
    return f"{MONTHS[int(number) - 1]} {year}"


def english_limit(limit: Limit) -> str:
    """30 minutes · 2 hours · same day · 3 working days."""
    if limit.unit == "same_day":
        return "same day"
    if limit.unit == "working_days":
        return _counted(limit.amount, "working day")
    if limit.amount % 60 == 0:
        return _counted(limit.amount // 60, "hour")
    return _counted(limit.amount, "minute")


def hours_in_english(text: str) -> str:
    """What a county wrote of opening hours, in English where it is understood."""
    hours = opening_hours(text)
    return english_hours(hours) if hours else marked_chinese(text)


def english_rule(rule: Recurring) -> str:
    """Every Thursday · 1 and 15 of each month · lunar day 3, 8 and 13 of each month."""
    if rule.weekdays:
        return "Every " + _listed([WEEKDAYS[number - 1] for number in rule.weekdays])
    if rule.month_days:
        return f"On day {_listed(rule.month_days)} of each month"
    return f"On lunar day {_listed(rule.lunar_days)} of each month"


# Phrases whose parts stand in another order and shape in English.
_FORMS: Mapping[str, Callable[..., str]] = {
    MONTH: lambda year, month: f"{MONTHS[month - 1]} {year}",
    MONTH_ALONE: lambda month: MONTHS[month - 1][:3],
    DAY_OF_MONTH: lambda month, day: f"{day} {MONTHS[month - 1][:3]}",
    DAY: lambda year, month, day: f"{day} {MONTHS[month - 1]} {year}",
}


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _listed(parts: Sequence[object]) -> str:
    words = [str(part) for part in parts]
    return " and ".join([", ".join(words[:-1]), words[-1]] if words[1:] else words)


def _in_chinese(chinese: str, *values: object) -> str:
    return _filled(chinese, values) if values else chinese


def _filled(pattern: str, values: tuple[object, ...]) -> Markup:
    """The pattern as HTML, its values escaped unless they are HTML already."""
    return escape(pattern).format(*values)


def _same(text: str) -> str:
    return text
