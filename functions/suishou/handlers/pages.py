"""Readable pages for people whose browser posted a form: receipt, tracking, refusal.

In: what a service answered, or a described error. Out: HTML. Everything that somebody wrote is
escaped; no script, no third party; all links are relative, so that the API may lie in a sub-folder.
Never shows who works the case, only units.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from suishou.domain.case import ClockState
from suishou.domain.deadline import CHINA
from suishou.domain.programme import CLOCKS, Programme
from suishou.domain.public_row import Step
from suishou.handlers import context
from suishou.handlers.page_addresses import track_address
from suishou.handlers.request import Request
from suishou.services.track_case import TrackedCase
from suishou.wording import advice, clock_name, event_name, field_name, message, stage_name

FOLDER = Path(__file__).parent / "templates"


def receipt_page(request: Request, tracked: TrackedCase, token: str) -> str:
    """上报凭证: number, code, deadlines, and where to follow the case."""
    case = tracked.case
    return _render(
        request,
        "receipt.html",
        ("上报凭证", "Receipt")[request.language == "en"],
        case_id=case.id,
        token=token,
        clocks=_clock_lines(case.clocks, request.language, running_only=True),
        track=_api(request) + track_address(request, case.id, token),
    )


def track_page(request: Request, tracked: TrackedCase, token: str) -> str:
    """查进度: where the case stands, what was done, its result, and what the reporter may do."""
    case, programme = tracked.case, context.current().programme
    category = programme.categories.get(case.category)
    address = f"{_api(request)}reports/{quote(case.id, safe='')}/"
    asked = "?" + urlencode(request.asked_language) if request.asked_language else ""
    return _render(
        request,
        "track.html",
        ("查进度", "Track a case")[request.language == "en"],
        case_id=case.id,
        token=token,
        title=tracked.title or (category.name if category else case.category),
        description=tracked.description,
        category=category.name if category else case.category,
        stage=stage_name(case.stage, request.language),
        clocks=_clock_lines(case.clocks, request.language),
        photos=[
            (photo.state, message(photo.refusal, request.language, {}) if photo.refusal else "")
            for photo in tracked.photos
        ],
        result=tracked.result,
        steps=[_step(step, programme, request.language) for step in tracked.timeline],
        can_confirm=tracked.can_confirm,
        can_reopen=tracked.can_reopen,
        can_withdraw=tracked.can_withdraw,
        feedback=address + "feedback" + asked,
        withdraw=address + "withdraw" + asked,
    )


def error_page(request: Request, status: int, error: Mapping[str, Any]) -> str:
    """A refusal that says which field is at fault and what to do now."""
    failed = ("没有成功", "That did not work")
    missing = ("没有找到", "Nothing found here")
    heading = missing if status == 404 else failed
    return _render(
        request,
        "error.html",
        heading[request.language == "en"],
        field=field_name(str(error["field"]), request.language),
        error=error,
        advice=advice(status, request.language),
    )


def style() -> bytes:
    """The style sheet of these pages."""
    return (FOLDER / "reply.css").read_bytes()


@lru_cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _render(request: Request, template: str, heading: str, **values: Any) -> str:
    """A page: inside the built site's own frame where there is one, else in `base.html`."""
    programme = context.current().programme
    english = request.language == "en"
    frame = context.frame(request.language)
    beside = _api(request) + "../../"  # a site whose frame is at hand lies beside the API
    shared = {
        "language": "en" if english else "zh-CN",
        "chinese": Markup(' lang="zh-CN"') if english else "",  # of what people wrote
        "programme": programme.title,
        "demonstration": programme.demonstration,
        "say": lambda chinese, words: words if english else chinese,
        "api": _api(request),
        "root": beside if frame or not _apart(programme) else programme.site.address,
        "heading": heading,
    }
    main = Markup(_template(template).render(shared, **values))  # noqa: S704 - escaped already
    if frame is None:
        return _template("base.html").render(shared, main=main)
    if english and '<html lang="en"' not in frame:
        main = Markup('<div lang="en">{}</div>').format(main)
    title = Markup("<title>{} · {}</title>").format(heading, programme.title)
    return (
        frame.replace("<!--root-->", str(shared["root"]))
        .replace("<!--slot:head-->", title, 1)
        .replace("<!--slot:main-->", main, 1)
    )


def _template(name: str) -> Template:
    return _environment().get_template(name)


def _api(request: Request) -> str:
    """How to reach /api/v1/ from the page's own address."""
    return "../" * max(0, request.path.count("/") - 3)


def _apart(programme: Programme) -> bool:
    """Whether the API has a host of its own."""
    return "://" in programme.site.api_root


def _step(step: Step, programme: Programme, language: str) -> dict[str, str]:
    loop = programme.loop
    reasons = {**loop.return_reasons, **loop.reject_reasons, **loop.extension_reasons}
    unit = step.unit
    name = programme.units[unit].name if unit in programme.units else programme.area_name(unit)
    return {
        "on": step.on,
        "name": event_name(step.kind, language),
        "unit": name,
        "reason": reasons.get(step.reason, step.reason),
    }


def _clock_lines(
    clocks: Mapping[Any, ClockState], language: str, running_only: bool = False
) -> Iterable[tuple[str, str]]:
    english = language == "en"
    for name in CLOCKS:
        clock = clocks.get(name)
        if clock is None or (running_only and clock.met_at):
            continue
        if clock.met_at:
            words = ("Done on " if english else "已于 ") + _minute(clock.met_at)
            words += "" if english else " 完成"
        elif clock.due:
            words = ("By " if english else "不晚于 ") + _minute(clock.due)
        elif clock.pending:
            words = "Pending the official calendar" if english else "待官方放假安排公布后确定"
        else:
            continue
        if clock.overdue:
            words += " (overdue)" if english else "（已超时）"
        yield clock_name(name, language), words


def _minute(moment: datetime) -> str:
    return moment.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
