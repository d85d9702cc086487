"""Words for people: what a code, a stage, an event, a field is called in Chinese and in English.

In: a stable code, a language (`zh` or `en`), and values. Out: a sentence. Codes never change for
the wording's sake; the tables of refusals are in `wording_refusals.py`.
"""

from __future__ import annotations

from collections.abc import Mapping

from suishou.wording_refusals import REFUSALS

Words = tuple[str, str]  # Chinese, English

STAGES: Mapping[str, Words] = {
    "reported": ("待立案", "Reported"),
    "registered": ("已立案", "Registered"),
    "dispatched": ("已派单", "Dispatched"),
    "claimed": ("已领单", "Claimed"),
    "accepted": ("办理中", "Being worked"),
    "resolved": ("已办结", "Resolved"),
    "verified": ("已核查", "Verified"),
    "closed": ("已结案", "Closed"),
    "rejected": ("不予受理", "Rejected"),
    "merged": ("已并案", "Merged"),
    "withdrawn": ("已撤回", "Withdrawn"),
    "returned": ("已退回", "Returned"),
    "on_hold": ("暂缓办理", "On hold"),
    "reopened": ("重新办理", "Reopened"),
    "transferred": ("已转办", "Transferred"),
}
EVENTS: Mapping[str, Words] = {
    "reported": ("上报", "Reported"),
    "registered": ("立案", "Registered"),
    "classified": ("调整类别", "Category changed"),
    "located": ("核定位置", "Place settled"),
    "rejected": ("不予受理", "Rejected"),
    "merged": ("并入相同事项", "Merged into the same matter"),
    "dispatched": ("派单", "Dispatched"),
    "claimed": ("领单", "Claimed"),
    "accepted": ("接单办理", "Accepted"),
    "returned": ("退回", "Returned"),
    "asked": ("申请延期或暂缓办理", "Extension or hold asked for"),
    "extended": ("延期", "Extended"),
    "held": ("暂缓办理", "Put on hold"),
    "request_refused": ("申请未获批准", "Request refused"),
    "resumed": ("恢复办理", "Resumed"),
    "resolved": ("办结反馈", "Resolved"),
    "verified": ("核查通过", "Verified"),
    "verification_failed": ("核查未通过，重新办理", "Verification failed"),
    "closed": ("结案", "Closed"),
    "transferred": ("转其他平台办理", "Transferred to another system"),
    "escalated": ("提级办理", "Escalated"),
    "noted": ("补充说明", "Note added"),
    "drafted": ("拟稿", "Drafted for publication"),
    "approved": ("审核公开", "Approved for publication"),
    "taken_down": ("撤下公开内容", "Taken down"),
    "text_erased": ("删除个人文字", "Text erased"),
    "withdrawn": ("撤回上报", "Withdrawn"),
    "confirmed": ("上报人评价", "Reporter satisfied"),
    "reopened": ("不满意，重新办理", "Reopened"),
    "deadline_set": ("确定办理时限", "Deadline set"),
    "became_overdue": ("超过办理时限", "Deadline passed"),
    "reporter_told": ("答复上报人", "Reporter told"),
    "duplicate_linked": ("关联相同上报", "Duplicate linked"),
}
CLOCKS: Mapping[str, Words] = {
    "first_response": ("首次响应", "First response"),
    "resolution": ("办结", "Resolution"),
    "feedback": ("反馈上报人", "Feedback"),
}
FIELDS: Mapping[str, Words] = {
    "body": ("提交的内容", "The body"),
    "category": ("类别", "Category"),
    "description": ("情况描述", "Description"),
    "title": ("标题", "Title"),
    "address": ("详细地址", "Address"),
    "kind": ("事项类型", "Kind"),
    "location": ("位置", "Location"),
    "lat": ("纬度", "Latitude"),
    "lon": ("经度", "Longitude"),
    "crs": ("坐标系", "Coordinate system"),
    "community": ("社区（村）", "Community"),
    "landmark": ("附近的标志物", "Landmark"),
    "photo": ("照片", "Photo"),
    "photos": ("照片", "Photos"),
    "contact": ("联系方式", "Contact"),
    "source": ("来源", "Source"),
    "for_name": ("代报对象姓名", "Name of the person reported for"),
    "for_phone": ("代报对象电话", "Telephone of the person reported for"),
    "severity": ("严重程度", "Severity"),
    "reason": ("原因", "Reason"),
    "satisfied": ("是否满意", "Satisfied or not"),
    "case_id": ("受理编号", "Case number"),
    "tracking_token": ("查询码", "Tracking code"),
    "idempotency_key": ("重复提交标识", "Idempotency key"),
    "stage": ("环节", "Stage"),
}
ADVICE: Mapping[int, Words] = {
    404: (
        "请核对受理编号和查询码，或用上报凭证上的链接重新打开。",
        "Check the case number and the tracking code, or open the link on your receipt again.",
    ),
    409: ("请返回并刷新页面，查看最新进度。", "Go back and reload to see how the case stands now."),
    413: ("请换一张较小的照片再试。", "Try again with a smaller photo."),
    415: ("请使用手机拍摄的 JPG 或 PNG 照片。", "Use a photo from your phone (JPEG or PNG)."),
    503: (
        "请稍等片刻再提交一次，不会重复上报。",
        "Wait a moment and send it again; it is counted once.",
    ),
    500: ("请稍后再试；如仍不成功，请电话联系我们。", "Try again later, or telephone us."),
}
ADVICE_DEFAULT: Words = (
    "这次没有保存任何内容。请用浏览器的“返回”回到表单，修改后再提交一次。",
    "Use your browser's Back button, correct the form and send it again. Nothing was stored.",
)
# A limit is called by its unit where it arises; sentences call it {most}.
LIMITS = ("most", "at_most", "characters_max", "photos_max", "highest")
UNKNOWN: Words = ("请求未能完成（{code}）。", "The request was refused ({code}).")


def message(code: str, language: str, values: Mapping[str, object]) -> str:
    """The sentence of a refusal's code, with its values put in; a code without wording of its own
    is named in a general sentence (a test keeps that from happening)."""
    words = REFUSALS.get(code, UNKNOWN)[language == "en"]
    return words.format_map(_Values({"code": code, **values}))


class _Values(dict[str, object]):
    """Values as text; a list reads `a, b`; one that is missing leaves no braces behind."""

    def __getitem__(self, key: str) -> str:
        names = LIMITS if key == "most" else (key,)
        value = next((self.get(name) for name in names if name in self), "…")
        return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def stage_name(stage: str, language: str) -> str:
    return STAGES.get(stage, (stage, stage))[language == "en"]


def event_name(kind: str, language: str) -> str:
    return EVENTS.get(kind, (kind, kind))[language == "en"]


def clock_name(clock: str, language: str) -> str:
    return CLOCKS.get(clock, (clock, clock))[language == "en"]


def field_name(field: str, language: str) -> str:
    """What a form calls a field; the field's own name where forms have none."""
    name = field.removeprefix("location.")
    return FIELDS.get(name, (field, field))[language == "en"]


def advice(status: int, language: str) -> str:
    """What to do after a refusal with this HTTP status."""
    return ADVICE.get(status, ADVICE_DEFAULT)[language == "en"]
