"""The function `nightly` and the project of CodeBuild: what they ask for, and when they fail."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from suishou.handlers import nightly
from suishou.services.rebuild import rebuild_wanted, rebuilds
from suishou.services.site_build import SiteBuild
from suishou.services.system import System

FAILED = {"build": 3, "status": "failed"}
DONE = {"build": 3, "status": "succeeded", "put": 1, "removed": 0}


class Work:
    """Stands in for the work on the site."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self.answer, self.given = answer, []

    def __call__(self, given: SiteBuild) -> dict[str, Any]:
        self.given.append(given)
        return self.answer


@pytest.fixture
def site(system: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SiteBuild:
    made = SiteBuild(system, None, "site", "kept", tmp_path, 1, hand_over=lambda number: None)
    monkeypatch.setattr(nightly, "site_build", lambda: made)
    return made


def work(monkeypatch: pytest.MonkeyPatch, answer: dict[str, Any]) -> Work:
    made = Work(answer)
    monkeypatch.setattr(nightly, "bring_up_to_date", made)
    return made


def test_the_night_wishes_for_a_build_and_the_look_every_five_minutes_does_not(
    site: SiteBuild, monkeypatch: pytest.MonkeyPatch
) -> None:
    work(monkeypatch, DONE)
    assert nightly.handler({}, None) == DONE
    assert not rebuild_wanted(site.system)
    assert nightly.handler({"wish": True}, None) == DONE
    assert rebuild_wanted(site.system) and rebuilds(site.system)[0].by == "schedule"


def test_a_build_that_is_not_fit_rings_the_alarm_of_whoever_made_it(
    site: SiteBuild, monkeypatch: pytest.MonkeyPatch
) -> None:
    work(monkeypatch, FAILED)
    with pytest.raises(nightly.NotFit, match="build 3"):
        nightly.handler({}, None)
    assert nightly.main() == 1


def test_the_project_hands_nothing_over(
    site: SiteBuild, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    done = work(monkeypatch, DONE)
    assert nightly.main() == 0
    assert [given.hand_over for given in done.given] == [None]
    assert '"succeeded"' in capsys.readouterr().out
