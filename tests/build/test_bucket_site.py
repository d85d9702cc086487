"""The site's bucket: only what changed, in the right order, typed, compressed, invalidated."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from build_scripts.bucket_site import (
    FOREVER,
    INVALIDATED_MAX,
    SHORT,
    content_type,
    invalidated,
    stored,
)
from build_scripts.publish import NothingToRestore, NotOurFolder, roll_back_alone
from build_scripts.take_down import take_down_alone, take_down_now
from tests.build.tiny_bucket import KEPT, SITE, Distribution, Stack, held
from tests.build.tiny_site import county, put, rows_for, take_down, tiny_build, tree

NONE: frozenset[str] = frozenset()


def test_only_what_changed_is_put_content_first_home_last(stack: Stack) -> None:
    files = {"index.html": "h", "a.html": "1", "assets/x.css": "c", "cases/index.html": "l"}
    stack.publish(files)
    assert stack.s3.shown() == ["assets/x.css", "a.html", "cases/index.html", "index.html"]
    stack.s3.forget()
    changed = {"index.html": "h2", "assets/x.css": "c", "cases/index.html": "l"}
    stack.publish(changed)
    assert (stack.s3.shown(), stack.s3.removed(SITE)) == (["index.html"], ["a.html"])
    assert held(stack.s3) == {path: text.encode() for path, text in changed.items()}
    stack.s3.forget()
    stack.publish(changed)
    assert stack.s3.shown() == stack.s3.removed(SITE) == []


@pytest.mark.parametrize("fails_at", range(1, 15))
def test_whatever_write_a_publishing_dies_at_no_link_dangles_and_the_next_completes_it(
    stack: Stack, tmp_path: Path, fails_at: int
) -> None:
    first = {"index.html": "old.html", "old.html": "", "both.html": "assets/b.css"}
    stack.publish({**first, "assets/b.css": ""})
    goal = {
        "index.html": "new.html list.html",
        "new.html": "assets/a.css",
        "list.html": "new.html",
        "both.html": "new.html",
        "assets/a.css": "",
    }
    died = stack.publish_dying(goal, fails_at, lost=fails_at % 2 == 0)
    pages, reached = held(stack.s3), {"index.html", "both.html"}
    while reached:  # a page is nothing but the names that it links to here
        assert reached <= pages.keys()
        reached = {name for path in reached for name in pages[path].decode().split()}
    another = Stack(stack.s3, tmp_path / "another container")
    another.publish({"index.html": "other.html", "other.html": ""})
    assert held(stack.s3) == {"index.html": b"other.html", "other.html": b""}
    assert died


def test_a_bucket_with_objects_of_unknown_origin_is_left_alone(stack: Stack) -> None:
    stack.s3.put_object(Bucket=SITE, Key="thesis.doc", Body=b"mine")
    with pytest.raises(NotOurFolder):
        stack.publish({"index.html": "h"})
    assert held(stack.s3) == {"thesis.doc": b"mine"}


def test_a_lost_lease_stops_the_next_phase(stack: Stack) -> None:
    def lost() -> None:
        raise RuntimeError("lease lost")

    with pytest.raises(RuntimeError):
        stack.publish({"index.html": "h"}, lost)
    assert held(stack.s3) == {}


def test_what_only_a_publishing_that_died_had_put_is_taken_down_too(stack: Stack) -> None:
    """The page of a case, put by a builder that died before it could say so."""
    case = "20260501-00a1"
    stack.publish({"index.html": "h"})
    assert stack.publish_dying({"index.html": "h", f"cases/{case}.html": "secret"}, 7, lost=True)
    assert f"cases/{case}.html" in held(stack.s3)
    take_down_alone(stack.shown, frozenset({case}))
    assert held(stack.s3) == {"index.html": b"h"}
    assert stack.mentions("secret") == []


def test_build_take_down_and_roll_back_reach_the_bucket(stack: Stack, tmp_path: Path) -> None:
    system, site = county(tmp_path), tmp_path / "site"
    rows = rows_for(system.programme, 4)
    put(system, *rows[:3])
    tiny_build(system, site, tmp_path / "work")
    stack.show_built()
    assert held(stack.s3) == tree(site)
    put(system, rows[3])
    tiny_build(system, site, tmp_path / "work")
    stack.show_built()
    assert held(stack.s3) == tree(site)
    take_down(system, rows[0])
    take_down_now(site, system.public)
    another = Stack(stack.s3, tmp_path / "another container")  # nothing near, nothing built
    assert take_down_alone(another.shown, frozenset({rows[0].id})) == {rows[0].id}
    found = held(stack.s3)
    assert found == tree(site)
    assert not any(rows[0].id in path or rows[0].id.encode() in found[path] for path in found)
    roll_back_alone(another.shown, frozenset({rows[0].id}))
    found = held(stack.s3)
    assert not any(rows[0].id in path or rows[3].id in path for path in found)
    assert any(rows[1].id in path for path in found)
    for words in (rows[0].id, rows[0].text):
        assert not any(words in text for text in another.kept_texts())
    with pytest.raises(NothingToRestore):
        roll_back_alone(another.shown, frozenset({rows[0].id}))


def test_a_case_taken_down_after_the_build_before_is_not_in_what_is_rolled_back_to(
    stack: Stack, tmp_path: Path
) -> None:
    system, site = county(tmp_path), tmp_path / "site"
    rows = rows_for(system.programme, 4)
    for some in (rows[:2], rows[2:]):
        put(system, *some)
        tiny_build(system, site, tmp_path / "work")
        stack.show_built()
    roll_back_alone(stack.shown, frozenset({rows[0].id}))  # nobody has taken it down here yet
    found = held(stack.s3)
    assert not any(rows[0].id in path or rows[0].id.encode() in found[path] for path in found)
    assert any(rows[1].id in path for path in found)


def test_old_publications_and_what_only_they_held_leave_the_bucket(stack: Stack) -> None:
    for number in range(9):
        stack.publish({"index.html": f"{number}.html", f"{number}.html": f"words {number}"})
        stack.shown.drop_old()
    assert [p.number for p in stack.shown.kept()] == [9, 8, 7, 6, 5]
    assert stack.mentions("words 3") == [] and stack.mentions("words 4") != []


def test_a_damaged_content_is_an_error_and_not_published(stack: Stack, tmp_path: Path) -> None:
    for text in ("1", "2"):
        stack.publish({"index.html": text})
    for key in stack.s3.keys(KEPT, "content/"):
        stack.s3.put_object(Bucket=KEPT, Key=key, Body=gzip.compress(b"not that"))
    with pytest.raises(Exception, match=r"[0-9a-f]{64}"):
        roll_back_alone(Stack(stack.s3, tmp_path / "another").shown, NONE)
    assert held(stack.s3) == {"index.html": b"2"}


def test_types_and_caches_are_right(stack: Stack) -> None:
    stack.publish({"index.html": "h", "assets/a.0123456789.js": "j", "data/x.csv": "c"})
    for path, cache in (("index.html", SHORT), ("assets/a.0123456789.js", FOREVER)):
        head = stack.s3.head_object(Bucket=SITE, Key=path)
        assert (head["ContentType"], head["CacheControl"]) == (content_type(path), cache)
    assert content_type("a/b.html") == "text/html; charset=utf-8"
    assert content_type("x.geojson") == "application/geo+json"
    assert content_type("p.jpg") == "image/jpeg"


def test_what_browsers_read_is_compressed_where_no_distribution_does_it() -> None:
    text = "井盖松动。".encode() * 100
    for path in ("a.html", "a.css", "a.js", "search/a.json", "a.geojson", "a.svg"):
        body, encoding = stored(path, text, compress=True)
        assert encoding == "gzip" and gzip.decompress(body) == text and len(body) < len(text)
        assert stored(path, text, compress=True) == (body, encoding)
        assert stored(path, text, compress=False) == (text, "")
    # What people download with other tools is what its name says; and a photo is small already.
    for path in ("data/a.csv", "feed.xml", "a.ics", "a.jpg", "robots.txt"):
        assert stored(path, text, compress=True) == (text, "")
    assert stored("a.html", b"x", compress=True) == (b"x", "")


def test_the_encoding_is_told_with_the_object(stack: Stack) -> None:
    stack.publish({"index.html": "井盖" * 100, "data/x.csv": "井盖" * 100})
    assert stack.s3.head_object(Bucket=SITE, Key="index.html")["ContentEncoding"] == "gzip"
    assert "ContentEncoding" not in stack.s3.head_object(Bucket=SITE, Key="data/x.csv")


def test_take_downs_and_roll_backs_invalidate_what_they_changed_and_builds_nothing(
    stack: Stack, tmp_path: Path
) -> None:
    distribution = Distribution()
    shown = Stack(stack.s3, tmp_path / "cdn", distribution)
    case = "20260501-00a1"
    shown.publish({"index.html": "h", "a.html": "1"})
    shown.publish({"index.html": "h", "a.html": "2", f"街/{case}.html": "x"})
    assert distribution.asked == []
    assert "ContentEncoding" not in stack.s3.head_object(Bucket=SITE, Key="index.html")
    take_down_alone(shown.shown, frozenset({case}))
    assert distribution.asked == [[f"/%E8%A1%97/{case}.html"]]
    roll_back_alone(shown.shown, frozenset({case}))
    assert distribution.asked[1:] == [["/a.html"]]


def test_an_invalidation_that_failed_is_asked_for_again(stack: Stack, tmp_path: Path) -> None:
    distribution = Distribution(fails=1)
    shown = Stack(stack.s3, tmp_path / "cdn", distribution)
    shown.publish({"index.html": "h", "20260501-00a1.html": "x"})
    stones = frozenset({"20260501-00a1"})
    with pytest.raises(ClientError):
        take_down_alone(shown.shown, stones)
    another = Stack(stack.s3, tmp_path / "another", distribution)
    take_down_alone(another.shown, stones)
    assert ["/20260501-00a1.html"] in distribution.asked


def test_home_is_invalidated_by_both_its_addresses_and_too_many_paths_by_one_wildcard() -> None:
    assert invalidated({"index.html", "a b.html"}) == ["/", "/a%20b.html", "/index.html"]
    many = {f"{number}.html" for number in range(INVALIDATED_MAX)}
    assert len(invalidated(many)) == INVALIDATED_MAX
    assert invalidated(many | {"one more.html"}) == ["/*"]
