"""The command line: what it says, what it answers with, and that no user sees a traceback."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from suishou.local.cli import main
from suishou.services.identity import CASE_ID_CHARACTERS
from tests.services.past_lines import line, past_file

ROOT = Path(__file__).parents[2]
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Runs a command on the test's own data folder; answers exit code, stdout, stderr."""

    def command(*words: str, data: bool = True) -> tuple[int, str, str]:
        given = [*words, "--data", str(tmp_path / "data")] if data else list(words)
        try:
            code = main(given)
        except SystemExit as ended:
            code = int(ended.code or 0)
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return code, out, err

    return command


def enrol(run: Run, *more: str) -> dict[str, Any]:
    words = ("rider", "add", "--programme", "tonggu", "--name", "张三", "--demonstration", "--json")
    code, out, _ = run(*words, *more)
    assert code == 0
    return json.loads(out)


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["nonsense"],
        ["load"],
        ["rider"],
        ["rider", "add"],
        ["serve", "--data", "d", "--port", "99999"],
        ["take-down", "x", "--data", "d"],
    ],
)
def test_wrong_use_is_2(run: Run, words: list[str]) -> None:
    assert run(*words, data=False)[0] == 2


def test_help_is_0_and_lists_every_command(run: Run) -> None:
    code, out, _ = run("--help", data=False)
    assert code == 0
    for name in ("serve", "demo", "build", "load", "rider", "staff", "check-programme"):
        assert name in out
    for name in ("take-down", "roll-back", "reproject", "reindex"):
        assert name in out


def test_a_programme_is_found_by_name_and_by_folder(run: Run) -> None:
    for name in ("tonggu", str(ROOT / "programmes" / "tonggu")):
        code, out, _ = run("check-programme", name, "--json", data=False)
        assert (code, json.loads(out)["name"]) == (0, "tonggu")


def test_a_programme_with_faults_lists_them_all(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "broken"
    folder.mkdir()
    (folder / "programme.yaml").write_text("title: ''\nnonsense: 1\n", encoding="utf-8")
    code, out, _ = run("check-programme", str(folder), "--json", data=False)
    error = json.loads(out)["error"]
    assert (code, error["code"]) == (1, "programme_invalid")
    assert {"programme.yaml", "stations.csv"} <= {p["file"] for p in error["problems"]}
    code, _, err = run("check-programme", str(folder), data=False)
    assert code == 1
    assert "programme.yaml 第 2 行 nonsense" in err


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["check-programme", "nowhere"], "unknown_programme"),
        (["rider", "list", "--data", "nowhere"], "no_data_folder"),
        (["rider", "add", "--data", "nowhere", "--name", "张三"], "programme_needed"),
        (["build", "--data", "nowhere", "--out", "out"], "no_data_folder"),
        (["load", "absent.ndjson", "--data", "d", "--programme", "tonggu"], "file_error"),
    ],
)
def test_a_failure_has_a_stable_code_and_words(
    run: Run, words: list[str], code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    exit_code, out, _ = run(*words, "--json", data=False)
    assert (exit_code, json.loads(out)["error"]["code"]) == (1, code)
    exit_code, out, err = run(*words, data=False)
    assert (exit_code, out) == (1, "")
    assert err.startswith("未完成：")


def test_a_command_that_only_reads_makes_no_data_folder(run: Run, tmp_path: Path) -> None:
    run("rider", "list")
    assert not (tmp_path / "data").exists()


def test_a_rider_is_enrolled_listed_renewed_and_revoked(run: Run) -> None:
    made = enrol(run, "--phone", "13800000001", "--key", "k")
    assert enrol(run, "--phone", "13800000001", "--key", "k") == made
    code, out, _ = run("rider", "list", "--json")
    assert [rider["id"] for rider in json.loads(out)["riders"]] == [made["id"]]
    code, out, _ = run("rider", "renew", made["id"], "--json")
    assert json.loads(out)["token"] != made["token"]
    assert run("rider", "revoke", made["id"])[0] == 0
    code, out, _ = run("rider", "list")
    assert "已停用" in out
    assert code == 0


def test_a_demonstration_takes_nobody_without_saying_so(run: Run) -> None:
    code, _, err = run("rider", "add", "--programme", "tonggu", "--name", "张三")
    assert code == 1
    assert "演示" in err


def test_posts_are_given_by_code_or_by_name(run: Run) -> None:
    words = ("staff", "add", "--programme", "tonggu", "--name", "李四", "--demonstration", "--json")
    code, _, _ = run(*words, "--post", "department:县城市管理局", "--post", "admin:360926")
    assert code == 0
    _, out, _ = run("staff", "list", "--json")
    posts = json.loads(out)["staff"][0]["posts"]
    assert {"role": "department", "scope": "urban_management"} in posts
    for post in ("department", "mayor:360926", "department:nonsense"):
        code, out, _ = run(*words, "--post", post)
        assert code == 1
        assert json.loads(out)["error"]["field"].startswith("post")


def test_a_riders_command_leaves_staff_alone(run: Run) -> None:
    words = ("staff", "add", "--programme", "tonggu", "--name", "李四", "--demonstration", "--json")
    member = json.loads(run(*words, "--post", "admin:360926")[1])["id"]
    assert run("rider", "revoke", member)[0] == 1
    assert run("staff", "revoke", member)[0] == 0


def test_load_reports_bad_lines_and_loads_the_good_ones(run: Run, tmp_path: Path) -> None:
    path = past_file(tmp_path, line(1), "{", line(2, reported_at="gestern"))
    words = ("load", str(path), "--programme", "tonggu")
    code, out, _ = run(*words, "--dry-run", "--json")
    assert (code, json.loads(out)["added"]) == (1, 1)
    code, out, _ = run(*words)
    assert code == 1
    assert "past.ndjson 第 2 行" in out
    assert "past.ndjson 第 3 行 reported_at" in out
    code, out, _ = run(*words, "--json")
    assert (json.loads(out)["added"], json.loads(out)["already_there"]) == (0, 1)
    path = past_file(tmp_path, line(1))
    assert run("load", str(path))[0] == 0  # the folder remembers its programme


def test_a_loaded_case_is_built_taken_down_and_stays_down(run: Run, tmp_path: Path) -> None:
    site = tmp_path / "site"
    path = past_file(tmp_path, line(1), line(2, title="井盖松动"))
    assert run("load", str(path), "--programme", "tonggu")[0] == 0
    code, out, _ = run("build", "--out", str(site), "--json")
    built = json.loads(out)
    assert (code, built["status"], built["result"]["shown"]) == (0, "succeeded", 2)
    month = site / "cases" / "2019" / "03"
    pages = [page for page in month.glob("*.html") if len(page.stem) == CASE_ID_CHARACTERS]
    case_id = next(p.stem for p in pages if "井盖松动" in p.read_text(encoding="utf-8"))
    assert run("take-down", "nobody", "--site", str(site), "--reason", "x")[0] == 1
    for _ in range(2):
        words = ("take-down", case_id, "--site", str(site), "--reason", "当事人申请", "--json")
        code, out, _ = run(*words)
        assert (code, json.loads(out)["taken_down"]) == (0, True)
    assert run("build", "--out", str(site))[0] == 0
    assert run("roll-back", "--site", str(site))[0] == 0
    assert not [p for p in site.rglob("*") if p.is_file() and "井盖松动".encode() in p.read_bytes()]
    code, out, _ = run("reindex", "--json")
    assert (code, json.loads(out)["cases"]) == (0, 2)
    assert run("reproject")[0] == 0
    assert run("reproject", case_id)[0] == 0


def test_the_server_answers_and_ends_cleanly_when_told_to_stop(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ["serve", "--programme", "tonggu", "--data", str(tmp_path / "data")]
    path = os.pathsep.join([str(ROOT / "functions"), str(ROOT)])
    process = subprocess.Popen(
        [sys.executable, "-m", "suishou.local.cli", *words, "--port", str(port)],
        env={**os.environ, "PYTHONPATH": path},
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert _answer(f"http://127.0.0.1:{port}/api/v1/health", process) == 200
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 0, out
    assert "Traceback" not in out
    assert f"http://127.0.0.1:{port}/" in out


def test_a_port_that_is_taken_is_told(run: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        code, _, err = run("serve", "--programme", "tonggu", "--port", port)
    assert code == 1
    assert port in err


def _answer(address: str, process: subprocess.Popen[str]) -> int:
    """The status, as soon as anybody answers; gives up when the process has ended."""
    while process.poll() is None:
        try:
            return httpx.get(address, trust_env=False).status_code
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError(process.communicate()[0])
