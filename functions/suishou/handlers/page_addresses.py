"""Where a reporter's pages are, without making one.

In: a request, a case's id and token. Out: addresses relative to /api/v1/.
"""

from __future__ import annotations

from urllib.parse import quote, urlencode

from suishou.handlers.request import Request


def track_address(request: Request, case_id: str, token: str) -> str:
    """The tracking page, from /api/v1/, in the language that was asked for."""
    return "track?" + urlencode({"id": case_id, "token": token, **request.asked_language})


def receipt_address(request: Request, case_id: str, token: str) -> str:
    """The receipt page, from /api/v1/, in the language that was asked for."""
    asked = {"token": token, **request.asked_language}
    return f"receipts/{quote(case_id, safe='')}?" + urlencode(asked)
