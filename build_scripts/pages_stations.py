"""The pages of the stations: a list by level, and a page each.

In: the stations as the programme and the public table have them. Out: `stations/index.html` and
`stations/<code>.html`. The schematic is drawn only where maps are allowed.
"""

from __future__ import annotations

from build_scripts.pages_writer import PageWriter
from build_scripts.site_data import SiteData
from build_scripts.view_schematic import schematic
from build_scripts.view_station import StationView, level_groups, station_view


def write_stations(pages: PageWriter, data: SiteData) -> None:
    """The list and a page for every station."""
    stations = [station_view(station, data.programme) for station in data.stations]
    groups = level_groups(stations, data.programme)
    pages.page(
        "stations/index.html",
        "stations.html",
        data.programme.station_title,
        f"{data.programme.title}的{data.programme.station_title}，共 {len(stations)} 处："
        "地址、开放时间、设施和电话。",
        groups=groups,
        schematic=schematic(data.programme, stations=data.stations),
        total=len(stations),
    )
    for station in stations:
        write_station(pages, station)


def write_station(pages: PageWriter, station: StationView) -> None:
    pages.page(
        f"stations/{station.code}.html",
        "station.html",
        station.name,
        f"{station.name}：{station.address}。开放时间 {station.hours or '待填'}。",
        station=station,
    )
