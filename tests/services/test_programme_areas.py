"""Faults in grids.geojson, each told with the line of its feature."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from suishou.services.load_programme import load_programme
from tests.services.programme_folders import (
    GRIDS,
    YAML,
    copied,
    found,
    problems,
    replace,
    spoil_area,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copied(tmp_path)


def properties(**values) -> Callable[[dict], None]:
    return lambda feature: feature["properties"].update(values)


def ring(change: Callable[[list], object]) -> Callable[[dict], None]:
    return lambda feature: change(feature["geometry"]["coordinates"][0]) and None


AREA_FAULTS = [
    (properties(code="360926100001001"), "features[{n}].code", "duplicate_code"),
    (properties(code="36092610000100"), "features[{n}].code", "bad_code"),
    (properties(code="36092610000100x"), "features[{n}].code", "bad_code"),
    (properties(code="360926100099001"), "code", "area_without_parent"),
    (properties(code="360926777001001"), "code", "area_without_parent"),
    (properties(level="community"), "features[{n}].level", "level_mismatch"),
    (properties(name=""), "features[{n}].name", "missing_key"),
    (properties(colour="red"), "features[{n}].colour", "unknown_key"),
    (properties(assumed="yes"), "features[{n}].assumed", "wrong_type"),
    (lambda f: f.pop("properties"), "features[{n}]", "wrong_type"),
    (lambda f: f["geometry"].update(type="Point"), "features[{n}].geometry", "wrong_geometry"),
    (
        lambda f: f["geometry"].update(coordinates=[["x"]]),
        "features[{n}].geometry",
        "bad_coordinate",
    ),
    (ring(lambda r: r.pop()), "features[{n}].geometry", "ring_not_closed"),
    (ring(lambda r: r.__delitem__(slice(1, 3))), "features[{n}].geometry", "ring_too_short"),
    (ring(lambda r: r.__setitem__(1, [28.5, 114.3])), "features[{n}].geometry", "bad_coordinate"),
    (ring(lambda r: r.__setitem__(1, [114.9, 28.5])), "geometry", "outside_parent"),
]


@pytest.mark.parametrize(("change", "field", "code"), AREA_FAULTS)
def test_a_fault_of_an_area_is_told_at_its_line(folder, change, field, code):
    line, number = spoil_area(folder, change)
    assert (GRIDS, line, field.format(n=number), code) in found(folder)


def test_the_county_must_be_drawn_and_be_the_one_named(folder):
    line, _ = spoil_area(folder, lambda f: f.update(geometry=None), "360926")
    assert (GRIDS, line, "features[1].geometry", "missing_outline") in found(folder)
    replace(folder, YAML, 'county: "360926"', 'county: "360902"')
    codes = {code for _, _, _, code in found(folder)}
    assert {"missing_county", "another_county"} <= codes


def test_an_area_below_the_county_may_be_undrawn(folder):
    spoil_area(folder, lambda f: f.update(geometry=None))
    assert load_programme(folder).areas["360926100001002"].rings == ()


def test_an_area_may_have_parts_and_holes(folder):
    def in_two(feature: dict) -> None:
        outline = feature["geometry"]["coordinates"]
        feature["geometry"] = {"type": "MultiPolygon", "coordinates": [outline, outline]}

    spoil_area(folder, in_two)
    assert len(load_programme(folder).areas["360926100001002"].rings) == 2


def test_features_laid_out_otherwise_still_have_lines(folder):
    document = json.loads((folder / GRIDS).read_text())
    document["features"][1]["properties"]["level"] = "town"
    (folder / GRIDS).write_text(json.dumps(document, ensure_ascii=False, indent=1))
    lines = (folder / GRIDS).read_text().splitlines()
    level_line = next(n for n, text in enumerate(lines, 1) if '"town"' in text)
    (problem,) = problems(folder)
    assert problem.code == "level_mismatch"
    assert level_line - 8 < problem.line < level_line


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "json_syntax"),
        ("[]", "wrong_type"),
        ('{"features": 3}', "wrong_type"),
        ('{"features": []}', "empty"),
    ],
)
def test_a_file_that_is_no_collection_is_told(folder, text, code):
    (folder / GRIDS).write_text(text)
    assert (GRIDS, code) in {(p.file, p.code) for p in problems(folder)}
