"""`suishou verify`: what the site states, recomputed from its open data alone."""

from __future__ import annotations

import ast
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from build_scripts import verify_tables
from build_scripts.open_lines import case_lines, measure_lines
from build_scripts.open_tables import CASES, COUNTS, MEASURES
from build_scripts.table_files import as_csv
from build_scripts.verify_figures import MEDIANS, RATES, Recomputation
from build_scripts.verify_marks import Stated
from build_scripts.verify_site import site_at, verify
from build_scripts.view_figures import Mark, change_mark, count_mark, marks, scope
from build_scripts.view_overdue import reason_words
from suishou.domain.measures import measure
from suishou.domain.public_row import PublicRow
from suishou.domain.rates import summary
from suishou.local import cli
from tests.build.fabricated import PROJECT, programme, public_row
from tests.build.test_figures import rows
from tests.build.test_open_data import published, rows_of, shells, within, written

__all__ = ["shells", "within"]
PURE = (
    "verify_marks",
    "verify_tables",
    "verify_frozen",
    "verify_reasons",
    "verify_coverage",
    "verify_readings",
    "verify_scopes",
    "verify_figures",
    "verify_whole",
    "verify_site",
)


@pytest.fixture(scope="module")
def site(within: Any, shells: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = published(within, shells, rows_of(within))
    return written(files, tmp_path_factory.mktemp("site"))


@pytest.fixture
def changed(site: Path) -> Iterator[Any]:
    """A function that replaces text in a file of the site, which is mended afterwards."""
    before: dict[Path, bytes] = {}

    def change(path: str, pattern: str, new: str) -> None:
        file = site / path
        before.setdefault(file, file.read_bytes())
        text, count = re.subn(pattern, new, file.read_bytes().decode(), count=1)
        assert count == 1
        file.write_bytes(text.encode())

    yield change
    for file, content in before.items():
        file.write_bytes(content)


def test_a_site_agrees_with_its_open_data(site: Path) -> None:
    found = verify(site_at(str(site)))
    assert found.agrees, (found.data, found.figures)
    assert found.checked > 100
    assert found.months == 2


def test_a_county_without_stations_honours_or_cases_agrees_too(
    within: Any, shells: Any, tmp_path: Path
) -> None:
    site = written(published(replace(within, stations=()), shells, []), tmp_path)
    found = verify(site_at(str(site)))
    assert found.agrees, (found.data, found.figures)
    assert "placed=yes" in (site / "stations" / "coverage.html").read_text(encoding="utf-8")


def test_a_figure_that_was_tampered_with_is_found(site: Path, changed: Any) -> None:
    changed(
        "cases/index.html",
        r'<data value="\d+" data-figure="reported" data-scope="">',
        '<data value="91" data-figure="reported" data-scope="">',
    )
    (wrong,) = verify(site_at(str(site))).figures
    assert (wrong.page, wrong.figure) == ("cases/index.html", "reported")
    assert (wrong.stated, wrong.recomputed) == ("91", "90")


def test_a_figure_whose_words_alone_were_tampered_with_is_found(site: Path, changed: Any) -> None:
    changed("cases/index.html", r'(data-figure="reported" data-scope="">)90', r"\g<1>99")
    (wrong,) = verify(site_at(str(site))).figures
    assert wrong.stated == "99"


@pytest.mark.parametrize(
    ("page", "pattern", "new", "figure"),
    [
        ("index.html", r"(同期受理 )\d+", r"\g<1>99", "reported"),
        ("statistics.html", r"(<small><span [^<>]*>)\d+/", r"\g<1>99/", "registration_rate"),
        ("stations/index.html", r'(scope="level=[a-z]+">)\d+', r"\g<1>99", "stations"),
        ("stations/index.html", r'(scope="amenity=[a-z_]+">)\d+', r"\g<1>99", "stations"),
        (
            "stations/coverage.html",
            r'(figure="coverage_gaps"[^<>]*>)\d+',
            r"\g<1>9",
            "coverage_gaps",
        ),
        ("search.html", r'(figure="shown" data-scope="">)\d+', r"\g<1>9", "shown"),
    ],
)
def test_a_count_beside_a_figure_that_was_tampered_with_is_found(
    site: Path, changed: Any, page: str, pattern: str, new: str, figure: str
) -> None:
    changed(page, pattern, new)
    wrong = verify(site_at(str(site))).figures
    assert [(one.page, one.figure) for one in wrong] == [(page, figure)]


def test_a_line_that_was_tampered_with_is_found(site: Path, changed: Any) -> None:
    changed(
        "data/cases/2026-05.csv",
        r",closed,2026-05,true,(\d+),true,",
        r",closed,2026-05,true,\1,false,",
    )
    found = verify(site_at(str(site)))
    assert any("responses_on_time" in said for said in found.data)


def test_a_tally_that_was_tampered_with_is_found(site: Path, changed: Any) -> None:
    changed("data/measures/2026-05.csv", r"(by_street,\d+,,,,)(\d+)", r"\g<1>999")
    found = verify(site_at(str(site)))
    assert found.data
    assert any(wrong.figure == "reported" for wrong in found.figures)


def test_a_reason_for_extensions_that_was_tampered_with_is_found() -> None:
    within = programme()
    row = public_row(3, within, extended_count=1, extension_reasons=("weather",), shown=False)
    row = replace(row, category="manhole", stage="accepted")
    cases = as_csv(CASES, case_lines([row], within))
    measures = as_csv(MEASURES, measure_lines(measure([row]), row.month, within))
    tables = verify_tables.open_tables()
    assert verify_tables.load_month(tables, row.month, cases, measures) == []
    other = measures.replace(b"weather", b"budget")
    assert other != measures
    wrong = verify_tables.load_month(tables, row.month, cases, other)
    assert [said for said in wrong if "extension_reasons" in said] == wrong != []


def test_an_outline_whose_coverage_was_tampered_with_is_found(site: Path, changed: Any) -> None:
    changed("stations/coverage.json", r'"within": ?[1-9]\d*\}', '"within": 0}')
    wrong = verify(site_at(str(site))).figures
    assert {one.page for one in wrong} >= {"stations/coverage.html", "stations/index.html"}
    assert {one.figure for one in wrong} == {"covered", "covered_points"}


def test_every_page_that_states_figures_says_which_are_recomputable(site: Path) -> None:
    for path in site.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        if "data-figure=" in text or "data-declared=" in text:
            assert 'class="note provenance"' in text, path
        assert text.count("data-declared=") == text.count('<abbr class="declared"'), path


def test_a_file_that_cannot_be_read_is_found(site: Path, changed: Any) -> None:
    changed("data/cases/2026-05.csv", "\r\ntrue,", "\r\nperhaps,")
    assert any("cannot be read" in said for said in verify(site_at(str(site))).data)


def test_over_http_it_finds_the_same(site: Path, changed: Any) -> None:
    changed("cases/index.html", r'(data-figure="reported" data-scope="">)90', r"\g<1>99")

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        address = f"http://127.0.0.1:{server.server_address[1]}/"
        found = verify(site_at(address))
        assert [wrong.stated for wrong in found.figures] == ["99"]
        assert found.complete
        assert not verify(site_at(address, pages_max=3)).complete
    finally:
        server.shutdown()
        server.server_close()


def test_the_command_says_what_differs_and_exits_with_one(
    site: Path, changed: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["verify", str(site)]) == 0
    changed("cases/index.html", r'(data-figure="reported" data-scope="">)90', r"\g<1>99")
    capsys.readouterr()
    assert cli.main(["verify", str(site), "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert said["agrees"] is False
    assert said["figures"][0]["page"] == "cases/index.html"
    assert cli.main(["verify", str(site / "nowhere")]) == 1


@settings(max_examples=60, deadline=None)
@given(rows())
def test_sql_over_the_files_confirms_every_tally_rate_and_median(found: list[PublicRow]) -> None:
    within = programme()
    tables = verify_tables.open_tables()
    cases = as_csv(CASES, case_lines([replace(row, shown=False) for row in found], within))
    measures = as_csv(MEASURES, measure_lines(measure(found), "2026-05", within))
    assert verify_tables.load_month(tables, "2026-05", cases, measures) == []
    recomputation = Recomputation(tables, frozenset(), {})
    by_street = measure(found).by("street")
    for codes, tally in [
        ({}, measure(found).overall),
        *(({"street": c}, t) for c, t in by_street.items()),
    ]:
        stated = [count_mark(name, tally, scope(**codes)) for name in COUNTS]
        stated += marks(summary(tally), scope(**codes)).values()
        stated += [mark for _, mark in reason_words(tally, scope(**codes), within)]
        for mark in stated:
            assert recomputation.difference(_stated(mark)) is None


def test_a_change_is_the_difference_of_two_printed_values(within: Any) -> None:
    found = rows_of(within)
    tables = verify_tables.open_tables()
    periods = []
    for month in ("2026-04", "2026-05"):
        of = [row for row in found if row.month == month]
        measures = as_csv(MEASURES, measure_lines(measure(of), month, within))
        cases = as_csv(CASES, case_lines(of, within))
        assert verify_tables.load_month(tables, month, cases, measures) == []
        periods.append(marks(summary(measure(of).overall), scope(month=month)))
    recomputation = Recomputation(tables, frozenset(), {})
    for name in (*RATES, *MEDIANS):
        change = change_mark(name, periods[1][name], periods[0][name])
        assert change is None or recomputation.difference(_stated(change)) is None
        assert change is None or recomputation.difference(_stated(replace(change, value="7777")))


def test_what_the_open_data_do_not_split_is_not_recomputable(within: Any) -> None:
    recomputation = Recomputation(verify_tables.open_tables(), frozenset({"manhole"}), {})
    crossed = Mark("reported", scope(street="360926100", category="working_hours"), "0")
    known = Mark("reported", scope(street="360926100", category="manhole"), "0")
    wrong = recomputation.difference(_stated(crossed))
    assert wrong and wrong.recomputed.startswith("not recomputable")
    assert recomputation.difference(_stated(known)) is None


def test_a_change_of_a_median_may_be_read_in_hours_or_days(site: Path) -> None:
    tables = verify_tables.open_tables(":memory:")
    tables.executemany(
        "INSERT INTO durations (month, part, clock, minutes, cases) VALUES (?, 'cell', ?, ?, 1)",
        [("2026-05", "resolution_minutes", 1_347), ("2026-04", "resolution_minutes", 4_320)],
    )
    recomputation = Recomputation(tables, frozenset({"manhole"}), {})
    now, before = "listed=;month=2026-05", "listed=;month=2026-04"
    said = ("resolution_median", now, "-2973", "", "", before)
    for shown, right in (("49.6", True), ("2.1", True), ("2973", True), ("22.5", False)):
        stated = Stated("a.html", *said, (shown,))
        assert (recomputation.difference(stated) is None) is right, shown


def test_verify_does_not_lean_on_the_code_that_made_the_figures() -> None:
    waiting, seen = list(PURE), set()
    while waiting:
        name = waiting.pop()
        seen.add(name)
        tree = ast.parse((PROJECT / "build_scripts" / f"{name}.py").read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            modules: list[str] = []
            if isinstance(node, ast.ImportFrom) and node.module:
                modules = [node.module, *(f"{node.module}.{a.name}" for a in node.names)]
            elif isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            for module in modules:
                assert not module.startswith("suishou"), f"{name} imports {module}"
                parts = module.split(".")
                if parts[0] == "build_scripts" and len(parts) == 2 and parts[1] not in seen:
                    waiting.append(parts[1])
    assert seen == {*PURE, "table_files"}


def _stated(mark: Mark) -> Stated:
    return Stated(
        "a.html",
        mark.figure,
        mark.scope,
        mark.value,
        mark.numerator,
        mark.denominator,
        mark.against,
        (mark.value,) if mark.value else (),
    )
