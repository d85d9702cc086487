"""Where an engine of the tests is known to be wrong: (test, engine) -> what it does.

Each is a strict expected failure: when the emulator is mended, the test run says so.
"""

from __future__ import annotations

from collections.abc import Mapping

FAULTS: Mapping[tuple[str, str], str] = {}
