"""The words of the public site for codes that are the same in every programme.

In: codes of stages, events, clocks, kinds, urgencies, sources, limits. Out: Chinese words, as
DESIGN gives them. Words that a programme sets (categories, units, reasons) are not here.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from suishou.domain.programme import Limit
from suishou.domain.recurrence import LUNAR_DAYS

STAGES: Mapping[str, str] = {
    "reported": "待立案",
    "registered": "已立案",
    "dispatched": "已派单",
    "claimed": "已领单",
    "accepted": "办理中",
    "resolved": "已办结",
    "verified": "已核查",
    "closed": "已结案",
    "rejected": "不予受理",
    "merged": "已并案",
    "withdrawn": "已撤回",
    "returned": "已退回",
    "on_hold": "暂缓办理",
    "reopened": "重新办理",
    "transferred": "已转办",
}

# How a stage is coloured: done, doing, waiting, ended otherwise.
STAGE_TONES: Mapping[str, str] = {
    "closed": "done",
    "verified": "done",
    "resolved": "done",
    "rejected": "ended",
    "merged": "ended",
    "withdrawn": "ended",
    "returned": "waiting",
    "on_hold": "waiting",
    "transferred": "waiting",
}

# Event kinds that the public timeline tells, in the words of `suishou.wording` (a test keeps them
# alike). What the rating was is told beside the result; here only that it was given.
EVENTS: Mapping[str, str] = {
    "reported": "上报",
    "registered": "立案",
    "dispatched": "派单",
    "claimed": "领单",
    "accepted": "接单办理",
    "returned": "退回",
    "extended": "延期",
    "held": "暂缓办理",
    "resumed": "恢复办理",
    "transferred": "转其他平台办理",
    "resolved": "办结反馈",
    "verification_failed": "核查未通过，重新办理",
    "verified": "核查通过",
    "closed": "结案",
    "rejected": "不予受理",
    "merged": "并入相同事项",
    "withdrawn": "撤回上报",
    "became_overdue": "超过办理时限",
    "escalated": "提级办理",
    "reopened": "不满意，重新办理",
    "confirmed": "上报人评价",
    "duplicate_linked": "关联相同上报",
}
EVENT_TONES: Mapping[str, str] = {
    "resolved": "done",
    "verified": "done",
    "closed": "done",
    "returned": "waiting",
    "extended": "waiting",
    "held": "waiting",
    "verification_failed": "late",
    "became_overdue": "late",
    "escalated": "late",
    "reopened": "late",
    "rejected": "ended",
    "merged": "ended",
    "withdrawn": "ended",
}

CLOCKS: Mapping[str, str] = {
    "first_response": "首次响应",
    "resolution": "办结",
    "feedback": "反馈上报人",
}
KINDS: Mapping[str, str] = {
    "hazard": "隐患",
    "request": "诉求",
    "suggestion": "建议",
    "dispute": "纠纷",
    "wish": "心愿",
}
URGENCIES: Mapping[str, str] = {"emergency": "紧急", "urgent": "急", "ordinary": "一般"}
SOURCES: Mapping[str, str] = {
    "rider": "新就业群体上报",
    "resident": "群众上报",
    "merchant": "商户上报",
    "patrol": "巡查发现",
    "window": "窗口代报",
    "telephone": "电话代报",
    "imported": "历史事项",
}
OUTCOMES: Mapping[str, str] = {
    "settled": "已解决",
    "unsettled": "未能解决",
    "answered": "已答复",
}
PUBLICATIONS: Mapping[str, str] = {
    "never": "不公开",
    "aggregate": "只计数，不逐件公示",
    "after_closed": "结案并审核后公示",
    "at_once": "立案并审核后公示",
}
PERIODS: Mapping[str, str] = {"month": "每月", "quarter": "每季度", "year": "每年"}
HONOUR_MEASURES: Mapping[str, str] = {"points": "积分", "reports_resolved": "上报后办结的事项数"}
TIES: Mapping[str, str] = {
    "share": "末位并列的一并入选",
    "earlier": "并列时先达到者入选",
}


def limit_words(limit: Limit) -> str:
    """30 分钟 · 2 小时 · 当日 · 3 个工作日."""
    if limit.unit == "same_day":
        return "当日"
    if limit.unit == "working_days":
        return f"{limit.amount} 个工作日"
    if limit.amount % 60 == 0:
        return f"{limit.amount // 60} 小时"
    return f"{limit.amount} 分钟"


def duration_words(minutes: int | float) -> str:
    """How long something took, coarsely: days, not minutes, are what is made public."""
    if minutes < 60:
        return "不到 1 小时"
    if minutes < 24 * 60:
        return f"约 {round(minutes / 60)} 小时"
    return f"约 {round(minutes / 1440, 1):g} 天"


@lru_cache(maxsize=4096)  # pages name the same days over and over
def day_words(day: str) -> str:
    """2026-05-03 as 2026年5月3日; "" stays ""."""
    if not day:
        return ""
    year, month, number = day.split("-")
    return f"{year}年{int(month)}月{int(number)}日"


def lunar_words(day: int) -> str:
    """A day of the lunar month, 1…30, as written: 初八."""
    return LUNAR_DAYS[day - 1]


@lru_cache(maxsize=1024)
def month_words(month: str) -> str:
    """2026-05 as 2026年5月."""
    year, number = month.split("-")
    return f"{year}年{int(number)}月"
