"""Photos from strangers: what is taken, what is refused, and what never survives."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image, ImageCms

from suishou.domain.errors import Invalid, NotFound, TooLarge, UnsupportedType
from suishou.domain.public_row import small_photo_key
from suishou.services.photo_format import PHOTO_BYTES_MAX, photo_format
from suishou.services.photo_pixels import Mask, publish_photo, reencode
from suishou.services.stored_photos import raw_photo, raw_photo_key, withdraw_photo
from suishou.services.system import System
from suishou.services.uploads import keep_uploads
from tests.services.local_systems import demonstration_system

ORIENTATION, GPS = 0x0112, 0x8825


def picture(width: int = 40, height: int = 20, mode: str = "RGB") -> Image.Image:
    image = Image.linear_gradient("L").resize((width, height))
    return image.convert(mode)


def encoded(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def png_claiming(width: int, height: int, rows: int) -> bytes:
    """A valid PNG of black pixels, one bit each, whose header claims this size."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    packer = zlib.compressobj(9)
    pixels = b"".join(packer.compress(bytes(1 + 3 * width)) for _ in range(rows)) + packer.flush()
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


@pytest.fixture
def system(tmp_path: Path) -> System:
    return demonstration_system(tmp_path)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_each_known_format_becomes_a_jpeg(kind: str) -> None:
    photo = reencode(encoded(picture(), kind))
    assert photo.jpeg.startswith(b"\xff\xd8\xff")
    assert (photo.width, photo.height) == (40, 20)


def test_the_same_bytes_give_the_same_photo() -> None:
    data = encoded(picture(300, 200))
    assert reencode(data) == reencode(data)


def test_a_png_of_144_megapixels_is_refused_before_it_is_decoded() -> None:
    data = png_claiming(12_000, 12_000, rows=12_000)
    assert len(data) < 500_000
    with pytest.raises(TooLarge) as refused:
        reencode(data)
    assert refused.value.field == "photo"


def test_a_webp_that_claims_a_huge_canvas_is_refused() -> None:
    body = b"\x10\0\0\0" + (16_382).to_bytes(3, "little") * 2
    data = b"RIFF" + struct.pack("<I", 4 + 8 + 10) + b"WEBPVP8X" + struct.pack("<I", 10) + body
    with pytest.raises(TooLarge):
        reencode(data)


@pytest.mark.parametrize("kind", ["WEBP lossless", "WEBP lossy", "WEBP extended"])
def test_every_kind_of_webp_tells_its_size(kind: str) -> None:
    mode = "RGBA" if kind.endswith("extended") else "RGB"
    image = picture(33, 21, mode)
    if mode == "RGBA":
        image.putalpha(Image.linear_gradient("L").resize(image.size))
    photo = reencode(encoded(image, "WEBP", lossless=kind.endswith("lossless")))
    assert (photo.width, photo.height) == (33, 21)


def test_more_bytes_than_are_taken_are_refused() -> None:
    with pytest.raises(TooLarge) as refused:
        reencode(b"\xff\xd8\xff" + bytes(PHOTO_BYTES_MAX), "photos.1")
    assert refused.value.field == "photos.1"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "not_a_photo"),
        (b"<!doctype html><img src=x>", "not_a_photo"),
        (b"GIF89a" + bytes(40), "not_a_photo"),
        (b"%PDF-1.7", "not_a_photo"),
        (b"\0\0\0\x18ftypheic" + bytes(40), "photo_heic"),
        (b"\0\0\0\x18ftypmif1" + bytes(40), "photo_heic"),
    ],
)
def test_what_is_no_photo_is_an_unsupported_type(data: bytes, code: str) -> None:
    with pytest.raises(UnsupportedType) as refused:
        reencode(data)
    assert (refused.value.code, refused.value.field) == (code, "photo")


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(Invalid, match="photo_empty"):
        reencode(b"")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9])
def test_a_truncated_file_is_refused(kind: str, kept: float) -> None:
    noise = Image.effect_noise((200, 200), 80).convert("RGB")
    data = encoded(noise, kind)
    with pytest.raises(Invalid, match="photo_damaged"):
        reencode(data[: int(len(data) * kept)])


def test_html_after_a_jpeg_does_not_survive() -> None:
    data = encoded(picture()) + b"<script>alert(1)</script>"
    assert b"script" not in reencode(data).jpeg


def test_no_metadata_survives() -> None:
    exif = Image.Exif()
    exif[0x010E] = "secret words"
    exif.get_ifd(GPS)[1] = "N"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = encoded(
        picture(), exif=exif, comment=b"secret words", xmp=b"secret words", icc_profile=profile
    )
    assert b"secret words" in data
    photo = reencode(data)
    with Image.open(io.BytesIO(photo.jpeg)) as image:
        assert not image.getexif()
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"} | {
            "progressive",
            "progression",
        }
    for mark in (b"Exif", b"secret", b"ICC_PROFILE", b"xap"):
        assert mark not in photo.jpeg


def test_the_orientation_is_applied_and_dropped() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    photo = reencode(encoded(picture(40, 20), exif=exif))
    assert (photo.width, photo.height) == (20, 40)


def test_the_longest_side_becomes_1600_pixels() -> None:
    photo = reencode(encoded(picture(3200, 1000)))
    assert (photo.width, photo.height) == (1600, 500)


def test_a_turned_photo_keeps_its_limit_too() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 8
    photo = reencode(encoded(picture(4000, 3000), exif=exif))
    assert (photo.width, photo.height) == (1200, 1600)


def test_transparency_lies_on_white() -> None:
    photo = reencode(encoded(Image.new("RGBA", (8, 8), (0, 0, 0, 0)), "PNG"))
    with Image.open(io.BytesIO(photo.jpeg)) as image:
        assert min(image.getpixel((4, 4))) > 250


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
def test_every_mode_of_pixels_is_read(mode: str) -> None:
    image = Image.new(mode, (16, 16), 0x8000) if mode == "I;16" else picture(16, 16, mode)
    photo = reencode(encoded(image, "JPEG" if mode == "CMYK" else "PNG"))
    with Image.open(io.BytesIO(photo.jpeg)) as made:
        assert made.mode == "RGB"
        if mode == "I;16":
            assert abs(made.getpixel((8, 8))[0] - 0x80) < 3


def test_of_an_animation_the_first_frame_is_kept() -> None:
    frames = [Image.new("RGB", (16, 16), color) for color in ("red", "blue")]
    for kind in ("WEBP", "PNG"):
        data = encoded(frames[0], kind, save_all=True, append_images=frames[1:])
        with Image.open(io.BytesIO(reencode(data).jpeg)) as image:
            red, _, blue = image.getpixel((8, 8))
            assert red > 200
            assert blue < 60


def test_the_name_of_a_format_is_found_by_content() -> None:
    assert photo_format(encoded(picture(), "WEBP"), "photo") == "WEBP"


def test_a_stored_photo_is_found_under_its_id(system: System) -> None:
    photo_id = keep_uploads(system, [encoded(picture())])[0]
    assert raw_photo(system, photo_id) == reencode(encoded(picture())).jpeg
    assert system.raw_photos.list() == [raw_photo_key(photo_id)]
    assert system.public_photos.list() == []


def test_a_refused_photo_is_not_stored(system: System) -> None:
    with pytest.raises(UnsupportedType):
        keep_uploads(system, [b"<svg/>"])[0]
    assert system.raw_photos.list() == []


def test_a_masked_copy_has_another_name_and_few_colours_where_it_is_masked(system: System) -> None:
    noise = Image.effect_noise((200, 100), 120).convert("RGB")
    photo_id = keep_uploads(system, [encoded(noise)])[0]
    key = publish_photo(system, photo_id, ((20, 20, 60, 30),))
    assert key != raw_photo_key(photo_id)
    jpeg = system.public_photos.get(key)
    assert jpeg is not None
    with Image.open(io.BytesIO(jpeg)) as image:
        inside = image.crop((22, 22, 78, 48)).convert("L")
        outside = image.crop((100, 20, 160, 50)).convert("L")
        spans = [high - low for low, high in (inside.getextrema(), outside.getextrema())]
    assert spans[0] < spans[1] / 3


def test_publishing_again_gives_the_same_key(system: System) -> None:
    photo_id = keep_uploads(system, [encoded(picture())])[0]
    masks = ((0, 0, 500, 5),)
    key = publish_photo(system, photo_id, masks)
    assert publish_photo(system, photo_id, masks) == key
    assert system.public_photos.list() == sorted([key, small_photo_key(key)])


def test_a_small_copy_lies_beside_the_photo_and_is_masked_too(system: System) -> None:
    photo_id = keep_uploads(system, [encoded(picture(1200, 600))])[0]
    key = publish_photo(system, photo_id, ((0, 0, 1200, 600),))
    small = system.public_photos.get(small_photo_key(key))
    assert small is not None
    with Image.open(io.BytesIO(small)) as image:
        assert image.size == (320, 160)
        assert len(set(image.convert("L").resize((6, 3)).tobytes())) <= 4 * 3 + 6
    assert len(small) < len(system.public_photos.get(key) or b"")


def test_a_photo_that_is_withdrawn_takes_its_small_copy_along(system: System) -> None:
    key = publish_photo(system, keep_uploads(system, [encoded(picture())])[0])
    withdraw_photo(system, key)
    withdraw_photo(system, key)
    assert system.public_photos.list() == []


@pytest.mark.parametrize("mask", [(40, 0, 5, 5), (-1, 0, 5, 5), (0, 0, 0, 5)])
def test_a_mask_beside_the_photo_is_refused(system: System, mask: Mask) -> None:
    photo_id = keep_uploads(system, [encoded(picture(40, 20))])[0]
    with pytest.raises(Invalid) as refused:
        publish_photo(system, photo_id, ((0, 0, 1, 1), mask))
    assert refused.value.field == "masks.1"
    assert system.public_photos.list() == []


@pytest.mark.parametrize("photo_id", ["", "0" * 64, "../secret", "photos/x"])
def test_an_unknown_photo_is_not_found(system: System, photo_id: str) -> None:
    with pytest.raises(NotFound):
        publish_photo(system, photo_id)
