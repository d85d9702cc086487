"""Puts a template's words into a frame: the one place where a page of the site becomes bytes.

In: a template's name, its values, the shell of its section. Out: one call of `write`. Autoescape is
on and undefined names are errors, so text from reporters can never become markup. Never reads rows.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from build_scripts.case_words import Places, Sayings
from build_scripts.page_environment import KeptTemplate, PageEnvironment
from build_scripts.phrase import Phrase
from build_scripts.share_cards import HEIGHT, SITE, WIDTH, Picture
from build_scripts.site_paths import StandingCases, Write
from build_scripts.site_shell import Shells
from build_scripts.translations import ENGLISH, english_words, speak_chinese, speak_english
from build_scripts.view_case import CaseCard
from suishou.domain.programme import Programme

_HEAD = "head.html"
_WORD = "\x00"  # no page says it
# Folders without an index page of their own, and whose frame their pages stand in.
_FRAME_OF = {"honours": "honours.html", "notice-board": "cases/index.html"}
FEED = "feeds/all.xml"  # of all cases; written by pages_feeds.py


class PageWriter:
    """Renders pages of one programme into its shells. Templates are compiled once."""

    def __init__(
        self,
        programme: Programme,
        shells: Shells,
        write: Write,
        standing: StandingCases | None = None,
    ) -> None:
        self.programme = programme
        self.shells = shells
        self.station_title = Phrase.called(programme.station_title, "驿站")
        self.write = write
        self.standing = standing
        self._twins: set[str] = set()  # pages below a section that have an English twin
        self.sayings = Sayings(programme)
        self.places = Places(programme)
        self._items: dict[tuple[str, str], Markup] = {}
        self._around: dict[str, dict[Hashable, tuple[str, str]]] = {}
        self._made: dict[tuple[str, tuple[Hashable, ...]], Markup] = {}
        self._kept: dict[tuple[str, bool], KeptTemplate] = {}
        self._chinese = _environment(shells.templates, shells.compiled, english=False)

    @cached_property
    def _macros(self) -> Any:
        return self._chinese.get_template("macros.html").module

    @cached_property
    def _english(self) -> Environment:
        """Made when a page asks for it: its wording takes longer to read than a small month's pages
        to render, and a process that renders cases never needs it."""
        return _environment(self.shells.templates, self.shells.compiled, english=True)

    def page(
        self,
        path: str,
        template: str,
        title: str,
        description: str,
        feed: str = FEED,
        picture: Picture | None = None,
        **values: Any,
    ) -> None:
        """Writes `path` in the frame of its section, in English below `en/`; `root` leads to the
        site's root, `home` to the root of the page's own language; `feed` is what a reader of the
        page may subscribe to, from the site's root; `picture` stands for it when shared, the site's
        own card where none is given."""
        root = "../" * path.count("/")
        english = path.startswith(ENGLISH)
        address = self.shells.address
        picture = picture or self.card()
        about = {
            "locale": "en_GB" if english else "zh_CN",
            "alternates": self._alternates(path),
            "feed": root + feed,
            "picture": picture,
            "image": address + picture.path if address and picture else "",
            "title": title,
            "description": description,
            "site": self.programme.title,
            "address": address + path if address else "",
        }
        common = {
            "root": root,
            "home": root + ENGLISH if english else root,
            "programme": self.programme,
            "assets": self.shells.assets,
            "feed": feed,
            "station_title": self.station_title,
        }
        head = self._render(_HEAD, english, about)
        main = self._render(template, english, {**common, **values})
        section = section_of(path)
        page = self.shells.frame(section).page(path, head, main)
        if path != section and self._has_twin(path):
            page = _linked_to_twin(page, root, section, path)
        self.write(path, page)

    def both(
        self,
        path: str,
        template: str,
        title: str,
        description: str,
        feed: str = FEED,
        **values: Any,
    ) -> None:
        """Writes `path`, and its twin in English from the same template and the same values: what
        is said in them differently is a `Phrase`, or passed to `t`. A programme may do without
        English."""
        if self.programme.site.english:
            self._twins.add(path)
        self.page(path, template, title, description, feed, **values)
        if not self.programme.site.english:
            return
        said = self._english.globals["t"]
        english = (str(said(words)) for words in (title, description))
        self.page(ENGLISH + path, template, *english, feed, **values)

    def script(self, path: str, template: str, **values: Any) -> None:
        """Writes a script that holds values, each put there by `tojson`."""
        self.write(path, self._render(template, True, values).encode())

    def macro(self, name: str, *values: Any) -> Markup:
        """What a macro of `macros.html` makes of these values, in Chinese."""
        made: Markup = getattr(self._macros, name)(*values)
        return made

    def once(self, name: str, *values: Hashable) -> Markup:
        """The same, of values that many pages have in common: made once."""
        made = self._made.get((name, values))
        if made is None:
            made = self._made[name, values] = self.macro(name, *values)
        return made

    def around_each(self, name: str, lines: Iterable[tuple[Hashable, str]]) -> Markup:
        """What a macro makes of each value and the word that comes with it. Many pages say the same
        values with other words, so a value is rendered once and cut where its word stands."""
        known, made = self._around.setdefault(name, {}), []
        for value, word in lines:
            cut = known.get(value)
            if cut is None:
                before, _, after = str(self.macro(name, value, _WORD)).partition(_WORD)
                cut = known[value] = (before, after)
            made += (cut[0], PageEnvironment.escaped_text(word), cut[1])
        return Markup("".join(made))  # noqa: S704 - a macro's own, and a word that was escaped

    def card(self, category: str = "", alt: str = "") -> Picture | None:
        """The share card of a category, or the site's own; None where no cards are drawn."""
        cards = self.shells.cards
        path = cards.get(category) or cards.get(SITE)
        return Picture(path, alt or self.programme.title, WIDTH, HEIGHT) if path else None

    def case_items(self, cards: Sequence[CaseCard], path: str) -> Markup:
        """The cards as items of a list on the page `path`. A card stands on several lists of its
        month and is rendered once."""
        root = "../" * path.count("/")
        items = self._items
        for card in cards:
            if (card.id, root) not in items:
                items[card.id, root] = self.macro("case_item", card, root)
        joined = "".join([items[card.id, root] for card in cards])
        return Markup(joined)  # noqa: S704 - each is markup already, which Markup.join asks again

    def _has_twin(self, path: str) -> bool:
        chinese = path.removeprefix(ENGLISH)
        return chinese in self._twins or ENGLISH + chinese in self.shells.frames

    def _render(self, name: str, english: bool, values: Mapping[str, Any]) -> str:
        kept = self._kept.get((name, english))
        if kept is None:
            environment = self._english if english else self._chinese
            kept = self._kept[name, english] = KeptTemplate(environment.get_template(name))
        return kept.render(values)

    def _alternates(self, path: str) -> tuple[tuple[str, str], ...]:
        """(language, whole address) of a page that exists in both languages; () of any other, or
        where the site's address is not configured."""
        chinese = path.removeprefix(ENGLISH)
        if not self.shells.address or not self._has_twin(path):
            return ()
        address = self.shells.address
        return (("zh-CN", address + chinese), ("en", address + ENGLISH + chinese))


def section_of(path: str) -> str:
    """The index page whose frame a page stands in: `cases/2026/05/x.html` → `cases/index.html`;
    likewise below `en/`."""
    if path.startswith(ENGLISH):
        return ENGLISH + section_of(path.removeprefix(ENGLISH))
    first, slash, _ = path.partition("/")
    if slash and first in _FRAME_OF:
        return _FRAME_OF[first]
    return f"{first}/index.html" if slash else path


def _linked_to_twin(page: bytes, root: str, section: str, path: str) -> bytes:
    """A page whose frame links to its section in the other language, linked to its own twin."""
    to, twin = (
        (place.removeprefix(ENGLISH) if path.startswith(ENGLISH) else ENGLISH + place)
        for place in (section, path)
    )
    language = "zh-CN" if path.startswith(ENGLISH) else "en"
    link = '<a class="tool" href="{}{}" lang="{}"'
    before, after = (link.format(root, place, language).encode() for place in (to, twin))
    return page.replace(before, after, 1)


def _compiled(folder: Path, english: bool) -> FileSystemBytecodeCache:
    """Compiling takes longer than a small night's pages; the two languages compile differently."""
    return FileSystemBytecodeCache(str(folder), "en-%s" if english else "zh-%s")


@lru_cache(maxsize=4)
def _environment(templates: Path, compiled: Path | None, english: bool) -> Environment:
    environment = PageEnvironment(
        loader=FileSystemLoader(templates),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=_compiled(compiled, english) if compiled else None,
    )
    if english:
        speak_english(environment, english_words(templates.parent))
    else:
        speak_chinese(environment)
    return environment
