"""The frame of the site: MkDocs makes each section's index page once, and it is cut into shells.

In: a programme, `site_src/` and `mkdocs.yml` beside it. Out: `Shells`, from which `pages.py` makes
every page, and the static files. The only file that knows the static-site generator (with
`site_src/overrides/`). Never sees a case.
"""

from __future__ import annotations

import hashlib
import logging
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from build_scripts.content_store import content_hash
from build_scripts.gather import inputs_hash
from build_scripts.kept_frame import kept_frame
from build_scripts.share_cards import share_cards
from build_scripts.site_shell import Shells, cut, finished, with_root
from build_scripts.translations import ENGLISH, english_words
from build_scripts.vendored_assets import vendored_assets
from suishou.domain.programme import Programme

ERROR_PAGE = "404.html"
REPLY_PAGE = "api-reply.html"
MAP_FRAME = "stations/index.html"  # the one section whose pages may load tiles
FORM_FRAME = "report.html"  # the one page that may send photos elsewhere
_IMPORTED = re.compile(rb'from "\./([\w-]+\.js)"')
_LOG = logging.getLogger(__name__)


def build_shells(programme: Programme, site_src: Path, work: Path) -> Shells:
    """Runs MkDocs strictly into `work` and cuts what it made, or takes from `work` what was made
    of the same pages, programme and code before.

    Raises SystemExit when MkDocs refuses (strict), FrameChanged when the frame is not as proven.
    """
    vendored = vendored_assets(site_src.parent / "node_modules")
    if not vendored and programme.site.maps_allowed:
        _LOG.warning("no node_modules: the stations page is built without its map (make setup)")
    hashes = sorted((name, content_hash(content)) for name, content in vendored.items())
    made_from = content_hash(
        f"{site_src} {inputs_hash(programme, site_src, None)} {hashes}".encode()
    )
    shells = kept_frame(work, made_from, lambda: _made_shells(programme, site_src, work, vendored))
    return replace(shells, compiled=_folder_for(work / "templates", made_from))


def _folder_for(folder: Path, made_from: str) -> Path:
    """Compiled templates belong to this code and these templates: others go."""
    for other in folder.glob("*"):
        if other.name != made_from:
            shutil.rmtree(other, ignore_errors=True)
    mine = folder / made_from
    mine.mkdir(parents=True, exist_ok=True)
    return mine


def _made_shells(
    programme: Programme, site_src: Path, work: Path, vendored: Mapping[str, bytes]
) -> Shells:
    from mkdocs.commands.build import build
    from mkdocs.config import load_config

    config: Any = load_config(
        str(site_src.parent / "mkdocs.yml"),
        docs_dir=str(site_src / "pages"),
        site_dir=str(work / "frame"),
        site_name=programme.title,
    )
    config.site_url = programme.site.address or config.site_url
    config.extra["api_root"] = programme.site.api_root or config.extra["api_root"]
    config.extra["programme"] = frame_facts(programme)
    config.extra["english"] = english_words(site_src)
    english = programme.site.english
    config.extra["english_pages"] = english_pages(site_src / "pages") if english else []
    build(config)
    assets, files = hashed_assets(site_src / "assets", vendored)
    policy = content_policy(config.extra["api_root"])
    tiles = programme.site.tiles
    with_tiles = content_policy(config.extra["api_root"], tiles.origins if tiles else ())
    sending = content_policy(config.extra["api_root"], (), programme.site.uploads_origin)
    policies = {MAP_FRAME: with_tiles, FORM_FRAME: sending}
    frames = {}
    for made in sorted(Path(config.site_dir).rglob("*.html")):
        path = made.relative_to(config.site_dir).as_posix()
        if path.startswith(ENGLISH) and not english:
            continue
        html = made.read_text(encoding="utf-8")
        if path == ERROR_PAGE:
            root = urlsplit(config.site_url or "/").path
            files[path] = with_root(finished(path, html, assets, policy, root), root)
        else:
            its_own = policies.get(path.removeprefix(ENGLISH), policy)
            frames[path] = cut(path, html, assets, its_own)
    for path in (REPLY_PAGE, ENGLISH + REPLY_PAGE) if english else (REPLY_PAGE,):
        files[path] = frames.pop(path).open_slots
    cards = share_cards(programme, site_src)
    files.update(cards.files)
    return Shells(
        frames=frames,
        files=dict(sorted(files.items())),
        assets=assets,
        cards=cards.paths,
        templates=site_src / "templates",
        address=config.site_url or "",
        api_root=config.extra["api_root"].rstrip("/"),
    )


def english_pages(pages: Path) -> list[str]:
    """Addresses of the Chinese pages that have an English twin at the same place below `en/`."""
    twins = (path.relative_to(pages / "en") for path in sorted((pages / "en").rglob("*.md")))
    paths = (path.with_suffix(".html").as_posix() for path in twins)
    return [path for path in paths if path != REPLY_PAGE]


def frame_facts(programme: Programme) -> dict[str, Any]:
    """What the frame says of a programme, under the names of `extra.programme` in mkdocs.yml."""
    return {
        "title": programme.title,
        "county": programme.county.name,
        "reporter_title": programme.reporter_title,
        "demonstration": programme.demonstration,
        "organiser": programme.site.organiser,
        "operator": programme.site.operator,
        "icp": programme.site.icp,
        "police": programme.site.police,
        "site_code": programme.site.site_code,
        "contact_phone": programme.site.contact_phone,
        "contact_email": programme.site.contact_email,
    }


def hashed_assets(
    folder: Path, vendored: Mapping[str, bytes] = MappingProxyType({})
) -> tuple[dict[str, str], dict[str, bytes]]:
    """Every file of a folder, and every vendored one, under a name that holds its hash:
    (name -> address, address -> bytes).

    A module that imports another (`from "./name.js"`) is given the name with the hash, and so has
    a new hash of its own when the other changes. Raises KeyError when there is no such module.
    """
    sources = {source.name: source.read_bytes() for source in sorted(folder.iterdir())}
    contents = {**vendored, **sources}
    addresses: dict[str, str] = {}
    files: dict[str, bytes] = {}

    def published(name: str) -> str:
        if f"assets/{name}" not in addresses:
            content = _IMPORTED.sub(renamed, contents[name]) if name in sources else contents[name]
            path = PurePosixPath(name)
            digest = hashlib.sha256(content).hexdigest()[:10]
            address = f"assets/{path.stem}.{digest}{path.suffix}"
            addresses[f"assets/{name}"] = address
            files[address] = content
        return addresses[f"assets/{name}"]

    def renamed(found: re.Match[bytes]) -> bytes:
        address = published(found[1].decode())
        return b'from "./' + PurePosixPath(address).name.encode() + b'"'

    for name in sorted(contents):
        published(name)
    return dict(sorted(addresses.items())), dict(sorted(files.items()))


def content_policy(
    api_root: str, image_origins: Sequence[str] = (), uploads_origin: str = ""
) -> str:
    """The Content-Security-Policy; `{scripts}` stands for the hashes of a page's inline scripts.
    `image_origins` are hosts that pictures may come from besides our own, `uploads_origin` is where
    the page may send photos besides the API."""
    api = urlsplit(api_root)
    origin = f" {api.scheme}://{api.netloc}" if api.netloc else ""
    uploads = f" {uploads_origin}" if uploads_origin else ""
    images = " ".join(["'self'", *image_origins])
    return (
        f"default-src 'none'; script-src 'self' {{scripts}}; style-src 'self'; img-src {images}; "
        f"connect-src 'self'{origin}{uploads}; form-action 'self'{origin}; base-uri 'none'"
    )
