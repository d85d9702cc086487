"""The site's bucket: only what changed, in the right order, and completed after any failure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from build_scripts.bucket_site import FOREVER, LISTS, SHORT, content_type, publish_to_bucket
from build_scripts.publications import Publication, Publications
from build_scripts.publish import publish, roll_back
from build_scripts.take_down import take_down_now
from tests.build.tiny_site import county, put, rows_for, take_down, tiny_build, tree

BUCKET = "site"
Files = Mapping[str, str]


class Recording:
    """An S3 client that tells what it was asked, and fails once on its `fails_at`-th write: before
    the write reaches the bucket, or after it (`lost`: the answer is lost)."""

    def __init__(self, client: Any, fails_at: int = 0, lost: bool = False) -> None:
        self._client = client
        self.put: list[str] = []
        self.removed: list[str] = []
        self._left, self._lost = fails_at, lost

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def put_object(self, **asked: Any) -> Any:
        self._may_fail(before=True)
        answer = self._client.put_object(**asked)
        self.put.append(asked["Key"])
        self._may_fail(before=False)
        return answer

    def delete_objects(self, **asked: Any) -> Any:
        self.removed += [entry["Key"] for entry in asked["Delete"]["Objects"]]
        return self._client.delete_objects(**asked)

    def _may_fail(self, *, before: bool) -> None:
        if before is self._lost:
            return
        self._left -= 1
        if self._left == 0:
            raise ClientError({"Error": {"Code": "SlowDown"}}, "PutObject")

    def pages(self) -> list[str]:
        return [key for key in self.put if not key.startswith(LISTS)]


@pytest.fixture
def s3() -> Iterator[Any]:
    with mock_aws():
        client = boto3.Session("testing", "testing", region_name="us-east-1").client("s3")
        client.create_bucket(Bucket=BUCKET)
        yield client


def staged(publications: Publications, files: Files) -> Publication:
    listed = {path: publications.content.put(text.encode()) for path, text in files.items()}
    group = publications.group(listed, "")
    return publish(
        publications, Publication(0, "build", "id", {"every-build": group}, frozenset()), frozenset
    ).publication


def held(s3: Any) -> dict[str, bytes]:
    found = s3.list_objects_v2(Bucket=BUCKET).get("Contents", ())
    keys = [entry["Key"] for entry in found if not entry["Key"].startswith(LISTS)]
    return {key: s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in keys}


def test_only_what_changed_is_put_content_first_home_last(s3: Any, tmp_path: Path) -> None:
    publications = Publications(tmp_path / "site")
    files = {"index.html": "h", "a.html": "1", "assets/x.css": "c", "cases/index.html": "l"}
    client = Recording(s3)
    publish_to_bucket(publications, staged(publications, files), client, BUCKET)
    assert client.pages()[0] == "assets/x.css" and client.pages()[-1] == "index.html"
    assert set(client.pages()) == files.keys()
    assert client.put[-1] == f"{LISTS}current.json"
    client = Recording(s3)
    changed = {"index.html": "h2", "assets/x.css": "c", "cases/index.html": "l"}
    publish_to_bucket(publications, staged(publications, changed), client, BUCKET)
    assert (client.pages(), client.removed) == (["index.html"], ["a.html"])
    assert held(s3) == {path: text.encode() for path, text in changed.items()}
    client = Recording(s3)
    publish_to_bucket(publications, publications.current(), client, BUCKET)
    assert client.pages() == client.removed == []


@pytest.mark.parametrize("lost", [False, True])
@pytest.mark.parametrize("fails_at", range(1, 7))
def test_a_publishing_that_was_cut_short_is_completed_by_the_next(
    s3: Any, tmp_path: Path, fails_at: int, lost: bool
) -> None:
    publications = Publications(tmp_path / "site")
    first = {"index.html": "old", "old.html": "links nowhere new"}
    publish_to_bucket(publications, staged(publications, first), s3, BUCKET)
    second = {"index.html": "new", "new.html": "n", "assets/a.css": "c", "list.html": "l"}
    goal = staged(publications, second)
    with pytest.raises(ClientError):
        publish_to_bucket(publications, goal, Recording(s3, fails_at, lost), BUCKET)
    standing = held(s3)
    if standing["index.html"] == b"new":  # home is never ahead of what it links to
        assert standing.keys() >= {"new.html", "assets/a.css", "list.html"}
    publish_to_bucket(publications, goal, s3, BUCKET)
    assert held(s3) == {path: text.encode() for path, text in second.items()}


def test_a_lost_lease_stops_the_next_phase(s3: Any, tmp_path: Path) -> None:
    publications = Publications(tmp_path / "site")
    goal = staged(publications, {"index.html": "h"})

    def lost() -> None:
        raise RuntimeError("lease lost")

    with pytest.raises(RuntimeError):
        publish_to_bucket(publications, goal, s3, BUCKET, lost)
    assert held(s3) == {}


def test_build_take_down_and_roll_back_reach_the_bucket(s3: Any, tmp_path: Path) -> None:
    system, site = county(tmp_path), tmp_path / "site"
    rows = rows_for(system.programme, 4)
    put(system, *rows[:3])
    tiny_build(system, site, tmp_path / "work")
    publications = Publications(site)
    publish_to_bucket(publications, publications.current(), s3, BUCKET)
    assert held(s3) == tree(site)
    put(system, rows[3])
    tiny_build(system, site, tmp_path / "work")
    publish_to_bucket(publications, publications.current(), s3, BUCKET)
    assert held(s3) == tree(site)
    take_down(system, rows[0])
    take_down_now(site, system.public)
    publish_to_bucket(publications, publications.current(), s3, BUCKET)
    found = held(s3)
    assert found == tree(site)
    assert not any(rows[0].id in path or rows[0].id.encode() in found[path] for path in found)
    roll_back(site, system.public)
    publish_to_bucket(publications, publications.current(), s3, BUCKET)
    found = held(s3)
    assert found == tree(site)
    assert not any(rows[0].id in path or rows[3].id in path for path in found)


def test_types_and_caches_are_right(s3: Any, tmp_path: Path) -> None:
    publications = Publications(tmp_path / "site")
    files = {"index.html": "h", "assets/a.0123456789.js": "j", "data/x.csv": "c"}
    publish_to_bucket(publications, staged(publications, files), s3, BUCKET)
    for path, cache in (("index.html", SHORT), ("assets/a.0123456789.js", FOREVER)):
        head = s3.head_object(Bucket=BUCKET, Key=path)
        assert (head["ContentType"], head["CacheControl"]) == (content_type(path), cache)
    assert content_type("a/b.html") == "text/html; charset=utf-8"
    assert content_type("x.geojson") == "application/geo+json"
    assert content_type("p.jpg") == "image/jpeg"
