"""Home.

In: measures, decided rounds, and the latest shown rows. Out: `index.html`, written
at every build. Never counts anything itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from build_scripts.pages_writer import PageWriter
from build_scripts.site_data import SiteData
from build_scripts.view_case import case_card
from build_scripts.view_honour import rounds
from build_scripts.view_measures import headlines
from build_scripts.view_station import level_groups, station_view
from suishou.domain.public_row import PublicRow

HOME_CASES = 6


def write_home(pages: PageWriter, data: SiteData, recent: Sequence[PublicRow]) -> None:
    """`index.html`."""
    solved = [row for row in recent if row.closed_on and row.stage == "closed"]
    solved.sort(key=lambda row: (row.closed_on, row.id), reverse=True)
    with_photo_first = sorted(solved[: 4 * HOME_CASES], key=lambda row: not row.photos_after)
    groups = level_groups([station_view(s, data.programme) for s in data.stations], data.programme)
    pages.page(
        "index.html",
        "home.html",
        data.programme.title,
        f"{data.programme.county.name}{data.programme.title}：隐患随手报，办理全公开。",
        headlines=headlines(data.measures.overall),
        reported=data.measures.overall.reported,
        cases=[case_card(row, data.programme) for row in with_photo_first[:HOME_CASES]],
        rounds=rounds(data.honours)[:2],
        groups=groups,
        build_id=data.build_id,
        data_day=data.data_day,
    )
