"""The history of the rules: days and subjects from git, silence where there is none."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from build_scripts import rules_history as module
from build_scripts.pages_fixed import write_fixed
from build_scripts.pages_writer import PageWriter
from build_scripts.rules_history import RuleChange, RulesHistory, rules_history
from build_scripts.site import build_shells
from build_scripts.site_shell import Shells
from suishou.domain.programme import Programme
from tests.build.fabricated import PROJECT, programme


def git(folder: Path, *arguments: str, day: str = "2026-03-01") -> None:
    settings = ["-c", "user.name=n", "-c", "user.email=e@example.org", "-c", "commit.gpgsign=false"]
    dates = {"GIT_AUTHOR_DATE": f"{day}T09:00:00+08:00", "GIT_COMMITTER_DATE": f"{day}T09:00+08:00"}
    here = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null", "HOME": "/"}
    subprocess.run(
        ["/usr/bin/env", "git", *settings, *arguments],
        cwd=folder, check=True, capture_output=True, env={**dates, **here, "PATH": "/usr/bin:/bin"},
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A programme with three commits, the second of which is another file's."""
    made = tmp_path / "checkout" / "programmes" / "county"
    made.mkdir(parents=True)
    git(tmp_path / "checkout", "init", "-q")
    for number, (file, day) in enumerate(
        [("programme.yaml", "2026-03-01"), ("rewards.csv", "2026-03-02"),
         ("programme.yaml", "2026-03-03")]
    ):  # fmt: skip
        (made / file).write_text(f"number: {number}\n")
        git(made, "add", ".")
        git(made, "commit", "-qm", f"<b>改动 {number}</b>\n\nmore", day=day)
    return made


def test_the_changes_of_the_main_file_newest_first(folder: Path) -> None:
    found = rules_history(folder)
    changes = (
        RuleChange("2026-03-03", "<b>改动 2</b>"),
        RuleChange("2026-03-01", "<b>改动 0</b>"),
    )
    assert found == RulesHistory(changes, more=False)
    assert rules_history(folder) == found


def test_a_service_that_does_not_own_the_checkout_tells_it_too(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = rules_history(folder)
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    assert found is not None and rules_history(folder) == found


def test_a_renamed_folder_keeps_its_history(folder: Path) -> None:
    git(folder, "mv", "../county", "../town")
    git(folder.parent, "commit", "-qm", "renamed", day="2026-03-04")
    found = rules_history(folder.parent / "town")
    assert found is not None
    assert [change.on for change in found.changes] == ["2026-03-04", "2026-03-03", "2026-03-01"]


def test_a_long_history_is_cut_and_says_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHANGES_MAX", 1)
    assert rules_history(folder) == RulesHistory((RuleChange("2026-03-03", "<b>改动 2</b>"),), True)


def test_without_a_checkout_or_in_a_shallow_one_nothing_is_said(
    folder: Path, tmp_path: Path
) -> None:
    plain = tmp_path / "plain"
    plain.mkdir()
    assert rules_history(plain) is None
    (plain / "programme.yaml").write_text("a: 1\n")
    assert rules_history(plain) is None
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{tmp_path}/checkout", "shallow")
    assert rules_history(tmp_path / "shallow" / "programmes" / "county") is None


def test_without_git_nothing_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert rules_history(folder) is None


@pytest.fixture(scope="module")
def within() -> Programme:
    return programme()


@pytest.fixture(scope="module")
def shells(within: Programme, tmp_path_factory: pytest.TempPathFactory) -> Shells:
    return build_shells(within, PROJECT / "site_src", tmp_path_factory.mktemp("frame"))


@pytest.mark.parametrize(
    ("history", "words"),
    [
        (None, "查不到规则以前的修改"),
        (RulesHistory((RuleChange("2026-03-03", "<b>短</b>"),), False), "&lt;b&gt;短&lt;/b&gt;"),
        (RulesHistory((RuleChange("2026-03-03", "短"),), True), "只列最近 1 次"),
    ],
)
def test_the_rules_page_tells_its_history_or_that_there_is_none(
    within: Programme, shells: Shells, history: RulesHistory | None, words: str
) -> None:
    files: dict[str, bytes] = {}
    write_fixed(PageWriter(within, shells, files.__setitem__), history)
    assert words in files["rules.html"].decode()
