"""The licence of the open data, in words.

In: the programme, which names it by its SPDX identifier. Out: `Licence`. A licence that is not
known here is named by its identifier alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from suishou.domain.programme import Programme

KNOWN: Mapping[str, tuple[str, str]] = {
    "CC-BY-4.0": (
        "知识共享 署名 4.0 国际",
        "https://creativecommons.org/licenses/by/4.0/",
    ),
    "CC0-1.0": ("知识共享 CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
    "ODC-By-1.0": ("开放数据共用 署名 1.0", "https://opendatacommons.org/licenses/by/1-0/"),
    "ODbL-1.0": ("开放数据共用 数据库 1.0", "https://opendatacommons.org/licenses/odbl/1-0/"),
}


@dataclass(frozen=True)
class Licence:
    """`name` is the SPDX identifier; `address` may be ""."""

    name: str
    title: str
    address: str

    def to_json(self) -> dict[str, str]:
        """As datapackage.json has it."""
        said = {"name": self.name, "title": self.title}
        return {**said, "path": self.address} if self.address else said


def licence_of(programme: Programme) -> Licence:
    """The licence under which everybody may use the open data."""
    name = programme.site.licence
    title, address = KNOWN.get(name, (name, ""))
    return Licence(name, title, address)
