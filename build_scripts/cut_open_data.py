"""Takes the words of a case out of the published table of cases, and leaves its count.

In: the bytes of `data/cases/YYYY-MM.csv` or `.json`, and an id. Out: the same table in which that
case's line says only what the rates need, as the next build would write it: the case was taken
down, yet it happened, and every sum stays right. Never removes a line.
"""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from build_scripts.open_lines import hidden
from build_scripts.open_tables import CASES, ID
from build_scripts.table_files import BYTE_ORDER_MARK, as_csv_lines, as_json

FOLDER = f"data/{CASES.name}/"


def keeps_counts(path: str) -> bool:
    """Whether a file of the site is one in which a line is emptied instead of removed."""
    return path.startswith(FOLDER)


def without_words(path: str, text: str, case_id: str) -> str:
    """The file with the case's line emptied, and with any other cell that names the case."""
    if path.endswith(".json"):
        lines = [_emptied(list(line.values()), case_id) for line in json.loads(text)]
        return as_json(CASES, lines).decode()
    reader = csv.reader(io.StringIO(text.removeprefix(BYTE_ORDER_MARK), newline=""))
    header, *found = reader
    return as_csv_lines([header, *(_emptied(line, case_id) for line in found)]).decode()


def _emptied(line: list[Any], case_id: str) -> Any:
    if line[ID] == case_id:
        return hidden(line)
    return [None if isinstance(value, str) and case_id in value else value for value in line]
