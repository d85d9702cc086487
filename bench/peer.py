"""The peer of `bench.build`: the same cases as Markdown, in a plain mkdocs-material project.

In: rows and a folder. Out: `mkdocs.yml` and `docs/`. Set up as somebody would who had read that
automatic navigation of many pages is slow: two entries in `nav`, cases outside it, search off.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from suishou.domain.programme import Programme
from suishou.domain.public_row import PublicRow

CASES_A_LIST = 100  # as many as on our own lists
CONFIGURATION = """\
site_name: 随手
theme:
  name: material
  language: zh
  font: false
plugins: []
nav:
  - 首页: index.md
  - 事项: list/1.md
not_in_nav: |
  /cases/*
  /list/*
markdown_extensions: [tables]
"""


def write_project(folder: Path, rows: Sequence[PublicRow], programme: Programme) -> None:
    """The whole project."""
    for name in ("cases", "list"):
        (folder / "docs" / name).mkdir(parents=True, exist_ok=True)
    (folder / "mkdocs.yml").write_text(CONFIGURATION, encoding="utf-8")
    home = f"# 已公示的事项\n\n共 {len(rows)} 件。[查看列表](list/1.md)\n"
    (folder / "docs" / "index.md").write_text(home, encoding="utf-8")
    write_cases(folder, rows, programme)
    count = -(-len(rows) // CASES_A_LIST)
    for number in range(count):
        part = rows[number * CASES_A_LIST : (number + 1) * CASES_A_LIST]
        lines = "".join(
            f"| [{row.title}](../cases/{row.id}.md) | {row.category} | {row.reported_on} |\n"
            for row in part
        )
        onward = f"[下一页]({number + 2}.md)\n" if number + 1 < count else ""
        text = (
            f"# 事项 第 {number + 1} 页\n\n| 标题 | 类别 | 日期 |\n|---|---|---|\n{lines}\n{onward}"
        )
        (folder / "docs" / "list" / f"{number + 1}.md").write_text(text, encoding="utf-8")


def write_cases(folder: Path, rows: Iterable[PublicRow], programme: Programme) -> None:
    """The pages of these cases alone."""
    for row in rows:
        path = folder / "docs" / "cases" / f"{row.id}.md"
        path.write_text(case_page(row, programme), encoding="utf-8")


def case_page(row: PublicRow, programme: Programme) -> str:
    """What our own page says of a case, as Markdown."""
    facts = (
        ("编号", row.id),
        ("类别", programme.categories[row.category].name),
        ("社区", programme.area_name(row.community)),
        ("主办", row.lead_unit),
        ("上报", row.reported_on),
        ("办结", row.closed_on),
    )
    table = "".join(f"| {name} | {value} |\n" for name, value in facts)
    steps = "".join(f"1. **{step.on}** {step.kind} {step.unit}\n" for step in row.timeline)
    return (
        f"---\ntitle: {row.title}\n---\n# {row.title}\n\n| 项目 | 内容 |\n|---|---|\n{table}\n"
        f"{row.text}\n\n## 处理过程\n\n{steps}\n## 结果\n\n{row.result}\n"
    )
