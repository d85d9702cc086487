"""The build's fastest peer: Hugo writing the same pages of cases, their JSON twins and month lists.

In: rows, a programme, the frame. Out: a Hugo project. Each page is one content file whose front
matter holds what our own template is given (words, links, days), whose body is the finished JSON of
the twin, and whose layout is our frame with our template in Hugo's language: Hugo has nothing to
look up, count or sort, and no Markdown to read. Its lists are ours, a file each, already cut.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

from build_scripts.pages_cases import write_month
from build_scripts.pages_writer import PageWriter, section_of
from build_scripts.site_shell import Shells
from build_scripts.view_case import CaseCard
from suishou.domain.programme import Programme
from suishou.domain.public_row import PublicRow

CONFIGURATION = """
baseURL = "/"
uglyURLs = true
disableKinds = ["home", "section", "taxonomy", "term", "rss", "sitemap", "robotstxt", "404"]
[outputs]
page = ["html"]
"""
LAYOUTS = Path(__file__).with_name("hugo_layouts")  # ours, in Hugo's language


def write_hugo_project(
    folder: Path, months: Mapping[str, Sequence[PublicRow]], programme: Programme, shells: Shells
) -> None:
    """The whole project, from the very calls that write our own pages."""
    layouts = folder / "layouts" / "_default"
    layouts.mkdir(parents=True)
    (folder / "hugo.toml").write_text(CONFIGURATION, encoding="utf-8")
    before, between, after = shells.frame("cases/index.html").at(3)
    head = (LAYOUTS / "head.html").read_text(encoding="utf-8")
    for name in ("case", "list"):
        main = (LAYOUTS / f"{name}.html").read_text(encoding="utf-8")
        page = f"{before}{head}{between}{main}{after}"
        (layouts / f"{name}.html").write_text(page, encoding="utf-8")
    (layouts / "case.json").write_text("{{ .RawContent | safeJS }}", encoding="utf-8")
    recorder = _Recorder(folder / "content", programme, shells)
    for month, rows in months.items():
        (folder / "content" / "cases" / month.replace("-", "/")).mkdir(parents=True)
        write_month(recorder, month, rows)


class _Recorder(PageWriter):
    """Takes our pages before they are rendered and writes them as content files of Hugo."""

    def __init__(self, content: Path, programme: Programme, shells: Shells) -> None:
        super().__init__(programme, shells, self._take)
        self._content = content
        self._waiting: dict[str, dict[str, Any]] = {}

    def page(self, path: str, template: str, title: str, description: str, **values: Any) -> None:
        facts = {"heading": title, "lead": description, "site": self.programme.title}
        if template == "case.html":
            facts["case"] = _named(values["case"])
            self._waiting[path.removesuffix(".html")] = facts
            return
        assert section_of(path) == "cases/index.html"  # noqa: S101 - lists of months alone
        chips = [list(chip)[:3] for chip in (*values["categories"], *values["streets"])]
        chosen = ("cases", "received", "shown", "number", "links")
        params = {**facts, "chips": chips, **{name: values[name] for name in chosen}}
        folder, _, name = path.rpartition("/")
        self._write(f"{folder}/list-{name}", {"layout": "list", "params": params}, "")

    def case_items(self, cards: Sequence[CaseCard], path: str) -> Any:
        """The cards themselves: Hugo's own template makes items of them."""
        return [_named(card) for card in cards]

    def _take(self, path: str, content: bytes) -> None:
        stem, _, suffix = path.rpartition(".")
        if suffix == "json" and stem in self._waiting:
            front = {"layout": "case", "outputs": ["html", "json"]}
            facts = {**front, "params": self._waiting.pop(stem)}
            self._write(f"{stem}.html", facts, content.decode())

    def _write(self, path: str, front: Mapping[str, Any], body: str) -> None:
        text = json.dumps(front, default=_plain, ensure_ascii=False, indent=0)
        target = self._content / path.replace(".html", ".md")
        target.write_text(f"{text}\n\n{body}", encoding="utf-8")


def _named(value: Any) -> Any:
    """A view as an object with names, where JSON would make a list of it."""
    if hasattr(value, "_asdict"):
        return {name: _named(inner) for name, inner in value._asdict().items()}
    return [_named(inner) for inner in value] if isinstance(value, tuple) else value


def _plain(value: Any) -> Any:
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else str(value)
