"""The measures and their recount by SQL: two ways, one answer."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from build_scripts.figures import added, counts_of, differences, figures_by_sql
from build_scripts.partitions import row_line
from suishou.domain.measures import measure
from suishou.domain.programme import Programme
from suishou.domain.public_row import PublicClock, PublicRow, to_json
from tests.build import fabricated

CLOCKS = st.builds(
    PublicClock,
    st.sampled_from(["", "2026-05-01"]),
    st.none() | st.integers(0, 5000),
    st.none() | st.booleans(),
    st.booleans(),
)
STAGES = (
    "reported registered dispatched claimed accepted resolved verified closed reopened returned "
    "on_hold rejected merged withdrawn transferred"
).split()


@cache
def _programme() -> Programme:
    return fabricated.programme()


@st.composite
def rows(draw: st.DrawFn) -> list[PublicRow]:
    found = []
    for number in range(draw(st.integers(0, 8))):
        row = fabricated.public_row(number, _programme())
        clocks = {
            name: draw(CLOCKS) for name in row.clocks if name == "feedback" or draw(st.booleans())
        }
        found.append(
            replace(
                row,
                street=draw(st.sampled_from(["", "360926001"])),
                stage=draw(st.sampled_from(STAGES)),
                clocks=clocks,
                satisfied=draw(st.none() | st.booleans()),
                resolved_on=draw(st.sampled_from(["", "2026-05-02"])),
                rework_count=draw(st.integers(0, 2)),
                reopened_count=draw(st.integers(0, 2)),
                extended_count=draw(st.integers(0, 2)),
                returned_count=draw(st.integers(0, 2)),
                lead_unit=draw(st.sampled_from(["", "urban"])),
                closed_on=draw(st.sampled_from(["", "2026-04-30", "2026-05-02"])),
                outcome=draw(st.sampled_from(["", "settled", "unsettled", "answered"])),
                extension_reasons=draw(st.sampled_from([(), ("",), ("weather", "budget")])),
            )
        )
    return found


@settings(max_examples=150, deadline=None)
@given(rows())
def test_sql_confirms_every_figure_of_every_cell(found: list[PublicRow]) -> None:
    measures = measure(found)
    by_sql = figures_by_sql(row_line(to_json(row)) for row in found)
    assert differences(measures, by_sql) == []
    assert added(by_sql.values()) == counts_of(measures.overall)


def test_a_wrong_figure_is_named_with_both_values() -> None:
    found = [fabricated.public_row(number, _programme()) for number in range(4)]
    by_sql = figures_by_sql(row_line(to_json(row)) for row in found)
    lines = differences(measure(found[:3]), by_sql)
    assert any("reported: measures say 0, the rows 1" in line for line in lines)
