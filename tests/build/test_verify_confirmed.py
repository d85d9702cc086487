"""What a build need not recompute: claims about months whose data are the same since."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from build_scripts import verify_build
from build_scripts.build import build
from build_scripts.check import CheckFailed
from build_scripts.pages import render_pages
from build_scripts.site_data import SiteData
from build_scripts.verify_confirmed import ANY, Claim, decided_by, touched_by, wrong_claims
from build_scripts.verify_figures import Recomputation
from build_scripts.verify_tables import open_tables
from tests.build import fabricated, tiny_site


def claim(said: str, looked: list[str], wrong: bool = False) -> Claim[str]:
    def look() -> str | None:
        looked.append(said)
        return said if wrong else None

    return Claim(said, look)


@pytest.mark.parametrize(
    ("scope", "month"),
    [
        ("month=2026-05", "month=2026-05"),
        ("month=2026-05;street=360926100", "month=2026-05"),
        ("closed_month=2026-05;unit=police", "closed_month=2026-05"),
        ("", ANY),
        ("street=360926100", ANY),
        ("month=2026-01..2026-05", ANY),
        ("month=2026-01,2026-02", ANY),
        ("month=2026-01;closed_month=2026-02", ANY),
    ],
)
def test_one_month_decides_or_none(scope: str, month: str) -> None:
    assert decided_by(scope) == month


def test_the_same_words_over_the_same_data_are_looked_at_once() -> None:
    tables, looked = open_tables(), list[str]()

    def said(*words: str) -> list[str]:
        looked.clear()
        made = {"month=2026-05": [claim(word, looked) for word in words], ANY: [claim("x", looked)]}
        assert list(wrong_claims(tables, made)) == []
        return sorted(looked)

    assert said("a", "b") == ["a", "b", "x"]
    assert said("b", "a") == ["x"]  # in another order, on other pages
    assert said("a", "c") == ["a", "c", "x"]
    touched_by(tables, "2026-05")
    assert said("a", "c") == ["a", "c", "x"]


def test_what_was_wrong_is_looked_at_again() -> None:
    tables, looked = open_tables(), list[str]()
    made = {"month=2026-05": [claim("a", looked, wrong=True)]}
    assert list(wrong_claims(tables, made)) == ["a"]
    assert list(wrong_claims(tables, made)) == ["a"]


def test_a_month_touches_those_in_which_its_cases_were_closed() -> None:
    tables = open_tables()
    tables.execute("INSERT INTO measures (month, closed_month) VALUES ('2026-04', '2026-06')")
    for month in ("month=2026-04", "closed_month=2026-06", "closed_month=2026-05"):
        assert not list(wrong_claims(tables, {month: [claim("a", [])]}))
    touched_by(tables, "2026-04")
    left = [month for (month,) in tables.execute("SELECT month FROM confirmed")]
    assert left == ["closed_month=2026-05"]


@pytest.fixture
def recounted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The scopes that builds in this process recompute."""
    scopes: list[str] = []
    made = Recomputation.difference

    def noted(self: Recomputation, stated: verify_build.Stated) -> object:
        scopes.append(stated.scope)
        return made(self, stated)

    monkeypatch.setattr(Recomputation, "difference", noted)
    yield scopes


def nights(folder: Path, months: int, recounted: list[str]) -> list[set[str]]:
    """The months that each of three nights recomputes, of a county of so many; each night one case
    of the newest month changes."""
    system = tiny_site.county(folder)
    names = [f"{2024 + m // 12}-{m % 12 + 1:02}" for m in range(months)]
    rows = [fabricated.public_row(n, system.programme, name) for n, name in enumerate(names * 3)]
    tiny_site.put(system, *rows)
    build(system, folder / "site", folder / "work", processes=1)
    found = []
    for night in range(3):
        newest = [n for n, row in enumerate(rows) if row.month == names[-1]][night]
        changed = fabricated.public_row(newest, system.programme, names[-1], title=f"夜{night}")
        tiny_site.put(system, changed)
        recounted.clear()
        build(system, folder / "site", folder / "work", processes=1)
        found.append({decided_by(scope) for scope in recounted} - {ANY})
    return found


def test_a_night_recomputes_the_months_it_touches_and_no_more_on_an_old_site(
    tmp_path: Path, recounted: list[str]
) -> None:
    young = nights(tmp_path / "young", 4, recounted)
    old = nights(tmp_path / "old", 16, recounted)
    assert "month=2024-04" in young[2] and "month=2025-04" in old[2]
    assert len(old[2]) <= len(young[2])


def test_a_wrong_figure_of_an_old_month_is_found_on_any_night(tmp_path: Path) -> None:
    system = tiny_site.county(tmp_path)
    rows = [fabricated.public_row(n, system.programme, f"2026-0{n % 4 + 1}") for n in range(24)]
    tiny_site.put(system, *rows)
    for _ in range(2):
        build(system, tmp_path / "site", tmp_path / "work", processes=1)

    def forged(data: SiteData, shells: object, write: object) -> None:
        def wrong(path: str, content: bytes) -> None:
            if path == "statistics.html":
                text = content.decode()
                at = text.index('data-scope="month=2026-01"')
                start = text.rindex('value="', 0, at)
                text = f'{text[:start]}value="9{text[start + 7 :]}'
                content = text.encode()
            write(path, content)  # type: ignore[operator]

        render_pages(data, shells, wrong)  # type: ignore[arg-type]

    tiny_site.put(system, fabricated.public_row(3, system.programme, "2026-04", title="改"))
    with pytest.raises(CheckFailed, match="month=2026-01"):
        build(system, tmp_path / "site", tmp_path / "work", render=forged, processes=1)
