"""Photos of stations: made new like every other, described, kept, replaced and taken away."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from suishou.domain.errors import Invalid
from suishou.domain.programme import Station
from suishou.domain.public_row import small_photo_key
from suishou.services.people import operator
from suishou.services.stations import keep_station, stations
from suishou.services.system import System
from suishou.services.uploads import keep_uploads
from tests.handlers.pictures import jpeg
from tests.services.local_systems import demonstration_system


@pytest.fixture
def system(tmp_path: Path) -> System:
    return demonstration_system(tmp_path)


def kept(system: System, **changes: Any) -> Station:
    first = system.programme.stations[0]
    location = {"lat": float(first.lat), "lon": float(first.lon), "crs": "wgs84"}
    given = {"code": "new", "name": "新驿站", "level": first.level, "area": first.area}
    return keep_station(system, operator(system), {**given, "location": location, **changes})


def shown(system: System, colour: str = "orange") -> dict[str, str]:
    return {
        "photo": keep_uploads(system, [jpeg(colour)])[0],
        "photo_alt": "门面",
        "photo_credit": "社区",
    }


def public_photos(system: System, *stood: Station) -> int:
    found = {station.photo for station in stood} - {""}
    keys = [key for photo in found for key in (photo, small_photo_key(photo))]
    return sum(system.public_photos.get(key) is not None for key in keys)


def test_the_public_copy_holds_pixels_alone(system: System) -> None:
    station = kept(system, **shown(system))
    assert station in stations(system)
    assert (station.photo_alt, station.photo_credit) == ("门面", "社区")
    content = system.public_photos.get(station.photo)
    assert content is not None
    assert b"Zhang San" in jpeg()
    assert b"Zhang San" not in content
    with Image.open(io.BytesIO(content)) as image:
        assert (image.format, dict(image.getexif())) == ("JPEG", {})
    assert system.public_photos.get(small_photo_key(station.photo)) is not None


def test_what_is_to_be_hidden_is_hidden(system: System) -> None:
    face = Image.new("L", (64, 48), 255)
    face.paste(0, (0, 0, 30, 24))
    made = io.BytesIO()
    face.save(made, "PNG")
    given = {"photo": keep_uploads(system, [made.getvalue()])[0], "photo_alt": "门面"}
    tones = []
    for masked in ([], [[0, 0, 60, 48]]):
        content = system.public_photos.get(kept(system, **given, photo_masks=masked).photo)
        assert content is not None
        with Image.open(io.BytesIO(content)) as image:
            tones.append(image.convert("L").getpixel((26, 20)))
    assert tones[0] < 20  # there it was black
    assert tones[1] > 100


def test_who_sends_back_what_was_answered_keeps_the_photo(system: System) -> None:
    before = kept(system, **shown(system))
    again = kept(system, photo=before.photo, photo_alt=before.photo_alt, hours="全天")
    assert (again.photo, again.hours) == (before.photo, "全天")
    assert public_photos(system, before) == 2


def test_another_photo_or_none_takes_the_old_copies_away(system: System) -> None:
    first = kept(system, **shown(system))
    second = kept(system, **shown(system, "blue"))
    assert public_photos(system, first) == 0
    assert public_photos(system, second) == 2
    assert kept(system).photo == ""
    assert public_photos(system, first, second) == 0


def test_a_closed_station_has_no_photo(system: System) -> None:
    station = kept(system, **shown(system))
    closed = keep_station(system, operator(system), {"code": "new", "closed": True})
    assert closed.photo == closed.photo_alt == ""
    assert public_photos(system, station) == 0


def test_two_stations_that_show_one_photo_do_not_lose_it_together(system: System) -> None:
    both = [kept(system, code=code, **shown(system)) for code in ("one", "two")]
    keep_station(system, operator(system), {"code": "one", "closed": True})
    assert public_photos(system, both[1]) == 2


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"photo": "0" * 64}, "photo", "unknown_photo"),
        ({"photo": "../../secret"}, "photo", "unknown_photo"),
        ({"photo": 7}, "photo", "not_text"),
        ({"photo_alt": " "}, "photo_alt", "required"),
        ({"photo_alt": "门" * 121}, "photo_alt", "too_long"),
        ({"photo_masks": [[0, 0, 5]]}, "photo_masks", "bad_mask"),
        ({"photo_masks": [[900, 0, 5, 5]]}, "photo_masks", "outside_photo"),
        ({"level": "palace"}, "level", "not_allowed"),
    ],
)
def test_a_bad_field_is_named_and_no_copy_is_made(
    system: System, changes: dict[str, Any], field: str, code: str, tmp_path: Path
) -> None:
    with pytest.raises(Invalid) as refused:
        kept(system, **{**shown(system), **changes})
    assert (refused.value.field, refused.value.code) == (field, code)
    assert not [path for path in tmp_path.rglob("photos/public/**/*") if path.is_file()]
    assert "new" not in {station.code for station in stations(system)}
