"""What came of a demonstration, asked for over HTTP, and where it differs from the script.

In: the cases played, the cast, the rebuild's entry. Out: a `DemoSummary`. Every figure in it is the
system's own answer; the script only says which stage each case should have reached.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from suishou.local.demo_case import DemonstrationCase
from suishou.local.demo_client import PREFIX, Visitor
from suishou.local.demo_people import Cast
from suishou.wording import stage_name


@dataclass(frozen=True)
class DemoSummary:
    """`stages` counts cases by stage; `points` were awarded, `points_spent` redeemed; `files` lie
    in the public folder, `pages` of them HTML; `differences` is empty when all went as the script
    says."""

    cases: int
    stages: Mapping[str, int]
    shown: int
    points: int
    points_spent: int
    messages: int
    pages: int
    files: int
    seconds: float
    differences: tuple[str, ...]

    @property
    def as_expected(self) -> bool:
        return not self.differences

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "as_expected": self.as_expected}

    def lines(self) -> Iterator[str]:
        """In words, for people."""
        stages = "，".join(f"{stage_name(s, 'zh')} {n}" for s, n in self.stages.items())
        yield f"事项 {self.cases} 件：{stages}"
        yield f"积分发放 {self.points} 分，兑换 {self.points_spent} 分；消息 {self.messages} 条"
        yield f"公开网站 {self.pages} 页（{self.files} 个文件），逐件公开 {self.shown} 件"
        yield f"用时 {self.seconds:.1f} 秒"
        for difference in self.differences:
            yield f"与预期不符：{difference}"


def summary(
    visitor: Visitor,
    cast: Cast,
    cases: Iterable[DemonstrationCase],
    *,
    rebuild: Mapping[str, Any],
    site: Path,
    messages: int,
    seconds: float,
) -> DemoSummary:
    """Looks at everything once more, from outside."""
    played = tuple(cases)
    found = {made.report.key: made.look() for made in played}
    differences = [word for made in played for word in _differences(made, found[made.report.key])]
    awarded = spent = 0
    for name, token in cast.riders.items():
        lines = list(_ledger(visitor, token))
        points = visitor.get(f"{PREFIX}/me", token).json["points"]
        if sum(line["points"] for line in lines) != points:
            differences.append(f"{name}：积分余额与明细不符")
        bought = [line["points"] for line in lines if line["rule"] == "redemption"]
        spent -= sum(bought)
        awarded += sum(line["points"] for line in lines) - sum(bought)
    if rebuild["status"] != "succeeded":
        differences.append(f"生成网站：{rebuild['status']} {rebuild['result']}")
    result = rebuild["result"] or {}
    stages = Counter(str(case["stage"]) for case in found.values())
    return DemoSummary(
        cases=len(found),
        stages=dict(sorted(stages.items(), key=lambda one: (-one[1], one[0]))),
        shown=int(result.get("shown", 0)),
        points=awarded,
        points_spent=spent,
        messages=messages,
        pages=sum(1 for _ in site.rglob("*.html")),
        files=int(result.get("files", 0)),
        seconds=seconds,
        differences=tuple(differences),
    )


def _differences(made: DemonstrationCase, case: Mapping[str, Any]) -> Iterator[str]:
    report = made.report
    for name, wanted in {"stage": report.ends, **report.expect}.items():
        if case[name] != wanted:
            yield f"{report.key}：{name} 应为 {wanted}，实为 {case[name]}"
    for name, least in report.at_least.items():
        if case[name] < least:
            yield f"{report.key}：{name} 至少 {least}，实为 {case[name]}"


def _ledger(visitor: Visitor, token: str) -> Iterator[Mapping[str, Any]]:
    cursor = ""
    while True:
        page = visitor.get(f"{PREFIX}/me/ledger?limit=100&cursor={cursor}", token).json
        yield from page["lines"]
        if not page["cursor"]:
            return
        cursor = page["cursor"]
