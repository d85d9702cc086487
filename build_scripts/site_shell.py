"""A framed page cut at its two slots, so that any number of pages can be put into it.

In: the HTML that MkDocs made of a section's index page. Out: a `Shell`, whose links are kept from
the site's root and prefixed per depth; `Shells` are those of all sections. Never looks inside what
is put into the slots, and holds nothing that changes from night to night.
"""

from __future__ import annotations

import base64
import hashlib
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from suishou.domain.errors import SuishouError

ROOT_PLACEHOLDER = "<!--root-->"  # in api-reply.html: the API puts the site's own root here
_ROOT = "\x00"
_SLOT = re.compile(r"<!--slot:([a-z]*)-->")
_LINK = re.compile(r'(<[a-z][^<>]*?\s(?:href|src|action)=")([^"]*)(")')
_SWITCH = re.compile(
    r'\s*<(?:input class="md-toggle"[^<>]*|label class="md-overlay"[^<>]*></label)>'
)
_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_SWITCHES = 3  # Material's drawer, search and overlay: outside every block, so cut out here


class FrameChanged(SuishouError):
    """The theme's frame is not the one that was proven: an upgrade wants a look."""


@dataclass(frozen=True)
class Shell:
    """One framed page; `parts` lie before, between and after the slots `head` and `main`."""

    path: str
    parts: tuple[str, str, str]
    _framed: dict[str, tuple[str, str, str]] = field(default_factory=dict, compare=False)
    _bytes: dict[str, tuple[bytes, bytes, bytes]] = field(default_factory=dict, compare=False)

    def page(self, path: str, head: str, main: str) -> bytes:
        """The whole page for an address below the site's root."""
        before, between, after = self._encoded("../" * path.count("/"))
        return b"".join((before, head.encode(), between, main.encode(), after))

    def at(self, depth: int) -> tuple[str, str, str]:
        """The three parts as they stand in a page `depth` folders below the root."""
        return self.with_root("../" * depth)

    def with_root(self, root: str) -> tuple[str, str, str]:
        """The three parts with every link of the frame beginning with `root`."""
        if root not in self._framed:
            before, between, after = (part.replace(_ROOT, root) for part in self.parts)
            self._framed[root] = (before, between, after)
        return self._framed[root]

    def _encoded(self, root: str) -> tuple[bytes, bytes, bytes]:
        if root not in self._bytes:
            before, between, after = (part.encode() for part in self.with_root(root))
            self._bytes[root] = (before, between, after)
        return self._bytes[root]

    @cached_property
    def open_slots(self) -> bytes:
        """The frame with its slots and its root left open, for answers made elsewhere."""
        before, between, after = self.with_root(ROOT_PLACEHOLDER)
        return f"{before}<!--slot:head-->{between}<!--slot:main-->{after}".encode()


@dataclass(frozen=True)
class Shells:
    """The frames by page (`cases/index.html`), and what pages need to refer to.

    `files` are published as they are: hashed assets, the error page, and the open frame of the
    API's answers. `assets` maps `assets/site.css` to its hashed address. `address` is where the
    site will be reached, with a final slash, or "" when it is not configured.
    """

    frames: Mapping[str, Shell]
    files: Mapping[str, bytes]
    assets: Mapping[str, str]
    templates: Path
    address: str
    api_root: str
    cards: Mapping[str, str] = field(default_factory=dict)  # by category, "": the site's
    compiled: Path | None = None  # where compiled templates are kept from one build to the next

    def frame(self, page: str) -> Shell:
        """The frame of a section's index page, for all pages of the section."""
        return self.frames[page]


def cut(path: str, html: str, assets: Mapping[str, str], policy: str) -> Shell:
    """The shell of the framed page at `path`; raises FrameChanged unless its slots are exactly
    `head` and `main`, in this order, and exactly three theme switches were taken out."""
    slots = _SLOT.findall(html)
    if slots != ["head", "main"]:
        raise FrameChanged(f"{path}: slots {slots}, not head and main")
    before, _, between, _, after = _SLOT.split(finished(path, html, assets, policy))
    return Shell(path, (before, between, after))


def finished(path: str, html: str, assets: Mapping[str, str], policy: str, root: str = "") -> str:
    """A framed page without the theme's switches, with its policy, and with links kept from the
    root behind a marker. `assets` maps names under `assets/` to hashed addresses; `root` is the
    site's own root in a page whose links are root-absolute (the error page)."""
    html, removed = _SWITCH.subn("", html)
    if removed != _SWITCHES:
        raise FrameChanged(f"{path}: {removed} theme switches, not {_SWITCHES}")
    html = _LINK.sub(
        lambda found: f"{found[1]}{_from_root(path, found[2], assets, root)}{found[3]}", html
    )
    if html.count("<!--csp-->") != 1:
        raise FrameChanged(f"{path}: no place for the content security policy")
    html = html.replace("<!--csp-->", _policy_tag(html, policy))
    return html if "<pre" in html else re.sub(r"\s*\n\s*", "\n", html).strip() + "\n"


def with_root(html: str, root: str) -> bytes:
    """A page of `finished` without slots, its links beginning with `root`."""
    return html.replace(_ROOT, root).encode()


def _from_root(path: str, link: str, assets: Mapping[str, str], root: str) -> str:
    parts = urlsplit(link)
    if parts.scheme or parts.netloc or not parts.path:
        return link
    if parts.path.startswith("/"):
        if not root or not parts.path.startswith(root):
            return link
        target = parts.path.removeprefix(root)
    else:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(path), parts.path))
    target = assets.get(target, target)
    return f"{_ROOT}{target}" + (f"#{parts.fragment}" if parts.fragment else "")


def _policy_tag(html: str, policy: str) -> str:
    hashes = sorted({_hash(script) for script in _INLINE_SCRIPT.findall(html)})
    return (
        '<meta http-equiv="Content-Security-Policy" content="'
        + policy.replace("{scripts}", " ".join(hashes))
        + '">'
    )


def _hash(script: str) -> str:
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return f"'sha256-{digest}'"
