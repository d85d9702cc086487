"""Which category a past case belongs to: the file that a county writes when it moves over.

Comes in: a YAML file with `default`, `names` (the old system's name → category code) and `rules`
(`category`, with `keywords` or a `pattern`, tried in order on title and text). Goes out: a
`CategoryMapping`, or `ProgrammeInvalid` with every fault at once. Guesses nothing beyond the file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from suishou.domain.errors import Invalid, ProgrammeInvalid
from suishou.domain.programme import Programme
from suishou.services.programme_reading import Findings, Section, read_yaml

OTHER = "other"  # the category 其他 that a programme has for whatever fits nowhere else


@dataclass(frozen=True)
class CategoryMapping:
    """`rules` are (code, pattern), the first that is found wins; then `default`."""

    default: str
    names: Mapping[str, str] = field(default_factory=dict)
    rules: tuple[tuple[str, re.Pattern[str]], ...] = ()

    def category(self, programme: Programme, named: str, words: str) -> str:
        """The category's code for what the old system called it (or "") and what was written.

        Raises Invalid (`category`) for a name that is neither mapped nor known here.
        """
        if named:
            return self._named(programme, named)
        return next((code for code, rule in self.rules if rule.search(words)), self.default)

    def _named(self, programme: Programme, named: str) -> str:
        if named in self.names:
            return self.names[named]
        for category in programme.categories.values():
            if named in (category.code, category.name):
                return category.code
        raise Invalid("unknown_category", "category")


def default_mapping(programme: Programme) -> CategoryMapping:
    """Everything without a category of its own is 其他. Raises Invalid where there is none."""
    if OTHER not in programme.categories:
        raise Invalid("mapping_needed", "mapping")
    return CategoryMapping(OTHER)


def load_category_mapping(path: Path, programme: Programme) -> CategoryMapping:
    """The mapping in the file. Raises ProgrammeInvalid with all faults, by line."""
    findings = Findings()
    root = read_yaml(path, findings)
    top = Section(path.name, root, "", findings, silent=root is None)
    default = _code(top, "default", top.text("default", OTHER), programme)
    names = top.words("names", None) if top.has("names") else {}
    for name, code in names.items():
        _code(top, "names", code, programme, name)
    rules = [_rule(part, programme) for part in top.sections("rules")] if top.has("rules") else []
    top.finish()
    if findings.problems:
        raise ProgrammeInvalid(sorted(findings.problems, key=lambda p: (p.line, p.field)))
    return CategoryMapping(default, names, tuple(rules))


def _rule(part: Section, programme: Programme) -> tuple[str, re.Pattern[str]]:
    code = _code(part, "category", part.text("category"), programme)
    keywords, pattern = part.texts("keywords", ()), part.text("pattern", "")
    if bool(keywords) == bool(pattern):
        part.problem("category", "missing_key", "请写 keywords 或 pattern，两者写一样。")
    part.finish()
    text = pattern or "|".join(re.escape(word) for word in keywords if word)
    try:
        return code, re.compile(text or r"(?!)", re.IGNORECASE)
    except re.error as error:
        part.problem("pattern", "bad_format", f"正则表达式有误（{error.msg}）。")
        return code, re.compile(r"(?!)")


def _code(section: Section, key: str, code: str, programme: Programme, name: str = "") -> str:
    if code and code not in programme.categories:
        about = f"“{name}”对应的" if name else ""
        section.problem(key, "unknown_category", f"{about}类别代码“{code}”不在项目里。")
    return code
