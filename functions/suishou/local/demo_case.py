"""One report of the demonstration and what becomes of it: each step by the person whose it is.

In: a report of the script, the cast, a visitor. Out: the case as it last stood, known only from the
answers to HTTP requests. Decides nothing: a step that the system refuses ends the demonstration.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from suishou.local.demo_client import PREFIX, Visitor
from suishou.local.demo_people import Cast, Member
from suishou.local.demo_photos import draw_photo
from suishou.local.demo_script import Report

UNTIL = "until"  # a moment in a step's fields, already worked out


class DemonstrationCase:
    """A report once it is sent: `id`, `tracking` (its token), `case` as the staff see it."""

    def __init__(self, report: Report, cast: Cast, visitor: Visitor) -> None:
        self.report = report
        self.id = ""
        self.tracking = ""
        self.due: Mapping[str, str | None] = {}
        self.case: Mapping[str, Any] = {}
        self._cast = cast
        self._visitor = visitor
        self._done = 0
        self._drafter = ""

    def send(self) -> None:
        """Sends the report in the way that the script wants, and opens it as the dispatcher."""
        token = self._cast.token_of(self.report.by)
        ways: Mapping[str, Callable[[str], None]] = {
            "json": self._as_json,
            "form": self._as_form,
            "multipart": self._as_multipart,
        }
        ways[self.report.send](token)
        county = self._cast.on_post("dispatcher", self._cast.county)
        address = f"{PREFIX}/staff/cases/{self.id}"
        self.case = self._visitor.get(address, county.token).json["case"]

    def do(self, action: str, fields: Mapping[str, Any]) -> None:
        """One step. The moment is the system's own."""
        if action == "feedback":
            self._feedback(fields)
        elif action == "withdraw":
            self._by_reporter("withdraw", {}, "")
        else:
            self._by_staff(action, fields)

    def tracking_address(self) -> str:
        return f"{PREFIX}/track?id={self.id}&token={self.tracking}"

    def look(self) -> Mapping[str, Any]:
        """The case as it stands now."""
        county = self._cast.on_post("dispatcher", self._cast.county)
        address = f"{PREFIX}/staff/cases/{self.id}"
        found: Mapping[str, Any] = self._visitor.get(address, county.token).json["case"]
        return found

    def _as_json(self, token: str) -> None:
        body = dict(self.report.body)
        if self.report.photo:
            body["photos"] = [self._visitor.send_photo(self._photo(after=False), token)]
        key = f"demonstration-{self.report.key}"
        reply = self._visitor.send_json(f"{PREFIX}/reports", body, token, key, 201).json
        self._received(reply["case_id"], reply["tracking_token"], reply["due"])

    def _as_form(self, token: str) -> None:
        reply = self._visitor.send_form(f"{PREFIX}/reports", self._flat())
        self._redirected(reply.headers["location"])

    def _as_multipart(self, token: str) -> None:
        photos = [self._photo(after=False)] if self.report.photo else []
        reply = self._visitor.send_multipart(f"{PREFIX}/reports", self._flat(), photos, token)
        if token:
            answer = reply.json
            self._received(answer["case_id"], answer["tracking_token"], answer["due"])
        else:
            self._redirected(reply.headers["location"])

    def _flat(self) -> dict[str, str]:
        """The fields as a form sends them."""
        texts = {name: value for name, value in self.report.body.items() if name != "location"}
        place = {name: str(value) for name, value in self.report.body["location"].items()}
        return {**texts, **place, "idempotency_key": f"demonstration-{self.report.key}"}

    def _redirected(self, receipt: str) -> None:
        parts = urlsplit(receipt)
        case_id, token = parts.path.rpartition("/")[2], parse_qs(parts.query)["token"][0]
        tracked = self._visitor.get(f"{PREFIX}/reports/{case_id}?token={token}").json
        due = {name: clock["due"] for name, clock in tracked["clocks"].items()}
        self._received(case_id, token, due)

    def _received(self, case_id: str, token: str, due: Mapping[str, str | None]) -> None:
        self.id, self.tracking, self.due = case_id, token, due

    def _photo(self, *, after: bool) -> bytes:
        return draw_photo(self.report.photo, self.report.key, after=after)

    def _by_staff(self, action: str, given: Mapping[str, Any]) -> None:
        fields = {name: value for name, value in given.items() if name != "role"}
        member = self._who(action, str(given.get("role", "")))
        fields |= self._own_fields(action, member, fields)
        address = f"{PREFIX}/cases/{self.id}/{action}"
        self.case = self._visitor.send_json(address, fields, member.token, self._key()).json

    def _own_fields(
        self, action: str, member: Member, given: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """What a step needs beyond the script's fields: photos, texts, numbers."""
        if action == "register" and self.report.severity:
            return {"severity": self.report.severity}
        if action == "resolve":
            photos = []
            if self.report.photo and "result" not in given:
                photos = [self._visitor.send_photo(self._photo(after=True), member.token)]
            return {"result": self.report.result, "photos": photos, **given}
        if action == "draft":
            self._drafter = member.id
            return {
                "title": self.report.body["title"],
                "text": self.report.body["description"],
                "result": self.report.result,
                "photos": [*self.case["photos"], *self.case["after_photos"]],
            }
        return {"draft": self.case["draft"]} if action == "approve" else {}

    def _who(self, action: str, role: str) -> Member:
        """Whose step this is: the community claims, the department works, the dispatcher leads."""
        roles = {
            "claim": "community",
            **dict.fromkeys(("accept", "resolve", "draft"), "department"),
            **dict.fromkeys(("ask_extension", "ask_hold"), "department"),
        }
        role = role or roles.get(action, "dispatcher")
        scopes = {"community": self.case["community"], "department": self.case["lead_unit"]}
        scope = scopes.get(role, self.case["area"])
        return self._cast.on_post(role, scope, self._drafter if action == "approve" else "")

    def _feedback(self, given: Mapping[str, Any]) -> None:
        satisfied = bool(given.get("satisfied", True))
        fields: dict[str, Any] = {"satisfied": satisfied}
        if "reason" in given:
            fields["reason"] = given["reason"]
        self._by_reporter("feedback", fields, str(given.get("way", "")))

    def _by_reporter(self, action: str, fields: Mapping[str, Any], way: str) -> None:
        """Through the tracking link alone: as an app does, or on the page (`way` form)."""
        address = f"{PREFIX}/reports/{self.id}/{action}"
        sent = {**fields, "token": self.tracking}
        if way == "form":
            words = {name: str(value).lower() for name, value in sent.items() if name != "reason"}
            self._visitor.send_form(address, {**sent, **words})
        else:
            self._visitor.send_json(address, sent, "", self._key())
        self.case = self.look()

    def _key(self) -> str:
        self._done += 1
        return f"demonstration-{self.report.key}-{self._done}"


def with_until(fields: Mapping[str, Any], until: datetime | None) -> dict[str, Any]:
    """A step's fields with its `until` as RFC 3339."""
    return {**fields, UNTIL: until.isoformat()} if until else dict(fields)
