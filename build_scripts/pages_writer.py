"""Puts a template's words into a frame: the one place where a page of the site becomes bytes.

In: a template's name, its values, the shell of its section. Out: one call of `write`. Autoescape is
on and undefined names are errors, so text from reporters can never become markup. Never reads rows.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from build_scripts import view_words as words
from build_scripts.site import Shells
from build_scripts.site_data import Write
from suishou.domain.programme import Programme

_HEAD = "head.html"


class PageWriter:
    """Renders pages of one programme into its shells. Templates are compiled once."""

    def __init__(self, programme: Programme, shells: Shells, write: Write) -> None:
        self.programme = programme
        self.shells = shells
        self.write = write
        self._environment = _environment(shells.templates)

    def page(self, path: str, template: str, title: str, description: str, **values: Any) -> None:
        """Writes `path` in the frame of its section; `root` leads to the site's root."""
        root = "../" * path.count("/")
        common = {"root": root, "programme": self.programme, "assets": self.shells.assets}
        head = self._environment.get_template(_HEAD).render(
            title=title,
            description=description,
            site=self.programme.title,
            address=self.shells.address + path if self.shells.address else "",
        )
        main = self._environment.get_template(template).render(**common, **values)
        self.write(path, self.shells.frame(section_of(path)).page(path, head, main))


def section_of(path: str) -> str:
    """The index page whose frame a page stands in: `cases/2026/05/x.html` → `cases/index.html`."""
    first, slash, _ = path.partition("/")
    return f"{first}/index.html" if slash else path


@lru_cache(maxsize=4)
def _environment(templates: Path) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(templates),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters["day"] = words.day_words
    environment.filters["month"] = words.month_words
    environment.filters["limit"] = words.limit_words
    return environment
