"""Reads one YAML file of a programme folder and remembers the line of every value.

Comes in: a path. Goes out: `Section`s, whose typed getters put each fault on a shared list of
`Findings` and answer a harmless stand-in, so that reading goes on and all faults are found at once.
Never decides what a programme must contain: that is `programme_rules.py` and its neighbours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from pathlib import Path

import yaml

from suishou.domain.errors import Problem

# libyaml's parser, which every wheel brings: a third of the time, of every start of a function.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
CODE = re.compile(r"[a-z][a-z0-9_-]{0,39}")  # codes stand in addresses and file names
_WHOLE = re.compile(r"[+-]?\d{1,15}")
_NULL = "tag:yaml.org,2002:null"  # `key:`, `key: null` and `key: ~` all mean «not filled in»
_FLAGS = {"true": True, "yes": True, "是": True, "false": False, "no": False, "否": False}


@dataclass
class Findings:
    """What reading a folder has found so far: faults, and values that were marked as assumed."""

    problems: list[Problem] = field(default_factory=list)
    assumed: list[str] = field(default_factory=list)

    def add(self, file: str, line: int, name: str, code: str, detail: str) -> None:
        self.problems.append(Problem(file, line, name, code, detail))


def read_text(path: Path, findings: Findings) -> str | None:
    """The file's text (a byte order mark is dropped), or None with a problem noted."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        findings.add(path.name, 0, "", "missing_file", "缺少这个文件。")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        detail = "文件不是 UTF-8 编码，请用“另存为”选择 UTF-8（表格选 CSV UTF-8）。"
        findings.add(path.name, line, "", "not_utf8", detail)
    return None


def read_yaml(path: Path, findings: Findings) -> yaml.Node | None:
    """The file's root node, or None with a problem noted."""
    text = read_text(path, findings)
    if text is None:
        return None
    try:
        root = yaml.compose(text, Loader=LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 0
        detail = f"YAML 写法有误，请检查这一行附近的缩进、冒号和引号（{error.problem}）。"
        findings.add(path.name, line, "", "yaml_syntax", detail)
        return None
    except yaml.YAMLError:
        findings.add(path.name, 0, "", "yaml_syntax", "文件里有 YAML 不允许的字符。")
        return None
    if root is None:
        findings.add(path.name, 0, "", "empty", "文件是空的。")
    return root


def line_of(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


class Section:
    """A mapping of a YAML file. Each getter marks its key as known; `finish` reports the others.

    Getters with `default` None require their key. `silent` sections (made for one that is missing)
    report nothing more.
    """

    def __init__(
        self, file: str, node: yaml.Node | None, path: str, findings: Findings, silent: bool = False
    ) -> None:
        self.file, self.path, self.findings, self.silent = file, path, findings, silent
        self.line = line_of(node) if node is not None else 0
        self._values: dict[str, yaml.Node] = {}
        self._lines: dict[str, int] = {}
        self._known = {"assumed"}
        if isinstance(node, yaml.MappingNode):
            self._take(node)
        elif not silent:
            self.silent = True
            self._note(self.line, path, "wrong_type", "这里应当是“名称: 值”的形式。")

    def _take(self, node: yaml.MappingNode) -> None:
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else ""
            if name in self._values:
                detail = f"“{name}”写了两次，请只留一处。"
                self._note(line_of(key), self.at(name), "duplicate_key", detail)
                continue
            self._values[name], self._lines[name] = value, line_of(key)

    def _note(self, line: int, name: str, code: str, detail: str) -> None:
        self.findings.add(self.file, line, name, code, detail)

    def at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def problem(self, key: str, code: str, detail: str) -> None:
        """Note a fault of `key`, at its line (or at the section's, when it is absent)."""
        if not self.silent:
            self._note(self._lines.get(key, self.line), self.at(key), code, detail)

    def has(self, key: str) -> bool:
        return key in self._values

    def finish(self) -> bool:
        """Report keys that nobody asked for; answers whether the section is marked as assumed."""
        for name in self._values.keys() - self._known:
            self.problem(name, "unknown_key", f"不认识“{name}”这一项，请检查是否写错。")
        assumed = self.flag("assumed", False)
        if assumed:
            where = f"{self.file}:{self._lines['assumed']}"
            self.findings.assumed.append(f"{where} {self.path}".rstrip())
        return assumed

    def _node(self, key: str, required: bool) -> yaml.Node | None:
        self._known.add(key)
        node = self._values.get(key)
        if node is None and required:
            self.problem(key, "missing_key", f"缺少“{key}”这一项。")
        return node

    def text(
        self, key: str, default: str | None = None, *, pattern: re.Pattern[str] | None = None
    ) -> str:
        """Text as written (`01002` keeps its zero). A required text may not be empty."""
        node = self._node(key, default is None)
        if node is None:
            return default or ""
        if not isinstance(node, yaml.ScalarNode):
            self.problem(key, "wrong_type", "这里应当是一段文字。")
            return default or ""
        value = "" if node.tag == _NULL else str(node.value).strip()
        if not value and default is None:
            self.problem(key, "empty", f"“{key}”不能为空。")
        elif value and pattern is CODE and not CODE.fullmatch(value):
            self.problem(key, "bad_code", f"代码“{value}”只能用小写字母、数字、横线，以字母开头。")
        elif value and pattern is not None and not pattern.fullmatch(value):
            self.problem(key, "bad_format", f"“{value}”的写法不对。")
        return value

    def choice(self, key: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        value = self.text(key, default)
        if value and value not in allowed:
            self.problem(key, "not_allowed", f"“{value}”不在可选范围：{'、'.join(allowed)}。")
        return value if value in allowed else (default or allowed[0])

    def whole(self, key: str, at_least: int = 0, at_most: int = 1_000_000) -> int:
        value = self.text(key)
        return self._whole(key, value, at_least, at_most) if value else at_least

    def _whole(self, key: str, value: str, at_least: int, at_most: int) -> int:
        if not _WHOLE.fullmatch(value):
            self.problem(key, "not_a_number", f"“{value}”应当是整数。")
            return at_least
        if not at_least <= int(value) <= at_most:
            detail = f"{value} 超出范围，应在 {at_least} 到 {at_most} 之间。"
            self.problem(key, "out_of_range", detail)
            return at_least
        return int(value)

    def flag(self, key: str, default: bool | None = None) -> bool:
        value = self.text(key, None if default is None else str(default).lower())
        if value and value.lower() not in _FLAGS:
            self.problem(key, "wrong_type", f"“{value}”应当写 true（是）或 false（否）。")
        return _FLAGS.get(value.lower(), False)

    def clock_time(self, key: str) -> time:
        value = self.text(key)
        if value and not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
            self.problem(key, "bad_time", f"“{value}”应当写成 17:30 这样的时间。")
            return time(18)
        return time.fromisoformat(value) if value else time(18)

    def texts(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """A list of texts, in the order written."""
        node = self._node(key, default is None)
        if node is None:
            return default or ()
        items = node.value if isinstance(node, yaml.SequenceNode) else []
        texts = [str(item.value).strip() for item in items if isinstance(item, yaml.ScalarNode)]
        if not isinstance(node, yaml.SequenceNode) or len(texts) != len(items):
            self.problem(key, "wrong_type", "这里应当是一个列表，每项一段文字。")
        elif not all(texts):
            self.problem(key, "empty", "列表里有一项是空的。")
        return tuple(texts)

    def dates(self, key: str) -> tuple[date, ...]:
        found = []
        for value in self.texts(key, ()):
            try:
                found.append(date.fromisoformat(value))
            except ValueError:
                self.problem(key, "bad_date", f"“{value}”应当写成 2026-10-01 这样的日期。")
        return tuple(found)

    def words(
        self, key: str, pattern: re.Pattern[str] | None = CODE, *, required: bool = True
    ) -> Mapping[str, str]:
        """A mapping of codes to words, none empty; {} where it may be and is missing."""
        inner = self.section(key, required=required)
        for code in inner._values:
            if pattern and code != "assumed" and not pattern.fullmatch(code):
                detail = f"代码“{code}”只能用小写字母、数字、横线，以字母开头。"
                inner.problem(code, "bad_code", detail)
        values = {code: inner.text(code) for code in inner._values if code != "assumed"}
        inner.finish()
        return values

    def numbers(self, key: str) -> Mapping[str, int]:
        inner = self.section(key)
        values = {code: inner.whole(code) for code in inner._values if code != "assumed"}
        inner.finish()
        return values

    def section(self, key: str, *, required: bool = True) -> Section:
        node = self._node(key, required)
        silent = node is None or self.silent
        return Section(self.file, node, self.at(key), self.findings, silent)

    def sections(self, key: str, *, required: bool = True) -> list[Section]:
        """A list of mappings; a missing list is a problem if required, an empty one is not."""
        node = self._node(key, required)
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            self.problem(key, "wrong_type", "这里应当是一个列表，每项以“- ”开头。")
            return []
        return [
            Section(self.file, item, f"{self.at(key)}[{number}]", self.findings)
            for number, item in enumerate(node.value, start=1)
        ]
