"""Pages that follow from the programme alone: rules, report form, track form, about, accessibility.

In: the programme as configured. Out: one page each. Never states a rule of its own: every number on
them is a value of the configuration.
"""

from __future__ import annotations

from build_scripts import view_words as words
from build_scripts.pages_writer import PageWriter
from build_scripts.phrase import Phrase
from build_scripts.rules_history import RulesHistory
from suishou.domain.field_checks import PHOTOS_MAX, TITLE_CHARACTERS_MAX
from suishou.domain.programme import Area, Category, Programme, street_of


def write_fixed(pages: PageWriter, history: RulesHistory | None = None) -> None:
    """The five pages. `history` None: nothing is known of earlier changes of the rules."""
    programme = pages.programme
    title = programme.title
    pages.both(
        "rules.html",
        "rules.html",
        "办理规则",
        Phrase("{}的办理时限、积分、荣誉评选和公示规则。", title),
        kinds=categories_by_kind(programme),
        words=words,
        history=history,
    )
    pages.both(
        "report.html",
        "report.html",
        "我要上报",
        Phrase("看见隐患随手拍、随手报。{}收到后立案派单，限时办结。", title),
        api=pages.shells.api_root,
        kinds=categories_by_kind(programme),
        streets=communities_by_street(programme),
        photos_max=PHOTOS_MAX,
        title_characters_max=TITLE_CHARACTERS_MAX,
    )
    pages.both(
        "track.html",
        "track.html",
        "查进度",
        "凭上报凭证查询事项办到哪一环节。",
        api=pages.shells.api_root,
    )
    said = Phrase("{}是什么，谁主办，公示什么。", title)
    pages.both("about.html", "about.html", "关于本站", said)
    said = Phrase("{}网站无障碍声明。", title)
    pages.both("accessibility.html", "accessibility.html", "无障碍声明", said)


def categories_by_kind(programme: Programme) -> list[tuple[str, list[Category]]]:
    """Categories in the programme's order, under the words of their kind."""
    groups: dict[str, list[Category]] = {}
    for category in programme.categories.values():
        groups.setdefault(words.KINDS[category.kind], []).append(category)
    return list(groups.items())


def communities_by_street(programme: Programme) -> list[tuple[Area, list[Area]]]:
    """Every street with its communities, by code."""
    groups: dict[str, list[Area]] = {street.code: [] for street in programme.streets}
    for community in programme.communities:
        groups.setdefault(street_of(community.code), []).append(community)
    return [
        (programme.areas[code], communities) for code, communities in groups.items() if communities
    ]
