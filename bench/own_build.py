"""A process of `bench.build`: one nightly build of a data folder, as `suishou build` runs it.

In: the data folder and the public folder. Out: one JSON line, the build's own result.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from build_scripts.build import build
from suishou.wiring import close, local_system

PROGRAMME = Path(__file__).parents[1] / "programmes" / "tonggu"


def main(data: Path, out: Path) -> None:
    """Builds once."""
    system = local_system(PROGRAMME, data)
    try:
        result = build(system, out, data / "build")
    finally:
        close(system)
    print(json.dumps(result.to_json()))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
