from __future__ import annotations

import json
from typing import Any

from http_client import REPORT, get, post_json, rider_token

from suishou.domain.people import Post
from suishou.openapi import STORED, document_text, openapi_document
from suishou.services.system import System


def references(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if "$ref" in value else set()
        return own.union(*(references(inner) for inner in value.values()))
    return set().union(*map(references, value)) if isinstance(value, list) else set()


def test_the_stored_document_is_not_stale() -> None:
    """Write it again with `python -m suishou.openapi`."""
    assert STORED.read_text(encoding="utf-8") == document_text()


def test_every_reference_leads_somewhere() -> None:
    document = openapi_document()
    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert references(document) <= known


def test_operation_ids_are_unique() -> None:
    ids = [o["operationId"] for p in openapi_document()["paths"].values() for o in p.values()]
    assert len(ids) == len(set(ids))


def test_it_is_served_as_it_lies_there(system: System) -> None:
    assert json.loads(get("/openapi.json").body) == openapi_document()


def test_answers_have_the_properties_that_the_document_promises(system: System) -> None:
    from http_client import staff_token

    schemas = openapi_document()["components"]["schemas"]
    rider = rider_token(system)
    county = staff_token(system, Post("dispatcher", "360926"))
    receipt = post_json("/reports", REPORT, rider).json
    answers = {
        "Receipt": receipt,
        "TrackedCase": get(f"/reports/{receipt['case_id']}", rider).json,
        "CaseFile": get(f"/staff/cases/{receipt['case_id']}", county).json,
        "Case": get(f"/staff/cases/{receipt['case_id']}", county).json["case"],
        "Me": get("/me", rider).json,
        "Ledger": get("/me/ledger", rider).json,
        "Health": get("/health").json,
    }
    for name, answer in answers.items():
        assert set(answer) == set(schemas[name]["properties"]), name
