"""HTML form bodies, urlencoded or multipart, as fields and files.

In: the raw bytes of a form post. Out: `Form`: text fields (empty ones are absent, as HTML forms
send every field) and the files of `photo`. Everything is bounded before it is kept; nothing touches
a disk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from suishou.domain.errors import Invalid, Malformed, TooLarge, UnsupportedType
from suishou.domain.field_checks import PHOTOS_MAX
from suishou.handlers.request import Request

PARTS_MAX = 60  # our longest form has 20 fields; PHOTOS_MAX files and a reserve
FIELD_BYTES_MAX = (
    20_000  # 2,000 Chinese characters are 6,000 bytes; the service says the exact bound
)
FILES_BYTES_MAX = 4_000_000  # API Gateway hands over 4.5 MB; larger photos go through /uploads
PHOTO_FIELD = "photo"
LISTS = frozenset({"photos"})  # fields that may come several times


@dataclass(frozen=True)
class Form:
    """`fields`: the last non-empty value of each name, or a list for `LISTS`."""

    fields: Mapping[str, Any]
    photo_files: tuple[bytes, ...] = ()


@dataclass
class _Part:
    name: str
    is_file: bool
    content: bytearray = field(default_factory=bytearray)


def read_form(request: Request, files_max: int = FILES_BYTES_MAX) -> Form:
    """The form of a request, its files at most so many bytes together. Raises Malformed, TooLarge,
    Invalid or UnsupportedType."""
    if request.content_type == "multipart/form-data":
        return _multipart(request.headers["content-type"], request.body, files_max)
    if request.content_type == "application/x-www-form-urlencoded":
        return _urlencoded(request.body)
    raise UnsupportedType("unsupported_body", "content-type")


def _urlencoded(body: bytes) -> Form:
    if len(body) > PARTS_MAX * FIELD_BYTES_MAX:
        raise TooLarge("body_too_large", "body")
    try:
        pairs = parse_qsl(
            body.decode("utf-8"), keep_blank_values=True, max_num_fields=PARTS_MAX, errors="strict"
        )
    except ValueError as error:
        raise Malformed("unreadable_body", "body") from error
    return Form(_fields(pairs))


def _multipart(content_type: str, body: bytes, files_max: int) -> Form:
    from python_multipart import MultipartParser  # for forms with files alone
    from python_multipart.exceptions import FormParserError
    from python_multipart.multipart import parse_options_header

    _, options = parse_options_header(content_type)
    boundary = options.get(b"boundary", b"")
    if not boundary:
        raise Malformed("unreadable_body", "body")
    reader = _Reader(files_max)
    try:
        parser = MultipartParser(boundary, reader.callbacks(), max_size=len(body) + 1)
        parser.write(body)
        parser.finalize()
    except FormParserError as error:
        raise Malformed("unreadable_body", "body") from error
    if not reader.ended:
        raise Malformed("unreadable_body", "body")
    try:
        pairs = [(p.name, p.content.decode("utf-8")) for p in reader.parts if not p.is_file]
    except UnicodeDecodeError as error:
        raise Malformed("unreadable_body", "body") from error
    files = (bytes(p.content) for p in reader.parts if p.is_file and p.name == PHOTO_FIELD)
    chosen = tuple(content for content in files if content)  # no file chosen: an empty part
    if len(chosen) > PHOTOS_MAX:
        raise Invalid("too_many_photos", PHOTO_FIELD, photos_max=PHOTOS_MAX)
    return Form(_fields(pairs), chosen)


class _Reader:
    """Collects the parts of one multipart body while the parser walks through it."""

    def __init__(self, files_max: int) -> None:
        self._files_max = files_max
        self.parts: list[_Part] = []
        self.ended = False
        self._header = bytearray()
        self._value = bytearray()
        self._disposition = b""
        self._bytes = 0

    def callbacks(self) -> Any:
        return {
            "on_part_begin": self._begin,
            "on_header_field": lambda data, start, end: self._header.extend(data[start:end]),
            "on_header_value": lambda data, start, end: self._value.extend(data[start:end]),
            "on_header_end": self._end_header,
            "on_headers_finished": self._open,
            "on_part_data": self._data,
            "on_end": self._end,
        }

    def _begin(self) -> None:
        if len(self.parts) >= PARTS_MAX:
            raise Invalid("too_many_fields", "body", most=PARTS_MAX)
        self._disposition = b""

    def _end_header(self) -> None:
        if bytes(self._header).lower() == b"content-disposition":
            self._disposition = bytes(self._value)
        self._header.clear()
        self._value.clear()

    def _open(self) -> None:
        from python_multipart.multipart import parse_options_header

        kind, options = parse_options_header(self._disposition)
        if kind != b"form-data" or b"name" not in options:
            raise Malformed("unreadable_body", "body")
        name = options[b"name"].decode("utf-8", "replace")[:100]
        self.parts.append(_Part(name, is_file=b"filename" in options))

    def _data(self, data: bytes, start: int, end: int) -> None:
        part = self.parts[-1]
        self._bytes += end - start
        if self._bytes > self._files_max:
            raise TooLarge("body_too_large", PHOTO_FIELD if part.is_file else "body")
        if not part.is_file and len(part.content) + end - start > FIELD_BYTES_MAX:
            raise Invalid("too_long", part.name if part.name.isidentifier() else "body")
        part.content.extend(data[start:end])

    def _end(self) -> None:
        self.ended = True


def _fields(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, value in pairs:
        text = value.strip()
        if not text:
            continue
        if name in LISTS:
            fields.setdefault(name, []).append(text)
        else:
            fields[name] = text
    return fields
