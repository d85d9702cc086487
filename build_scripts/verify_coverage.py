"""Verify, coverage part: shares of the area within reach, from what is published of each outline.

In: `stations/coverage.json`. Out: lattice points within reach and in all, by way to travel and
outline. Counts the ways together from their outlines, never from the stated total.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from build_scripts.verify_readings import Recomputed

COVERAGE = "stations/coverage.json"
FIGURE = "covered"
COUNTS = frozenset({"covered_points", "coverage_points"})  # what it is the share of
GAPS = "coverage_gaps"  # how many outlines are not wholly within reach
Covered = Mapping[tuple[str, str], tuple[int, int]]  # (way, outline; "" all) → within, points


def covered(content: bytes) -> Covered:
    """The counts; nothing of a site without rules of coverage. Raises ValueError for a file that is
    not understood."""
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for mode in json.loads(content)["modes"] if content else ():
        areas = [(area["code"], area["within"], area["points"]) for area in mode["areas"]]
        for code, within, points in areas:
            found[mode["code"], code] = (within, points)
        found[mode["code"], ""] = (sum(a[1] for a in areas), sum(a[2] for a in areas))
    return found


def gaps(found: Covered, mode: str) -> int:
    """How many outlines, of those that hold a lattice point, are not wholly within reach."""
    counts = [counted for (way, outline), counted in found.items() if way == mode and outline]
    return sum(within < points for within, points in counts)


def share(within: int, points: int) -> Recomputed:
    """Half up, to the tenth; all or nothing only where it is."""
    tenths = (2000 * within + points) // (2 * points) if points else 0
    tenths = min(tenths, 999) if within < points else tenths
    tenths = max(tenths, 1) if within else tenths
    value = f"{tenths // 10}.{tenths % 10}" if points else ""
    readings = frozenset({value, str(within), str(points)})
    return Recomputed(value, str(within), str(points), readings)
