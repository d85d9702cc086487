"""Rounds of honours, notices (公示), the table of points and the ladder, as the public reads them.

In: stored documents of decided rounds, open notices, consenting riders and stewards. Out: views.
Names are printed as each one chose; whoever chose none is not in the documents, only counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from build_scripts import view_words as words
from build_scripts.phrase import MONTH, Phrase
from build_scripts.view_figures import Mark
from suishou.domain.programme import LadderStep

STANDINGS_SHOWN = 20


@dataclass(frozen=True)
class Said:
    """Where a declared figure comes from: the source, its day, who answers for it."""

    source: str
    on: str
    who: str


@dataclass(frozen=True)
class PlaceView:
    """`figure` is what the place was reached with, with its unit."""

    place: int
    name: str
    figure: str


@dataclass(frozen=True)
class RoundView:
    """A round on notice or decided: 2026年 治理之星. `unnamed` winners did not agree to be named;
    `considered` had earned anything in the period (None: not recorded). `closes_on` "" on a notice:
    the calendar of working days does not reach so far yet."""

    id: str
    path: str
    name: str
    period: str
    decided_on: str
    places: tuple[PlaceView, ...]
    unnamed: int
    considered: int | None
    places_max: int | None
    measure: str
    tie: str
    benefit: str
    opens_on: str
    closes_on: str
    notice_days: int | None
    objections: int

    @property
    def winners(self) -> int:
        return len(self.places) + self.unnamed

    @property
    def unnamed_mark(self) -> Mark:
        """Of a decided round, by which verify counts them again."""
        return Mark("unnamed", f"round={self.id}", str(self.unnamed))


@dataclass(frozen=True)
class StewardView:
    """A steward's way up: (step, since), from the lowest."""

    name: str
    steps: tuple[tuple[str, str], ...]


def rounds(documents: Iterable[Mapping[str, Any]]) -> tuple[RoundView, ...]:
    """Decided rounds, newest first, in the words of the rule that they were decided by."""
    found = sorted(documents, key=lambda document: str(document["id"]))
    found.sort(key=lambda document: str(document["decided_on"]), reverse=True)
    return tuple(_round(document) for document in found)


def notices(documents: Iterable[Mapping[str, Any]]) -> tuple[RoundView, ...]:
    """Open notices, the one that closes first first; one whose end is not known comes last."""
    found = sorted(documents, key=lambda document: str(document["id"]))
    found.sort(key=lambda document: str(document["closes_on"]) or "9")
    return tuple(_round(document) for document in found)


def round_path(round_id: str) -> str:
    """The address of a round's page from the site's root."""
    return f"honours/{round_id}.html"


def period_words(period: str) -> Phrase:
    """2026年, 2026年第2季度 or 2026年5月."""
    year, _, part = period.partition("-")
    if not part:
        return Phrase("{}年", year)
    if part.startswith("Q"):
        return Phrase("{}年第{}季度", year, part[1:])
    return Phrase(MONTH, int(year), int(part))


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
        places.append(PlaceView(place, document["name"], Phrase("{} 分", points)))
    return tuple(places)


def stewards(
    documents: Iterable[Mapping[str, Any]], ladder: Sequence[LadderStep]
) -> tuple[StewardView, ...]:
    """Every steward's way up, those who stand highest first, then by the day and the name. A step
    that the programme has given up is passed over."""
    order = {step.code: number for number, step in enumerate(ladder)}
    names = {step.code: step.name for step in ladder}
    found: list[tuple[int, str, str, StewardView]] = []
    for document in documents:
        steps = [step for step in document["steps"] if step["step"] in names]
        if steps:
            top = max(steps, key=lambda step: order[step["step"]])
            shown = tuple((names[step["step"]], str(step["since"])) for step in steps)
            view = StewardView(str(document["name"]), shown)
            found.append((-order[top["step"]], str(top["since"]), view.name, view))
    return tuple(view for *_, view in sorted(found, key=lambda one: one[:3]))


def _round(document: Mapping[str, Any]) -> RoundView:
    places = (_place(place, document["measure"]) for place in document["places"])
    return RoundView(
        id=document["id"],
        path=round_path(document["id"]),
        name=document["name"],
        period=period_words(document["period"]),
        decided_on=document["decided_on"],
        places=tuple(places),
        unnamed=document["unnamed"],
        # Rounds that were decided before notices existed hold none of these.
        considered=document.get("considered"),
        places_max=document.get("places_max"),
        measure=words.HONOUR_MEASURES[document["measure"]],
        tie=words.TIES[document["tie"]],
        benefit=document.get("benefit", ""),
        opens_on=document.get("opens_on", ""),
        closes_on=document.get("closes_on", ""),
        notice_days=document.get("notice_days"),
        objections=document.get("objections", 0),
    )


def _place(document: Mapping[str, Any], measure: str) -> PlaceView:
    pattern = "{} 分" if measure == "points" else "{} 件"
    return PlaceView(document["place"], document["name"], Phrase(pattern, document["figure"]))
