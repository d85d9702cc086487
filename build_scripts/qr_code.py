"""The QR code of an address, as the path of an SVG drawing.

In: the text to encode. Out: `QrCode`, in units of one module. The same text gives the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

QUIET_ZONE = 4  # modules of white around the code: ISO/IEC 18004 asks for four


@dataclass(frozen=True)
class QrCode:
    """`size` is the side of the view box, quiet zone included; `path` fills the dark modules."""

    size: int
    path: str


def qr_code(text: str) -> QrCode:
    """A code of error correction level M (15 % may be scratched or dirty), as small as it gets."""
    import segno  # posters alone need it

    matrix = segno.make(text, error="m", micro=False, boost_error=False).matrix
    path = ""
    for y, row in enumerate(matrix, QUIET_ZONE):
        x = QUIET_ZONE
        for dark, modules in groupby(row):
            width = len(list(modules))
            if dark:
                path += f"M{x} {y}h{width}v1h-{width}z"
            x += width
    return QrCode(len(matrix) + 2 * QUIET_ZONE, path)
