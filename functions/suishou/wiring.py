"""The only choice of engine: one machine (SQLite, folders) or a stack (DynamoDB, S3).

In: a programme folder and a data folder, or the settings of a stack. Out: a `System`. Each engine
is imported where it is chosen, so that a start pays for one alone.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from suishou.domain.errors import NotFound
from suishou.domain.grid import GridIndex
from suishou.domain.programme import Programme
from suishou.services.read_programme import packed_programme
from suishou.services.site_build import SiteBuild
from suishou.services.system import System, Uploads
from suishou.services.uploads import BucketUploads, OwnUploads
from suishou.services.work_calendar import work_calendar
from suishou.settings import (
    AwsSettings,
    BuildSettings,
    LocalSettings,
    SiteSettings,
    build_settings,
    photo_bucket,
    settings,
    site_settings,
)
from suishou.storage.blobs import Blobs, FolderBlobs
from suishou.storage.data_folder import claim_for_programme, folder_secret, keep_from_others
from suishou.storage.table import ChangeFeed, Table

if TYPE_CHECKING:
    from suishou.services.move_data import Stores
    from suishou.storage.moving import Mover

TOKEN_BYTES = 32  # 256 bits


def local_system(
    programme_folder: Path,
    data: Path,
    *,
    now: Callable[[], datetime] | None = None,
    token: Callable[[], str] | None = None,
    synchronous: str = "FULL",
) -> System:
    """The system on one machine, its data folder made if absent. Open it in the process that uses
    it. `synchronous` below FULL is for throw-away data only (tests).

    Raises ProgrammeInvalid, Invalid for the data folder of another programme, StorageFailure.
    """
    from suishou.services.load_programme import load_programme
    from suishou.storage.sqlite import SqliteTable

    programme = load_programme(programme_folder)
    claim_for_programme(data, programme.name, programme_folder)
    keep_from_others(data)
    return _system(
        programme,
        private=SqliteTable.open(data / "private.sqlite3", synchronous=synchronous),
        public=SqliteTable.open(data / "public.sqlite3", synchronous=synchronous, feed=False),
        raw_photos=FolderBlobs(data / "photos" / "raw"),
        public_photos=FolderBlobs(data / "photos" / "public"),
        secret=folder_secret(data),
        now=now,
        token=token,
    )


def local_feed(system: System) -> ChangeFeed:
    """The change feed of a `local_system`."""
    from suishou.storage.sqlite import SqliteTable
    from suishou.storage.sqlite_feed import SqliteFeed

    if not isinstance(system.private, SqliteTable):
        raise TypeError("only a local system reads its feed itself")
    return SqliteFeed(system.private)


def close(system: System) -> None:
    """Waits for writes under way and closes the files of a `local_system`."""
    from suishou.storage.sqlite import SqliteTable

    for table in (system.private, system.public):
        if isinstance(table, SqliteTable):
            table.close()


def stores(system: System) -> Stores:
    """All that the programme has, for `suishou export` and `import`."""
    from suishou.services.move_data import Stores

    return Stores(
        system.programme.name,
        {"private": _mover(system.private, True), "public": _mover(system.public, False)},
        {"raw": system.raw_photos, "public": system.public_photos},
        system.secret,
    )


def _mover(table: Table, feed: bool) -> Mover:
    from suishou.storage.sqlite import SqliteTable

    if isinstance(table, SqliteTable):
        from suishou.storage.sqlite_moving import SqliteMover

        return SqliteMover(table, feed=feed)
    from suishou.storage.dynamodb import DynamoTable
    from suishou.storage.dynamodb_moving import DynamoMover

    assert isinstance(table, DynamoTable)  # noqa: S101 - there are two engines
    return DynamoMover(table)


def aws_system(given: AwsSettings) -> System:
    """The system of one stack, its secret read from SSM."""
    from suishou.storage.aws_client import OF_BUCKETS, aws_client
    from suishou.storage.blobs import S3Blobs
    from suishou.storage.dynamodb import DynamoTable
    from suishou.storage.upload_forms import BucketForms

    dynamodb, s3 = aws_client("dynamodb"), aws_client("s3", OF_BUCKETS)
    parameter = aws_client("ssm").get_parameter(Name=given.secret_parameter, WithDecryption=True)
    return _system(
        _as_told(site_settings(), packed_programme(given.programme_folder)),
        private=DynamoTable(dynamodb, given.private_table),
        public=DynamoTable(dynamodb, given.public_table),
        raw_photos=S3Blobs(s3, given.raw_photos_bucket),
        public_photos=S3Blobs(s3, given.public_photos_bucket),
        uploads=BucketUploads(BucketForms(s3, given.raw_photos_bucket)),
        secret=_secret(str(parameter["Parameter"]["Value"])),
    )


@cache
def photo_store() -> Blobs:
    """Where the function `photo` works. Raises SettingsInvalid."""
    from suishou.storage.aws_client import aws_client
    from suishou.storage.blobs import S3Blobs

    return S3Blobs(aws_client("s3"), photo_bucket())


@cache
def site_build() -> SiteBuild:
    """The process's, made once from the settings. Raises SettingsInvalid."""
    return _site_build(build_settings())


def _site_build(given: BuildSettings) -> SiteBuild:
    from suishou.storage.aws_client import BUILD_PATIENCE, aws_client
    from suishou.storage.blobs import S3Blobs
    from suishou.storage.build_project import build_project
    from suishou.storage.dynamodb import DynamoTable
    from suishou.storage.nothing import NoBlobs, NoTable

    s3 = aws_client("s3", BUILD_PATIENCE)
    system = _system(
        _as_told(site_settings(), packed_programme(given.programme_folder)),
        private=NoTable(),
        public=DynamoTable(aws_client("dynamodb"), given.public_table),
        raw_photos=NoBlobs(),
        public_photos=S3Blobs(s3, given.public_photos_bucket),
        secret=b"",
    )
    return SiteBuild(
        system,
        s3,
        given.site_bucket,
        given.kept_bucket,
        given.work,
        given.cases_max,
        aws_client("cloudfront") if given.distribution else None,
        given.distribution,
        build_project(aws_client("codebuild"), given.builder) if given.builder else None,
    )


def stack_site(programme_folder: Path, stack: str, work: Path) -> SiteBuild:
    """The site of a stack by its name, for the command line. Raises NotFound."""
    outputs = _outputs(stack)
    names = ("PublicTable", "PublicPhotos", "SiteBucket", "KeptBucket")
    table, photos, site, kept = (outputs[name] for name in names)
    distribution = outputs.get("Distribution", "")
    return _site_build(
        BuildSettings(programme_folder, table, photos, site, kept, work, distribution=distribution)
    )


def stack_system(
    programme_folder: Path, stack: str, restored: Mapping[str, str] = MappingProxyType({})
) -> System:
    """The system of a stack by its name, for the command line; `restored` names tables that were
    restored from a backup, to be read for the stack's own (`PrivateTable`, `PublicTable`). Raises
    NotFound."""
    outputs = {**_outputs(stack), **restored}
    names = ("PrivateTable", "PublicTable", "RawPhotos", "PublicPhotos", "SecretParameter")
    return aws_system(AwsSettings(programme_folder, *(outputs[name] for name in names)))


def _outputs(stack: str) -> dict[str, str]:
    """What a stack is made of. Raises NotFound."""
    from botocore.exceptions import ClientError  # type: ignore[import-untyped]

    from suishou.storage.aws_client import aws_client

    try:
        (found,) = aws_client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        raise NotFound("unknown_stack", "stack") from error
    return {output["OutputKey"]: output["OutputValue"] for output in found["Outputs"]}


def _as_told(told: SiteSettings, programme: Programme) -> Programme:
    """The programme, with its site reached where the stack says, and in its languages."""
    site = programme.site
    return replace(
        programme,
        site=replace(
            site,
            address=told.address or site.address,
            api_root=told.api_root or site.api_root,
            uploads_origin=told.uploads_origin,
            english="en" in told.locales.split(",") if told.locales else site.english,
        ),
    )


def _secret(text: str) -> bytes:
    """A parameter holds text: `base64:…` for the random bytes that one machine made."""
    kind, _, rest = text.partition("base64:")
    return text.encode() if kind or not rest else base64.b64decode(rest, validate=True)


@cache
def system() -> System:
    """The process's system, made once from the settings. Raises SettingsInvalid."""
    given = settings()
    if isinstance(given, LocalSettings):
        return local_system(given.programme_folder, given.data)
    return aws_system(given)


def _system(
    programme: Programme,
    *,
    private: Table,
    public: Table,
    raw_photos: Blobs,
    public_photos: Blobs,
    secret: bytes,
    uploads: Uploads | None = None,
    now: Callable[[], datetime] | None = None,
    token: Callable[[], str] | None = None,
) -> System:
    return System(
        programme=programme,
        private=private,
        public=public,
        raw_photos=raw_photos,
        public_photos=public_photos,
        secret=secret,
        now=now or (lambda: datetime.now(UTC)),
        token=token or (lambda: secrets.token_urlsafe(TOKEN_BYTES)),
        calendar=work_calendar(programme),
        grid=GridIndex(programme.areas.values()),
        uploads=uploads or OwnUploads(),
    )
