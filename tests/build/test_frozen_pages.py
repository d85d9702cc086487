"""A finished month's figures stand on every page; what changed since is published as a correction,
and `suishou verify` finds whoever alters either."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from build_scripts.site_shell import Shells
from build_scripts.verify_site import site_at, verify
from suishou.domain.errors import Conflict
from suishou.domain.public_row import PublicRow
from suishou.services.frozen_journal import frozen_months
from suishou.services.system import System
from tests.build.fabricated import case_id, public_row
from tests.build.test_open_data import rows_of, shells, within
from tests.build.tiny_site import county, framed_build, put, tree

__all__ = ["shells", "within"]
Rebuild = Callable[..., Any]


@pytest.fixture
def system(tmp_path: Path) -> System:
    """90 cases of April and May, and one of late June, which makes April and May finished."""
    system = county(tmp_path)
    put(system, *rows_of(system.programme), public_row(95, system.programme, "2026-06"))
    return system


@pytest.fixture
def rebuild(system: System, shells: Shells, tmp_path: Path) -> Rebuild:
    def built(out: str = "site", work: str = "work") -> Path:
        return framed_build(system, tmp_path, shells, out, work)

    return built


def closed_in_april(system: System) -> PublicRow:
    return next(
        row
        for row in rows_of(system.programme)
        if row.month == "2026-04" and row.stage == "closed" and row.shown and row.community
    )


def reopened(row: PublicRow) -> PublicRow:
    """A case closed in April that its reporter had reopened in June."""
    return replace(
        row,
        stage="reopened",
        closed_on="",
        resolved_on="",
        outcome="",
        satisfied=None,
        reopened_count=1,
        changed_on="2026-06-25",
        shown=False,
        title="",
        text="",
        result="",
        timeline=(),
        photos_before=(),
        photos_after=(),
        version=row.version + 1,
    )


def closings_row(site: Path, month: str) -> str:
    page = (site / "statistics.html").read_text(encoding="utf-8")
    section = page[page.index('id="closings"') :]
    (row,) = (row for row in section.split("<tr>") if row.startswith(f'<th scope="row">{month}'))
    return row


def test_a_finished_month_is_frozen_and_says_since_when(rebuild: Rebuild, system: System) -> None:
    site = rebuild()
    day = frozen_months(system.public)["2026-04"].entries[0].on
    row = closings_row(site, "2026年4月")
    assert f'data-frozen="{day}"' in row
    assert "冻结于2026年" in row
    page = (site / "statistics.html").read_text(encoding="utf-8")
    assert 'data-scope="month=2026-06">' in page
    assert (site / "data/frozen/2026-04.csv").exists()
    assert not (site / "data/frozen/2026-06.csv").exists()
    found = verify(site_at(str(site)))
    assert found.agrees, (found.data, found.figures)


def test_a_later_change_is_a_correction_and_the_frozen_figure_stands(
    rebuild: Rebuild, system: System
) -> None:
    before = closings_row(rebuild(), "2026年4月")
    put(system, reopened(closed_in_april(system)))
    site = rebuild()
    after = closings_row(site, "2026年4月")
    closed = re.compile(r'data-scope="closed_month=2026-04" data-frozen="[\d-]+">(\d+)</data>')
    was, stands = closed.search(before), closed.search(after)
    assert was and stands and was[1] == stands[1]
    assert "已更正为" in after
    page = (site / "corrections.html").read_text(encoding="utf-8")
    assert "结案后重办" in page
    assert case_id(0) not in page
    english = (site / "en/corrections.html").read_text(encoding="utf-8")
    assert "reopened after closing" in english
    lines = (site / "data/corrections.csv").read_text(encoding="utf-8-sig").splitlines()
    assert any(f",closed,{was[1]},,,{int(was[1]) - 1},,,reopened" in line for line in lines)
    found = verify(site_at(str(site)))
    assert found.agrees, (found.data, found.figures)


@pytest.mark.parametrize("pages", ["cases/2026/04/index.html", "notice-board/2026-04/[0-9]*.html"])
def test_the_month_s_own_pages_show_what_was_frozen_and_its_correction(
    rebuild: Rebuild, system: System, pages: str
) -> None:
    closed = re.compile(r'data-scope="closed_month=2026-04" data-frozen="[\d-]+">(\d+)</data>')

    def said(site: Path) -> dict[str, tuple[str, bool]]:
        texts = {path.name: path.read_text(encoding="utf-8") for path in site.glob(pages)}
        return {
            name: (found[1], "已更正为" in text)
            for name, text in texts.items()
            if (found := closed.search(text))
        }

    before = said(rebuild())
    put(system, reopened(closed_in_april(system)))
    after = said(rebuild())
    assert before and not any(corrected for _, corrected in before.values())
    # A board whose only case was reopened is gone; the others say the frozen figure, corrected.
    assert after and all(after[name] == (before[name][0], True) for name in after)


def test_the_same_rows_and_journal_give_the_same_bytes(rebuild: Rebuild, system: System) -> None:
    rebuild()
    put(system, reopened(closed_in_april(system)))
    again, fresh = tree(rebuild()), tree(rebuild("fresh", "fresh-work"))
    assert again == fresh
    assert tree(rebuild()) == again
    assert len(frozen_months(system.public)["2026-04"].entries) == 2


@pytest.mark.parametrize(
    ("path", "pattern", "new"),
    [
        ("data/frozen/2026-04.csv", r"(closed_month=2026-04,closed,)(\d+)", r"\g<1>99"),
        ("data/corrections.csv", r"(,closed,\d+,,,)(\d+)", r"\g<1>99"),
        ("data/corrections.csv", r"2026-04,1,[^\r]*,closed,[^\r]*\r\n", ""),
        ("statistics.html", r"(2026-04\" data-frozen=\"2026-)\d\d", r"\g<1>01"),
        ("statistics.html", r"(closed_month=2026-04\" data-frozen=\"[\d-]+\">)\d+<", r"\g<1>99<"),
    ],
    ids=["frozen", "correction", "correction gone", "day", "printed"],
)
def test_whoever_alters_a_frozen_figure_or_a_correction_is_found(
    rebuild: Rebuild, system: System, path: str, pattern: str, new: str
) -> None:
    rebuild()
    put(system, reopened(closed_in_april(system)))
    site = rebuild()
    text = (site / path).read_bytes().decode()
    altered, count = re.subn(pattern, new, text, count=1)
    assert count == 1
    (site / path).unlink()  # the file is a link into what is kept
    (site / path).write_bytes(altered.encode())
    found = verify(site_at(str(site)))
    assert "2026-04" in str((found.data, found.figures))


def test_a_builder_that_comes_second_publishes_nothing(
    rebuild: Rebuild, system: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tree(rebuild())
    stale = frozen_months(system.public)
    put(system, reopened(closed_in_april(system)))
    rebuild("others", "others-work")
    closed = [r for r in rows_of(system.programme) if r.month == "2026-04" and r.stage == "closed"]
    put(system, reopened(closed[-1]))
    monkeypatch.setattr("build_scripts.freeze.frozen_months", lambda public: stale)
    with pytest.raises(Conflict):
        rebuild()
    assert tree(tmp_path / "site") == before
    assert len(frozen_months(system.public)["2026-04"].entries) == 2
