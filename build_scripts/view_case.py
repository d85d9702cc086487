"""What a page says of one case: words instead of codes, links instead of keys.

In: a `PublicRow` and its programme. Out: `CaseCard` (a mention in a list) and `CaseView` (a page of
its own), frozen and complete, so that templates decide nothing. Never looks at another month.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from build_scripts import view_words as words
from build_scripts.case_words import Places, PlaceWords, Sayings, StepWords
from build_scripts.site_paths import case_path, photo_path, small_photo_path
from suishou.domain.programme import CLOCKS, Programme
from suishou.domain.public_row import PublicClock, PublicRow

# Control characters are not text; bidirectional overrides would turn the page's own words around.
_UNSHOWABLE = {
    ord(character): None
    for first, last in (
        ("\x00", "\x08"),
        ("\x0b", "\x1f"),
        ("\x7f", "\x9f"),
        ("\u202a", "\u202e"),
        ("\u2066", "\u2069"),
        ("\ufeff", "\ufeff"),
        ("\ufffe", "\uffff"),
    )
    for character in map(chr, range(ord(first), ord(last) + 1))
}
_DESCRIPTION_LENGTH = 90
_LISTED = ("after_closed", "at_once")


class CaseCard(NamedTuple):
    """A case in a list. `path` and `photo` are from the site's root; `photo` may be ""."""

    id: str
    path: str
    title: str
    category: str
    place: str
    stage: str
    tone: str
    reported: str  # the day by which lists are sorted
    closed: str  # "" while the case is open
    photo: str


class SolvedCard(NamedTuple):
    """A solved case on home: its card, small photos from before and after ("" where there is none)
    and what came of it."""

    card: CaseCard
    before: str
    after: str
    unit: str


StepView = tuple[StepWords, str]  # what it says, and on which day


class ClockView(NamedTuple):
    """One clock against its deadline; `tone` is done, late or doing."""

    name: str
    due: str
    words: str
    tone: str


class Linked(NamedTuple):
    """Another case of the same matter; `path` is "" unless it stands in the same month."""

    id: str
    title: str
    path: str


class CaseView(NamedTuple):
    """A case's own page. Paths are from the site's root; days are in words."""

    id: str
    path: str
    title: str
    text: str
    result: str
    description: str
    kind: str
    category: str
    category_code: str  # "" when the programme no longer has it
    urgency: str
    urgent: bool
    source: str
    place: PlaceWords
    stage: str
    tone: str
    lead_unit: str
    assisting_units: tuple[str, ...]
    clocks: tuple[ClockView, ...]
    steps: tuple[StepView, ...]
    outcome: str
    satisfied: bool | None
    merged_into: Linked | None
    duplicates: tuple[Linked, ...]
    reports: int  # how many times the matter was reported, this one included
    before: tuple[str, ...]
    after: tuple[str, ...]
    reported: str
    changed: str
    month: str
    month_words: str


def case_card(row: PublicRow, programme: Programme) -> CaseCard:
    """A shown case as it is mentioned in lists."""
    photo = next(iter(row.photos_before or row.photos_after), "")
    return CaseCard(
        id=row.id,
        path=case_path(row),
        title=title_of(row, programme),
        category=category_name(programme, row.category),
        place=place_of(row, programme),
        stage=words.STAGES.get(row.stage, row.stage),
        tone=words.STAGE_TONES.get(row.stage, "doing"),
        reported=row.reported_on,
        closed=row.closed_on,
        photo=small_photo_path(row, photo) if photo else "",
    )


def solved_card(row: PublicRow, programme: Programme) -> SolvedCard:
    """A closed case with its first photos from before and after."""
    before, after = (
        small_photo_path(row, photos[0]) if photos else ""
        for photos in (row.photos_before, row.photos_after)
    )
    return SolvedCard(case_card(row, programme), before, after, programme.unit_name(row.lead_unit))


def case_view(
    row: PublicRow,
    programme: Programme,
    month: Mapping[str, PublicRow],
    sayings: Sayings,
    places: Places,
) -> CaseView:
    """A shown case's page; `month` holds the shown rows of its month by id, for its links."""
    text = clean(row.text)
    return CaseView(
        id=row.id,
        path=case_path(row),
        title=title_of(row, programme),
        text=text,
        result=clean(row.result),
        description=" ".join(text.split())[:_DESCRIPTION_LENGTH],
        kind=words.KINDS.get(row.kind, row.kind),
        category=category_name(programme, row.category),
        category_code=row.category if row.category in programme.categories else "",
        urgency=words.URGENCIES.get(row.urgency, row.urgency),
        urgent=row.urgency != "ordinary",
        source=words.SOURCES.get(row.source, row.source),
        place=places[row.street, row.community, row.grid_cell]
        if row.street
        else PlaceWords(place_of(row, programme), "", "", "", ""),
        stage=words.STAGES.get(row.stage, row.stage),
        tone=words.STAGE_TONES.get(row.stage, "doing"),
        lead_unit=programme.unit_name(row.lead_unit),
        assisting_units=tuple(map(programme.unit_name, row.assisting_units)),
        clocks=tuple([_clock(name, row.clocks[name]) for name in CLOCKS if name in row.clocks]),
        steps=tuple(
            [
                (sayings[step.kind, step.unit, step.reason], words.day_words(step.on))
                for step in row.timeline
                if step.kind in words.EVENTS
            ]
        ),
        outcome=words.OUTCOMES.get(row.outcome, ""),
        satisfied=row.satisfied,
        merged_into=_linked(row.merged_into, programme, month) if row.merged_into else None,
        duplicates=tuple([_linked(other, programme, month) for other in row.duplicates]),
        reports=1 + len(row.duplicates),
        before=tuple([photo_path(row, key) for key in row.photos_before]),
        after=tuple([photo_path(row, key) for key in row.photos_after]),
        reported=words.day_words(row.reported_on),
        changed=words.day_words(row.changed_on),
        month=row.month,
        month_words=words.month_words(row.month),
    )


def title_of(row: PublicRow, programme: Programme) -> str:
    """The approved title on one line, or the category where none was given."""
    return " ".join(clean(row.title).split()) or category_name(programme, row.category)


def category_name(programme: Programme, code: str) -> str:
    """The name of a category, or the code itself where it has been removed since."""
    category = programme.categories.get(code)
    return category.name if category else code


def is_listed(programme: Programme, category: str) -> bool:
    """Whether cases of the category may have lines; a category that is gone may not."""
    known = programme.categories.get(category)
    return known is not None and known.publication in _LISTED


def place_of(row: PublicRow, programme: Programme) -> str:
    """Community, else street, by name, or that neither is known."""
    area = row.community or row.street
    if area:
        return programme.area_name(area)
    return "位置未记录" if row.source == "imported" else "位置待核"


def clean(text: str) -> str:
    """Text without control characters and direction overrides, line breaks kept."""
    if text.isprintable():  # most are: nothing to take out, no line to break
        return text.strip()
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_UNSHOWABLE).strip()


def _clock(name: str, clock: PublicClock) -> ClockView:
    due = words.day_words(clock.due_on)
    took = "" if clock.minutes is None else words.duration_words(clock.minutes)
    if clock.on_time is True:
        said, tone = "按时完成", "done"
    elif clock.on_time is False:
        said, tone = ("超期完成" if clock.minutes is not None else "已超期，仍在办理"), "late"
    elif clock.minutes is not None:
        said, tone = "已完成", "done"
    else:
        said, tone = "尚未到期", "doing"
    if clock.pending:
        due = "待日历公布"
    return ClockView(words.CLOCKS[name], due, f"{said}，{took}" if took else said, tone)


def _linked(case_id: str, programme: Programme, month: Mapping[str, PublicRow]) -> Linked:
    other = month.get(case_id)
    if other is None:
        return Linked(case_id, "", "")
    return Linked(case_id, title_of(other, programme), case_path(other))
