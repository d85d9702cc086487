"""What a county configures, as frozen values: areas, categories, units, stations, rewards, rules.

Comes from `services/load_programme.py`, which reads `programmes/<name>/` and validates it whole.
Never reads a file itself. Area codes are the national division codes, each beginning with its
parent's: county 6 digits, street or township 9, community or village 12, grid cell 15.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from functools import cached_property
from typing import Literal

from suishou.domain.site_duties import SiteDuties
from suishou.domain.station_rules import CoverageRules

Kind = Literal["hazard", "request", "suggestion", "dispute", "wish"]
Urgency = Literal["emergency", "urgent", "ordinary"]
Publication = Literal["never", "aggregate", "after_closed", "at_once"]
LimitUnit = Literal["minutes", "same_day", "working_days"]
Clock = Literal["first_response", "resolution", "feedback"]
Level = Literal["county", "street", "community", "grid_cell"]

CLOCKS: tuple[Clock, ...] = ("first_response", "resolution", "feedback")
LEVEL_BY_LENGTH: Mapping[int, Level] = {6: "county", 9: "street", 12: "community", 15: "grid_cell"}


@dataclass(frozen=True)
class Area:
    """A county, street, community or grid cell. `rings` is its outline in WGS-84 (lon, lat), each
    closed; holes and separate parts follow the even-odd rule; empty where none is drawn."""

    code: str
    name: str
    level: Level
    rings: tuple[tuple[tuple[float, float], ...], ...] = ()
    assumed: bool = False


@dataclass(frozen=True)
class Limit:
    """How long a clock may run: minutes, until the end of the same day, or working days."""

    amount: int
    unit: LimitUnit


@dataclass(frozen=True)
class Unit:
    """A department, street office, community or company that works cases."""

    code: str
    name: str


@dataclass(frozen=True)
class Category:
    """A kind of matter: national code (with its dictionary's version), clocks, what is shown."""

    code: str
    name: str
    kind: Kind
    dictionary: str
    national_code: str
    urgency: Urgency
    limits: Mapping[Clock, Limit]
    publication: Publication
    lead_unit: str
    assisting_units: tuple[str, ...] = ()
    description: str = ""
    assumed: bool = False


@dataclass(frozen=True)
class Steps:
    """The bracketed stages that the programme switches on; a step that is off is passed over."""

    registered: bool = True
    claimed: bool = True
    accepted: bool = True
    verified: bool = True


@dataclass(frozen=True)
class Milestone:
    """A day from which something was done otherwise; statistics compare before and after."""

    on: str  # YYYY-MM-DD
    name: str


@dataclass(frozen=True)
class LoopRules:
    """Rules of the loop: see the programme's own page 规则, which is rendered from these."""

    steps: Steps
    reopen_days_max: int  # a reporter may reopen this many days after closing
    escalation_levels: tuple[str, ...]  # who is told at level 1, 2, … (names of posts)
    two_person_approval: bool  # 拟稿 and 审核 by two different people
    review_metres: int  # a point this far outside the boundary goes to review; further is refused
    overdue_grace_days: int  # a single overdue case is shown only after this many days
    sample_min: int  # a rate is ranked or compared only over at least this many cases
    day_ends_at: time  # end of a working day, for same_day and working_days limits
    return_reasons: Mapping[str, str]  # code -> words, e.g. not_ours: 不属本单位职责
    reject_reasons: Mapping[str, str]
    extension_reasons: Mapping[str, str] = field(default_factory=dict)  # why 延期 may be granted
    frozen_after_days: int = 15  # figures of a month are frozen this many days after its end
    milestones: tuple[Milestone, ...] = ()


@dataclass(frozen=True)
class PointsRules:
    """Points follow registration, resolution (by severity) and verification, never the upload."""

    registered: int
    resolved: Mapping[str, int]  # severity -> points; severities are the programme's own
    verified: int
    duplicate: int
    cap_day: int
    cap_month: int
    severities: Mapping[str, str]  # severity -> words, e.g. major: 重大隐患
    default_severity: str


@dataclass(frozen=True)
class HonourRule:
    """How a round of honours is decided: the first `places` by `measure`, ties as `tie` says.

    `tie`: `share` (all who stand level at the last place are honoured) or `earlier` (whoever
    reached the figure first).
    """

    code: str
    name: str
    period: Literal["month", "quarter", "year"]
    measure: Literal["points", "reports_resolved"]
    places: int
    tie: Literal["share", "earlier"]
    benefit: str = ""
    # Working days that the notice (公示) of a proposed round stays up. No law sets them for a
    # programme's own honours; five is what notices of 评比表彰 in the provinces usually give.
    notice_days: int = 5


@dataclass(frozen=True)
class Station:
    """A place where riders rest (驿站). `level` is the programme's own: hub, centre, friendly."""

    code: str
    name: str
    level: str
    area: str
    address: str
    lat: str  # decimal degrees WGS-84, kept as text so that nothing rounds them
    lon: str
    amenities: tuple[str, ...]
    hours: str
    phone: str
    assumed: bool = False
    discount: str = ""  # what riders pay less for here, in words
    photo: str = ""  # its key among the public photos
    photo_alt: str = ""  # what the photo shows
    photo_credit: str = ""  # who took it, and when if known


@dataclass(frozen=True)
class Reward:
    """What points buy (goods), or a priority public service (绿色通道), which is never bought."""

    code: str
    name: str
    kind: Literal["goods", "service"]
    points: int
    stock: int
    eligibility: str = ""
    assumed: bool = False


@dataclass(frozen=True)
class Activity:
    """Something to come to: a class, a window, a talk."""

    code: str
    name: str
    starts: str  # RFC 3339 with offset
    ends: str
    place: str
    description: str = ""
    assumed: bool = False


@dataclass(frozen=True)
class Recurring:
    """Something that comes again (固定安排): exactly one of `weekdays` (1 Monday … 7 Sunday),
    `month_days` (1 to 31) and `lunar_days` (1 to 30) is not empty. `starts` and `ends` are HH:MM,
    "" for the whole day; with `workdays_only` days off are passed over; `since` and `until` are
    days, "" for ever."""

    code: str
    name: str
    weekdays: tuple[int, ...]
    month_days: tuple[int, ...]
    lunar_days: tuple[int, ...]
    starts: str
    ends: str
    place: str
    description: str = ""
    workdays_only: bool = False
    since: str = ""
    until: str = ""
    assumed: bool = False


@dataclass(frozen=True)
class LadderStep:
    """One step of the stewards' ladder (网格员成长阶梯), e.g. 兼职网格员."""

    code: str
    name: str


@dataclass(frozen=True)
class Emergency:
    """Whom to telephone first, shown above the form; an empty `number` is shown as 待填."""

    number: str
    words: str


@dataclass(frozen=True)
class Programme:
    """One county programme, whole and valid."""

    name: str  # the folder's name: tonggu
    title: str  # 铜城新先锋
    county: Area
    reporter_title: str  # what riders are called: 小哥
    station_title: str
    introduction: str
    demonstration: bool
    areas: Mapping[str, Area]  # by code; the county included
    units: Mapping[str, Unit]
    categories: Mapping[str, Category]
    stations: tuple[Station, ...]
    station_levels: Mapping[str, str]
    amenities: Mapping[str, str]
    rewards: Mapping[str, Reward]
    activities: tuple[Activity, ...]
    loop: LoopRules
    points: PointsRules
    honours: tuple[HonourRule, ...]
    emergencies: tuple[Emergency, ...]
    site: SiteDuties
    coverage: CoverageRules | None = None  # None: nothing is claimed of who has a station near
    grid_summary: str = ""
    extra_days_off: tuple[date, ...] = ()
    extra_workdays: tuple[date, ...] = ()
    calendar_years: tuple[int, ...] = ()  # years whose holidays the two lists above give in full
    recurring: tuple[Recurring, ...] = ()  # by code
    ladder: tuple[LadderStep, ...] = ()  # from the lowest step up
    assumed: tuple[str, ...] = ()  # «file:line field» of every value marked `assumed: true`

    @cached_property
    def streets(self) -> tuple[Area, ...]:
        """Streets and townships, by code."""
        return tuple(a for _, a in sorted(self.areas.items()) if a.level == "street")

    @cached_property
    def communities(self) -> tuple[Area, ...]:
        """Communities and villages, by code."""
        return tuple(a for _, a in sorted(self.areas.items()) if a.level == "community")

    def area_name(self, code: str) -> str:
        """The name of an area, or the code itself where it has been removed since."""
        area = self.areas.get(code)
        return area.name if area else code

    def unit_name(self, code: str) -> str:
        unit = self.units.get(code)
        return unit.name if unit else code


def street_of(area: str) -> str:
    """The street's code of an area at or below a street, else ""."""
    return area[:9] if len(area) >= 9 else ""


def community_of(area: str) -> str:
    """The community's code of an area at or below a community, else ""."""
    return area[:12] if len(area) >= 12 else ""
