"""The open data: whole, described, safe in a spreadsheet, and silent about what is only counted."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import frictionless
import pytest
from hypothesis import given
from hypothesis import strategies as st

from build_scripts.cut_out import without_cases
from build_scripts.open_lines import case_lines, measure_lines
from build_scripts.open_places import areas_geojson, multipolygon
from build_scripts.open_tables import CASES, KEPT_WHEN_HIDDEN, MEASURES, UNITS
from build_scripts.pages import render_pages
from build_scripts.site import build_shells
from build_scripts.site_shell import Shells
from build_scripts.table_files import as_csv, as_json, read_csv
from build_scripts.view_case import is_listed
from suishou.domain.measures import measure
from suishou.domain.programme import Programme
from suishou.domain.public_row import PublicRow
from tests.build.fabricated import HOSTILE, PROJECT, programme, public_row, site_data

MONTHS = ("2026-04", "2026-05")


@pytest.fixture(scope="module")
def within() -> Programme:
    return programme()


@pytest.fixture(scope="module")
def shells(within: Programme, tmp_path_factory: pytest.TempPathFactory) -> Shells:
    return build_shells(within, PROJECT / "site_src", tmp_path_factory.mktemp("frame"))


def rows_of(within: Programme, count: int = 90) -> list[PublicRow]:
    """As the wall lets them through: a category that is only counted is never shown."""
    rows = [public_row(n, within, MONTHS[n % 2]) for n in range(count)]
    return [
        row if is_listed(within, row.category) else public_row(n, within, row.month, shown=False)
        for n, row in enumerate(rows)
    ]


def published(within: Programme, shells: Shells, rows: list[PublicRow]) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    render_pages(site_data(rows, within), shells, files.__setitem__)
    return files


def written(files: dict[str, bytes], folder: Path) -> Path:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


def test_the_package_is_valid_and_names_every_file(
    within: Programme, shells: Shells, tmp_path: Path
) -> None:
    files = published(within, shells, rows_of(within))
    root = written({p: c for p, c in files.items() if p.startswith("data/")}, tmp_path)
    package = json.loads(files["data/datapackage.json"])
    listed = {
        f"data/{path}"
        for resource in package["resources"]
        for path in ([resource["path"]] if isinstance(resource["path"], str) else resource["path"])
    }
    assert listed == {path for path in files if path.startswith("data/")} - {
        "data/datapackage.json"
    }
    report = frictionless.Package(str(root / "data/datapackage.json")).validate()
    assert report.valid, report.flatten(["name", "type", "message"])
    assert package["licenses"][0]["name"] == "CC-BY-4.0"


def test_the_package_is_valid_before_the_first_case(
    within: Programme, shells: Shells, tmp_path: Path
) -> None:
    files = published(within, shells, [])
    root = written({p: c for p, c in files.items() if p.startswith("data/")}, tmp_path)
    assert frictionless.Package(str(root / "data/datapackage.json")).validate().valid


def test_a_category_that_is_only_counted_has_no_line_and_is_never_crossed(
    within: Programme,
) -> None:
    rows = rows_of(within)
    for line in case_lines(rows, within):
        assert is_listed(within, str(line[CASES.names.index("category")]))
    names = MEASURES.names
    for line in measure_lines(measure(rows), "2026-05", within):
        codes = dict(zip(names, line, strict=True))
        if codes["part"] == "cell":
            assert is_listed(within, str(codes["category"]))
        else:
            split = [codes[name] for name in ("street", "category", "unit", "closed_month")]
            assert sum(code is not None for code in split) <= 1


def test_a_category_that_was_removed_counts_as_only_counted(within: Programme) -> None:
    gone = replace(public_row(1, within), category="no_longer_there")
    assert list(case_lines([gone], within)) == []


def test_a_case_that_is_not_shown_says_only_what_the_rates_need(within: Programme) -> None:
    row = next(row for row in rows_of(within) if is_listed(within, row.category))
    (line,) = case_lines([replace(row, shown=False)], within)
    assert set(line[KEPT_WHEN_HIDDEN:]) == {None}
    text = as_csv(CASES, [line]).decode()
    for secret in (row.id, row.community, row.reported_on, row.title, row.text):
        assert not secret or secret not in text


def test_a_case_taken_down_loses_its_words_and_keeps_its_count(
    within: Programme, shells: Shells
) -> None:
    rows = rows_of(within)
    victim = next(row for row in rows if row.shown and row.text and row.month == "2026-05")
    empty: dict[str, Any] = {"title": "", "text": "", "result": "", "timeline": ()}
    hidden = replace(victim, shown=False, photos_before=(), photos_after=(), **empty)
    before = published(within, shells, rows)
    after = published(within, shells, [hidden if row is victim else row for row in rows])
    for suffix in ("csv", "json"):
        path = CASES.path(suffix, "2026-05")
        assert victim.id.encode() in before[path]
        assert without_cases(path, before[path], {victim.id}) == after[path]
        assert before[path].count(b"\n") - victim.text.count("\n") <= after[path].count(b"\n") + 9


def test_a_text_that_a_spreadsheet_would_run_gets_an_apostrophe() -> None:
    for text in ("=1+1", "+86", "-1", "@sum", "＝A1", "\tx"):
        cells = list(csv.reader(io.StringIO(as_csv(UNITS, [["u", text]]).decode("utf-8-sig"))))
        assert cells[1][1] == f"'{text}"
        assert json.loads(as_json(UNITS, [["u", text]]))[0]["name"] == text


@given(st.lists(st.tuples(st.text(), st.text().filter(lambda t: not t.startswith("'")))))
def test_every_text_comes_back_from_the_csv(lines: list[tuple[str, str]]) -> None:
    lines = [(code.replace("\x00", "") or "-", name.replace("\x00", "")) for code, name in lines]
    found = read_csv(as_csv(UNITS, lines), ["code", "name"])
    assert [(code, name.removeprefix("'")) for code, name in found] == lines


def test_csv_is_as_rfc_4180_wants_it_with_a_byte_order_mark(within: Programme) -> None:
    row = replace(public_row(1, within), text=HOSTILE + ',"a"\nb', shown=True)
    content = as_csv(CASES, case_lines([row], within))
    assert content.startswith("\ufeffshown,id,".encode())
    assert content.endswith(b"\r\n")
    header, line = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
    assert len(header) == len(line) == len(CASES.columns)
    assert line[header.index("text")].endswith(',"a"\nb')
    assert "\u202e" not in content.decode()


def test_no_table_holds_a_fraction(within: Programme, shells: Shells) -> None:
    def refuse(text: str) -> None:
        raise AssertionError(text)

    for path, content in published(within, shells, rows_of(within, 20)).items():
        if path.startswith("data/") and path.endswith(".json"):
            json.loads(content, parse_float=refuse)


def test_a_ring_within_a_ring_is_a_hole() -> None:
    def square(low: float, high: float) -> tuple[tuple[float, float], ...]:
        return ((low, low), (low, high), (high, high), (high, low), (low, low))

    shape = multipolygon([square(0, 9), square(1, 8), square(2, 3), square(20, 21)])
    assert [len(polygon) for polygon in shape["coordinates"]] == [2, 1, 1]


def test_outlines_are_given_only_where_maps_may_be_drawn(within: Programme) -> None:
    assert areas_geojson(within) is not None
    off = replace(within.site, schematic_maps=False, map_approval="")
    assert areas_geojson(replace(within, site=off)) is None
