"""JSON schemas of the API document: from our own dataclasses, and of the bodies that come in.

In: the dataclasses that services answer with. Out: schema objects by name. Used while developing
only: at run time `openapi.json` is served as it lies there.
"""

from __future__ import annotations

from datetime import datetime
from typing import get_args

from suishou.domain.case import SOURCES, Case, ClockState
from suishou.domain.honours import Place
from suishou.domain.people import ROLES
from suishou.domain.place import CRS
from suishou.domain.points import LedgerLine
from suishou.domain.programme import Limit
from suishou.domain.public_row import PublicClock, PublicRow, Step
from suishou.handlers.shapes import CASE_INTERNALS, REPORTER_FIELDS
from suishou.openapi_types import (
    TEXT,
    WHOLE,
    YES_NO,
    Schema,
    array,
    listed,
    of_dataclass,
    of_type,
    record,
    ref,
)
from suishou.services.honour_round import Round
from suishou.services.people import Enrolled, Rider
from suishou.services.rebuild import Rebuild
from suishou.services.redeem_reward import Redemption
from suishou.services.round_objections import Objection
from suishou.services.stored_photos import State


def schemas() -> dict[str, Schema]:
    """Every schema of the document, by name."""
    dataclasses = (
        *(ClockState, Enrolled, LedgerLine, Limit, PublicClock, Rebuild, Redemption, Rider),
        *(Objection, Place, Round, Step),
    )
    made = {kind.__name__: of_dataclass(kind) for kind in dataclasses}
    return {**made, **_answers(), **_photos(), **_honours(), **_bodies()}


def _answers() -> dict[str, Schema]:
    case = of_dataclass(Case)["properties"]
    staff = {name: schema for name, schema in case.items() if name not in CASE_INTERNALS}
    staff |= {"clocks": {"type": "object", "additionalProperties": ref("ClockState")}}
    staff |= {"names": {"type": "object", "additionalProperties": TEXT}}
    tracked = {name: case[name] for name in REPORTER_FIELDS}
    tracked |= {"case_id": TEXT, "clocks": staff["clocks"], "names": staff["names"]}
    own = record(tracked)
    tracked |= dict.fromkeys(("title", "description", "result"), TEXT)
    tracked |= {"timeline": array(ref("Step")), "photos_after": array(TEXT)}
    tracked |= {"photo_states": array(ref("PhotoState"))}
    tracked |= dict.fromkeys(("can_confirm", "can_reopen", "can_withdraw"), YES_NO)
    queued = record({**staff, "next_due": of_type(datetime | None), "overdue": YES_NO})
    public = of_dataclass(PublicRow)
    public["properties"]["clocks"] = {
        "type": "object",
        "additionalProperties": ref("PublicClock"),
    }
    post = record({"role": {"type": "string", "enum": sorted(ROLES)}, "scope": TEXT})
    member = record({"id": TEXT, "name": TEXT, "posts": array(post), "revoked": YES_NO})
    return {
        "Error": record({"error": ref("Refusal")}),
        "Refusal": record(dict.fromkeys(("code", "field", "message", "request_id"), TEXT)),
        "Receipt": record(
            {
                **dict.fromkeys(("case_id", "tracking_token", "tracking_url"), TEXT),
                "due": {"type": "object", "additionalProperties": of_type(datetime | None)},
            }
        ),
        "Case": record(staff),
        "Cases": listed("cases", own),
        "TrackedCase": record(tracked),
        "Queue": listed("cases", queued),
        "CaseFile": record(
            {
                "case": ref("Case"),
                **{name: {"type": "object"} for name in ("text", "drafts")},
                "events": array({"type": "object"}),
                "photo_states": array(ref("PhotoState")),
                **{name: array(TEXT) for name in ("nearby", "actions")},
            }
        ),
        "PublicCase": public,
        "PublicCases": listed("cases", ref("PublicCase")),
        "Categories": record({"categories": array({"type": "object"})}),
        "Stations": record({"stations": array(ref("Station"))}),
        "Measures": {"type": "object"},
        "Health": record({"status": TEXT, "programme": TEXT}),
        "Me": record({**of_dataclass(Rider)["properties"], "points": WHOLE}),
        "Ledger": listed("lines", ref("LedgerLine")),
        "Rewards": record({"rewards": array({"type": "object"})}),
        "Redemptions": listed("redemptions", ref("Redemption")),
        "Riders": listed("riders", ref("Rider")),
        "StaffList": listed("staff", member),
        "Rebuilds": record({"rebuilds": array(ref("Rebuild"))}),
    }


def _photos() -> dict[str, Schema]:
    """`Uploads` are forms, or the ids alone of photos that came with the request."""
    fields = {"type": "object", "additionalProperties": TEXT}
    form = {**dict.fromkeys(("method", "url", "file_field"), TEXT), "fields": fields}
    upload = record({"id": TEXT, **form, "expires_at": of_type(datetime)}, ("id",))
    limits = {"content_types": array(TEXT), "bytes_max": WHOLE, "photos_max": WHOLE}
    states = {"type": "string", "enum": sorted(get_args(State))}
    return {
        "Uploads": record({"uploads": array(upload), **limits}, ("uploads",)),
        "PhotoState": record({"id": TEXT, "state": states, "refusal": TEXT}),
    }


def _honours() -> dict[str, Schema]:
    return {
        "Rounds": record({"rounds": array(ref("Round"))}),
        "Objections": record({"objections": array(ref("Objection"))}),
        "Appointment": record(
            {
                **dict.fromkeys(("rider", "consent", "consent_at"), TEXT),
                "steps": array(record({"step": TEXT, "since": TEXT})),
            }
        ),
        "Appointments": record({"appointments": array(ref("Appointment"))}),
    }


def _bodies() -> dict[str, Schema]:
    point = record(
        {
            "lat": {"type": "number"},
            "lon": {"type": "number"},
            "crs": {"type": "string", "enum": sorted(CRS)},
        }
    )
    landmark = record({"community": TEXT, "landmark": TEXT})
    names = ("category", "description", "title", "address", "kind", "contact", "severity")
    texts = dict.fromkeys((*names, "for_name", "for_phone"), TEXT)
    report = {
        **texts,
        "location": {"oneOf": [point, landmark]},
        "photos": array(TEXT),
        "source": {"type": "string", "enum": sorted(SOURCES)},
    }
    flat = {
        **texts,
        **dict.fromkeys(("lat", "lon", "crs", "community", "landmark", "source"), TEXT),
        "idempotency_key": TEXT,
        "photo": {"type": "string", "format": "binary"},
    }
    post = record({"role": {"type": "string", "enum": sorted(ROLES)}, "scope": TEXT})
    station = {
        **dict.fromkeys(("code", "name", "level", "area", "address", "hours", "phone"), TEXT),
        **dict.fromkeys(("discount", "photo", "photo_alt", "photo_credit"), TEXT),
        "photo_masks": array(array(WHOLE)),
        "location": {"anyOf": [point, {"type": "null"}]},
        "amenities": array(TEXT),
        "closed": YES_NO,
    }
    rider = dict.fromkeys(("name", "phone", "display", "alias", "consent"), TEXT)
    return {
        "WantedUploads": record({"photos": WHOLE}, ()),
        "UploadForm": record(
            {
                **dict.fromkeys(("expires", "signature"), TEXT),
                "photo": {"type": "string", "format": "binary"},
            }
        ),
        "Report": record(report, ("category", "description", "location")),
        "ReportForm": record(flat, ("category", "description")),
        "Feedback": record({"satisfied": YES_NO, "reason": TEXT, "token": TEXT}, ("satisfied",)),
        "Withdrawal": record({"token": TEXT}, ()),
        "Action": {"type": "object"},
        "Display": record(dict.fromkeys(("display", "alias", "consent"), TEXT)),
        "NewRedemption": record({"reward": TEXT}),
        "NewRider": record(rider, ("name",)),
        "NewStaff": record({"name": TEXT, "posts": array(post)}),
        "Station": record(station, ("code", "name", "level", "area")),
        "NewRound": record({"honour": TEXT, "period": TEXT}),
        "Proposal": record({"opens_on": TEXT, "without": array(TEXT)}, ()),
        "NewObjection": record({"text": TEXT}),
        "Settlement": record({"upheld": YES_NO, "answer": TEXT}),
        "NewStep": record(
            dict.fromkeys(("rider", "step", "since", "consent"), TEXT), ("rider", "step", "since")
        ),
    }
