"""The nightly build, frame part: what pages load of other people's packages, out of node_modules.

In: the folder that `make setup` had npm fill from package-lock.json. Out: names under `assets/` and
bytes, to be published like our own. Never downloads anything; without the folder there is nothing
to publish, and pages do without.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

# Every file that is published, by the name it gets. Leaflet's pictures are not among them: markers
# are drawn by our own style sheet.
PUBLISHED: Mapping[str, str] = {
    "leaflet.js": "leaflet/dist/leaflet.js",
    "leaflet.css": "leaflet/dist/leaflet.css",
    "markercluster.js": "leaflet.markercluster/dist/leaflet.markercluster.js",
    "markercluster.css": "leaflet.markercluster/dist/MarkerCluster.css",
}
_SOURCE_MAP = re.compile(rb"\n?//# sourceMappingURL=\S+\s*$")
_RULE_WITH_PICTURE = re.compile(rb"[^{}]*\{[^{}]*url\([^{}]*\}")


def vendored_assets(node_modules: Path) -> dict[str, bytes]:
    """Bytes by name, sorted; {} unless every file is there."""
    sources = {name: node_modules / path for name, path in sorted(PUBLISHED.items())}
    if not all(source.is_file() for source in sources.values()):
        return {}
    return {name: _alone(name, source.read_bytes()) for name, source in sources.items()}


def _alone(name: str, content: bytes) -> bytes:
    """The file without references to others, since names that hold hashes cannot be guessed."""
    if name.endswith(".css"):
        return _RULE_WITH_PICTURE.sub(b"", content)
    return _SOURCE_MAP.sub(b"\n", content)
