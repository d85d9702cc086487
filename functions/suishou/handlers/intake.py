"""The Lambda function `intake`: everything that needs no account.

In: reports, photos, tracking, feedback, and questions about what is public. Out: their answers; see
`reports.py`, `tracking.py` and `public.py` for the routes.
"""

from __future__ import annotations

from typing import Any

from suishou.handlers import public, reports, tracking
from suishou.handlers.routing import serve

ROUTES = (*reports.ROUTES, *tracking.ROUTES, *public.ROUTES)


def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Lambda's entry point."""
    return serve(ROUTES, event)
