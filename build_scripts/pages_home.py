"""Home.

In: measures, highlights, decided rounds. Out: `index.html`, written at every build. Never counts
anything itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from build_scripts.highlights import Highlights
from build_scripts.pages_writer import PageWriter
from build_scripts.phrase import Phrase
from build_scripts.site_data import SiteData
from build_scripts.view_case import solved_card
from build_scripts.view_figures import count_mark
from build_scripts.view_honour import rounds
from build_scripts.view_overdue import overdue_row, overdue_rows
from build_scripts.view_period import period
from build_scripts.view_station import level_groups, station_view
from build_scripts.view_trend import reported_and_closed
from suishou.domain.public_row import PublicRow

HOME_CASES = 6
HOME_UNITS = 6
WEEK_CASES_MIN = 3  # fewer look like a gap: then the latest are shown, whenever they were solved
WEEK = timedelta(days=7)


def write_home(pages: PageWriter, data: SiteData) -> None:
    """`index.html`."""
    known, measures = data.programme, data.measures
    solved = solved_cases(data.highlights)
    this_week = solved_this_week(solved, data.data_day)
    enough = len(this_week) >= WEEK_CASES_MIN
    latest = this_week if enough else sorted(solved, key=_closing, reverse=True)
    late = [row for row in overdue_rows(measures, known) if row.late]
    pages.both(
        "index.html",
        "home.html",
        known.title,
        Phrase("{}{}：隐患随手报，办理全公开。", known.county.name, known.title),
        period=period(measures, data.data_day, known.loop.sample_min, data.frozen),
        reported=count_mark("reported", measures.overall),
        trend=reported_and_closed(measures, data.data_day, data.frozen),
        cases=[solved_card(row, known) for row in latest[:HOME_CASES]],
        this_week=enough,
        overdue=overdue_row("", measures.overall, "", known),
        late=late[:HOME_UNITS],
        more_late=len(late) > HOME_UNITS,
        rounds=rounds(data.honours)[:2],
        groups=level_groups([station_view(s, known) for s in data.stations], known),
        build_id=data.build_id,
        data_day=data.data_day,
    )


def _closing(row: PublicRow) -> tuple[str, str]:
    return row.closed_on, row.id


def solved_cases(found: Highlights) -> list[PublicRow]:
    """Each once: those with photos from before and after first, then the others, newest first."""
    pictured = {row.id for row in found.pictured}
    return [*found.pictured, *(row for row in found.solved if row.id not in pictured)]


def solved_this_week(solved: Sequence[PublicRow], data_day: str) -> list[PublicRow]:
    """Those closed in the seven days up to the day of the data."""
    if not data_day:
        return []
    since = (date.fromisoformat(data_day) - WEEK).isoformat()
    return [row for row in solved if since < row.closed_on <= data_day]
