"""The only reads of the environment: what each deployment must be told, as frozen values.

In: environment variables whose names begin with SUISHOU_. Out: settings, or `SettingsInvalid`
naming every variable that is missing, at once. Never opens a connection.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from suishou.domain.errors import SettingsInvalid

# A build of all of them takes a function some five of its fifteen minutes: 2.6 ms of processor a
# case, and 1.8 ms for each object put, six a case.
CASES_MAX = 20_000


@dataclass(frozen=True)
class LocalSettings:
    """One machine: the programme's folder and the data folder."""

    programme_folder: Path
    data: Path


@dataclass(frozen=True)
class AwsSettings:
    """One stack: tables, buckets, and the name of the SSM parameter that holds the secret."""

    programme_folder: Path
    private_table: str
    public_table: str
    raw_photos_bucket: str
    public_photos_bucket: str
    secret_parameter: str


@dataclass(frozen=True)
class BuildSettings:
    """The nightly build of one stack: public rows, public photos, the site's buckets. No private
    table and no secret, so that no hole in the build can show them.

    `distribution` is that of CloudFront, `builder` the CodeBuild project for what is too large here
    (more than `cases_max`); each "" where there is none.
    """

    programme_folder: Path
    public_table: str
    public_photos_bucket: str
    site_bucket: str
    kept_bucket: str
    work: Path
    cases_max: int = CASES_MAX
    distribution: str = ""
    builder: str = ""


def build_settings(environment: Mapping[str, str] | None = None) -> BuildSettings:
    """Those of the function `nightly`. Raises SettingsInvalid."""
    given = os.environ if environment is None else environment
    folder, table, photos, site, kept, work = _required(
        given,
        "SUISHOU_PROGRAMME_FOLDER",
        "SUISHOU_PUBLIC_TABLE",
        "SUISHOU_PUBLIC_PHOTOS_BUCKET",
        "SUISHOU_SITE_BUCKET",
        "SUISHOU_KEPT_BUCKET",
        "SUISHOU_WORK",
    )
    return BuildSettings(
        Path(folder),
        table,
        photos,
        site,
        kept,
        Path(work),
        int(given.get("SUISHOU_CASES_MAX") or CASES_MAX),
        given.get("SUISHOU_DISTRIBUTION", ""),
        given.get("SUISHOU_BUILDER", ""),
    )


@dataclass(frozen=True)
class SiteSettings:
    """Where people reach the site (with a final slash) and the API, the site's languages (`zh` or
    `zh,en`), and whither its form may send photos besides the API; "" for what the programme says.
    """

    address: str
    api_root: str
    locales: str
    uploads_origin: str


def site_settings(environment: Mapping[str, str] | None = None) -> SiteSettings:
    """As the stack tells every function; nothing of it is required."""
    given = os.environ if environment is None else environment
    names = ("SITE_ADDRESS", "API_ADDRESS", "LOCALES", "UPLOADS_ORIGIN")
    return SiteSettings(*(given.get(f"SUISHOU_{name}", "") for name in names))


def photo_bucket(environment: Mapping[str, str] | None = None) -> str:
    """All that the function `photo` is told: it opens what strangers sent, and has neither tables
    nor secret. Raises SettingsInvalid."""
    given = os.environ if environment is None else environment
    return _required(given, "SUISHOU_RAW_PHOTOS_BUCKET")[0]


def settings(environment: Mapping[str, str] | None = None) -> LocalSettings | AwsSettings:
    """Local settings when SUISHOU_DATA is set, otherwise those of a stack.

    Raises SettingsInvalid with the names of all variables that are missing or empty.
    """
    given = os.environ if environment is None else environment
    if given.get("SUISHOU_DATA"):
        values = _required(given, "SUISHOU_PROGRAMME_FOLDER", "SUISHOU_DATA")
        return LocalSettings(Path(values[0]), Path(values[1]))
    values = _required(
        given,
        "SUISHOU_PROGRAMME_FOLDER",
        "SUISHOU_PRIVATE_TABLE",
        "SUISHOU_PUBLIC_TABLE",
        "SUISHOU_RAW_PHOTOS_BUCKET",
        "SUISHOU_PUBLIC_PHOTOS_BUCKET",
        "SUISHOU_SECRET_PARAMETER",
    )
    return AwsSettings(Path(values[0]), *values[1:])


def _required(given: Mapping[str, str], *names: str) -> list[str]:
    missing = [name for name in names if not given.get(name)]
    if missing:
        raise SettingsInvalid(missing)
    return [given[name] for name in names]
