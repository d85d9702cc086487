"""Commands that move a programme between engines: export, import.

In: parsed arguments. Out: an exit code, and the counts and sums that were compared. Nobody may
write while either runs: an export that finds otherwise refuses.
"""

from __future__ import annotations

import time
from argparse import Namespace
from pathlib import Path
from typing import Any

from suishou import wiring
from suishou.local.console import Console
from suishou.local.open_system import opened
from suishou.services.move_data import SECRET, export_data, export_summary, import_data
from suishou.storage.data_folder import bring_secret

WORDS = {
    "private": "内部数据",
    "public": "公开数据",
    "photos-raw": "原始照片",
    "photos-public": "公开照片",
}


def export(arguments: Namespace, console: Console) -> int:
    """Everything into a folder that its owner alone may read."""
    folder = Path(arguments.folder).expanduser()
    with opened(arguments, create=False) as system:
        summary = export_data(wiring.stores(system), folder, int(time.time()), _told(console))
    console.progress_over()
    console.result(
        summary,
        *_lines("已导出", summary),
        f"{folder} 里有个人信息和系统密钥，请妥善保管，搬完后删除。",
    )
    return 0


def import_(arguments: Namespace, console: Console) -> int:
    """A folder's content into an empty system; repeat it after a failure."""
    folder = Path(arguments.folder).expanduser()
    export_summary(folder)
    if not arguments.stack:  # a stack's secret stands in SSM: docs/operations.md
        bring_secret(Path(arguments.data).expanduser(), (folder / SECRET).read_bytes())
    with opened(arguments, create=True) as system:
        summary = import_data(wiring.stores(system), folder, int(time.time()), _told(console))
    console.progress_over()
    console.result(
        summary,
        *_lines("已导入并核对一致", summary),
        "请启动系统：公开数据会重新核对一遍，随后生成网站。",
    )
    return 0


def _told(console: Console) -> Any:
    def tell(name: str, done: int) -> None:
        if done % 100 == 0:
            console.progress(WORDS[name], done)

    return tell


def _lines(what: str, summary: dict[str, Any]) -> list[str]:
    found = [f"{words} {summary[name]['count']} 条" for name, words in WORDS.items()]
    sums = [f"  {words}：{summary[name]['sum']}" for name, words in WORDS.items()]
    return [f"{what}：{'，'.join(found)}。", *sums]
