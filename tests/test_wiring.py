"""One machine: the data folder remembers its programme and its secret; settings name what lacks."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from suishou.domain.errors import Invalid, SettingsInvalid, StorageFailure
from suishou.services.site_build import SiteBuild
from suishou.settings import AwsSettings, LocalSettings, build_settings, settings
from suishou.storage.data_folder import claim_for_programme, folder_secret, remembered_programme
from suishou.storage.table import Insert
from suishou.wiring import close, local_feed, local_system, site_build

PROGRAMME = Path(__file__).parents[1] / "programmes" / "tonggu"


def test_a_system_opened_again_knows_what_was_written(tmp_path: Path) -> None:
    first = local_system(PROGRAMME, tmp_path / "data")
    first.private.write([Insert("CASE#1", "HEAD", {"a": 1})])
    close(first)
    again = local_system(PROGRAMME, tmp_path / "data")
    assert again.private.get("CASE#1", "HEAD") is not None
    assert [change.partition for change in local_feed(again).pending(10)] == ["CASE#1"]
    assert again.secret == first.secret
    assert again.now().tzinfo is not None
    assert again.token() != again.token()
    close(again)


def test_the_secret_is_the_owners_alone_and_made_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        found = set(pool.map(lambda _: folder_secret(tmp_path / "data"), range(64)))
    assert len(found) == 1
    assert len(found.pop()) == 32
    assert stat.S_IMODE((tmp_path / "data" / "secret").stat().st_mode) == 0o600
    assert [file.name for file in (tmp_path / "data").iterdir()] == ["secret"]


def test_what_is_private_is_closed_to_other_accounts(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "private.sqlite3").touch(mode=0o644)  # as an older version left it
    system = local_system(PROGRAMME, data)
    system.private.write([Insert("CASE#1", "HEAD", {"a": 1})])
    files = [*data.glob("private.sqlite3*"), data / "photos" / "raw"]
    assert [file.name for file in files if file.stat().st_mode & 0o077] == []
    close(system)


def test_a_shortened_secret_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"short")
    with pytest.raises(Invalid, match="damaged_secret"):
        folder_secret(tmp_path)


def test_the_data_folder_of_another_programme_is_refused(tmp_path: Path) -> None:
    assert remembered_programme(tmp_path) is None
    claim_for_programme(tmp_path, "tonggu", PROGRAMME)
    claim_for_programme(tmp_path, "tonggu", PROGRAMME)
    with pytest.raises(Invalid, match="another_programme"):
        claim_for_programme(tmp_path, "xinfeng", PROGRAMME)
    assert remembered_programme(tmp_path) == ("tonggu", PROGRAMME)


def test_a_damaged_data_folder_says_so(tmp_path: Path) -> None:
    (tmp_path / "programme.json").write_text("[]")
    with pytest.raises(Invalid, match="damaged_data_folder"):
        remembered_programme(tmp_path)


def test_every_missing_setting_is_named_at_once() -> None:
    with pytest.raises(SettingsInvalid) as refused:
        settings({"SUISHOU_PUBLIC_TABLE": "p", "SUISHOU_PRIVATE_TABLE": ""})
    assert refused.value.missing == (
        "SUISHOU_PROGRAMME_FOLDER",
        "SUISHOU_PRIVATE_TABLE",
        "SUISHOU_RAW_PHOTOS_BUCKET",
        "SUISHOU_PUBLIC_PHOTOS_BUCKET",
        "SUISHOU_SECRET_PARAMETER",
    )


def test_a_data_folder_means_one_machine() -> None:
    given = {"SUISHOU_DATA": "data", "SUISHOU_PROGRAMME_FOLDER": "p"}
    assert settings(given) == LocalSettings(Path("p"), Path("data"))


def test_a_stack_is_told_its_tables_and_buckets() -> None:
    names = ("PRIVATE_TABLE", "PUBLIC_TABLE", "RAW_PHOTOS_BUCKET", "PUBLIC_PHOTOS_BUCKET")
    given = {f"SUISHOU_{name}": name.lower() for name in names}
    given |= {"SUISHOU_PROGRAMME_FOLDER": "p", "SUISHOU_SECRET_PARAMETER": "/s"}
    found = settings(given)
    assert isinstance(found, AwsSettings)
    assert (found.private_table, found.secret_parameter) == ("private_table", "/s")


BUILD = {
    "SUISHOU_PROGRAMME_FOLDER": str(PROGRAMME),
    "SUISHOU_PUBLIC_TABLE": "public",
    "SUISHOU_PUBLIC_PHOTOS_BUCKET": "photos",
    "SUISHOU_SITE_BUCKET": "site",
    "SUISHOU_KEPT_BUCKET": "kept",
    "SUISHOU_WORK": "work",
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "cn-north-1",
}


def site_builder(monkeypatch: pytest.MonkeyPatch, **told: str) -> SiteBuild:
    for name, value in {**BUILD, **told}.items():
        monkeypatch.setenv(name, value)
    site_build.cache_clear()
    try:
        return site_build()
    finally:
        site_build.cache_clear()


def test_the_build_of_a_stack_reaches_nothing_private(monkeypatch: pytest.MonkeyPatch) -> None:
    given = site_builder(monkeypatch)
    with pytest.raises(StorageFailure):
        given.system.private.get("CASE#1", "HEAD")
    assert given.system.secret == b""
    assert (given.hand_over, given.cloudfront, given.distribution) == (None, None, "")


def test_a_stack_says_where_its_site_and_its_api_are(monkeypatch: pytest.MonkeyPatch) -> None:
    before = site_builder(monkeypatch).system.programme.site
    assert (before.address, before.api_root) == ("", "")
    told = {
        "SUISHOU_SITE_ADDRESS": "https://site/",
        "SUISHOU_API_ADDRESS": "https://api/api/v1",
        "SUISHOU_DISTRIBUTION": "E1",
        "SUISHOU_BUILDER": "builder",
        "SUISHOU_CASES_MAX": "7",
    }
    given = site_builder(monkeypatch, **told)
    site = given.system.programme.site
    assert (site.address, site.api_root) == ("https://site/", "https://api/api/v1")
    assert site.english
    given = site_builder(monkeypatch, **told, SUISHOU_LOCALES="zh")
    assert not given.system.programme.site.english
    assert given.cloudfront and given.hand_over and given.cases_max == 7


def test_settings_of_a_build_name_all_that_lacks() -> None:
    with pytest.raises(SettingsInvalid, match="SUISHOU_KEPT_BUCKET"):
        build_settings({})
