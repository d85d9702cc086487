"""Takes a case out of files that are already rendered: pages, lists, feeds, JSON.

In: a file's path and bytes, and the ids to take out. Out: the bytes without them, or None when the
file is the case's own and has to go. Rests on the renderer's promise (see site_data.py): each
mention stands in one element with `data-case="ID"`, in one JSON object with that `id`, or, in line
and feed formats, on one line or in one entry. In the open data's table of cases the line stays and
loses its words (`cut_open_data.py`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from pathlib import PurePosixPath
from typing import Any

from build_scripts.cut_open_data import keeps_counts, without_words

TEXT_SUFFIXES = frozenset(
    {".html", ".json", ".geojson", ".ndjson", ".csv", ".tsv", ".txt", ".xml", ".ics", ".svg"}
)
_GONE = object()
_OPENING = r'<([a-z][a-z0-9]*)\b[^>]*?\sdata-case="{case}"[^>]*>'
_LINK = r'<a\b[^>]*?href="[^"]*{case}[^"]*"[^>]*>.*?</a>'
_ENTRY = r"[ \t]*<(url|entry|item)\b[^>]*>(?:(?!</\1>).)*?{case}(?:(?!</\1>).)*</\1>\n?"


def belongs_to(path: str, case_id: str) -> bool:
    """Whether the file is the case's own: its page, a twin in another format, one of its photos."""
    name = path.rpartition("/")[2]
    return name.startswith((f"{case_id}.", f"{case_id}-"))


def is_text(path: str) -> bool:
    return path[path.rfind(".") :] in TEXT_SUFFIXES


def without_cases(path: str, content: bytes, case_ids: Collection[str]) -> bytes | None:
    """The file's bytes without any of these cases; the same object when it mentions none."""
    if any(belongs_to(path, case_id) for case_id in case_ids):
        return None
    if not is_text(path):
        return content
    for case_id in sorted(case_ids):
        if case_id.encode() in content:
            content = _without(path, content.decode(), case_id).encode()
    return content


def _without(path: str, text: str, case_id: str) -> str:
    suffix = PurePosixPath(path).suffix
    if keeps_counts(path):
        return without_words(path, text, case_id)
    if suffix in {".html", ".svg"}:
        return _without_elements(text, case_id)
    if suffix in {".json", ".geojson"}:
        return _without_objects(text, case_id)
    if suffix == ".xml":
        entry = re.compile(_ENTRY.format(case=re.escape(case_id)), re.DOTALL)
        return entry.sub("", text)
    return "".join(line for line in text.splitlines(keepends=True) if case_id not in line)


def _without_elements(text: str, case_id: str) -> str:
    opening = re.compile(_OPENING.format(case=re.escape(case_id)))
    while found := opening.search(text):
        text = text[: found.start()] + text[_end_of_element(text, found) :]
    # A link outside such an element is against the promise; it must not survive all the same.
    return re.sub(_LINK.format(case=re.escape(case_id)), "", text, flags=re.DOTALL)


def _end_of_element(text: str, opening: re.Match[str]) -> int:
    if opening.group(0).endswith("/>"):
        return opening.end()
    depth = 1
    for tag in re.compile(rf"<(/?){opening[1]}\b[^>]*>").finditer(text, opening.end()):
        depth += -1 if tag[1] else 1
        if depth == 0:
            return tag.end()
    return len(text)  # never closed: nothing after it is safe to keep


def _without_objects(text: str, case_id: str) -> str:
    value = _pruned(json.loads(text), case_id)
    # The renderer's own style (canonical or not) is unknown here: any valid JSON will do, and the
    # next build writes the file afresh.
    kept = {} if value is _GONE else value
    return json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _pruned(value: Any, case_id: str) -> Any:
    if isinstance(value, str):
        return _GONE if case_id in value else value
    if isinstance(value, list):
        pruned = (_pruned(inner, case_id) for inner in value)
        return [inner for inner in pruned if inner is not _GONE]
    if isinstance(value, dict):
        if value.get("id") == case_id:
            return _GONE
        kept = {key: _pruned(inner, case_id) for key, inner in value.items() if case_id not in key}
        if any(inner is _GONE for inner in kept.values()):
            return _GONE  # an object that names the case speaks about it
        return kept
    return value
