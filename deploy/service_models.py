"""botocore's descriptions of AWS, less what no function asks.

In: an installed botocore. Out: of its services those in `ASKED`, of these the operations that are
asked with the shapes they lead to. A description is read whole when a client is made; the part that
nobody asks is a twentieth of a cold start, and most of the size.
"""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ASKED: Mapping[str, frozenset[str]] = {
    "dynamodb": frozenset({"GetItem", "Query", "TransactWriteItems"}),
    "s3": frozenset(
        {
            *("DeleteObject", "GetObject", "HeadObject", "ListObjectsV2", "PutObject"),
            "CreateBucket",  # never asked: a form's address is found by its description
        }
    ),
    "ssm": frozenset({"GetParameter"}),
}
MODEL = "service-2.json.gz"


def keep_what_is_asked(data: Path) -> None:
    """Works on botocore's `data` folder, in place."""
    for service in sorted(path for path in data.iterdir() if path.is_dir()):
        if service.name not in ASKED:
            shutil.rmtree(service)
    for name, operations in ASKED.items():
        for path in sorted((data / name).rglob(MODEL)):
            model = json.loads(gzip.decompress(path.read_bytes()))
            text = json.dumps(_less(model, operations), separators=(",", ":"))
            path.unlink()  # it may be the registry cache's own file, linked
            path.write_bytes(gzip.compress(text.encode(), mtime=0))


def _less(model: Mapping[str, Any], operations: frozenset[str]) -> dict[str, Any]:
    kept = {name: model["operations"][name] for name in sorted(operations)}
    wanted, left = set[str](), list(_shapes(kept))
    while left:
        name = left.pop()
        if name not in wanted:
            wanted.add(name)
            left += _shapes(model["shapes"][name])
    shapes = {name: shape for name, shape in model["shapes"].items() if name in wanted}
    return {**model, "operations": kept, "shapes": shapes}


def _shapes(described: Any) -> Iterator[str]:
    """Names of shapes that a part of a description refers to."""
    if isinstance(described, Mapping):
        for key, value in described.items():
            if key == "shape" and isinstance(value, str):
                yield value
            else:
                yield from _shapes(value)
    elif isinstance(described, list):
        for value in described:
            yield from _shapes(value)
