"""Decided rounds of honours and the table of points, as the public reads them.

In: the stored documents of decided rounds and of consenting riders. Out: `RoundView` and
`StandingView`. Names are printed as each one chose; whoever chose none is not in the documents.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from suishou.domain.programme import Programme

STANDINGS_SHOWN = 20


@dataclass(frozen=True)
class PlaceView:
    """`figure` is what the place was reached with, with its unit, or ""."""

    place: int
    name: str
    figure: str


@dataclass(frozen=True)
class RoundView:
    """A decided round: 2026年 治理之星."""

    name: str
    period: str
    decided_on: str
    places: tuple[PlaceView, ...]


def rounds(documents: Iterable[Mapping[str, Any]], programme: Programme) -> tuple[RoundView, ...]:
    """Decided rounds, newest first."""
    names = {rule.code: rule.name for rule in programme.honours}
    units = {rule.code: "分" if rule.measure == "points" else "件" for rule in programme.honours}
    found = sorted(
        documents, key=lambda document: str(document.get("decided_on", "")), reverse=True
    )
    return tuple(
        RoundView(
            name=names.get(document["rule"], document["rule"]),
            period=str(document["period"]),
            decided_on=str(document.get("decided_on", "")),
            places=tuple(
                _place(place, units.get(document["rule"], "")) for place in document["places"]
            ),
        )
        for document in found
    )


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


def _place(document: Mapping[str, Any], unit: str) -> PlaceView:
    figure = document.get("figure")
    return PlaceView(
        document["place"], document["name"], "" if figure is None else f"{figure} {unit}"
    )
