"""Photos: from a stranger's bytes to a plain JPEG, and from there to a masked copy.

In: uploaded bytes, or a stored photo and rectangles to mask (打码). Out: the photo made new, or the
key of a copy among the public photos. Metadata, thumbnails, profiles and hidden frames
never survive: pixels alone are carried over. The only file that knows Pillow.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import BoundedSemaphore

from PIL import Image, ImageCms, ImageOps

from suishou.domain.errors import Invalid, Refused
from suishou.domain.field_checks import MASKS_MAX
from suishou.domain.public_row import small_photo_key
from suishou.services.photo_format import (
    WEBP_PIXELS_MAX,
    check_pixels,
    photo_format,
    webp_size,
)
from suishou.services.stored_photos import raw_photo, raw_photo_key
from suishou.services.system import System

SIDE_MAX = 1600  # pixels: reads a street sign, weighs some 300 KB
SMALL_SIDE_MAX = 320  # pixels: a list shows it at 96 to 160, on twofold screens too; some 12 KB
JPEG_QUALITY = 82
SMALL_JPEG_QUALITY = 72
MASK_BLOCKS = 3  # along a mask's shorter side: text and faces cannot be computed back from so few
CONTENT_TYPE = "image/jpeg"
# A rectangle to mask, in pixels of the stored photo: left, top, width, height.
Mask = tuple[int, int, int, int]

# A server takes many requests at once; their photos wait for each other, not for more memory.
_decoding = BoundedSemaphore(2)
Image.MAX_IMAGE_PIXELS = None  # ours is checked first; Pillow's is a warning, then an error


@dataclass(frozen=True)
class Photo:
    """A photo made new; width and height in pixels."""

    jpeg: bytes
    width: int
    height: int


def reencode(data: bytes, field: str = "photo") -> Photo:
    """The photo as a fresh JPEG in sRGB, upright, its longest side at most SIDE_MAX pixels.

    The same bytes give the same photo. Raises UnsupportedType, TooLarge or Invalid, naming `field`.
    """
    kind = photo_format(data, field)
    with _readable(field), _decoding:
        if kind == "WEBP":
            check_pixels(*webp_size(data), field, WEBP_PIXELS_MAX)
        with Image.open(io.BytesIO(data), formats=(kind,)) as opened:
            check_pixels(*opened.size, field)
            return _photo(_plain(opened))


def publish_photo(
    system: System, photo_id: str, masks: Sequence[Mask] = (), owner: str = ""
) -> str:
    """The key, among the public photos, of a copy with these rectangles masked beyond recovery.
    A small copy for lists lies beside it, under `small_photo_key`.

    Each `owner` has a copy of its own: a photo that two cases show can go from one of them.
    Repeating is fine. Raises NotFound for an unknown photo, Invalid (`masks.<n>`) for a rectangle
    that does not lie on it.
    """
    jpeg = raw_photo(system, photo_id)
    if len(masks) > MASKS_MAX:
        raise Invalid("too_many", "masks", at_most=MASKS_MAX)
    if masks:
        with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as stored:
            image = stored.convert("RGB")
        for number, mask in enumerate(masks):
            _mask(image, mask, f"masks.{number}")
        jpeg = _photo(image).jpeg
    key = raw_photo_key(hashlib.sha256(owner.encode() + jpeg).hexdigest())
    # The small copy first: whoever finds a photo finds its small copy too.
    system.public_photos.put(small_photo_key(key), _small(jpeg), CONTENT_TYPE)
    system.public_photos.put(key, jpeg, CONTENT_TYPE)
    return key


@contextmanager
def _readable(field: str) -> Iterator[None]:
    try:
        yield
    except Refused:
        raise
    except Exception as error:  # decoders of strangers' bytes raise anything, struct.error to EOF
        raise Invalid("photo_damaged", field) from error


def _plain(opened: Image.Image) -> Image.Image:
    """The first frame's pixels: small, upright, RGB on white, and nothing else."""
    profile = opened.info.get("icc_profile")
    opened.seek(0)
    image = _eight_bits(opened)
    # Small first: all that follows then costs little. A JPEG is even decoded at a fraction.
    image.thumbnail((SIDE_MAX, SIDE_MAX), Image.Resampling.LANCZOS, reducing_gap=3.0)
    image = _srgb(ImageOps.exif_transpose(image), profile)
    clean = Image.new("RGB", image.size, "white")
    clean.paste(image, mask=image.getchannel("A") if image.mode == "RGBA" else None)
    return clean


def _eight_bits(image: Image.Image) -> Image.Image:
    """A mode that can be made smaller: RGB, RGBA, grey or CMYK; 16-bit grey keeps its tones."""
    if image.mode in ("RGB", "RGBA", "L", "CMYK"):
        return image
    if image.mode.startswith("I") or image.mode == "F":
        return image.point(lambda value: value / 256).convert("L")
    transparent = "A" in image.mode or "a" in image.mode or "transparency" in image.info
    return image.convert("RGBA" if transparent else "RGB")


def _srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Colours as the web shows them; a profile that is broken or does not fit is passed over."""
    wanted = "RGBA" if image.mode == "RGBA" else "RGB"
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(image, source, target, outputMode=wanted)
            if converted is not None:
                return converted
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass
    return image.convert(wanted)


def _small(jpeg: bytes) -> bytes:
    """A copy of one of our own JPEGs (already masked) at most SMALL_SIDE_MAX pixels long."""
    with _decoding, Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as stored:
        stored.draft("RGB", (2 * SMALL_SIDE_MAX, 2 * SMALL_SIDE_MAX))
        image = stored.convert("RGB")
    image.thumbnail((SMALL_SIDE_MAX, SMALL_SIDE_MAX), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=SMALL_JPEG_QUALITY, progressive=True, optimize=True)
    return out.getvalue()


def _photo(image: Image.Image) -> Photo:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=JPEG_QUALITY, progressive=True, optimize=True)
    return Photo(out.getvalue(), *image.size)


def _mask(image: Image.Image, mask: Mask, field: str) -> None:
    left, top, width, height = mask
    inside = 0 <= left < image.width and 0 <= top < image.height
    if not inside or width < 1 or height < 1:
        raise Invalid("outside_photo", field)
    box = (left, top, min(image.width, left + width), min(image.height, top + height))
    part = image.crop(box)
    block = max(1, min(part.size) // MASK_BLOCKS)
    few = (max(1, part.width // block), max(1, part.height // block))
    blocks = part.resize(few, Image.Resampling.BOX)
    image.paste(blocks.resize(part.size, Image.Resampling.NEAREST), box)
