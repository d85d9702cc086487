"""Past cases: real events at the data's own times, nothing twice, every fault by line and field."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from suishou.domain.case import Case, from_json
from suishou.domain.errors import Invalid, ProgrammeInvalid
from suishou.services.case_store import read_events
from suishou.services.category_mapping import (
    CategoryMapping,
    default_mapping,
    load_category_mapping,
)
from suishou.services.load_past_cases import Loaded, load_past_cases
from suishou.services.project_case import project_pending
from suishou.services.publish_case import public_cases
from suishou.services.reindex import reindex
from suishou.services.system import System
from suishou.services.watch_deadlines import watch_deadlines
from suishou.storage import private_keys as keys
from suishou.storage.spread import query_merged
from suishou.storage.table import query_all
from suishou.wiring import close, local_feed
from tests.services.local_systems import NOON, demonstration_system
from tests.services.past_lines import line, past_file

OTHER = CategoryMapping("other")


@pytest.fixture
def system(tmp_path: Path):
    made = demonstration_system(tmp_path)
    yield made
    close(made)


@pytest.fixture
def load(system: System, tmp_path: Path) -> Callable[..., Loaded]:
    def loaded(*lines: Any, mapping: CategoryMapping = OTHER, **options: Any) -> Loaded:
        return load_past_cases(system, past_file(tmp_path, *lines), mapping, **options)

    return loaded


def cases(system: System) -> list[Case]:
    """All stored cases, as the feed tells of them."""
    changes = local_feed(system).pending(1_000)
    items = [system.private.get(change.partition, change.sort) for change in changes]
    found = [from_json(item.body) for item in items if item]
    return sorted(found, key=lambda case: (case.reported_at, case.id))


def faults(done: Loaded) -> list[tuple[int, str, str]]:
    return [(problem.line, problem.field, problem.code) for problem in done.problems]


def test_an_answered_case_goes_through_every_stage_at_the_datas_own_times(
    system: System, load: Callable[..., Loaded]
) -> None:
    assert load(line()).added == 1
    (case,) = cases(system)
    assert (case.stage, case.source, case.outcome) == ("closed", "imported", "answered")
    assert case.reported_at.isoformat() == "2019-03-04T12:15:00+00:00"
    assert case.closed_at is not None
    assert case.closed_at.isoformat() == "2019-03-06T01:00:00+00:00"
    kinds = [event.kind for event in read_events(system.private, case)]
    assert (
        kinds
        == (
            "reported registered dispatched claimed accepted resolved verified closed "
            "reporter_told drafted approved"
        ).split()
    )


def test_loading_again_adds_nothing(system: System, load: Callable[..., Loaded]) -> None:
    lines = [line(n) for n in range(1, 6)]
    assert (load(*lines).added, load(*reversed(lines)).already_there) == (5, 5)
    done = load(*lines, line(6))
    assert (done.added, done.already_there) == (1, 5)
    assert len(cases(system)) == 6


def test_a_line_twice_in_one_file_is_one_case(system: System, load: Callable[..., Loaded]) -> None:
    done = load(line(), line())
    assert (done.added, done.already_there, done.problems) == (1, 1, ())


def test_a_line_that_changed_since_is_reported_and_changes_nothing(
    system: System, load: Callable[..., Loaded]
) -> None:
    load(line())
    before = cases(system)
    assert faults(load(line(reply="另一个答复"))) == [(1, "id", "changed_since")]
    assert cases(system) == before


def test_a_dry_run_says_the_same_and_writes_nothing(
    system: System, load: Callable[..., Loaded]
) -> None:
    lines = [line(1), "{", line(2, category="nonsense")]
    tried = load(*lines, dry_run=True)
    assert cases(system) == []
    done = load(*lines)
    assert (tried.added, faults(tried)) == (done.added, faults(done))
    assert load(*lines, dry_run=True).already_there == 1


@pytest.mark.parametrize(
    ("bad", "field", "code"),
    [
        ("{", "", "not_json"),
        ("[1]", "", "not_json"),
        ("[" * 5_000, "", "not_json"),
        (b'{"id": "\xff"}', "", "not_utf8"),
        ('{"id": "x", "text": "' + "长" * 70_000 + '"}', "", "too_long"),
        (line(id=None), "id", "required"),
        (line(text="  "), "text", "required"),
        (line(text=["a"]), "text", "not_text"),
        (json.dumps(line(id="\ud800")), "id", "not_text"),
        (line(id="i" * 201), "id", "too_long"),
        (line(reported_at="yesterday"), "reported_at", "not_a_time"),
        (line(reported_at="0001-01-01T00:00:00+08:00"), "reported_at", "not_a_time"),
        (line(reported_at="2031-01-01T00:00:00+08:00"), "reported_at", "time_is_future"),
        (line(replied_at="2031-01-01T00:00:00+08:00"), "replied_at", "time_is_future"),
        (line(replied_at="2019-03-01"), "replied_at", "replied_before_reported"),
        (line(replied_at=None), "replied_at", "reply_without_time"),
        (line(reply=None), "replied_at", "reply_without_time"),
        (line(category="nonsense"), "category", "unknown_category"),
        (line(unit="nonsense"), "unit", "unknown_unit"),
        (line(street="nonsense"), "street", "unknown_street"),
        (line(community="nonsense"), "community", "unknown_community"),
        (line(lat=28.5), "lat", "not_a_coordinate"),
        (line(lat=28.5, lon="east", crs="wgs84"), "lat", "not_a_coordinate"),
        (line(lat=float("nan"), lon=114.4, crs="wgs84"), "lat", "not_a_coordinate"),
        (line(lat=28.5, lon=114.4), "crs", "not_a_coordinate"),
        (line(lat=28.5, lon=114.4, crs="mars"), "crs", "unknown_crs"),
        (line(lat=39.9, lon=116.4, crs="wgs84"), "lat", "outside_county"),
    ],
)
def test_a_bad_line_is_named_and_the_others_are_loaded(
    system: System, load: Callable[..., Loaded], bad: Any, field: str, code: str
) -> None:
    done = load(line(1), "", bad, line(3))
    assert faults(done) == [(3, field, code)]
    assert done.added == 2
    assert len(cases(system)) == 2
    assert done.problems[0].detail != code  # it is said in words


def test_a_gzip_file_is_known_by_its_content(system: System, tmp_path: Path) -> None:
    packed = past_file(tmp_path, line(1), name="past.gz")
    renamed = packed.rename(tmp_path / "past.ndjson")
    assert load_past_cases(system, renamed, OTHER).added == 1


def test_a_file_that_breaks_off_keeps_what_came_before(system: System, tmp_path: Path) -> None:
    path = past_file(tmp_path, *(line(n, text=f"{n}" * 3_000) for n in range(50)), name="past.gz")
    path.write_bytes(path.read_bytes()[:-40])
    done = load_past_cases(system, path, OTHER)
    assert done.problems[-1].code == "damaged_file"


def test_a_byte_order_mark_and_windows_line_ends_are_understood(
    system: System, tmp_path: Path
) -> None:
    text = "\r\n".join(json.dumps(line(n), ensure_ascii=False) for n in (1, 2))
    (tmp_path / "past.ndjson").write_bytes(b"\xef\xbb\xbf" + text.encode())
    done = load_past_cases(system, tmp_path / "past.ndjson", OTHER)
    assert (done.added, done.problems) == (2, ())


def test_a_time_without_offset_is_chinas(system: System, load: Callable[..., Loaded]) -> None:
    load(line(reported_at="2019-03-04 20:15:00"))
    assert cases(system)[0].reported_at.isoformat() == "2019-03-04T12:15:00+00:00"


def test_the_public_row_shows_redacted_text_and_no_author(
    system: System, load: Callable[..., Loaded]
) -> None:
    load(
        line(
            author="夜归人甲",
            text="请回电 １３８００００ ０００１ 或 0795-8721234。",
            reply="网友“夜归人甲”：你好，联系人王小明，手机13900000002。",
        )
    )
    while project_pending(system, local_feed(system)):
        pass
    rows, _ = public_cases(system, "2019-03")
    (row,) = rows
    shown = json.dumps(asdict(row), ensure_ascii=False, default=str)
    for secret in ("0001", "8721234", "13900000002", "夜归人甲"):
        assert secret not in shown
    assert "你好" in row.result
    assert row.clocks["resolution"].minutes == 36 * 60 + 45
    assert row.clocks["resolution"].on_time is None  # no deadline was ever promised


def test_nobody_is_told_today_of_what_was_settled_years_ago(
    system: System, load: Callable[..., Loaded]
) -> None:
    load(line(1), line(2, reply=None, replied_at=None))
    while project_pending(system, local_feed(system)):
        pass
    watch_deadlines(system)
    assert not [m for p in keys.outbox_partitions() for m in query_all(system.private, p)]
    assert not list(query_all(system.private, keys.FAILED))


def test_an_unanswered_case_waits_in_the_queue_under_todays_deadlines(
    system: System, load: Callable[..., Loaded]
) -> None:
    load(line(reply=None, replied_at=None))
    (case,) = cases(system)
    assert (case.stage, case.place_in_review) == ("reported", True)
    due = case.clocks["resolution"].due
    assert due is not None
    assert due > NOON
    queue = query_merged(system.private, keys.queue_partitions(system.programme.county.code))
    assert len(list(queue)) == 1


def test_a_deadline_that_the_data_names_is_kept(
    system: System, load: Callable[..., Loaded]
) -> None:
    load(line(due="2019-03-05T18:00:00+08:00"))
    clock = cases(system)[0].clocks["resolution"]
    assert clock.due is not None
    assert clock.met_at is not None
    assert clock.met_at > clock.due


def test_places_are_found_by_point_community_or_street(
    system: System, load: Callable[..., Loaded]
) -> None:
    programme = system.programme
    street = programme.streets[0]
    names = [area.name for area in programme.communities]
    community = next(area for area in programme.communities if names.count(area.name) == 1)
    station = programme.stations[0]
    done = load(
        line(1, street=street.name),
        line(2, community=community.name, street=community.code[:9]),
        line(3, community=community.code),
        line(4, lat=float(station.lat), lon=float(station.lon), crs="wgs84"),
        line(5),
    )
    assert done.problems == ()
    areas = sorted(case.area for case in cases(system))
    found = system.grid.find(float(station.lat), float(station.lon))
    expected = [street.code, community.code, community.code, programme.county.code]
    assert areas == sorted([*expected, found.code if found else programme.county.code])


def test_categories_come_from_the_line_the_names_or_the_rules(
    system: System, load: Callable[..., Loaded], tmp_path: Path
) -> None:
    (tmp_path / "mapping.yaml").write_text(
        "default: other\n"
        "names: {市政设施: street_lamp}\n"
        "rules:\n"
        "  - {category: manhole, keywords: [井盖, 窨井]}\n"
        "  - {category: street_lamp, pattern: '路灯.{0,4}不亮'}\n",
        encoding="utf-8",
    )
    mapping = load_category_mapping(tmp_path / "mapping.yaml", system.programme)
    done = load(
        line(1),
        line(2, title="井盖松动，路灯不亮"),
        line(3, title="别的", category="市政设施"),
        line(4, title="别的", category="other"),
        line(5, title="别的", category=system.programme.categories["manhole"].name),
        line(6, title="别的"),
        mapping=mapping,
    )
    assert done.by_category == {"manhole": 2, "other": 2, "street_lamp": 2}


def test_every_fault_of_a_mapping_is_listed_at_once(system: System, tmp_path: Path) -> None:
    (tmp_path / "mapping.yaml").write_text(
        "default: nonsense\n"
        "names: {旧名: nothing}\n"
        "rules:\n"
        "  - {category: manhole}\n"
        "  - {category: street_lamp, pattern: '('}\n",
        encoding="utf-8",
    )
    with pytest.raises(ProgrammeInvalid) as refused:
        load_category_mapping(tmp_path / "mapping.yaml", system.programme)
    assert [problem.line for problem in refused.value.problems] == [1, 2, 4, 5]


def test_without_the_category_other_a_mapping_is_needed(system: System) -> None:
    assert default_mapping(system.programme) == OTHER
    del system.programme.categories["other"]  # type: ignore[attr-defined]
    with pytest.raises(Invalid, match="mapping_needed"):
        default_mapping(system.programme)


def test_reindexing_writes_the_rows_that_are_missing_and_no_more(
    system: System, load: Callable[..., Loaded]
) -> None:
    from suishou.storage.table import Delete

    load(line(1, reply=None, replied_at=None), line(2))
    while project_pending(system, local_feed(system)):
        pass
    assert reindex(system) == (2, 0)
    queue = keys.queue_partitions(system.programme.county.code)
    (row,) = query_merged(system.private, queue)
    system.private.write([Delete(row.partition, row.sort)])
    assert reindex(system) == (2, 1)
    assert [item.sort for item in query_merged(system.private, queue)] == [row.sort]
