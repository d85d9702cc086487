"""What pages say of coverage: the share of an area that has a station within reach, and the gaps.

In: the programme's rules, its outlines, the stations. Out: `CoverageView`, one `ModeView` for each
way to travel, with a drawing where maps are allowed. Counts come from `domain/coverage.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from build_scripts.view_figures import Mark
from build_scripts.view_schematic import WIDTH, Projection, middle
from suishou.domain.coverage import AreaCoverage, cells, county_town, coverage, place
from suishou.domain.programme import Area, Programme, Station, community_of
from suishou.domain.station_rules import CoverageRules, TravelMode

State = Literal["full", "partly", "none"]
LABELS_MAX = 60  # more outlines than this leave no room for a figure in each


@dataclass(frozen=True)
class CellView:
    """An outline's share in words (`45.6%`). `outline`, `x`, `y` are "" where no map is drawn."""

    code: str
    name: str
    community: str
    state: State
    share: str
    points: int
    within: int
    outline: str
    x: str
    y: str


@dataclass(frozen=True)
class Reached:
    """A station's reach as a circle of the drawing."""

    x: str
    y: str
    radius: str


@dataclass(frozen=True)
class ModeView:
    """One way to travel. `gaps` are the cells that are not wholly within reach, worst first."""

    mode: TravelMode
    kilometres_per_hour: str
    reach_metres: int
    share: str
    points: int
    within: int
    cells: tuple[CellView, ...]
    gaps: tuple[CellView, ...]
    reached: tuple[Reached, ...]
    labelled: bool

    @property
    def mark(self) -> Mark:
        """Of the whole share, by which verify counts it again."""
        return _mark(f"mode={self.mode.code}", self.share, self.within, self.points)

    def mark_of(self, cell: CellView) -> Mark:
        """Of one outline's share."""
        scope = f"mode={self.mode.code};outline={cell.code}"
        return _mark(scope, cell.share, cell.within, cell.points)


@dataclass(frozen=True)
class CoverageView:
    """`height` of the drawings' view box, 0 where none is drawn; `streets` in words. `assumed`:
    speeds, or some station's place, are not confirmed."""

    rules: CoverageRules
    detour: str
    streets: str
    stations: int
    width: int
    height: int
    modes: tuple[ModeView, ...]
    assumed: bool


def _mark(scope: str, share: str, within: int, points: int) -> Mark:
    return Mark("covered", scope, share.removesuffix("%"), str(within), str(points))


def has_coverage(programme: Programme) -> bool:
    """Whether the programme states rules of coverage for streets that are drawn."""
    rules = programme.coverage
    return rules is not None and bool(cells(programme, rules.areas or county_town(programme)))


def coverage_view(programme: Programme, stations: Sequence[Station]) -> CoverageView | None:
    """None where the programme states no rules of coverage, or none of its streets is drawn."""
    rules = programme.coverage
    if rules is None:
        return None
    streets = rules.areas or county_town(programme)
    areas = cells(programme, streets)
    placed = [station for station in stations if station.lat and station.lon]
    if not areas:
        return None
    drawn = None
    if programme.site.maps_allowed:
        drawn = Projection([point for area in areas for ring in area.rings for point in ring])
    return CoverageView(
        rules=rules,
        detour=_decimal(rules.detour_percent, 100),
        streets="、".join(programme.area_name(code) for code in streets),
        stations=len(placed),
        width=WIDTH,
        height=drawn.height if drawn else 0,
        modes=tuple(_mode(mode, rules, programme, areas, placed, drawn) for mode in rules.modes),
        assumed=rules.assumed or any(station.assumed for station in placed),
    )


def share_words(within: int, points: int) -> str:
    """A percentage with one decimal; 100.0% and 0.0% only where it is all or nothing."""
    if not points:
        return ""
    tenths = (2000 * within + points) // (2 * points)
    if within < points:
        tenths = min(tenths, 999)
    if within:
        tenths = max(tenths, 1)
    return f"{tenths // 10}.{tenths % 10}%"


def _mode(
    mode: TravelMode,
    rules: CoverageRules,
    programme: Programme,
    areas: Sequence[Area],
    stations: Sequence[Station],
    drawn: Projection | None,
) -> ModeView:
    reach = rules.reach_metres(mode)
    places = [place(float(station.lon), float(station.lat)) for station in stations]
    counted = coverage(areas, places, reach)
    views = tuple(
        _cell(found, programme, drawn)
        for found in counted.areas
        if found.points  # too small for the lattice: neither within reach nor without
    )
    gaps = [view for view in views if view.state != "full"]
    gaps.sort(key=lambda view: (view.within / view.points, view.code))
    return ModeView(
        mode=mode,
        kilometres_per_hour=_decimal(mode.metres_per_minute * 60, 1000),
        reach_metres=reach,
        share=share_words(counted.within, counted.points),
        points=counted.points,
        within=counted.within,
        cells=views,
        gaps=tuple(gaps),
        reached=_reached(stations, reach, drawn),
        labelled=len(views) <= LABELS_MAX,
    )


def _cell(found: AreaCoverage, programme: Programme, drawn: Projection | None) -> CellView:
    area = programme.areas[found.code]
    state: State = "partly" if found.within else "none"
    x, y = middle(area.rings[0])
    community = programme.area_name(community_of(found.code)) if len(found.code) > 12 else ""
    return CellView(
        code=found.code,
        name=area.name,
        community="" if area.name.startswith(community) else community,
        state="full" if found.within == found.points else state,
        share=share_words(found.within, found.points),
        points=found.points,
        within=found.within,
        outline="".join(drawn.outline(ring) for ring in area.rings) if drawn else "",
        x=drawn.x(x) if drawn else "",
        y=drawn.y(y) if drawn else "",
    )


def _reached(
    stations: Sequence[Station], reach: int, drawn: Projection | None
) -> tuple[Reached, ...]:
    if drawn is None:
        return ()
    radius = drawn.length(reach)
    return tuple(
        Reached(drawn.x(float(station.lon)), drawn.y(float(station.lat)), radius)
        for station in stations
    )


def _decimal(value: int, of: int) -> str:
    """A quotient without needless zeros: 1.3, 15, 4.5."""
    return f"{value / of:.2f}".rstrip("0").rstrip(".")
