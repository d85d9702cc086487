"""The stations page with none, one and two hundred stations, at a moment that is Sunday 01:30 in
China and Saturday noon where the visitor's telephone says it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from suishou.domain.programme import Programme, Station
from suishou.domain.station_rules import Tiles
from tests.browser.served_sites import ServedSite, served
from tests.build.tiny_site import county

SUNDAY_NIGHT = "2026-11-28T17:30:00Z"
LONG = "铜鼓县永宁镇城东社区新时代文明实践站暨户外劳动者工会爱心驿站与司机之家综合服务示范点"
TILES = Tiles("https://t{s}.tiles.example/{z}/{x}/{y}.png", "示例底图", "01")


def station(programme: Programme, n: int, **changes: Any) -> Station:
    plain = programme.stations[n % len(programme.stations)]
    lat, lon = 28.49 + (n * 37 % 200) / 3_400, 114.34 + (n * 61 % 200) / 3_100
    place = {"lat": f"{lat:.6f}", "lon": f"{lon:.6f}"}
    return replace(
        plain, **{"code": f"s{n}", "name": f"第{n}站", "assumed": False, **place, **changes}
    )


def many(programme: Programme) -> tuple[Station, ...]:
    odd: dict[int, dict[str, Any]] = {
        0: {"name": LONG},
        1: {"hours": "周一至周六 09:00—18:00"},  # closed today
        2: {"hours": "每日 20:00—次日02:00"},  # open since Saturday
        3: {"hours": "节假日另行通知", "lat": "", "lon": ""},  # nothing can be said
        4: {"hours": "24小时"},
    }
    return tuple(
        station(programme, n, hours="每日 08:00—22:00")
        if n not in odd
        else station(programme, n, **odd[n])
        for n in range(200)
    )


@pytest.fixture(scope="module", params=["none", "one", "many"])
def sites(
    request: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, ServedSite]]:
    work = tmp_path_factory.mktemp(request.param)
    system = county(work)
    programme = system.programme
    found = {"none": (), "one": (station(programme, 9),), "many": many(programme)}[request.param]
    site = programme.site
    if request.param == "many":
        site = replace(site, tiles=TILES, map_approval="赣S(2026)001号")
    system = replace(system, programme=replace(programme, stations=found, site=site))
    with served(system, work, request.param) as made:
        yield request.param, made


@pytest.fixture
def abroad(browser: Any) -> Iterator[tuple[Any, list[str]]]:
    """A visitor with a telephone set to New York, and what went wrong on the pages."""
    context = browser.new_context(
        viewport={"width": 360, "height": 800}, locale="zh-CN", timezone_id="America/New_York"
    )
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.clock.set_fixed_time(SUNDAY_NIGHT)
    yield page, wrong
    context.close()


def test_every_kind_of_list_stands_without_faults(
    sites: tuple[str, ServedSite], abroad: tuple[Any, list[str]]
) -> None:
    (kind, site), (page, wrong) = sites, abroad
    page.route("https://*.tiles.example/**", lambda route: route.fulfill(status=204))
    for path in ("stations/index.html", "en/stations/index.html"):
        hosts: set[str] = set()
        page.on("request", lambda request, hosts=hosts: hosts.add(request.url.split("/")[2]))
        page.goto(site.root + path)
        count = {"none": 0, "one": 1, "many": 200}[kind]
        assert page.locator("[data-station]").count() == count
        if count:
            page.mouse.wheel(0, 20)
            page.locator(".map .pin").first.wait_for()
            zoomed_in = page.locator(".leaflet-control-zoom-in")
            assert "leaflet-disabled" not in (zoomed_in.get_attribute("class") or "")
        page.wait_for_load_state("networkidle")
        tiles = {"t0.tiles.example", "t1.tiles.example"} if kind == "many" else set()
        assert hosts - {site.root.split("/")[2]} == tiles
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        assert not wrong, wrong


def test_open_now_is_now_in_china(
    sites: tuple[str, ServedSite], abroad: tuple[Any, list[str]]
) -> None:
    (kind, site), (page, _) = sites, abroad
    if kind != "many":
        pytest.skip("only among many")
    page.goto(site.root + "stations/index.html")
    page.locator("[data-choose]").wait_for()
    said = {
        n: page.locator(f"[data-station=s{n}] [data-now]").inner_text().strip() for n in range(6)
    }
    assert said == {0: said[5], 1: "未开放", 2: "开放中", 3: "", 4: "开放中", 5: "未开放"}
    page.get_by_label("现在开放").check()
    shown = page.locator("[data-station]:visible")
    assert {one.get_attribute("data-station") for one in shown.all()} == {"s2", "s4"}
    assert page.locator("[data-status]").inner_text() == "2 处符合"


def test_a_place_that_is_refused_or_not_found_is_told_apart(
    sites: tuple[str, ServedSite], browser: Any
) -> None:
    kind, site = sites
    if kind != "one":
        pytest.skip("one is enough")
    for allowed, words in ((False, "没有得到定位许可"), (True, "没有取得位置")):
        context = browser.new_context(
            locale="zh-CN", permissions=["geolocation"] if allowed else []
        )
        page = context.new_page()
        if allowed:
            page.add_init_script(
                "navigator.geolocation.getCurrentPosition = (_, fail) => fail({ code: 2 });"
            )
        page.goto(site.root + "stations/index.html")
        page.get_by_role("button", name="按离我远近排列").click()
        page.locator("[data-status]", has_text=words).wait_for()
        assert "仍按级别排列" in page.locator("[data-status]").inner_text()
        assert page.locator("[data-station]:visible").count() == 1
        context.close()


def test_without_scripts_the_hours_are_told(sites: tuple[str, ServedSite], browser: Any) -> None:
    kind, site = sites
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(site.root + "stations/index.html")
    assert not page.locator("[data-choose]").is_visible() if kind != "none" else True
    if kind == "none":
        assert page.get_by_text("还没有登记驿站。").is_visible()
    else:
        assert page.locator("[data-station]:visible").count() == (1 if kind == "one" else 200)
        assert page.locator("[data-station]").first.get_by_text("—").first.is_visible()
    context.close()
