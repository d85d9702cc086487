"""What a file claims to be, from its first bytes alone: format and size, before anything decodes.

In: bytes from a stranger. Out: the format and its pixels, or a refusal naming the field. Never
calls a decoder: a file of 136 KB can claim 144 million pixels.
"""

from __future__ import annotations

import struct
from typing import Literal

from suishou.domain.errors import Invalid, TooLarge, UnsupportedType

Format = Literal["JPEG", "PNG", "WEBP"]
PHOTO_BYTES_MAX = 4 * 1024 * 1024  # a Lambda body of 6 MB, base64 taken off, and room for the form
PIXELS_MAX = 40_000_000  # a phone's photo has 12 to 50 Mpx unbinned; decoded, this is 120 MB
WEBP_PIXELS_MAX = (
    16_000_000  # its decoder keeps two canvases of four bytes a pixel beside the image
)
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}


def photo_format(data: bytes, field: str) -> Format:
    """JPEG, PNG or WEBP, by content; what the file is called does not count.

    Raises Invalid (`photo_empty`), TooLarge (`photo_too_large`), or UnsupportedType: `heic`
    (an iPhone setting away from being readable) or `not_a_photo` (SVG, HTML and all else).
    """
    if not data:
        raise Invalid("photo_empty", field)
    if len(data) > PHOTO_BYTES_MAX:
        raise TooLarge("photo_too_large", field, at_most=PHOTO_BYTES_MAX)
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS:
        raise UnsupportedType("photo_heic", field)
    raise UnsupportedType("not_a_photo", field)


def check_pixels(width: int, height: int, field: str, most: int = PIXELS_MAX) -> None:
    """Raises TooLarge for more than `most` pixels, Invalid for none."""
    if width * height > most:
        raise TooLarge("too_many_pixels", field, at_most=most)
    if width < 1 or height < 1:
        raise Invalid("photo_damaged", field)


def webp_size(data: bytes) -> tuple[int, int]:
    """(width, height) that a WebP file claims; its decoder would take the memory on opening.

    Raises ValueError for an unknown chunk. Source: RFC 9649, sections 2.5 to 2.7.
    """
    chunk, body = data[12:16], data[20:30]
    if len(body) < 10:
        raise ValueError("short")
    if chunk == b"VP8X":
        return int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1
    if chunk == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk == b"VP8 ":
        width, height = struct.unpack("<HH", body[6:10])
        return width & 0x3FFF, height & 0x3FFF
    raise ValueError("unknown chunk")
