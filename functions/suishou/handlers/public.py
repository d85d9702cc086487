"""Routes open to everybody: what may be reported, what was published, and whether we are up.

In: a query. Out: the programme's own words and public rows; nothing from the private table.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from suishou.domain import public_row
from suishou.handlers import context
from suishou.handlers.answers import Answer, as_json
from suishou.handlers.paging import page_cursor, page_limit, page_month
from suishou.handlers.request import Request
from suishou.handlers.routing import Route
from suishou.handlers.shapes import category_shape, station_shape
from suishou.services import publish_case
from suishou.services.stations import stations

OPENAPI = Path(__file__).parent.parent / "openapi.json"


def get_categories(request: Request) -> Answer:
    programme = context.current().programme
    found = [category_shape(c, programme) for _, c in sorted(programme.categories.items())]
    return as_json({"categories": found})


def get_cases(request: Request) -> Answer:
    """Public cases of a month (`month=YYYY-MM`), a page at a time."""
    rows, following = publish_case.public_cases(
        context.current(), page_month(request), page_cursor(request), page_limit(request)
    )
    return as_json({"cases": [public_row.to_json(row) for row in rows], "cursor": following})


def get_case(request: Request) -> Answer:
    row = publish_case.public_case(context.current(), request.fields["id"])
    return as_json(public_row.to_json(row))


def get_stations(request: Request) -> Answer:
    return as_json({"stations": [station_shape(s) for s in stations(context.current())]})


def get_measures(request: Request) -> Answer:
    """The same figures that the site publishes, each with its denominator."""
    from suishou.services import measure  # for this question alone

    return as_json(measure.published_measures(context.current()))


def get_openapi(request: Request) -> Answer:
    return Answer(200, _openapi(), "application/json; charset=utf-8")


def get_health(request: Request) -> Answer:
    """Whether the private table answers: reads one absent item."""
    context.current().private.get("HEALTH", "CHECK")
    return as_json({"status": "ok", "programme": context.current().programme.name})


@cache
def _openapi() -> bytes:
    return OPENAPI.read_bytes()


ROUTES = (
    Route("GET", "/categories", get_categories, "What may be reported", answer="Categories"),
    Route(
        "GET",
        "/cases",
        get_cases,
        "Public cases of a month",
        answer="PublicCases",
        query=("month", "cursor", "limit"),
    ),
    Route("GET", "/cases/{id}", get_case, "One public case", answer="PublicCase"),
    Route("GET", "/stations", get_stations, "Stations", answer="Stations"),
    Route("GET", "/measures", get_measures, "Measures with denominators", answer="Measures"),
    Route("GET", "/openapi.json", get_openapi, "This document"),
    Route("GET", "/health", get_health, "Whether the system answers", answer="Health"),
)
