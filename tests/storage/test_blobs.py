"""What the blob port promises, on a folder and on S3."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from suishou.domain.errors import Contended, StorageFailure
from suishou.storage.blobs import Blobs, FolderBlobs, S3Blobs
from tests.storage.engines import Clients, s3_blobs

JPEG = "image/jpeg"


def test_bytes_come_back_as_they_went_in(blobs: Blobs) -> None:
    content = bytes(range(256)) * 100
    blobs.put("public/2026/05/井盖.jpg", content, JPEG)
    assert blobs.get("public/2026/05/井盖.jpg") == content


def test_empty_bytes_are_not_nothing(blobs: Blobs) -> None:
    blobs.put("empty", b"", JPEG)
    assert blobs.get("empty") == b""
    assert blobs.has("empty")
    assert not blobs.has("absent")
    assert not blobs.has("absent/deeper")
    assert blobs.get("absent") is None
    assert blobs.get("absent/deeper") is None


def test_a_second_put_replaces(blobs: Blobs) -> None:
    blobs.put("a", b"first", JPEG)
    blobs.put("a", b"second", JPEG)
    assert blobs.get("a") == b"second"
    assert blobs.list() == ["a"]


def test_deleting_twice_is_fine(blobs: Blobs) -> None:
    blobs.put("folder/a", b"x", JPEG)
    blobs.delete("folder/a")
    blobs.delete("folder/a")
    blobs.delete("never/was")
    assert blobs.get("folder/a") is None
    assert blobs.list() == []


def test_a_list_is_by_any_beginning_and_in_byte_order(blobs: Blobs) -> None:
    keys = ["a-b", "a/b", "a/c/d", "a0", "b", "￮", "𠮷"]
    for key in reversed(keys):
        blobs.put(key, b"x", JPEG)
    assert blobs.list() == keys
    assert blobs.list("a") == ["a-b", "a/b", "a/c/d", "a0"]
    assert blobs.list("a/") == ["a/b", "a/c/d"]
    assert blobs.list("a/c") == ["a/c/d"]
    assert blobs.list(".") == []


BAD_KEYS = [
    "",
    "/etc/passwd",
    "../up",
    "a/../../up",
    "a/./b",
    "a//b",
    "a/",
    ".hidden",
    "a/.hidden",
    "a\\b",
    "a\x00b",
    "a\nb",
    "长" * 67,
    "/".join(["ab"] * 301),
    "\ud800",
]


@pytest.mark.parametrize("key", BAD_KEYS)
def test_an_unsafe_key_is_refused_by_every_call(blobs: Blobs, key: str) -> None:
    for call in (lambda: blobs.put(key, b"x", JPEG), lambda: blobs.get(key)):
        with pytest.raises(ValueError):
            call()
    with pytest.raises(ValueError):
        blobs.delete(key)
    assert blobs.list() == []


def test_s3_keeps_the_content_type(clients: Clients) -> None:
    blobs = s3_blobs(clients)
    blobs.put("a", b"x", "image/webp")
    head = clients.s3.head_object(Bucket=blobs._bucket, Key="a")
    assert head["ContentType"] == "image/webp"


def test_s3_lists_beyond_one_page(clients: Clients) -> None:
    blobs = s3_blobs(clients)
    keys = [f"{number:04}" for number in range(1_005)]
    for key in keys:
        blobs.put(key, b"", JPEG)
    assert blobs.list("") == keys


def test_a_failed_put_leaves_the_old_bytes_and_no_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blobs = FolderBlobs(tmp_path)
    blobs.put("a", b"old", JPEG)

    def full(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("suishou.storage.blobs.os.fsync", full)
    with pytest.raises(StorageFailure) as caught:
        blobs.put("a", b"new", JPEG)
    assert isinstance(caught.value.__cause__, OSError)
    assert blobs.get("a") == b"old"
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["a"]


def test_a_folder_and_its_new_parents_are_synced_before_the_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    monkeypatch.setattr("suishou.storage.blobs._sync_folder", lambda path: synced.append(path.name))
    FolderBlobs(tmp_path / "root").put("2026/05/a", b"x", JPEG)
    assert synced == ["root", "2026", "05"]


def test_a_key_that_is_the_folder_of_another_fails_aloud(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    blobs.put("a", b"x", JPEG)
    with pytest.raises(StorageFailure):
        blobs.put("a/b", b"x", JPEG)
    assert blobs.get("a/b") is None
    assert blobs.get("a") == b"x"


@pytest.mark.parametrize(
    ("code", "kind"), [("SlowDown", Contended), ("AccessDenied", StorageFailure)]
)
def test_an_s3_error_is_told_by_its_code(code: str, kind: type[Exception]) -> None:
    class Refusing:
        def put_object(self, **_: Any) -> None:
            raise ClientError({"Error": {"Code": code}}, "PutObject")

    with pytest.raises(kind, match=code) as caught:
        S3Blobs(Refusing(), "bucket").put("a", b"x", JPEG)
    assert type(caught.value) is kind
