"""The demonstration, played once over real HTTP on a free port, and looked at from outside."""

from __future__ import annotations

import io
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image

from suishou.domain.deadline import CHINA
from suishou.domain.programme import Programme
from suishou.local.demo import run_demo
from suishou.local.demo_calendar import DemonstrationCalendar
from suishou.local.demo_client import DemonstrationFailed
from suishou.local.demo_clock import TurnedClock
from suishou.local.demo_folder import MARK, fresh_folder
from suishou.local.demo_history import History
from suishou.local.demo_outcome import DemoSummary
from suishou.local.demo_photos import SCENES, draw_photo
from suishou.local.demo_script import FILE, Report, read_script
from suishou.local.site_work import build_site, default_site
from suishou.services.load_programme import load_programme
from suishou.services.work_calendar import work_calendar
from suishou.storage import private_keys, public_keys
from suishou.storage.table import query_all
from suishou.wiring import close, local_feed, local_system

ROOT = Path(__file__).parents[2]
TONGGU = ROOT / "programmes" / "tonggu"
SECONDS_MAX = 120  # for a busy machine; on an idle one the demonstration takes ten


@pytest.fixture(scope="module")
def programme() -> Programme:
    return load_programme(TONGGU)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, DemoSummary, list[str]]:
    """The data folder of one demonstration, its summary, and what it said."""
    data = tmp_path_factory.mktemp("demonstration") / "demo-data"
    said: list[str] = []
    made = run_demo(TONGGU, data, default_site(data), 0, True, said.append)
    return data, made, said


@pytest.fixture(scope="module")
def rows(played: tuple[Path, DemoSummary, list[str]]) -> Iterator[dict[str, Any]]:
    """Public rows by the key of their report in the script, found by their idempotency keys."""
    system = local_system(TONGGU, played[0])
    try:
        texts = {r.body["description"]: r.key for r in read_script(TONGGU).reports}
        found: dict[str, Any] = {}
        for partition in _cases(played[0]):
            text = system.private.get(partition, private_keys.TEXT)
            row = system.public.get(
                public_keys.public(partition.partition("#")[2]), public_keys.ROW
            )
            assert text is not None and row is not None
            found[texts[text.body["description"]]] = row.body
        yield found
    finally:
        close(system)


def _cases(data: Path) -> list[str]:
    with closing(sqlite3.connect(data / "private.sqlite3")) as connection:
        found = connection.execute("select distinct partition from items")
        return sorted(name for (name,) in found if str(name).startswith("CASE#"))


def test_everything_ends_as_the_script_says(
    played: tuple[Path, DemoSummary, list[str]],
) -> None:
    _, made, said = played
    assert made.differences == ()
    assert made.cases == len(read_script(TONGGU).reports) == sum(made.stages.values())
    assert made.points > 0 and made.points_spent > 0
    assert any("http://127.0.0.1:" in line for line in said)


SPECIAL = {
    "manhole-not-ours": ("closed", {"returned_count": 1, "lead_unit": "housing"}),
    "manhole-south-again": ("merged", {}),
    "no-evidence": ("rejected", {}),
    "overdue-escalated": ("accepted", {}),
    "reopened-by-reporter": ("closed", {"reopened_count": 1, "satisfied": True}),
    "reopened-still-working": ("accepted", {"reopened_count": 1, "satisfied": False}),
    "on-hold": ("on_hold", {}),
    "road-suggestion-extended": ("closed", {"extended_count": 1}),
    "withdrawn": ("withdrawn", {}),
    "transferred": ("transferred", {}),
    "verification-failed": ("closed", {"rework_count": 1}),
    "window-for-somebody": ("closed", {"source": "window"}),
    "gas-bridge": ("closed", {"urgency": "emergency"}),
    "dispute": ("closed", {"shown": False, "outcome": "settled"}),
    "wish-books": ("closed", {"shown": False}),
}


@pytest.mark.parametrize("key", SPECIAL)
def test_a_special_case_stands_where_it_should(key: str, rows: dict[str, Any]) -> None:
    stage, fields = SPECIAL[key]
    assert rows[key]["stage"] == stage
    assert {name: rows[key][name] for name in fields} == fields


def test_the_clock_of_the_history_is_real(rows: dict[str, Any]) -> None:
    emergency = rows["gas-bridge"]["clocks"]
    assert emergency["first_response"]["minutes"] <= 10
    assert emergency["resolution"]["on_time"] is True
    late = rows["overdue-escalated"]
    assert late["clocks"]["first_response"]["on_time"] is False
    assert late["escalation_level"] >= 1
    assert rows["manhole-south"]["duplicates"] == [rows["manhole-south-again"]["id"]]
    months = {row["month"] for row in rows.values()}
    assert len(months) >= 3


def test_satisfaction_has_both_kinds_of_answers(rows: dict[str, Any]) -> None:
    answers = [row["satisfied"] for row in rows.values()]
    assert {True, False, None} <= set(answers)


def test_every_page_says_that_these_are_demonstration_data(
    played: tuple[Path, DemoSummary, list[str]],
) -> None:
    pages = sorted(default_site(played[0]).rglob("*.html"))
    assert len(pages) == played[1].pages > 50
    assert [str(p) for p in pages if "演示数据" not in p.read_text(encoding="utf-8")] == []


def test_the_site_names_only_riders_who_agreed(
    played: tuple[Path, DemoSummary, list[str]],
) -> None:
    site = default_site(played[0])
    honours = (site / "honours.html").read_text(encoding="utf-8")
    for shown in ("小哥甲", "小**", "纸鹤路晚风", "公示中", "专职网格员"):
        assert shown in honours
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        for hidden in ("小哥乙", "小哥丁", "小哥戊", "小哥辛"):
            assert hidden not in text


def test_of_last_years_rounds_one_is_decided_and_one_on_notice(
    played: tuple[Path, DemoSummary, list[str]],
) -> None:
    system = local_system(TONGGU, played[0])
    try:
        rounds = [item.body for item in query_all(system.public, public_keys.HONOUR)]
        notices = [item.body for item in query_all(system.public, public_keys.NOTICE)]
        waiting = list(query_all(system.private, private_keys.WAITING))
    finally:
        close(system)
    script = read_script(TONGGU).rounds
    assert {body["rule"] for body in rounds} == {one.honour for one in script if one.decided}
    assert {body["rule"] for body in notices} == {one.honour for one in script if not one.decided}
    assert all(body["places"] and body["unnamed"] for body in (*rounds, *notices))
    assert len(waiting) == 1


def test_the_folder_it_leaves_can_be_built_again_with_nothing_to_write(
    played: tuple[Path, DemoSummary, list[str]],
) -> None:
    data, _, _ = played
    system = local_system(TONGGU, data)
    try:
        again = build_site(system, local_feed(system), default_site(data), data)
    finally:
        close(system)
    assert again.status == "succeeded"
    assert again.result is not None and again.result["files_written"] == 0


@contextmanager
def _started(data: Path, *more: str) -> Iterator[subprocess.Popen[str]]:
    words = ["demo", "--programme", "tonggu", "--port", str(_free_port()), "--data", str(data)]
    # A test in the background of a shell inherits «ignore SIGINT»; a person's terminal does not.
    code = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler);"
        "from suishou.local.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    paths = os.pathsep.join((str(ROOT / "functions"), str(ROOT)))
    process = subprocess.Popen(
        [sys.executable, "-c", code, *words, *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": paths},
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(SECONDS_MAX)
        if process.stdout:
            process.stdout.close()


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def _until_it_says(process: subprocess.Popen[str], words: str) -> None:
    assert process.stdout is not None
    ends = time.monotonic() + SECONDS_MAX
    for line in process.stdout:
        if words in line:
            return
        assert time.monotonic() < ends
    raise AssertionError(f"it never said {words}")


@pytest.mark.parametrize("moment", ["办理过程 200", "生成公开网站"])
def test_ctrl_c_at_any_moment_leaves_the_folder_usable(moment: str, tmp_path: Path) -> None:
    data = tmp_path / "demo-data"
    with _started(data, "--once") as process:
        _until_it_says(process, moment)
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=SECONDS_MAX)
        assert process.returncode == 1, output
        assert "Traceback" not in output
    system = local_system(TONGGU, data)
    try:
        built = build_site(system, local_feed(system), default_site(data), data)
        if built.status == "waiting":  # the lease of the build that was cut off still runs
            assert moment == "生成公开网站"
            return
        assert built.status == "succeeded"
        assert built.result is not None and built.result["cases"] == len(_cases(data)) > 0
    finally:
        close(system)
    assert (default_site(data) / "index.html").is_file()


def test_a_real_data_folder_is_never_touched(tmp_path: Path) -> None:
    real = tmp_path / "data"
    close(local_system(TONGGU, real))
    before = sorted(path.name for path in real.iterdir())
    with pytest.raises(DemonstrationFailed):
        run_demo(TONGGU, real, default_site(real), 0, True, lambda line: None)
    assert sorted(path.name for path in real.iterdir()) == before


def test_only_what_a_demonstration_made_is_removed(tmp_path: Path) -> None:
    data = tmp_path / "demo-data"
    with fresh_folder(data):
        (data / "private.sqlite3").write_bytes(b"old")
        (data / "notes.txt").write_text("mine", encoding="utf-8")
    with fresh_folder(data):
        assert sorted(path.name for path in data.iterdir()) == sorted((MARK, "notes.txt"))


def test_two_demonstrations_do_not_share_a_folder(tmp_path: Path) -> None:
    data = tmp_path / "demo-data"
    with fresh_folder(data), pytest.raises(DemonstrationFailed), fresh_folder(data):
        pass


def test_a_programme_without_a_script_says_so(tmp_path: Path) -> None:
    with pytest.raises(DemonstrationFailed, match=FILE):
        read_script(tmp_path)


def test_every_photo_is_its_own_and_shows_the_mark() -> None:
    photos = {
        (shows, seed, after): draw_photo(shows, seed, after=after)
        for shows in SCENES
        for seed in ("a", "b")
        for after in (False, True)
    }
    assert len(set(photos.values())) == len(photos)
    assert draw_photo("manhole", "a", after=False) == photos["manhole", "a", False]
    corners = set()
    for photo in photos.values():
        with Image.open(io.BytesIO(photo)) as image:
            wide, high = image.size
            corner = image.convert("L").crop((wide - 250, high - 90, wide, high))
            # White strokes on a dark strip: the same mark on every photo.
            bright = corner.point(lambda value: 255 * (value > 128)).histogram()[255]
            corners.add(round(bright / 1000))
    assert len(corners) == 1 and corners.pop() > 2


@pytest.mark.parametrize("days", range(0, 800, 9))
def test_the_history_fits_before_any_day_of_the_year(days: int, programme: Programme) -> None:
    now = datetime(2025, 11, 3, 7, 0, tzinfo=CHINA) + timedelta(days=days)
    calendar = DemonstrationCalendar(work_calendar(programme), now)
    nobody: Any = SimpleNamespace(visitor=None)
    history = History(nobody, nobody, calendar, lambda: None)
    history.prepare(read_script(TONGGU))
    assert len(history.cases) == len(read_script(TONGGU).reports)
    recent = [calendar.begin(r.begin) for r in read_script(TONGGU).reports if r.begin.workdays_ago]
    assert now - timedelta(days=80) < min(recent) < max(recent) < now


def test_a_clock_that_was_turned_never_goes_back() -> None:
    clock = TurnedClock(datetime(2026, 1, 5, tzinfo=UTC))
    clock.turn_to(datetime(2026, 1, 6, tzinfo=UTC))
    with pytest.raises(ValueError, match="back"):
        clock.turn_to(datetime(2026, 1, 5, tzinfo=UTC))
    clock.let_go()
    assert abs(clock() - datetime.now(UTC)) < timedelta(minutes=1)


def test_the_script_keeps_the_programmes_own_words(programme: Programme) -> None:
    script = read_script(TONGGU)
    assert {r.body["category"] for r in script.reports} <= set(programme.categories)
    named = {"manhole", "fire_lane", "wires", "obstruction", "street_lamp", "gas_smell"}
    assert named <= {r.body["category"] for r in script.reports}
    assert {r.send for r in script.reports} == {"json", "form", "multipart"}
    assert all(_fits(r, programme) for r in script.reports)


def _fits(report: Report, programme: Programme) -> bool:
    units = (report.expect.get("lead_unit"), *(s.fields.get("lead_unit") for s in report.steps))
    return all(unit is None or unit in programme.units for unit in units)
