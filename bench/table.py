"""Figures as a Markdown table that also reads well as it is.

In: a head and rows. Out: text. Never rounds: cells come as they are to be shown.
"""

from __future__ import annotations

from collections.abc import Sequence


def markdown_table(head: Sequence[object], rows: Sequence[Sequence[object]]) -> str:
    """The table, columns padded to their widest cell; numbers to the right."""
    lines = [[str(cell) for cell in row] for row in (head, *rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    right = [all(_is_number(line[column]) for line in lines[1:]) for column in range(len(head))]
    texts = []
    for line in lines:
        cells = zip(line, widths, right, strict=True)
        texts.append(
            " | ".join(cell.rjust(wide) if end else cell.ljust(wide) for cell, wide, end in cells)
        )
    rules = ["-" * (w - 1) + ":" if end else "-" * w for w, end in zip(widths, right, strict=True)]
    return "\n".join(f"| {text} |" for text in (texts[0], " | ".join(rules), *texts[1:]))


def _is_number(cell: str) -> bool:
    return bool(cell) and cell.replace(".", "", 1).isdigit()
