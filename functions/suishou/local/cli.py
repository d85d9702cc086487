"""The command line `suishou`: words in, one command done, an exit code out.

0 done; 1 failed, with a message; 2 wrong use. `--json` gives one JSON document on stdout, errors
included. What each command does stands in the `commands_*.py` beside this file.
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Callable, Sequence

from suishou.domain.display_name import DISPLAYS
from suishou.domain.errors import SuishouError
from suishou.local import commands_cases, commands_move, commands_people, commands_site
from suishou.local.console import Console

DONE, FAILED = 0, 1
PORT = 8000
DEMO_DATA = "demo-data"
Run = Callable[[argparse.Namespace, Console], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and answers its exit code (argparse exits with 2 by itself)."""
    arguments = parser().parse_args(argv)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    console = Console(machine=arguments.json)
    run: Run = arguments.run
    try:
        return run(arguments, console)
    except KeyboardInterrupt as stopped:
        console.progress_over()
        if run is commands_site.serve:
            return DONE  # that is how a server ends
        console.refuse(stopped)
        return FAILED
    except (SuishouError, OSError) as error:
        console.progress_over()
        console.refuse(error)
        return FAILED


def parser() -> argparse.ArgumentParser:
    """All commands with their arguments."""
    top = argparse.ArgumentParser(prog="suishou", description="随手：县域新就业群体上报系统")
    commands = top.add_subparsers(dest="command", required=True, metavar="命令")
    _site_commands(commands)
    _case_commands(commands)
    _move_commands(commands)
    _people_commands(commands, "rider", "上报人：add、list、revoke、renew")
    _people_commands(commands, "staff", "工作人员：add、list、revoke、renew")
    return top


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    run: Run,
    help_text: str,
    *,
    data: bool = True,
    stack: bool = False,
) -> argparse.ArgumentParser:
    made = commands.add_parser(name, help=help_text, description=help_text)
    made.set_defaults(run=run)
    made.add_argument("--json", action="store_true", help="输出一个 JSON 文档，供程序读取")
    if data:
        where = made.add_mutually_exclusive_group(required=True)
        where.add_argument("--data", metavar="DIR", help="数据文件夹")
        if stack:
            where.add_argument("--stack", metavar="NAME", help="AWS 堆栈")
        made.add_argument("--programme", metavar="NAME", help="项目名称，或项目文件夹")
    return made


def _site_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    made = _command(commands, "serve", commands_site.serve, "启动系统：接口、后台任务和公开网站")
    made.add_argument("--port", type=_port, default=PORT)
    made.add_argument("--host", default="127.0.0.1")
    made.add_argument("--site", metavar="DIR", help="公开网站的文件夹（默认：数据文件夹下的 site）")
    made = _command(commands, "demo", commands_site.demo, "用演示数据走完整个流程", data=False)
    made.add_argument("--data", default=DEMO_DATA, metavar="DIR", help="演示的数据文件夹，每次重建")
    made.add_argument("--programme", default="tonggu", metavar="NAME")
    made.add_argument("--port", type=_port, default=PORT)
    made.add_argument("--once", action="store_true", help="生成网站后结束，不继续运行")
    made = _command(commands, "build", commands_site.build, "生成公开网站")
    made.add_argument("--out", required=True, metavar="DIR", help="公开网站的文件夹")
    made.add_argument("--force", action="store_true", help="全部重新生成")
    made = _command(commands, "take-down", commands_site.take_down, "立即从公开网站撤下一个事项")
    made.add_argument("case", metavar="CASE")
    made.add_argument("--site", metavar="DIR")
    made.add_argument("--reason", required=True)
    made = _command(
        commands, "verify", commands_site.verify, "用公开数据重新算出网站上的每个数字", data=False
    )
    made.add_argument("site", metavar="DIR|URL", help="网站的文件夹或网址")
    made.add_argument("--pages-max", type=int, default=5_000, help="网址方式最多读多少页")
    made = _command(
        commands, "roll-back", commands_site.roll_back, "恢复上一次生成的公开网站", stack=True
    )
    made.add_argument("--site", metavar="DIR")


def _case_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    made = _command(commands, "load", commands_cases.load, "导入以往的事项（NDJSON，可为 .gz）")
    made.add_argument(
        "file",
        metavar="FILE",
        help="每行一个 JSON 对象：id、text、reported_at 必填；title、reply、replied_at、category、"
        "street、community、address、unit、author、due 可有可无",
    )
    made.add_argument("--mapping", metavar="YAML", help="类别对应表")
    made.add_argument("--dry-run", action="store_true", help="只检查，不写入")
    made = _command(
        commands,
        "reproject",
        commands_cases.reproject,
        "重做事项的公开数据、积分和通知",
        stack=True,
    )
    made.add_argument("case", metavar="CASE", nargs="?", help="不写则重做全部失败的事项")
    _command(commands, "reindex", commands_cases.reindex, "补写索引（升级后运行一次）", stack=True)
    made = _command(
        commands, "check-programme", commands_cases.check_programme, "检查项目文件夹", data=False
    )
    made.add_argument("name", metavar="NAME|DIR")


def _move_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    made = _command(
        commands, "export", commands_move.export, "导出全部数据，用于搬迁（含个人信息）", stack=True
    )
    made.add_argument("folder", metavar="FOLDER", help="导出到哪个空文件夹")
    made.add_argument("--private-table", metavar="TABLE", help="从备份恢复出来的表（配合 --stack）")
    made.add_argument("--public-table", metavar="TABLE", help="从备份恢复出来的表（配合 --stack）")
    made = _command(
        commands, "import", commands_move.import_, "导入搬来的全部数据，并核对", stack=True
    )
    made.add_argument("folder", metavar="FOLDER", help="export 得到的文件夹")


def _people_commands(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], who: str, help_text: str
) -> None:
    group = commands.add_parser(who, help=help_text, description=help_text)
    actions = group.add_subparsers(dest="action", required=True, metavar="操作")
    riders = who == "rider"
    add = commands_people.add_rider if riders else commands_people.add_staff
    made = _command(actions, "add", add, "登记，并给出登录凭证（只显示一次）", stack=True)
    made.add_argument("--name", required=True)
    made.add_argument("--key", default="", help="重复提交标识：同一标识只登记一次")
    made.add_argument("--demonstration", action="store_true", help="确认这是演示用的虚构人员")
    if riders:
        made.add_argument("--phone", default="")
        made.add_argument("--display", choices=DISPLAYS, default="masked", help="公开时怎样署名")
        made.add_argument("--alias", default="")
        made.add_argument("--consent", default="", help="本人同意的荣誉规则版本")
    else:
        made.add_argument(
            "--post", action="append", required=True, metavar="ROLE:SCOPE", help="岗位，可写多次"
        )
    everyone = commands_people.list_riders if riders else commands_people.list_staff
    _command(actions, "list", everyone, "列出全部", stack=True)
    for name, run, words in (
        ("revoke", commands_people.revoke, "停用登录凭证"),
        ("renew", commands_people.renew, "换发登录凭证，旧的同时失效"),
    ):
        made = _command(actions, name, run, words, stack=True)
        made.add_argument("id", metavar="ID")


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 65_535:
        raise ValueError(text)
    return number


if __name__ == "__main__":
    raise SystemExit(main())
