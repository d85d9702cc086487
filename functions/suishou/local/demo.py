"""A demonstration: a whole programme on one machine, over real HTTP, from report to public site.

In: a programme folder with its `demonstration.yaml`, a data folder of its own, a port. Out: a built
site, a summary, and (unless `once`) the running system to try. Talks to the system as anybody
would: only the first administrator's token, the clock and the workers' passes are its own.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from suishou.domain.people import Post
from suishou.local.demo_calendar import DemonstrationCalendar
from suishou.local.demo_client import PREFIX, DemonstrationFailed
from suishou.local.demo_folder import fresh_folder
from suishou.local.demo_history import History
from suishou.local.demo_outcome import DemoSummary, summary
from suishou.local.demo_people import Cast, enrol
from suishou.local.demo_photos import draw_photo
from suishou.local.demo_script import Script, read_script
from suishou.local.demo_stage import Stage, stage
from suishou.services.load_programme import load_programme
from suishou.services.people import enrol_staff, operator, renew
from suishou.services.work_calendar import work_calendar

BUILD_SECONDS = 120
POLL_SECONDS = 0.1
TOLD_EVERY = 100  # moments of the history between two lines of progress
BEFORE_HISTORY = timedelta(hours=1)

Say = Callable[[str], None]


def run_demo(
    programme_folder: Path, data: Path, site: Path, port: int, once: bool, say: Say
) -> DemoSummary:
    """Plays the demonstration and answers what came of it; without `once` it then serves until
    Ctrl-C. `data` is made anew, only if an earlier demonstration made it; `site` lies inside it.

    Raises DemonstrationFailed, ProgrammeInvalid; KeyboardInterrupt while it plays, with everything
    closed and the folder usable.
    """
    began = time.perf_counter()
    if data.resolve() not in site.resolve().parents:
        raise DemonstrationFailed("演示的网站要放在演示的数据文件夹里。")
    script = read_script(programme_folder)
    calendar = DemonstrationCalendar(work_calendar(load_programme(programme_folder)), _now())
    start = min(calendar.begin(report.begin) for report in script.reports) - BEFORE_HISTORY
    with fresh_folder(data), stage(programme_folder, data, site, port, start) as playing:
        say(f"{playing.system.programme.title}（演示数据）：http://127.0.0.1:{playing.port}/")
        cast, admin_id = _enrolled(playing, script)
        say(f"已登记上报人 {len(cast.riders)} 名、工作人员 {len(cast.staff)} 名")

        def new_admin() -> None:
            system = playing.system
            cast.admin = renew(system, operator(system), admin_id).token

        history = History(playing, cast, calendar, new_admin)
        history.prepare(script)
        history.play(_teller(say))
        playing.open_doors()
        _decide_rounds(playing, cast, script)
        say("生成公开网站……")
        rebuild = _rebuilt(playing, cast)
        made = summary(
            playing.visitor,
            cast,
            history.cases.values(),
            rebuild=rebuild,
            site=site,
            messages=playing.messages,
            seconds=time.perf_counter() - began,
        )
        for line in (*made.lines(), *_where_to_look(playing, cast, history)):
            say(line)
        if not once:
            say("按 Ctrl-C 停止；数据随时完整。")
            _wait(playing.server)
    return made


def _enrolled(playing: Stage, script: Script) -> tuple[Cast, str]:
    """Everybody, and the first administrator's id, whose token alone is made without HTTP."""
    system = playing.system
    county = system.programme.county.code
    admin = enrol_staff(
        system, operator(system), "演示管理员", [Post("admin", county)], demonstration=True
    )
    cast = enrol(playing.visitor, admin.token, county, script)
    for station in script.stations:
        given = dict(station)
        if shows := given.pop("shows", ""):
            drawn = draw_photo(shows, given["code"], after=True)
            given["photo"] = playing.visitor.send_photo(drawn, admin.token)
        playing.visitor.send_json(f"{PREFIX}/stations", given, admin.token)
    return cast, admin.id


def _decide_rounds(playing: Stage, cast: Cast, script: Script) -> None:
    """The rounds whose notice is over. One stays on notice where the calendar of working days does
    not reach so far."""
    wanted = {one.honour for one in script.rounds if one.decided}
    for one in playing.visitor.get(f"{PREFIX}/rounds", cast.admin).json["rounds"]:
        if one["honour"] in wanted and one["state"] == "noticed":
            playing.visitor.send_json(f"{PREFIX}/rounds/{one['id']}/decide", {}, cast.admin)


def _rebuilt(playing: Stage, cast: Cast) -> Mapping[str, Any]:
    """The rebuild that was asked for, once it is over."""
    visitor = playing.visitor
    number = visitor.send_json(f"{PREFIX}/rebuilds", {}, cast.admin, "", 202).json["number"]
    waiting = threading.Event()
    ends = time.monotonic() + BUILD_SECONDS
    while time.monotonic() < ends:
        entry: Mapping[str, Any] = visitor.get(f"{PREFIX}/rebuilds/{number}", cast.admin).json
        if entry["status"] not in ("waiting", "running"):
            return entry
        waiting.wait(POLL_SECONDS)
    raise DemonstrationFailed("网站没有在规定时间内生成。")


def _where_to_look(playing: Stage, cast: Cast, history: History) -> Iterator[str]:
    """Addresses and tokens to try. They open an invented programme only."""
    root = f"http://127.0.0.1:{playing.port}"
    closed = [case for case in history.cases.values() if case.report.ends == "closed"]
    shown = playing.visitor.get(f"{PREFIX}/cases").json["cases"]
    rider, token = next(iter(cast.riders.items()))
    officer = next(m for m in cast.staff if m.posts[0][0] == "dispatcher")
    yield f"首页　　　{root}/"
    for row in shown[:1]:
        yield f"事项　　　{root}/cases/{row['month'].replace('-', '/')}/{row['id']}.html"
    yield f"我要上报　{root}/report.html"
    yield f"查进度　　{root}{closed[-1].tracking_address()}"
    yield f"上报人　　curl -H 'Authorization: Bearer {token}' {root}{PREFIX}/me  # {rider}"
    yield (
        f"工作人员　curl -H 'Authorization: Bearer {officer.token}' "
        f"{root}{PREFIX}/queue  # {officer.name}"
    )
    yield f"管理员　　curl -H 'Authorization: Bearer {cast.admin}' {root}{PREFIX}/rebuilds"


def _teller(say: Say) -> Callable[[int, int], None]:
    def told(done: int, of: int) -> None:
        if done % TOLD_EVERY == 0 or done == of:
            say(f"办理过程 {done}/{of}")

    return told


def _wait(server: threading.Thread) -> None:
    """Until Ctrl-C. Not by `join`: before Python 3.13 an interrupted one takes the thread for ended
    (bpo-45274), and its socket would be closed under it."""
    pause = threading.Event()
    try:
        while server.is_alive():
            pause.wait(1)
    except KeyboardInterrupt:
        return


def _now() -> datetime:
    return datetime.now(UTC)
