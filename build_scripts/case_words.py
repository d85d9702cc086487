"""What steps and places say of any case of a programme: words for codes, found out once each.

In: a programme. Out: `Sayings` and `Places`, dictionaries that fill themselves. Many cases take the
same steps in the same places, so a month's pages ask for few of them.
"""

from __future__ import annotations

from typing import NamedTuple

from build_scripts import view_words as words
from suishou.domain.programme import Programme


class StepWords(NamedTuple):
    """What a step says on whatever day: the same for many."""

    words: str
    unit: str
    reason: str
    tone: str


class PlaceWords(NamedTuple):
    """Where a case is, in words; codes are "" when the programme no longer has the area."""

    street: str
    street_code: str
    community: str
    community_code: str
    grid_cell: str


class Sayings(dict[tuple[str, str, str], StepWords]):
    """What the steps of a programme's cases say, by kind, unit and reason; found out once each."""

    def __init__(self, programme: Programme) -> None:
        super().__init__()
        self._programme = programme

    def __missing__(self, key: tuple[str, str, str]) -> StepWords:
        known, (kind, unit, code) = self._programme, key
        reason = ""
        if code:  # configured words only: never free text
            loop = known.loop
            reasons = {"rejected": loop.reject_reasons, "extended": loop.extension_reasons}
            reason = reasons.get(kind, loop.return_reasons).get(code, "")
        name = known.unit_name(unit) if unit in known.units else known.area_name(unit)
        said = StepWords(words.EVENTS[kind], name, reason, words.EVENT_TONES.get(kind, ""))
        self[key] = said
        return said


class Places(dict[tuple[str, str, str], PlaceWords]):
    """What the places of a programme's cases are called, by the codes of street, community and grid
    cell; found out once each."""

    def __init__(self, programme: Programme) -> None:
        super().__init__()
        self._programme = programme

    def __missing__(self, key: tuple[str, str, str]) -> PlaceWords:
        known, (street, community, cell) = self._programme, key
        within = known.area_name(community)
        said = PlaceWords(
            known.area_name(street),
            street if street in known.areas else "",
            within,
            community if community in known.areas else "",
            known.area_name(cell).removeprefix(within),
        )
        self[key] = said
        return said
