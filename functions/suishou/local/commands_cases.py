"""Commands about cases and their store: load, reproject, reindex, check-programme.

In: parsed arguments. Out: an exit code: 1 when a line of the file could not be loaded, a case could
not be worked, or the programme has faults.
"""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from suishou import wiring
from suishou.domain.errors import SuishouError
from suishou.local.console import Console, problem_document
from suishou.local.open_system import opened, programme_folder
from suishou.local.site_work import project_all
from suishou.services.category_mapping import default_mapping, load_category_mapping
from suishou.services.load_past_cases import load_past_cases
from suishou.services.load_programme import load_programme
from suishou.services.project_case import reproject as project_again
from suishou.services.reindex import reindex as index_again
from suishou.storage import private_keys
from suishou.storage.table import query_all

ASSUMED_SHOWN_MAX = 20
PROBLEMS_SHOWN_MAX = 50  # for people; `--json` has them all


def load(arguments: Namespace, console: Console) -> int:
    """Loads past cases; good lines are loaded whatever is wrong with others."""
    with opened(arguments, create=True) as system:
        programme = system.programme
        mapping = (
            load_category_mapping(Path(arguments.mapping), programme)
            if arguments.mapping
            else default_mapping(programme)
        )
        done = load_past_cases(
            system,
            Path(arguments.file),
            mapping,
            dry_run=arguments.dry_run,
            progress=lambda lines: console.progress("已读行数", lines),
        )
        if not arguments.dry_run:
            feed = wiring.local_feed(system)
            project_all(system, feed, lambda cases: console.progress("更新公开数据", cases))
        console.progress_over()
    document = {
        "dry_run": arguments.dry_run,
        "added": done.added,
        "already_there": done.already_there,
        "by_category": dict(done.by_category),
        "problems": [problem_document(problem) for problem in done.problems],
    }
    verb = "可导入（试运行，没有写入）" if arguments.dry_run else "已导入"
    lines = [
        f"{verb} {done.added} 件；已有 {done.already_there} 件；有误 {len(done.problems)} 行。"
    ]
    lines += [f"  {programme.categories[code].name} {n} 件" for code, n in done.by_category.items()]
    shown = document["problems"][:PROBLEMS_SHOWN_MAX]
    lines += [f"  {problem['place']}：{problem['message']}" for problem in shown]
    if len(done.problems) > len(shown):
        lines.append(f"  另有 {len(done.problems) - len(shown)} 行有误，用 --json 可列出全部。")
    console.result(document, *lines)
    return 1 if done.problems else 0


def reproject(arguments: Namespace, console: Console) -> int:
    """Works one case again, or every case that failed."""
    failed: dict[str, str] = {}
    with opened(arguments, create=False) as system:
        marks = query_all(system.private, private_keys.FAILED)
        cases = [arguments.case] if arguments.case else [mark.sort for mark in marks]
        for case_id in cases:
            try:
                project_again(system, case_id)
            except SuishouError as error:
                if arguments.case:
                    raise
                failed[case_id] = type(error).__name__
    document = {"worked": len(cases) - len(failed), "failed": failed}
    lines = [f"  {case_id}：{kind}" for case_id, kind in failed.items()]
    console.result(document, f"已重做 {document['worked']} 件，失败 {len(failed)} 件。", *lines)
    return 1 if failed else 0


def reindex(arguments: Namespace, console: Console) -> int:
    """Writes the index rows that cases lack, after an update that brought a new list."""
    with opened(arguments, create=False) as system:
        cases, rows = index_again(system, lambda done: console.progress("事项", done))
        console.progress_over()
    console.result({"cases": cases, "rows": rows}, f"{cases} 个事项，补写 {rows} 条索引。")
    return 0


def check_programme(arguments: Namespace, console: Console) -> int:
    """Validates a programme folder whole; every fault at once."""
    programme = load_programme(programme_folder(arguments.name))
    document = {
        "name": programme.name,
        "title": programme.title,
        "areas": len(programme.areas),
        "categories": len(programme.categories),
        "stations": len(programme.stations),
        "rewards": len(programme.rewards),
        "demonstration": programme.demonstration,
        "assumed": list(programme.assumed),
    }
    lines = [
        f"{programme.title}（{programme.name}）没有问题。",
        f"区域 {len(programme.areas)}，类别 {len(programme.categories)}，"
        f"驿站 {len(programme.stations)}，兑换项目 {len(programme.rewards)}。",
    ]
    if programme.assumed:
        lines.append(f"有 {len(programme.assumed)} 处是暂定值，上线前请核实：")
        lines += [f"  {place}" for place in programme.assumed[:ASSUMED_SHOWN_MAX]]
    if len(programme.assumed) > ASSUMED_SHOWN_MAX:
        lines.append("  ……（用 --json 可列出全部）")
    console.result(document, *lines)
    return 0
