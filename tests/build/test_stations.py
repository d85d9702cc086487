"""The stations' pages: maps only where allowed, posters, coverage that adds up."""

from __future__ import annotations

import gzip
import json
import logging
import re
from dataclasses import replace
from pathlib import Path

import pytest

from build_scripts.map_outlines import outlines_geojson
from build_scripts.pages_stations import write_stations
from build_scripts.pages_writer import PageWriter
from build_scripts.qr_code import QUIET_ZONE, qr_code
from build_scripts.site import build_shells
from build_scripts.site_shell import Shells
from build_scripts.vendored_assets import PUBLISHED, vendored_assets
from build_scripts.view_coverage import share_words
from suishou.domain.programme import Area, Programme
from suishou.domain.station_rules import Tiles
from tests.build.fabricated import HOSTILE, PROJECT, programme, site_data

ADDRESS = "https://www.example.gov.cn/suishou/"
SENT_BYTES_MAX = 86 * 1024  # a first visit to the stations page, map and its scripts included


@pytest.fixture(scope="module")
def within() -> Programme:
    return programme()


@pytest.fixture(scope="module")
def shells(within: Programme, tmp_path_factory: pytest.TempPathFactory) -> Shells:
    """With stand-ins for what npm installs, so that the tests need no node_modules."""
    made = build_shells(within, PROJECT / "site_src", tmp_path_factory.mktemp("frame"))
    stand_ins = {f"assets/{name}": f"assets/{name}" for name in PUBLISHED}
    return replace(made, assets=stand_ins | dict(made.assets))


def stations_pages(within: Programme, shells: Shells) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    write_stations(
        PageWriter(within, shells, files.__setitem__),
        site_data([], within),
    )
    return files


def with_site(within: Programme, **changes: object) -> Programme:
    return replace(within, site=replace(within.site, **changes))  # type: ignore[arg-type]


def test_every_station_has_a_page_a_poster_and_a_place_in_the_list(
    within: Programme, shells: Shells
) -> None:
    files = stations_pages(within, shells)
    listed = files["stations/index.html"].decode()
    for station in within.stations:
        assert f"stations/{station.code}.html" in files
        assert f"stations/poster/{station.code}.html" in files
        assert f'data-station="{station.code}"' in listed


def test_without_leave_no_map_is_drawn_and_the_list_is_whole(
    within: Programme, shells: Shells
) -> None:
    files = stations_pages(with_site(within, schematic_maps=False, map_approval=""), shells)
    listed = files["stations/index.html"].decode()
    assert "data-map" not in listed
    assert "<svg" not in listed[listed.index("<h1") : listed.index("foot__inner")]
    assert "stations/outlines.json" not in files
    assert 'class="cell' not in files["stations/coverage.html"].decode()
    assert "逐个网格的数字" in files["stations/coverage.html"].decode()
    assert listed.count("data-station=") == len(within.stations)


def test_without_the_installed_scripts_the_drawing_stands_alone(
    within: Programme, shells: Shells
) -> None:
    bare = replace(
        shells, assets={k: v for k, v in shells.assets.items() if k != "assets/leaflet.js"}
    )
    files = stations_pages(within, bare)
    listed = files["stations/index.html"].decode()
    assert 'class="schematic"' in listed
    assert "data-map" not in listed
    assert "stations/outlines.json" not in files


def test_the_build_says_that_the_map_is_left_out(
    within: Programme,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("build_scripts.site.vendored_assets", lambda folder: {})
    with caplog.at_level(logging.WARNING):
        build_shells(within, PROJECT / "site_src", tmp_path)
    assert "without its map" in caplog.text


def test_tiles_open_the_policy_of_the_stations_section_alone(
    within: Programme, tmp_path: Path
) -> None:
    tiles = Tiles("https://t{s}.example.cn/{z}/{x}/{y}.png", "测绘", "01")
    county = with_site(within, map_approval="赣S(2026)001号", tiles=tiles)
    frames = build_shells(county, PROJECT / "site_src", tmp_path).frames
    for path, frame in frames.items():
        page = frame.page(path, "", "").decode()
        policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
        assert policy
        opened = "img-src 'self' https://t0.example.cn https://t1.example.cn;" in policy[1]
        assert opened == (path.removeprefix("en/") == "stations/index.html"), path


def test_hours_that_are_not_understood_claim_nothing(within: Programme, shells: Shells) -> None:
    odd, *others = within.stations
    county = replace(within, stations=(replace(odd, hours="节假日另行通知"), *others))
    files = stations_pages(county, shells)
    nearby = json.loads(files["stations/nearby.json"])["stations"]
    assert {s["code"] for s in nearby if s["open"]} == {s.code for s in others}
    page = files["stations/index.html"].decode()
    assert f'data-station="{odd.code}"' in page
    assert "节假日另行通知" in page


def test_text_of_a_station_is_never_markup(within: Programme, shells: Shells) -> None:
    first, *others = within.stations
    spoilt = replace(
        first, name=HOSTILE, address=HOSTILE, hours=HOSTILE, discount=HOSTILE, phone="1"
    )
    files = stations_pages(replace(within, stations=(spoilt, *others)), shells)
    for path, body in files.items():
        if path.endswith(".html"):
            assert b"<script>alert" not in body, path
            assert b"<img src=x" not in body, path
            assert b' style="' not in body, path


def test_only_what_tells_stations_apart_can_be_chosen_by(within: Programme, shells: Shells) -> None:
    page = stations_pages(within, shells)["stations/index.html"].decode()
    chosen = set(re.findall(r'name="amenity" value="([a-z_]+)"', page))
    offered = [set(station.amenities) for station in within.stations]
    assert chosen == set.union(*offered) - set.intersection(*offered)


def test_a_code_leads_to_the_station_and_is_left_out_without_an_address(
    within: Programme, shells: Shells
) -> None:
    code = within.stations[0].code
    paths = (f"stations/{code}.html", f"stations/poster/{code}.html")
    without = stations_pages(within, replace(shells, address=""))
    known = stations_pages(within, replace(shells, address=ADDRESS))
    drawn = qr_code(f"{ADDRESS}stations/{code}.html").path
    for path in paths:
        assert b'class="qr"' not in without[path]
        assert drawn in known[path].decode()
    assert "网址还没有配置" in without[paths[1]].decode()


def test_the_drawn_code_has_its_three_corners_and_its_quiet_zone() -> None:
    code = qr_code(ADDRESS)
    modules = set()
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", code.path):
        modules |= {(int(x) + n, int(y)) for n in range(int(width))}
    first, last = QUIET_ZONE, code.size - QUIET_ZONE - 1
    assert all(first <= x <= last and first <= y <= last for x, y in modules)
    for corner in ((first, first), (last - 6, first), (first, last - 6)):
        ring = {(corner[0] + n, corner[1]) for n in range(7)}
        assert ring <= modules


def test_coverage_is_printed_as_it_can_be_counted_again(within: Programme, shells: Shells) -> None:
    files = stations_pages(within, shells)
    page = files["stations/coverage.html"].decode()
    counted = json.loads(files["stations/coverage.json"])
    assert within.coverage
    assert [mode["code"] for mode in counted["modes"]] == [m.code for m in within.coverage.modes]
    for mode in counted["modes"]:
        assert mode["points"] == sum(area["points"] for area in mode["areas"])
        assert mode["within"] == sum(area["within"] for area in mode["areas"])
        reach = counted["minutes"] * mode["metres_per_minute"] * 100 // counted["detour_percent"]
        assert mode["reach_metres"] == reach
        share = share_words(mode["within"], mode["points"])
        assert f'data-scope="mode={mode["code"]}"' in page
        assert f'data-denominator="{mode["points"]}">{share}</data>' in page
        assert mode["source"] in page
        gaps = [area["code"] for area in mode["areas"] if area["within"] < area["points"]]
        assert all(within.area_name(code) in page for code in gaps)
    assert "coverage.html" in files["stations/index.html"].decode()


def test_a_programme_without_rules_claims_no_coverage(within: Programme, shells: Shells) -> None:
    files = stations_pages(replace(within, coverage=None), shells)
    assert "stations/coverage.html" not in files
    assert "coverage.html" not in files["stations/index.html"].decode()


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [
        (0, 5, "0.0%"),
        (1, 100_000, "0.1%"),
        (1, 3, "33.3%"),
        (2, 3, "66.7%"),
        (99_999, 100_000, "99.9%"),
        (5, 5, "100.0%"),
        (0, 0, ""),
    ],
)
def test_all_and_nothing_are_said_only_of_all_and_nothing(
    part: int, whole: int, words: str
) -> None:
    assert share_words(part, whole) == words


def test_borders_that_two_areas_share_stay_shared_when_they_are_thinned() -> None:
    border = [(114.36 + n / 4000, 28.51 + (n % 2) / 20_000) for n in range(41)]
    upper = (*border, (114.37, 28.52), (114.36, 28.52), border[0])
    lower = (*reversed(border), (114.36, 28.50), (114.37, 28.50), border[-1])
    areas = [
        Area(code, code, "street", (ring,))
        for code, ring in (("360926001", upper), ("360926002", lower))
    ]
    first, second = (
        {tuple(point) for point in feature["geometry"]["coordinates"][0]}
        for feature in json.loads(outlines_geojson(areas))["features"]
    )
    on_border = {point for point in first if point[1] < 28.5101}
    assert on_border == {point for point in second if point[1] > 28.5}
    assert len(on_border) < len(border) / 4


def test_thinned_outlines_are_closed_and_every_area_is_there(within: Programme) -> None:
    made = json.loads(outlines_geojson(within.areas.values()))
    drawn = {code for code, area in within.areas.items() if area.rings}
    assert {feature["properties"]["code"] for feature in made["features"]} == drawn
    for feature in made["features"]:
        for ring in feature["geometry"]["coordinates"]:
            assert ring[0] == ring[-1]
            assert len(ring) >= 4
    assert outlines_geojson(within.areas.values()) == outlines_geojson(
        reversed(within.areas.values())
    )


def test_what_npm_brought_is_published_whole_or_not_at_all(tmp_path: Path) -> None:
    assert vendored_assets(tmp_path) == {}
    for path in PUBLISHED.values():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(
            b".a{color:red}.b{background:url(x.png)}.c{top:0}\n//# sourceMappingURL=x.map\n"
        )
    found = vendored_assets(tmp_path)
    assert set(found) == set(PUBLISHED)
    assert b"url(" not in found["leaflet.css"]
    assert b".c{top:0}" in found["leaflet.css"]
    assert b"sourceMappingURL" not in found["leaflet.js"]
    (tmp_path / PUBLISHED["leaflet.js"]).unlink()
    assert vendored_assets(tmp_path) == {}


def test_a_first_visit_to_the_stations_is_small(within: Programme, tmp_path: Path) -> None:
    shells = build_shells(within, PROJECT / "site_src", tmp_path)
    if "assets/leaflet.js" not in shells.assets:
        pytest.skip("node_modules is absent: make setup installs it")
    files = {**shells.files, **stations_pages(within, shells)}
    page = files["stations/index.html"].decode()
    names = set(re.findall(r'(?:src|href|data-[a-z-]+)="(?:\.\./)?(assets/[^"]+)"', page))
    names |= {f"stations/{n}" for n in ("index.html", "nearby.json", "outlines.json")}
    assert {"stations/index.html", "stations/outlines.json"} <= names
    assert any("leaflet" in name for name in names)
    sent = sum(len(gzip.compress(files[name], mtime=0)) for name in names)
    assert sent < SENT_BYTES_MAX
