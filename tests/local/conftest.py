"""What the tests of the local host share with those of handlers and services."""

from __future__ import annotations

import sys
from pathlib import Path

for part in ("handlers", "services"):
    sys.path.insert(0, str(Path(__file__).parents[1] / part))
