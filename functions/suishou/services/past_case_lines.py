"""Lines → past cases: reads a file of another system's finished cases, one JSON object a line.

Comes in: NDJSON, plain or gzip, UTF-8. Goes out: for each line a `PastCase`, or a `Problem` with
its number, field and fault; a bad line stops no other. Never stores anything and never quotes a
line's text: what is wrong is said by field and code.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from suishou.domain.deadline import CHINA
from suishou.domain.errors import Invalid, Problem

LINE_BYTES_MAX = 200_000  # with everything that is derived from it, below an item's 300 KB
EARLIEST_YEAR = 1949  # an empty cell of a spreadsheet becomes a day of 1899 or 1900
GZIP_MAGIC = b"\x1f\x8b"
_REQUIRED = ("id", "text", "reported_at")
_TEXTS: Mapping[str, int] = {  # field -> characters at most
    "id": 200,
    "title": 200,
    "text": 20_000,
    "reply": 20_000,
    "author": 100,
    "category": 100,
    "street": 100,
    "community": 100,
    "address": 200,
    "unit": 100,
    "crs": 10,
    "reported_at": 40,
    "replied_at": 40,
    "due": 40,
}
_WORDS: Mapping[str, str] = {
    "not_json": "这一行不是一个 JSON 对象。",
    "not_utf8": "这一行不是 UTF-8 编码。",
    "too_long": "内容太长。",
    "required": "缺少这一项。",
    "not_text": "这一项应当是文字。",
    "not_a_time": "时间的写法不对，应当像 2024-05-06T09:30:00+08:00。",
    "not_a_coordinate": "经纬度应当是数字，并写明坐标系 crs。",
    "time_is_future": "时间在将来。",
    "replied_before_reported": "答复时间早于上报时间。",
    "reply_without_time": "有答复，但没有答复时间 replied_at（或者相反）。",
    "unknown_category": "类别不在项目里，也不在对应表里。",
    "unknown_street": "没有这个街道或乡镇。",
    "unknown_community": "没有这个社区或村（同名的请写代码）。",
    "unknown_unit": "没有这个单位。",
    "unknown_crs": "坐标系应当是 wgs84、gcj02 或 bd09。",
    "outside_county": "位置不在本县范围。",
    "changed_since": "这一条以前导入过，但内容不同；没有改动原来的事项。",
    "damaged_file": "文件从这里起读不下去了（压缩包不完整或已损坏）。",
}


@dataclass(frozen=True)
class PastCase:
    """A line that can be read. Times are aware; codes and places are as written, not yet checked
    against the programme. `reply` "" with `replied_at` None: still open."""

    line: int
    id: str
    title: str
    text: str
    reported_at: datetime
    reply: str
    replied_at: datetime | None
    due: datetime | None
    author: str
    category: str
    street: str
    community: str
    address: str
    unit: str
    point: tuple[float, float, str] | None  # latitude, longitude, crs


def line_problem(file: str, line: int, field: str, code: str) -> Problem:
    """A line's fault, in the words of the officer who prepared the file."""
    return Problem(file, line, field, code, _WORDS.get(code, code))


def past_cases(path: Path, now: datetime) -> Iterator[PastCase | Problem]:
    """Every line that is not blank, in order. Raises OSError when the file cannot be opened."""
    with path.open("rb") as plain:
        packed = plain.read(2) == GZIP_MAGIC
        plain.seek(0)
        # Opened by content: a file that a spreadsheet saved as .gz may be none, and the reverse.
        with gzip.open(plain) if packed else plain as file:
            yield from _lines(file, path.name, now)


def _lines(
    file: IO[bytes] | gzip.GzipFile, name: str, now: datetime
) -> Iterator[PastCase | Problem]:
    number = 0
    while True:
        number += 1
        try:
            raw = file.readline(LINE_BYTES_MAX + 1)
            whole = len(raw) <= LINE_BYTES_MAX
            while raw and not whole and not raw.endswith(b"\n"):
                raw = file.readline(LINE_BYTES_MAX)
        except (EOFError, gzip.BadGzipFile, zlib.error):
            yield line_problem(name, number, "", "damaged_file")
            return
        if not raw:
            return
        if not whole:
            yield line_problem(name, number, "", "too_long")
        elif raw.strip():
            yield _read(raw, name, number, now)


def _read(raw: bytes, name: str, number: int, now: datetime) -> PastCase | Problem:
    try:
        body = json.loads(raw.decode("utf-8-sig" if number == 1 else "utf-8"))
    except UnicodeDecodeError:
        return line_problem(name, number, "", "not_utf8")
    except (ValueError, RecursionError):
        return line_problem(name, number, "", "not_json")
    if not isinstance(body, dict):
        return line_problem(name, number, "", "not_json")
    try:
        return _past_case(body, number, now)
    except Invalid as refused:
        return line_problem(name, number, refused.field, refused.code)


def _past_case(body: Mapping[str, Any], number: int, now: datetime) -> PastCase:
    texts = {field: _text(body, field, most) for field, most in _TEXTS.items()}
    for field in _REQUIRED:
        if not texts[field]:
            raise Invalid("required", field)
    times = {field: _time(texts, field) for field in ("reported_at", "replied_at", "due")}
    reported, replied = times["reported_at"], times["replied_at"]
    if reported is None or reported > now:
        raise Invalid("time_is_future", "reported_at")
    if bool(texts["reply"]) != (replied is not None):
        raise Invalid("reply_without_time", "replied_at")
    if replied is not None and replied > now:
        raise Invalid("time_is_future", "replied_at")
    if replied is not None and replied < reported:
        raise Invalid("replied_before_reported", "replied_at")
    return PastCase(
        line=number,
        id=texts["id"],
        title=texts["title"],
        text=texts["text"],
        reported_at=reported,
        reply=texts["reply"],
        replied_at=replied,
        due=times["due"],
        author=texts["author"],
        category=texts["category"],
        street=texts["street"],
        community=texts["community"],
        address=texts["address"],
        unit=texts["unit"],
        point=_point(body, texts["crs"]),
    )


def _text(body: Mapping[str, Any], field: str, most: int) -> str:
    value = body.get(field)
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)  # a number for an id is what spreadsheets make of it
    if not isinstance(value, str):
        raise Invalid("not_text", field)
    value = value.replace("\r\n", "\n").replace("\0", "").strip()
    try:
        value.encode()
    except UnicodeEncodeError:
        raise Invalid("not_text", field) from None
    if len(value) > most:
        raise Invalid("too_long", field)
    return value


def _time(texts: Mapping[str, str], field: str) -> datetime | None:
    """A time without an offset is China's: that is how spreadsheets write it."""
    if not texts[field]:
        return None
    try:
        moment = datetime.fromisoformat(texts[field])
        moment = moment if moment.tzinfo else moment.replace(tzinfo=CHINA)
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid("not_a_time", field) from None
    if moment.year < EARLIEST_YEAR:
        raise Invalid("not_a_time", field)
    return moment


def _point(body: Mapping[str, Any], crs: str) -> tuple[float, float, str] | None:
    given = [body.get("lat"), body.get("lon")]
    if given == [None, None] or given == ["", ""]:
        return None
    try:
        lat, lon = (float(value) for value in given)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise Invalid("not_a_coordinate", "lat") from None
    if not (abs(lat) <= 90 and abs(lon) <= 180 and crs):
        raise Invalid("not_a_coordinate", "lat" if crs else "crs")
    return lat, lon, crs
