"""Draft → publication: the second pair of eyes (审核) makes a text and photo copies public.

Comes in: the newest draft of a case. Goes out: the action that stores the approved publication, and
masked photo copies in the public store. Text that still holds personal data is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from suishou.domain.case import Case
from suishou.domain.errors import Invalid
from suishou.domain.redaction import findings
from suishou.services.public_copies import public_copies
from suishou.services.system import System
from suishou.storage import private_keys as keys
from suishou.storage.table import Action, Insert, Replace


def check_draft(draft: Mapping[str, Any]) -> None:
    """Raises Invalid naming the field in which a rule still finds personal data."""
    for field in ("title", "text", "result"):
        found = findings(str(draft.get(field, "")))
        if found:
            kinds = sorted({finding.kind for finding in found})
            raise Invalid("personal_data_found", field, kinds=kinds)


def publication_actions(system: System, case: Case) -> list[Action]:
    """Copies the draft's photos, masked, into the public store; answers the action that keeps the
    publication. The copies are this approval's own, so that whatever removes those of an earlier
    one, however late, cannot reach them; the earlier ones are `retired`."""
    partition = keys.case(case.id)
    item = system.private.get(partition, keys.draft(case.draft))
    if item is None or item.body.get("erased"):
        raise Invalid("stale_draft", "draft", newest=case.draft)
    check_draft(item.body)
    from suishou.services.photo_pixels import publish_photo  # Pillow: for who approves alone

    before: list[str] = []
    after: list[str] = []
    for photo in item.body["photos"]:
        masks = tuple((m[0], m[1], m[2], m[3]) for m in photo["masks"])
        key = publish_photo(system, photo["id"], masks, owner=f"{case.id}#{case.version}#")
        (after if photo["id"] in case.after_photos else before).append(key)
    body = {
        "title": item.body["title"],
        "text": item.body["text"],
        "result": item.body["result"],
        "photos_before": before,
        "photos_after": after,
        "draft": case.draft,
        "case_version": case.version,
    }
    existing = system.private.get(partition, keys.PUBLICATION)
    if existing is None:
        return [Insert(partition, keys.PUBLICATION, body)]
    body["retired"] = sorted(public_copies(existing.body))
    return [Replace(partition, keys.PUBLICATION, existing.version, body)]
