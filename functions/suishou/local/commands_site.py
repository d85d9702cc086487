"""Commands that serve and make the public site: serve, build, take-down, roll-back, demo.

In: parsed arguments and a console. Out: an exit code. What they do is `site_work.py`'s.
"""

from __future__ import annotations

import hashlib
import signal
import socket
import tempfile
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from suishou import wiring
from suishou.local.console import Console
from suishou.local.open_system import opened, programme_folder, stack_programme
from suishou.local.site_work import build_site, builder, default_site, project_all, taker_down
from suishou.services.advance_case import advance_case
from suishou.services.case_store import get_case
from suishou.services.people import operator
from suishou.services.project_case import project_case
from suishou.services.rebuild import want_rebuild

if TYPE_CHECKING:
    from build_scripts.publish import Published

STEP_WORDS = {
    "snapshot": "公开数据",
    "measures": "指标",
    "frame": "页面框架",
    "pages": "页面",
    "check": "检查",
    "publish": "发布",
    "tidy": "整理",
}


def serve(arguments: Namespace, console: Console) -> int:
    """The whole system in one process, until Ctrl-C or SIGTERM."""
    from suishou.local.serve import serve as serve_forever
    from suishou.local.workers import Workers

    data = Path(arguments.data).expanduser()
    site = _site(arguments)
    _check_port(arguments.host, arguments.port)
    with opened(arguments, create=True) as system:
        if not (site / "index.html").is_file():
            want_rebuild(system, operator(system).id)
        workers = Workers(
            system,
            wiring.local_feed(system),
            taker_down(system, site),
            builder(system, site, data),
            lambda: want_rebuild(system, "schedule"),
        )
        # Told to stop by a service manager, the server ends as after Ctrl-C: workers first.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        console.say(f"{system.programme.title}：http://{arguments.host}:{arguments.port}/")
        console.say("按 Ctrl-C 停止；数据随时完整。")
        serve_forever(system, site, arguments.port, workers, arguments.host)
    return 0


def demo(arguments: Namespace, console: Console) -> int:
    """The whole loop with demonstration data; 1 when not all came as its script says."""
    from suishou.local.demo import run_demo

    _check_port("127.0.0.1", arguments.port)
    data = Path(arguments.data).expanduser()
    folder = programme_folder(arguments.programme)
    made = run_demo(folder, data, default_site(data), arguments.port, arguments.once, console.say)
    console.result(made.to_json())  # people have read it already
    return 0 if made.as_expected else 1


def build(arguments: Namespace, console: Console) -> int:
    """Builds the site once; 1 when it was not fit to be published (yesterday's site stays)."""
    data, out = Path(arguments.data).expanduser(), Path(arguments.out).expanduser()
    steps: list[str] = []

    def step(name: str, count: int) -> None:
        steps.append(name)
        console.say(f"{len(steps)}/{count} {STEP_WORDS.get(name, name)}")

    with opened(arguments, create=False) as system:
        feed = wiring.local_feed(system)
        project_all(system, feed, lambda done: console.progress("更新公开数据", done))
        console.progress_over()
        done = build_site(system, feed, out, data, force=arguments.force, progress=step)
    document = {"build": done.number, "status": done.status, "result": dict(done.result or {})}
    if done.status == "waiting":
        console.result(document, f"另一个生成正在进行，第 {done.number} 次生成将随后开始。")
        return 0
    if done.status == "failed":
        problems = list((done.result or {}).get("problems", ()))
        console.result(document, "未发布：检查没有通过，原来的网站保持不变。", *problems)
        return 1
    result = done.result or {}
    seconds = sum(result["milliseconds"].values()) / 1000
    console.result(
        document,
        f"已发布到 {out}：{result['cases']} 个事项（{result['shown']} 个有页面），"
        f"{result['files']} 个文件，写入 {result['files_written']}，"
        f"移除 {result['files_removed']}，用时 {seconds:.1f} 秒。",
    )
    return 0


def take_down(arguments: Namespace, console: Console) -> int:
    """Takes one case out of the public folder now; it stays out, also after a roll-back."""
    from build_scripts.take_down import take_down_now

    site = _site(arguments)
    with opened(arguments, create=False) as system:
        case = get_case(system.private, arguments.case).case
        if not case.taken_down:
            key = hashlib.sha256(f"take-down {case.id} {case.version}".encode()).hexdigest()
            fields = {"reason": arguments.reason}
            advance_case(system, operator(system), case.id, "take_down", fields, key)
        project_case(system, case.id)
        gone = sorted(take_down_now(site, system.public))
    document = {"case_id": case.id, "taken_down": True, "removed_from_site": gone}
    console.result(document, f"已撤下 {case.id}，公开网站中不再有它的页面、照片和列表项。")
    return 0


def verify(arguments: Namespace, console: Console) -> int:
    """Recomputes every figure of a published site from its own open data; 1 when one differs."""
    from build_scripts.verify_site import site_at
    from build_scripts.verify_site import verify as verify_site

    words = {"data": "读取公开数据（月）", "pages": "核对页面"}
    try:
        found = verify_site(
            site_at(arguments.site, arguments.pages_max),
            lambda what, done: console.progress(words[what], done),
        )
    except (KeyError, ValueError) as error:
        raise OSError(f"公开数据不完整，无法核对：{error}") from error
    console.progress_over()
    lines = [*found.data, *(str(one) for one in found.figures)]
    wrong = f"有 {len(lines)} 处不符" if lines else "全部相符"
    partly = "" if found.complete else f"（只读了前 {found.pages} 页）"
    lines.append(
        f"{found.months} 个月的公开数据，{found.pages} 页{partly}，{found.checked} 个数字，"
        f"另有 {found.declared} 个注明出处：{wrong}。"
    )
    if not found.agrees:
        lines.append("如果网站刚刚撤下过事项或者回退过，请等下一次生成以后再核对。")
    console.result(found.to_json(), *lines)
    return 0 if found.agrees else 1


def roll_back(arguments: Namespace, console: Console) -> int:
    """Shows the build before this one again, without what was taken down since."""
    done = _stack_rolled_back(arguments) if arguments.stack else _rolled_back(arguments)
    number = done.publication.source
    document = {"build": number, "written": done.written, "removed": done.removed}
    console.result(document, f"已恢复到第 {number} 次发布：写入 {done.written} 个文件。")
    return 0


def _rolled_back(arguments: Namespace) -> Published:
    from build_scripts.publish import roll_back as put_back

    with opened(arguments, create=False) as system:
        return put_back(_site(arguments), system.public)


def _stack_rolled_back(arguments: Namespace) -> Published:
    from build_scripts.stack_site import roll_back_stack

    folder = stack_programme(arguments)
    with tempfile.TemporaryDirectory() as work:  # copies of the contents that are read
        return roll_back_stack(wiring.stack_site(folder, arguments.stack, Path(work)))


def _check_port(host: str, port: int) -> None:
    """Raises OSError in words when the address is taken; uvicorn would end the process itself."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise OSError(error.errno, "端口被占用或不可用", f"{host}:{port}") from error


def _site(arguments: Namespace) -> Path:
    if arguments.site:
        return Path(arguments.site).expanduser()
    return default_site(Path(arguments.data).expanduser())
