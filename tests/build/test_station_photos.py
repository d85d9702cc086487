"""Photos of stations on the site: published beside the pages, read once, gone when withdrawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from build_scripts.pages_stations import write_stations
from build_scripts.pages_writer import PageWriter
from build_scripts.site import build_shells
from build_scripts.site_shell import Shells
from suishou.domain.programme import Programme, Station
from suishou.services.people import operator
from suishou.services.stations import keep_station
from suishou.services.system import System
from suishou.services.uploads import keep_uploads
from suishou.storage.blobs import FolderBlobs
from tests.build.fabricated import HOSTILE, PROJECT, programme, site_data
from tests.build.tiny_site import county, put, rows_for, tiny_build, tree
from tests.handlers.pictures import jpeg

ADDRESS = "https://www.example.gov.cn/suishou/"


class CountedBlobs(FolderBlobs):
    """Remembers what was read."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.read: list[str] = []

    def get(self, key: str) -> bytes | None:
        self.read.append(key)
        return super().get(key)


@pytest.fixture
def system(tmp_path: Path) -> System:
    made = replace(county(tmp_path), public_photos=CountedBlobs(tmp_path / "counted"))
    put(made, *rows_for(made.programme, 3))
    return made


def photographed(system: System, colour: str = "") -> Station:
    first = system.programme.stations[0]
    given = {"code": first.code, "name": first.name, "level": first.level, "area": first.area}
    location = {"lat": float(first.lat), "lon": float(first.lon), "crs": "wgs84"}
    if colour:
        given |= {"photo": keep_uploads(system, [jpeg(colour)])[0], "photo_alt": "门面"}
    return keep_station(system, operator(system), {**given, "location": location})


def published(out: Path) -> set[str]:
    return {path for path in tree(out) if path.startswith("stations/photo/")}


def test_the_photo_and_its_small_copy_are_published(system: System, tmp_path: Path) -> None:
    station = photographed(system, "orange")
    tiny_build(system, tmp_path / "out", tmp_path / "work")
    name = station.photo.removeprefix("photos/").removesuffix(".jpg")
    paths = {f"stations/photo/{station.code}-{name}{end}.jpg" for end in ("", "-small")}
    assert published(tmp_path / "out") == paths


def test_a_photo_that_stands_is_not_read_again(system: System, tmp_path: Path) -> None:
    photographed(system, "orange")
    tiny_build(system, tmp_path / "out", tmp_path / "work")
    before = tree(tmp_path / "out")
    assert isinstance(system.public_photos, CountedBlobs)
    assert system.public_photos.read
    system.public_photos.read.clear()
    tiny_build(system, tmp_path / "out", tmp_path / "work")
    assert system.public_photos.read == []
    assert tree(tmp_path / "out") == before


def test_a_replaced_photo_leaves_the_site_with_the_next_build(
    system: System, tmp_path: Path
) -> None:
    photographed(system, "orange")
    tiny_build(system, tmp_path / "out", tmp_path / "work")
    before = published(tmp_path / "out")
    photographed(system, "blue")
    tiny_build(system, tmp_path / "out", tmp_path / "work")
    assert len(published(tmp_path / "out")) == 2
    assert published(tmp_path / "out").isdisjoint(before)
    photographed(system)
    tiny_build(system, tmp_path / "out", tmp_path / "work")
    assert not published(tmp_path / "out")


@pytest.fixture(scope="module")
def shells(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shells]:
    made = build_shells(programme(), PROJECT / "site_src", tmp_path_factory.mktemp("frame"))
    yield replace(made, address=ADDRESS)


def pages(within: Programme, shells: Shells) -> dict[str, str]:
    files: dict[str, bytes] = {}
    write_stations(PageWriter(within, shells, files.__setitem__), site_data([], within))
    return {path: content.decode() for path, content in files.items()}


def test_a_station_shows_its_photo_with_its_words_and_its_credit(shells: Shells) -> None:
    within = programme()
    first = replace(
        within.stations[0],
        photo="photos/abc.jpg",
        photo_alt=f"门面{HOSTILE}",
        photo_credit="社区干部摄",
    )
    made = pages(replace(within, stations=(first, *within.stations[1:])), shells)
    page = made[f"stations/{first.code}.html"]
    assert f'<img src="../stations/photo/{first.code}-abc.jpg" alt="门面' in page
    assert HOSTILE not in page
    assert "图：社区干部摄" in page
    assert f'og:image" content="{ADDRESS}stations/photo/{first.code}-abc.jpg"' in page
    twin = made[f"en/stations/{first.code}.html"]
    assert 'Photo: <span lang="zh-CN">社区干部摄</span>' in twin
    assert f'src="../../stations/photo/{first.code}-abc.jpg"' in twin
    assert f"stations/photo/{first.code}-abc-small.jpg" in made["stations/index.html"]
    assert "stations/photo" not in made[f"stations/{within.stations[1].code}.html"]


def test_a_poster_without_its_code_says_so_and_is_not_printed(shells: Shells) -> None:
    within = programme()
    path = f"stations/poster/{within.stations[0].code}.html"
    unfinished = pages(within, replace(shells, address=""))[path]
    assert 'class="poster poster--unfinished"' in unfinished
    assert "还不能打印" in unfinished
    assert "address" in unfinished  # what to configure
    whole = pages(within, shells)[path]
    assert "poster--unfinished" not in whole
    assert "还不能打印" not in whole
    style = (PROJECT / "site_src" / "assets" / "stations.css").read_text(encoding="utf-8")
    assert ".poster--unfinished { display: none; }" in style[style.index("@media print") :]
