"""Where an emulator of the tests is known to be wrong: (test, engine or region) -> what it does.

Each is a strict expected failure, given by `tests/conftest.py`: when the emulator is mended, the
test run says so. No test says so by itself; tests/architecture looks.
"""

from __future__ import annotations

from collections.abc import Mapping

_TTL = "ministack 1.5.33 does not apply a table's TimeToLiveSpecification from CloudFormation"
_DESTINATION = "ministack 1.5.33 loses a function's EventInvokeConfig that CloudFormation sets"
_TOKEN = "moto 5.2 does not know a ClientRequestToken: a resend is a second write"
_REGIONS = ("us-east-1", "cn-north-1")

FAULTS: Mapping[tuple[str, str], str] = {
    ("test_a_request_that_is_sent_again_counts_once", "moto"): _TOKEN,
    **{("test_what_has_expired_is_collected", region): _TTL for region in _REGIONS},
    **{("test_a_failed_schedule_leaves_a_note", region): _DESTINATION for region in _REGIONS},
}
