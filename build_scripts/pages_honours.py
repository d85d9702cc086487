"""Honours: `honours.html`, and `honours/<round>.html` for every round on notice or decided.

In: the documents that services wrote for publication. Out: one page each, written at every build. A
notice is shown while its document stands, which a service writes and removes on its days: no page
looks at a clock.
"""

from __future__ import annotations

from build_scripts.pages_writer import PageWriter
from build_scripts.phrase import Phrase
from build_scripts.site_data import SiteData
from build_scripts.view_honour import RoundView, Said, notices, rounds, standings, stewards
from suishou.domain.programme import Programme

ROUNDS_IN_FULL = 6  # with their places; of earlier ones the page gives the link


def write_honours(pages: PageWriter, data: SiteData) -> None:
    """All of them."""
    programme = data.programme
    open_notices, decided = notices(data.notices), rounds(data.honours)
    pages.both(
        "honours.html",
        "honours.html",
        "荣誉",
        Phrase("{}的荣誉公示、评选结果和积分榜。", programme.title),
        notices=[(one, said(programme, one)) for one in open_notices],
        rounds=[(one, said(programme, one)) for one in decided[:ROUNDS_IN_FULL]],
        earlier=decided[ROUNDS_IN_FULL:],
        standings=standings(data.standings),
        said=Said("积分明细汇总", data.data_day or "尚无数据", programme.site.organiser),
        stewards=stewards(data.ladder, programme.ladder),
    )
    for one in (*open_notices, *decided):
        title = Phrase("{} {}", one.period, one.name)
        state = Phrase("评选结果" if one.decided_on else "拟定名单公示")
        pages.both(
            one.path,
            "honour_round.html",
            Phrase("{}{}", title, state),
            Phrase("{}{}{}：怎样评、多少人参评、公示多久。", programme.title, title, state),
            round=one,
            said=said(programme, one),
        )


def said(programme: Programme, one: RoundView) -> Said:
    """Who answers for a round's figures: the ledgers of points are private, so nobody else can
    recompute them."""
    on = one.decided_on or one.opens_on
    return Said(Phrase("{}{}统计", one.period, one.measure), on, programme.site.organiser)
