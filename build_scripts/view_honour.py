"""Decided rounds of honours and the table of points, as the public reads them.

In: the stored documents of decided rounds and of consenting riders. Out: `RoundView` and
`StandingView`. Names are printed as each one chose; whoever chose none is not in the documents.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

STANDINGS_SHOWN = 20


@dataclass(frozen=True)
class PlaceView:
    """`figure` is what the place was reached with, with its unit."""

    place: int
    name: str
    figure: str


@dataclass(frozen=True)
class RoundView:
    """A decided round: 2026年 治理之星. `unnamed` winners did not agree to be named."""

    name: str
    period: str
    decided_on: str
    places: tuple[PlaceView, ...]
    unnamed: int


def rounds(documents: Iterable[Mapping[str, Any]]) -> tuple[RoundView, ...]:
    """Decided rounds, newest first, in the words of the rule that they were decided by."""
    found = sorted(documents, key=lambda document: str(document["id"]))
    found.sort(key=lambda document: str(document["decided_on"]), reverse=True)
    return tuple(
        RoundView(
            name=document["name"],
            period=period_words(document["period"]),
            decided_on=document["decided_on"],
            places=tuple(_place(place, document["measure"]) for place in document["places"]),
            unnamed=document["unnamed"],
        )
        for document in found
    )


def period_words(period: str) -> str:
    """2026年, 2026年第2季度 or 2026年5月."""
    year, _, part = period.partition("-")
    if not part:
        return f"{year}年"
    return f"{year}年第{part[1:]}季度" if part.startswith("Q") else f"{year}年{int(part)}月"


def standings(documents: Iterable[Mapping[str, Any]]) -> tuple[PlaceView, ...]:
    """The first places by points; level points share a place, names decide only the order."""
    found = sorted(documents, key=lambda document: (-document["points"], document["name"]))
    places: list[PlaceView] = []
    place, points = 0, None
    for number, document in enumerate(found, 1):
        if document["points"] != points:
            place, points = number, document["points"]
        if place > STANDINGS_SHOWN:
            break
        places.append(PlaceView(place, document["name"], f"{points} 分"))
    return tuple(places)


def _place(document: Mapping[str, Any], measure: str) -> PlaceView:
    unit = "分" if measure == "points" else "件"
    return PlaceView(document["place"], document["name"], f"{document['figure']} {unit}")
