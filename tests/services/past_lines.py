"""Files of past cases for tests: lines as another system would have written them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any


def line(number: int = 1, **changes: Any) -> dict[str, Any]:
    """An answered case; a change to None leaves the field out."""
    fields = {
        "id": f"old-{number}",
        "title": "路灯不亮",
        "text": "门口的路灯坏了一周，晚上很暗。",
        "reported_at": "2019-03-04T20:15:00+08:00",
        "reply": "已修复，感谢反映。",
        "replied_at": "2019-03-06T09:00:00+08:00",
        **changes,
    }
    return {name: value for name, value in fields.items() if value is not None}


def past_file(folder: Path, *lines: Any, name: str = "past.ndjson") -> Path:
    """The file with these lines: mappings as JSON, text and bytes as they are."""
    raw = [
        entry
        if isinstance(entry, bytes)
        else (entry if isinstance(entry, str) else json.dumps(entry, ensure_ascii=False)).encode()
        for entry in lines
    ]
    content = b"\n".join(raw) + b"\n"
    path = folder / name
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return path
