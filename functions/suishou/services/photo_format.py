"""What a file claims to be, from its first bytes alone: format and size, before anything decodes.

In: bytes from a stranger. Out: the format and its pixels, or a refusal naming the field. Never
calls a decoder: a file of 136 KB can claim 144 million pixels.
"""

from __future__ import annotations

import struct
from typing import Literal

from suishou.domain.errors import Invalid, TooLarge, UnsupportedType

Format = Literal["JPEG", "PNG", "WEBP"]
PHOTO_BYTES_MAX = 12 * 1024 * 1024  # a phone's largest; through a function a form holds 4 MB
PIXELS_MAX = 40_000_000  # a phone's photo has 12 to 50 Mpx unbinned; decoded, this is 120 MB
WEBP_PIXELS_MAX = (
    16_000_000  # its decoder keeps two canvases of four bytes a pixel beside the image
)
# Markers of JPEG: frame headers (SOFn; DHT, JPG, DAC lie between them), those without a length.
_FRAME_HEADERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})
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


def check_claims(data: bytes, field: str) -> Format:
    """The format of a photo whose first bytes claim a size that is taken, at no cost: what a
    stranger sent is put away unopened. Raises as `photo_format` and `check_pixels` do, and Invalid
    (`photo_damaged`) for a file that does not tell its size."""
    kind = photo_format(data, field)
    sizes = {"JPEG": _jpeg_size, "PNG": _png_size, "WEBP": webp_size}
    try:
        width, height = sizes[kind](data)
    except (IndexError, ValueError, struct.error) as error:
        raise Invalid("photo_damaged", field) from error
    check_pixels(width, height, field, WEBP_PIXELS_MAX if kind == "WEBP" else PIXELS_MAX)
    return kind


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


def _png_size(data: bytes) -> tuple[int, int]:
    """Source: PNG specification, section 11.2.1: IHDR comes first."""
    if data[12:16] != b"IHDR":
        raise ValueError("no header")
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def _jpeg_size(data: bytes) -> tuple[int, int]:
    """Walks from marker to marker to the frame header. Source: ITU-T T.81, sections B.1 and B.2."""
    position = 2
    while True:
        while data[position] == 0xFF and data[position + 1] == 0xFF:  # fill bytes
            position += 1
        if data[position] != 0xFF:
            raise ValueError("no marker")
        marker = data[position + 1]
        if marker in _FRAME_HEADERS:
            height, width = struct.unpack(">HH", data[position + 5 : position + 9])
            return width, height
        if marker in _ALONE:
            position += 2
            continue
        (length,) = struct.unpack(">H", data[position + 2 : position + 4])
        if marker == 0xDA or length < 2:
            raise ValueError("pixels before their size")
        position += 2 + length
