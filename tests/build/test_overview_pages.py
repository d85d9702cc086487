"""Home, statistics and overdue work: which period, which cases, and every figure marked."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from build_scripts.pages import render_pages
from build_scripts.pages_home import solved_cases, solved_this_week
from build_scripts.site import build_shells
from build_scripts.site_data import SiteData
from build_scripts.site_shell import Shells
from build_scripts.view_overdue import overdue_rows, past_grace
from build_scripts.view_period import last_months, month_before, period
from suishou.domain.measures import measure
from suishou.domain.programme import Programme
from suishou.domain.public_row import PublicRow
from tests.build.fabricated import PROJECT, case_id, programme, public_row, site_data

FIGURE = re.compile(r'data-figure="([a-z_]+)" data-scope="([^"]*)"')


@pytest.fixture(scope="module")
def within() -> Programme:
    return programme()


@pytest.fixture(scope="module")
def shells(within: Programme, tmp_path_factory: pytest.TempPathFactory) -> Shells:
    return build_shells(within, PROJECT / "site_src", tmp_path_factory.mktemp("frame"))


def rendered(data: SiteData, shells: Shells) -> dict[str, str]:
    files: dict[str, bytes] = {}
    render_pages(data, shells, files.__setitem__)
    return {path: body.decode() for path, body in files.items() if path.endswith(".html")}


def rows_of(within: Programme, count: int = 90) -> list[PublicRow]:
    months = ("2026-03", "2026-04", "2026-05")
    return [public_row(n, within, months[n % 3], shown=True) for n in range(count)]


@pytest.mark.parametrize(
    ("month", "before"), [("2026-05", "2026-04"), ("2026-01", "2025-12"), ("2026-10", "2026-09")]
)
def test_the_month_before(month: str, before: str) -> None:
    assert month_before(month) == before


def test_the_last_twelve_months_end_with_the_day_of_the_data() -> None:
    months = last_months("2026-05-03")
    assert (months[0], months[-1], len(months)) == ("2025-06", "2026-05", 12)
    assert last_months("") == ()


def test_home_tells_the_last_full_month_and_compares_it_with_the_one_before(
    within: Programme,
) -> None:
    measures = measure(rows_of(within, 180))
    told = period(measures, "2026-05-02", sample_min=5)
    assert told.name == "2026年4月"
    reported, closed, on_time, median, satisfied = told.figures
    assert (reported.value, reported.path) == ("60", "cases/2026/04/index.html")
    assert reported.change is not None
    assert reported.change.words == "与上月持平"
    assert closed.mark.scope == "closed_month=2026-04"
    for figure in (on_time, median, satisfied):
        assert figure.mark.denominator
        assert figure.change is not None
        assert figure.change.mark.against == "closed_month=2026-03"


def test_few_cases_are_not_compared(within: Programme) -> None:
    told = period(measure(rows_of(within, 30)), "2026-05-02", sample_min=50)
    assert [figure.change is None for figure in told.figures] == [False, False, True, True, True]


def test_a_programme_in_its_first_month_tells_everything_so_far(within: Programme) -> None:
    told = period(measure(rows_of(within)), "2026-03-20", sample_min=5)
    assert told.name == "累计"
    assert all(figure.change is None for figure in told.figures)
    assert period(measure([]), "", sample_min=5).figures[0].value == "0"


def test_solved_this_week_ends_with_the_day_of_the_data(within: Programme) -> None:
    row = public_row(0, within)
    days = ("2026-05-20", "2026-05-21", "2026-05-27", "2026-05-28")
    rows = [replace(row, id=day, closed_on=day) for day in days]
    kept = solved_this_week(rows, "2026-05-27")
    assert [found.closed_on for found in kept] == ["2026-05-21", "2026-05-27"]
    assert solved_this_week(rows, "") == []


def test_a_solved_case_with_both_photos_comes_first_and_once(within: Programme) -> None:
    data = site_data(rows_of(within), within)
    found = solved_cases(data.highlights)
    assert len({row.id for row in found}) == len(found)
    pictured = [bool(row.photos_before and row.photos_after) for row in found]
    assert pictured == sorted(pictured, reverse=True)


@pytest.mark.parametrize(
    ("day", "named"), [("2026-05-05", 0), ("2026-05-06", 0), ("2026-05-07", 1)]
)
def test_a_single_case_is_named_only_after_the_grace_period(
    within: Programme, day: str, named: int
) -> None:
    row = public_row(3, within, "2026-05")
    clock = replace(row.clocks["resolution"], due_on="2026-05-01", on_time=False, minutes=None)
    late = replace(row, stage="accepted", clocks={"resolution": clock})
    assert len(past_grace([late], day, grace_days=5)) == named


def test_reasons_for_extensions_stand_beside_the_unit(within: Programme, shells: Shells) -> None:
    row = public_row(3, within, extended_count=2, extension_reasons=("weather", ""))
    (line,) = overdue_rows(measure([row]), within)
    told = [(words, mark.scope, mark.value) for words, mark in line.reasons]
    unit = f"unit={row.lead_unit}"
    assert told == [
        ("天气原因无法施工", f"reason=weather;{unit}", "1"),
        ("未注明理由", f"reason=;{unit}", "1"),
    ]
    page = rendered(site_data([row], within), shells)["overdue.html"]
    assert "天气原因无法施工 1 次；未注明理由 1 次" in re.sub(r"</?data[^>]*>", "", page)


def test_every_headline_and_table_figure_carries_its_mark(
    within: Programme, shells: Shells
) -> None:
    site = rendered(site_data(rows_of(within), within), shells)
    home = set(FIGURE.findall(site["index.html"]))
    assert {("reported", "month=2026-04"), ("closed", "closed_month=2026-04")} <= home
    names = {figure for figure, _ in FIGURE.findall(site["statistics.html"])}
    assert {"registration_rate", "dispatch_rate", "closing_rate", "solving_rate"} <= names
    assert {"reported", "resolution_median", "rework_rate", "satisfaction"} <= names


def test_charts_are_read_by_ear_and_have_their_table(within: Programme, shells: Shells) -> None:
    page = rendered(site_data(rows_of(within), within), shells)["statistics.html"]
    for svg in re.findall(r'<svg viewBox="0 0 360.*?</svg>', page, re.DOTALL):
        named = re.search(r'role="img" aria-labelledby="(\S+) (\S+)"', svg)
        assert named
        assert f'<title id="{named[1]}">' in svg
        assert f'<desc id="{named[2]}">' in svg
    assert page.count('class="chart__data"') == page.count('<figure class="chart">') == 2


def test_pages_without_any_case_say_so(within: Programme, shells: Shells) -> None:
    site = rendered(site_data([], within), shells)
    assert "还没有派出的事项" in site["overdue.html"]
    assert "<figure" not in site["statistics.html"]
    assert "还没有办结并公示的事项" in site["index.html"]


def test_a_community_has_its_latest_cases_and_its_street_leads_to_it(
    within: Programme, shells: Shells
) -> None:
    rows = rows_of(within)
    site = rendered(site_data(rows, within), shells)
    row = next(row for row in rows if row.community)
    path = f"cases/community/{row.community}.html"
    assert f'data-case="{row.id}"' in site[path]
    assert f"../../{path}" in site[f"cases/street/{row.street}.html"]
    empty = rendered(site_data([], within), shells)[path]
    assert "近期没有逐件公示的事项" in empty


def test_a_community_leads_to_a_year_of_its_street_and_to_the_rest(
    within: Programme, shells: Shells
) -> None:
    months = [f"2025-{number:02}" for number in range(1, 13)] + ["2026-01", "2026-02"]
    row = next(row for row in rows_of(within) if row.community)
    rows = [replace(row, id=case_id(n), month=month) for n, month in enumerate(months)]
    pages = rendered(site_data(rows, within), shells)
    community = pages[f"cases/community/{row.community}.html"]
    assert f'cases/2025/03/street-{row.street}.html"' in community
    assert f'cases/2025/02/street-{row.street}.html"' not in community
    assert "乡镇（街道）更早的月份" in community
    street = pages[f"cases/street/{row.street}.html"]
    assert f'cases/2025/01/street-{row.street}.html"' in street


def test_a_month_lists_its_unfinished_cases_by_stage(within: Programme, shells: Shells) -> None:
    rows = [public_row(n, within, "2026-05", shown=True) for n in range(12)]
    site = rendered(site_data(rows, within), shells)
    held = [row for row in rows if row.stage == "on_hold"]
    assert held
    assert site["cases/2026/05/stage-on_hold.html"].count("data-case=") == len(held)
    assert "stage-on_hold.html" in site["cases/2026/05/index.html"]
    assert "cases/2026/05/stage-closed.html" not in site


def test_a_case_page_says_how_often_the_matter_was_reported(
    within: Programme, shells: Shells
) -> None:
    row = public_row(0, within)
    page = rendered(site_data([row], within), shells)[f"cases/2026/05/{row.id}.html"]
    assert f"同一事项共收到 <strong>{1 + len(row.duplicates)}</strong> 次上报" in page


def test_a_shared_case_shows_its_photo_once_the_address_is_known(
    within: Programme, shells: Shells
) -> None:
    row = public_row(0, within)
    path = f"cases/2026/05/{row.id}.html"
    assert "og:image" not in rendered(site_data([row], within), shells)[path]
    known = replace(shells, address="https://www.example.gov.cn/suishou/")
    page = rendered(site_data([row], within), known)[path]
    start = f'<meta property="og:image" content="https://www.example.gov.cn/suishou/cases/2026/05/{row.id}-'
    assert start in page


def test_the_reason_for_an_extension_is_told_in_the_programmes_words(
    within: Programme, shells: Shells
) -> None:
    row = public_row(0, within)
    steps = (*row.timeline, replace(row.timeline[0], kind="extended", reason="weather"))
    page = rendered(site_data([replace(row, timeline=steps)], within), shells)
    assert "理由：天气原因无法施工" in page[f"cases/2026/05/{row.id}.html"]
