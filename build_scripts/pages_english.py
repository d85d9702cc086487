"""The English pages: frame, labels, figures and rules; names and cases stay Chinese, marked so.

In: the programme, its stations, the measures. Out: `en/…`, one page for each file of
`site_src/pages/en/`. Never a copy of a case or of a list: these are linked in Chinese.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from build_scripts import view_words as words
from build_scripts.pages_fixed import categories_by_kind, communities_by_street
from build_scripts.pages_writer import PageWriter
from build_scripts.site import english_pages
from build_scripts.site_data import SiteData
from build_scripts.translations import english_month, label_words
from build_scripts.view_case import category_name
from build_scripts.view_english import GLOSSARY, Line, headlines, line
from build_scripts.view_figures import count_mark, scope
from suishou.domain.field_checks import PHOTOS_MAX, TITLE_CHARACTERS_MAX


@dataclass(frozen=True)
class Link:
    """A list that is kept in Chinese, from the site's root."""

    name: str
    path: str
    reported: int


def write_english(pages: PageWriter, data: SiteData) -> None:
    """All of them."""
    _write_overview(pages, data)
    _write_cases(pages, data)
    _write_labels(pages)
    _write_fixed(pages)


def _write_overview(pages: PageWriter, data: SiteData) -> None:
    overall = data.measures.overall
    shared: dict[str, Any] = {
        "headlines": headlines(overall),
        "build_id": data.build_id,
        "data_day": data.data_day,
    }
    pages.page(
        "en/index.html",
        "en/home.html",
        pages.programme.title,
        "Street-level reports: who handles them, by when, and what came of it.",
        reported=count_mark("reported", overall),
        stations=len(data.stations),
        **shared,
    )
    pages.page(
        "en/statistics.html",
        "en/statistics.html",
        "Statistics",
        "Response times, closing and on-time rates and satisfaction, with their denominators.",
        counts={
            name: count_mark(name, overall) for name in ("reported", "closed", "open", "overdue")
        },
        tables=_tables(data),
        **shared,
    )


def _tables(data: SiteData) -> list[tuple[str, str, list[Line]]]:
    known, sample_min = data.programme, data.programme.loop.sample_min
    by = data.measures.by
    return [
        (
            "By month",
            "Month",
            [
                line(
                    english_month(month),
                    f"../cases/{month.replace('-', '/')}/index.html",
                    tally,
                    scope(month=month),
                    sample_min,
                )
                for month, tally in reversed(by("month").items())
            ],
        ),
        (
            "By township or street",
            "Township or street",
            [
                line(
                    known.area_name(code),
                    f"../cases/street/{code}.html",
                    tally,
                    scope(street=code),
                    sample_min,
                )
                for code, tally in by("street").items()
                if code
            ],
        ),
        (
            "By category",
            "Category",
            [
                line(
                    category_name(known, code),
                    f"../cases/category/{code}.html",
                    tally,
                    scope(category=code),
                    sample_min,
                )
                for code, tally in by("category").items()
                if code
            ],
        ),
    ]


def _write_cases(pages: PageWriter, data: SiteData) -> None:
    known = data.programme
    counted = {name: data.measures.by(name) for name in ("month", "category", "street")}
    pages.page(
        "en/cases/index.html",
        "en/cases.html",
        "Cases",
        "Where to find the cases that are shown one by one, by month, category and street.",
        reported=count_mark("reported", data.measures.overall),
        shown=sum(data.shown_counts.values()),
        data_day=data.data_day,
        glossary=GLOSSARY,
        months=[
            Link(
                month,
                f"cases/{month.replace('-', '/')}/index.html",
                counted["month"][month].reported if month in counted["month"] else 0,
            )
            for month in data.months
        ],
        categories=[
            Link(category_name(known, code), f"cases/category/{code}.html", tally.reported)
            for code, tally in counted["category"].items()
            if code
        ],
        streets=[
            Link(known.area_name(code), f"cases/street/{code}.html", tally.reported)
            for code, tally in counted["street"].items()
            if code
        ],
    )


def _write_labels(pages: PageWriter) -> None:
    """`en/labels.js`, with which pages that exist in Chinese alone say their labels in English. Its
    name holds no hash: what names it would change with every word, and that is every case."""
    site_src = pages.shells.templates.parent
    twins = english_pages(site_src / "pages")
    pages.script("en/labels.js", "labels.js", words=label_words(site_src), pages=twins)


def _write_fixed(pages: PageWriter) -> None:
    api, kinds = pages.shells.api_root, categories_by_kind(pages.programme)
    pages.page(
        "en/rules.html",
        "en/rules.html",
        "Rules",
        "Deadlines, points and what is published.",
        kinds=kinds,
        words=words,
    )
    pages.page(
        "en/report.html",
        "report.html",
        "Report",
        "Report a hazard in the street, with a photo and a place.",
        api=api,
        kinds=kinds,
        streets=communities_by_street(pages.programme),
        photos_max=PHOTOS_MAX,
        title_characters_max=TITLE_CHARACTERS_MAX,
    )
    pages.page("en/track.html", "track.html", "Track a case", "Follow a case by receipt.", api=api)
    pages.page("en/about.html", "about.html", "About", "What this site publishes, and what not.")
    pages.page(
        "en/accessibility.html", "accessibility.html", "Accessibility", "Accessibility statement."
    )
