"""Verify, tables of one file: how many lines each has, and stations by level, amenity and place.

In: the CSVs of the tables WHOLE, by name. Out: counts by figure and scope (`stations`,
`stations level=community`), and which categories are shown one by one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from build_scripts.table_files import read_csv

WHOLE = ("categories", "stations", "units", "areas", "rounds")
CORRECTIONS = "corrections"  # where figures are frozen
Counted = tuple[str, str]  # figure, scope


def listed_categories(content: bytes) -> frozenset[str]:
    """The categories whose cases are shown one by one, from categories.csv."""
    lines = read_csv(content, ["code", "publication"]) if content else ()
    return frozenset(code for code, shown in lines if shown in ("after_closed", "at_once"))


def counts_of_whole(tables: Mapping[str, bytes]) -> dict[Counted, int]:
    """How many lines each of these tables has; how many stations are of a level, have an amenity or
    a place on the map; how many winners of a round are not named."""
    found = Counter[Counted]()
    for name, content in tables.items():
        found[name, ""] = sum(1 for _ in read_csv(content, [])) if content else 0
    stations = tables.get("stations", b"")
    found["stations", "placed=yes"] = 0  # said of a county without stations too
    names = ["level", "amenities", "lat", "lon"]
    for level, amenities, lat, lon in read_csv(stations, names) if stations else ():
        found["stations", f"level={level}"] += 1
        found["stations", "placed=yes"] += bool(lat and lon)
        for amenity in amenities.split():
            found["stations", f"amenity={amenity}"] += 1
    rounds = tables.get("rounds", b"")
    for name, unnamed in read_csv(rounds, ["id", "unnamed"]) if rounds else ():
        found["unnamed", f"round={name}"] = int(unnamed)
    return dict(found)
