"""A programme moves from one machine to a stack and back, and nothing is lost or made up."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from local_systems import NOON, demonstration_system
from loop_parts import RIDER, Clock, act, advanced, publish, report, reported

from suishou.domain.errors import Invalid, StorageFailure
from suishou.domain.people import ANONYMOUS
from suishou.services.accept_report import accept_report
from suishou.services.move_data import export_data, import_data
from suishou.services.project_case import project_pending
from suishou.services.system import System
from suishou.services.track_case import own_case
from suishou.storage import private_keys, public_keys
from suishou.storage.blobs import Blobs
from suishou.storage.table import Insert, Item
from suishou.wiring import local_feed, stores
from tests.emulator import emulator
from tests.storage.engines import Clients, dynamo_table, emulated_clients, moto_clients, s3_blobs

AT = int(NOON.timestamp())


def told(name: str, done: int) -> None:
    """Progress is for people."""


@pytest.fixture
def system(tmp_path: Path) -> System:
    """One published case, one open, one photo in each store."""
    system = demonstration_system(tmp_path / "old", now=Clock())
    publish(system, advanced(system, reported(system), "close").id)
    accept_report(system, RIDER, report(system, description="另一件事"), "key-2")
    system.raw_photos.put("raw/1.jpg", b"raw", "image/jpeg")
    system.public_photos.put("2026/05/2.jpg", b"public", "image/jpeg")
    project_pending(system, local_feed(system), 100)
    return system


@pytest.fixture(scope="module", params=["moto", "ministack"])
def aws(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Clients]:
    """Two makes of a stack's tables and buckets."""
    if request.param == "moto":
        with moto_clients() as clients:
            yield clients
    else:
        with emulator(tmp_path_factory.mktemp("ministack")) as running:
            yield emulated_clients(running)


@pytest.fixture
def on_a_stack(system: System, aws: Clients) -> Iterator[System]:
    """An empty stack of the same programme and secret."""
    with dynamo_table(aws) as private, dynamo_table(aws) as public:
        yield replace(
            system,
            private=private.table,
            public=public.table,
            raw_photos=s3_blobs(aws),
            public_photos=s3_blobs(aws),
        )


def beside(system: System, folder: Path) -> System:
    """An empty machine with the same secret."""
    return replace(demonstration_system(folder, now=Clock()), secret=system.secret)


def test_there_and_back_gives_the_same_counts_and_sums(
    system: System, on_a_stack: System, tmp_path: Path
) -> None:
    first = export_data(stores(system), tmp_path / "first", AT, told)
    assert import_data(stores(on_a_stack), tmp_path / "first", AT, told) == first
    second = export_data(stores(on_a_stack), tmp_path / "second", AT, told)
    home = beside(system, tmp_path / "home")
    import_data(stores(home), tmp_path / "second", AT, told)
    assert second == first == export_data(stores(home), tmp_path / "third", AT, told)
    assert first["private"]["count"] > 10 and first["photos-raw"]["count"] == 1


def test_a_stack_of_many_pages_comes_home_whole(
    system: System, on_a_stack: System, tmp_path: Path
) -> None:
    """A scan answers a megabyte at a time; these are three."""
    words = "字" * 30_000
    for number in range(36):
        on_a_stack.private.write([Insert(f"MANY#{number}", "1", {"words": words, "n": number})])
    answer = on_a_stack.private.client.scan(TableName=on_a_stack.private.name)  # type: ignore[attr-defined]
    assert answer.get("LastEvaluatedKey"), "one page alone"
    out = export_data(stores(on_a_stack), tmp_path / "export", AT, told)
    home = beside(system, tmp_path / "home")
    assert import_data(stores(home), tmp_path / "export", AT, told) == out
    assert out["private"]["count"] == 36
    assert export_data(stores(home), tmp_path / "again", AT, told) == out


@pytest.mark.parametrize("what", ["private", "public", "raw"])
def test_a_move_to_a_stack_that_was_interrupted_is_completed_by_the_next(
    system: System, on_a_stack: System, tmp_path: Path, what: str
) -> None:
    summary = export_data(stores(system), tmp_path / "export", AT, told)
    whole = stores(on_a_stack)
    tables = {n: Broken(t) if n == what else t for n, t in whole.tables.items()}
    photos = {n: Unanswering(b) if n == what else b for n, b in whole.photos.items()}
    broken = replace(whole, tables=tables, photos=photos)
    with pytest.raises(StorageFailure):
        import_data(broken, tmp_path / "export", AT, told)
    for _ in range(2):  # completed, and once more for nothing
        assert import_data(whole, tmp_path / "export", AT, told) == summary
    assert export_data(whole, tmp_path / "again", AT, told) == summary


class Unanswering:
    """A store of photos that keeps what it is given and then fails to say so."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs

    def __getattr__(self, name: str) -> object:
        return getattr(self._blobs, name)

    def put(self, key: str, data: bytes, content_type: str) -> None:
        self._blobs.put(key, data, content_type)
        raise StorageFailure("lost")


def test_after_the_move_the_loop_goes_on(system: System, tmp_path: Path) -> None:
    receipt = accept_report(system, ANONYMOUS, report(system, description="第三件"), "key-3")
    export_data(stores(system), tmp_path / "export", AT, told)
    home = beside(system, tmp_path / "home")
    import_data(stores(home), tmp_path / "export", AT, told)
    stored = own_case(home, receipt.case_id, receipt.tracking_token, ANONYMOUS)
    assert stored.case.stage == "reported"
    again = accept_report(home, ANONYMOUS, report(home, description="第三件"), "key-3")
    assert (again.repeated, again.case_id) == (True, receipt.case_id)
    assert act(home, receipt.case_id, "register").stage == "registered"


def test_what_was_not_yet_projected_is_projected_by_the_target(
    system: System, tmp_path: Path
) -> None:
    late = accept_report(system, RIDER, report(system, description="刚刚上报"), "key-3")
    export_data(stores(system), tmp_path / "export", AT, told)
    home = beside(system, tmp_path / "home")
    import_data(stores(home), tmp_path / "export", AT, told)
    while project_pending(home, local_feed(home), 100):
        pass
    row = home.public.get(public_keys.public(late.case_id), public_keys.ROW)
    assert row and not row.body["shown"]  # counted, and not shown before it is approved


def test_an_import_that_was_interrupted_is_completed_by_the_next(
    system: System, tmp_path: Path
) -> None:
    export_data(stores(system), tmp_path / "export", AT, told)
    home = beside(system, tmp_path / "home")
    whole = stores(home)
    broken = replace(whole, tables={**whole.tables, "public": Broken(whole.tables["public"])})
    with pytest.raises(StorageFailure):
        import_data(broken, tmp_path / "export", AT, told)
    import_data(whole, tmp_path / "export", AT, told)


class Broken:
    """A table that stores what it is given and then fails to say so."""

    def __init__(self, table: object) -> None:
        self.table = table

    def items(self) -> Iterator[Item]:
        return self.table.items()  # type: ignore[attr-defined,no-any-return]

    def put(self, items: Sequence[Item]) -> None:
        self.table.put(items[:2])  # type: ignore[attr-defined]
        raise StorageFailure("lost")


def test_data_from_elsewhere_are_never_written_over(system: System, tmp_path: Path) -> None:
    export_data(stores(system), tmp_path / "export", AT, told)
    home = beside(system, tmp_path / "home")
    accept_report(home, RIDER, report(home, description="本地的事"), "key-9")
    refused(home, tmp_path / "export", "target_not_empty")


def test_another_secret_another_programme_and_no_export_are_refused(
    system: System, tmp_path: Path
) -> None:
    export_data(stores(system), tmp_path / "export", AT, told)
    home = beside(system, tmp_path / "home")
    refused(replace(home, secret=b"x" * 32), tmp_path / "export", "another_secret")
    other = replace(home, programme=replace(home.programme, name="elsewhere"))
    refused(other, tmp_path / "export", "another_programme")
    refused(home, tmp_path / "home", "no_export")


@pytest.mark.parametrize("name", ["private", "public"])
def test_a_damaged_file_is_refused_before_any_table_is_written(
    system: System, tmp_path: Path, name: str
) -> None:
    export_data(stores(system), tmp_path / "export", AT, told)
    file = tmp_path / "export" / f"{name}.ndjson.gz"
    lines = gzip.decompress(file.read_bytes()).splitlines(keepends=True)
    file.write_bytes(gzip.compress(b"".join(lines[:-1])))
    home = beside(system, tmp_path / "home")
    refused(home, tmp_path / "export", "damaged_export")
    assert not list(stores(home).tables[name].items())


def test_a_lost_photo_is_found(system: System, tmp_path: Path) -> None:
    export_data(stores(system), tmp_path / "export", AT, told)
    (tmp_path / "export" / "photos-raw" / "raw" / "1.jpg").unlink()
    refused(beside(system, tmp_path / "home"), tmp_path / "export", "damaged_export")


def test_an_export_notices_that_somebody_writes(system: System, tmp_path: Path) -> None:
    def busy(name: str, done: int) -> None:
        if (name, done) == ("private", 1):
            accept_report(system, RIDER, report(system, description="此刻"), "key-4")

    with pytest.raises(Invalid) as refusal:
        export_data(stores(system), tmp_path / "export", AT, busy)
    assert refusal.value.code == "written_meanwhile"


def test_what_has_expired_stays_behind(system: System, tmp_path: Path) -> None:
    system.private.write(
        [
            Insert("OLD", "1", {}, expires_at=AT - 1),
            Insert("NEW", "1", {}, counters={"n": 3}, expires_at=AT + 60),
        ]
    )
    export_data(stores(system), tmp_path / "export", AT, told)
    home = beside(system, tmp_path / "home")
    later = AT + int(timedelta(seconds=30).total_seconds())
    import_data(stores(home), tmp_path / "export", later, told)
    assert home.private.get("OLD", "1") is None
    new = home.private.get("NEW", "1")
    assert new and (dict(new.counters), new.expires_at) == ({"n": 3}, AT + 60)


def test_versions_are_kept_and_heads_come_out_of_the_feed_again(
    system: System, tmp_path: Path
) -> None:
    export_data(stores(system), tmp_path / "export", AT, told)
    home = beside(system, tmp_path / "home")
    import_data(stores(home), tmp_path / "export", AT, told)
    heads = [change.partition for change in local_feed(home).pending(100)]
    assert len(heads) == 2
    for head in heads:
        old = system.private.get(head, private_keys.HEAD)
        assert old and home.private.get(head, private_keys.HEAD) == old
        assert old.version >= 1


def test_the_folder_is_for_its_owner_alone(system: System, tmp_path: Path) -> None:
    export_data(stores(system), tmp_path / "export", AT, told)
    folder = tmp_path / "export"
    assert folder.stat().st_mode & 0o077 == 0
    for name in ("private.ndjson.gz", "secret"):
        assert (folder / name).stat().st_mode & 0o077 == 0
    with pytest.raises(Invalid) as refusal:
        export_data(stores(system), folder, AT, told)
    assert refusal.value.code == "folder_not_empty"


def refused(home: System, folder: Path, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        import_data(stores(home), folder, AT, told)
    assert refusal.value.code == code
