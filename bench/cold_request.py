"""A Lambda function's first request, from nothing: `python -m bench.cold_request FOLDER`.

In: an unpacked package of the function `intake` and, in the environment, what its template tells it
with the address of something that answers as AWS does. Out: nothing; fails unless a report was
accepted. What is measured is this whole process.
"""

from __future__ import annotations

import json
import os
import sys

REPORT = {
    "category": "manhole",
    "description": "井盖松动，电动车经过会翘起来。",
    "location": {"community": "360926100001", "landmark": "菜市场东门"},
}
EVENT = {
    "version": "2.0",
    "rawQueryString": "",
    "headers": {"content-type": "application/json", "idempotency-key": "cold"},
    "requestContext": {"requestId": "cold", "http": {"method": "POST", "path": "/api/v1/reports"}},
    "body": json.dumps(REPORT),
    "isBase64Encoded": False,
}

if __name__ == "__main__":
    sys.path[:0] = sys.argv[1:2]
    from suishou.handlers.intake import handler

    answer = handler(EVENT, None)
    if answer["statusCode"] != 201:
        raise SystemExit(f"refused: {answer}")
    os._exit(0)  # the answer is there; tidying up a process is no part of a start
