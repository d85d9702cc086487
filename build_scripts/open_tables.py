"""Open data: every published table with its columns, in words: the data dictionary.

In: nothing. Out: `Table`s, from which files, `datapackage.json` and the page 开放数据 are made.
What a case that is not shown one by one may say stands here too (`KEPT_WHEN_HIDDEN`): only what
the rates need, neither its id, place below the street, days nor words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields

from build_scripts.table_files import Column, Table
from suishou.domain.measures import Tally

_CODE = "乡镇（街道）9 位、社区（村）12 位、网格 15 位"
_UNIT = "见表 units"

CASES = Table(
    "cases",
    "事项",
    "可逐件公示类别的每一件事项，一行一件，按上报月份分文件。"
    "尚未公示的（shown 为 false）只列计算指标所需的各项，不给编号、日期、社区和文字。"
    "只计数类别的事项不逐件列出，只进入表 measures。",
    (
        Column("shown", "boolean", "逐件公示", "是否有自己的页面"),
        Column("id", "string", "受理编号", "只有逐件公示的才有"),
        Column("month", "yearmonth", "上报月份"),
        Column("category", "string", "类别代码", "见表 categories"),
        Column("street", "string", "乡镇（街道）代码", _CODE + "；位置待核的为空"),
        Column("lead_unit", "string", "主办单位代码", _UNIT + "；尚未派单的为空"),
        Column(
            "stage", "string", "环节", "reported、registered、dispatched … closed；代码表见本页"
        ),
        Column("closed_month", "yearmonth", "结案月份", "未结案的为空"),
        Column("resolved", "boolean", "已办结", "现在是否已办结；返工中的为 false"),
        Column("first_response_minutes", "integer", "首次响应用时（分钟）", "仍在计时的为空"),
        Column("first_response_on_time", "boolean", "首次响应按时", "未到期的为空"),
        Column("resolution_minutes", "integer", "办结用时（分钟）", "从上报起；仍在计时的为空"),
        Column("resolution_on_time", "boolean", "按期办结", "未到期的为空；超期仍在办的为 false"),
        Column("closed_by_deadline", "boolean", "按期结案", "未结案且未超期的、时限待定的为空"),
        Column("outcome", "string", "结果", "settled 已解决、unsettled 未能解决、answered 已答复"),
        Column("satisfied", "boolean", "满意", "上报人未评价的为空"),
        Column("returned_count", "integer", "退回次数"),
        Column("extended_count", "integer", "延期次数"),
        Column("reopened_count", "integer", "不满意后重办次数"),
        Column("rework_count", "integer", "核查不通过次数"),
        Column("extension_reasons", "object", "延期理由", "理由代码 → 次数"),
        Column("national_code", "string", "国家标准代码"),
        Column("community", "string", "社区（村）代码", _CODE),
        Column("grid_cell", "string", "网格代码", _CODE),
        Column("assisting_units", "string", "协办单位代码", "多个以空格分隔"),
        Column("urgency", "string", "紧急程度", "emergency 紧急、urgent 急、ordinary 一般"),
        Column("source", "string", "来源"),
        Column("reported_on", "date", "上报日期", "北京时间"),
        Column("resolved_on", "date", "办结日期", "北京时间"),
        Column("closed_on", "date", "结案日期", "北京时间"),
        Column("first_response_due_on", "date", "首次响应时限"),
        Column("resolution_due_on", "date", "办结时限"),
        Column("feedback_minutes", "integer", "反馈用时（分钟）", "从结案起"),
        Column("feedback_on_time", "boolean", "按时反馈"),
        Column("escalation_level", "integer", "提级次数"),
        Column("title", "string", "标题", "脱敏并审核后的文字", free=True),
        Column("text", "string", "上报内容", "脱敏并审核后的文字", free=True),
        Column("result", "string", "办理结果", "脱敏并审核后的文字", free=True),
        Column("page", "string", "页面", "从网站根目录起的地址"),
    ),
    monthly=True,
)
KEPT_WHEN_HIDDEN = (
    CASES.names.index("extension_reasons") + 1
)  # leading columns; `id` is emptied too
ID = CASES.names.index("id")

# Title and meaning of each tally of `domain/measures.py`; one without words is published too.
_TALLIES: Mapping[str, tuple[str, str]] = {
    "reported": ("受理", ""),
    "rejected": ("不予受理", ""),
    "merged": ("并入相同事项", ""),
    "withdrawn": ("撤回", ""),
    "taken_on": ("立案", "立案及以后各环节的；不予受理、并入、撤回的不计"),
    "open": ("在办", "未到终结环节的"),
    "closed": ("结案", "已结案的"),
    "overdue": ("超期在办", "在办且已过办结时限"),
    "due": ("应办结", "立案的，已办结或已超期"),
    "on_time": ("按期办结", "应办结中按期的"),
    "responses_due": ("应响应", "已响应或响应超期；撤回的不计"),
    "responses_on_time": ("按时响应", "应响应中按时的"),
    "answered": ("有评价", ""),
    "satisfied": ("满意", "有评价中满意的"),
    "resolved": ("办结过", "至少办结过一次"),
    "reworked": ("返工", "核查不通过或不满意重办的"),
    "extended": ("延期", "立案的，至少延期一次"),
    "registrations_due": ("应立案", "应响应中，不予受理、并入的不计"),
    "registrations_on_time": ("按时立案", "应立案中按时的"),
    "dispatched": ("派遣", "立案的，派给过单位"),
    "dispatched_right": ("准确派遣", "派遣中从未被退回的"),
    "handled": ("处置", "派遣中已办结的"),
    "closings_due": ("应结案", "立案且时限已定，已结案或已超期"),
    "closed_on_time": ("按期结案", "应结案中按期的"),
    "judged": ("有结论", "结案时认定已解决或未能解决的"),
    "settled": ("已解决", "有结论中已解决的"),
}
_MAPS: Mapping[str, tuple[str, str]] = {
    "response_minutes": ("首次响应用时分布", "分钟 → 件数"),
    "resolution_minutes": ("办结用时分布", "分钟 → 件数"),
    "extension_reasons": ("延期理由", "理由代码 → 次数"),
}
MAPS = tuple(field.name for field in fields(Tally) if field.default is MISSING)
COUNTS = tuple(field.name for field in fields(Tally) if field.name not in MAPS)
MEASURES = Table(
    "measures",
    "指标计数",
    "每个月的整数计数，各项比率和中位数都由它算出。"
    "可逐件公示的类别（part 为 cell）按乡镇（街道）、类别、主办单位、结案月份细分；"
    "只计数的类别合起来另按这四项各分一次（by_street、by_category、by_unit、by_closed_month），"
    "四者任取其一，不可相加；不交叉细分，以免从小数目认出个人。",
    (
        Column("month", "yearmonth", "上报月份"),
        Column("part", "string", "部分", "cell，或只计数类别的 by_…"),
        Column("street", "string", "乡镇（街道）代码", "位置待核或本部分不分的为空"),
        Column("category", "string", "类别代码", "本部分不分的为空"),
        Column("unit", "string", "主办单位代码", "尚未派单或本部分不分的为空"),
        Column("closed_month", "yearmonth", "结案月份", "未结案或本部分不分的为空"),
        *(Column(name, "integer", *_TALLIES.get(name, (name, ""))) for name in COUNTS),
        *(Column(name, "object", *_MAPS.get(name, (name, ""))) for name in MAPS),
    ),
    monthly=True,
)

_FIGURE = Column(
    "figure", "string", "指标", "如 reported 受理、closed 结案、on_time_rate 按期办结率"
)
_SCOPE = Column(
    "scope",
    "string",
    "范围",
    "month=上报月份 或 closed_month=结案月份；按乡镇（街道）、类别的另有 street=、category=",
)
FROZEN = Table(
    "frozen",
    "冻结的数字",
    "每个已结束的月份，冻结时公布的数字。以后重算的结果不同的，列入表 corrections。"
    "分母不足最小样本的比率和中位数、件数不足的乡镇（街道）和类别不冻结，以免更正指向个人。",
    (
        Column("month", "yearmonth", "月份"),
        _SCOPE,
        _FIGURE,
        Column("value", "number", "数值", "件数、百分比或分钟"),
        Column("numerator", "integer", "分子", "件数和中位数为空"),
        Column("denominator", "integer", "分母", "中位数为计入的件数"),
        Column("frozen_on", "date", "冻结日期", "按数据截止日，不按编制网站的时刻"),
    ),
    monthly=True,
)
CORRECTIONS = Table(
    "corrections",
    "更正",
    "冻结以后的更正，一行一项，按月份和先后。最后一次更正的数值，就是从现在的数据重算的结果。",
    (
        Column("month", "yearmonth", "月份"),
        Column("number", "integer", "序号", "该月第几次登记；同一次的各项序号相同"),
        Column("corrected_on", "date", "更正日期", "按数据截止日"),
        _SCOPE,
        _FIGURE,
        *(
            Column(f"{which}_{name}", kind, f"{said}{title}")
            for which, said in (("old", "原"), ("new", "更正后"))
            for name, kind, title in (
                ("value", "number", "数值"),
                ("numerator", "integer", "分子"),
                ("denominator", "integer", "分母"),
            )
        ),
        Column(
            "reason",
            "string",
            "原因",
            "entered_late 补录、reclassified 改正位置或类别、reopened 结案后重办、"
            "late_feedback 补充评价、rule_changed 计算规则改变；查不出的为空",
        ),
    ),
)

_LIMITS = tuple(
    column
    for clock, title in (
        ("first_response", "首次响应"),
        ("resolution", "办结"),
        ("feedback", "反馈"),
    )
    for column in (
        Column(f"{clock}_limit", "integer", f"{title}时限", "数量"),
        Column(
            f"{clock}_limit_unit", "string", f"{title}时限单位", "minutes、same_day、working_days"
        ),
    )
)
CATEGORIES = Table(
    "categories",
    "类别和办理时限",
    "项目现行的类别、国家标准代码、办理时限和公示方式。",
    (
        Column("code", "string", "类别代码"),
        Column("name", "string", "名称", free=True),
        Column(
            "kind",
            "string",
            "种类",
            "hazard 隐患、request 诉求、suggestion 建议、dispute 纠纷、wish 心愿",
        ),
        Column("urgency", "string", "紧急程度", "emergency 紧急、urgent 急、ordinary 一般"),
        Column("dictionary", "string", "依据的标准"),
        Column("national_code", "string", "国家标准代码"),
        Column("publication", "string", "公示方式", "never、aggregate、after_closed、at_once"),
        Column("lead_unit", "string", "主办单位代码", _UNIT),
        Column("assisting_units", "string", "协办单位代码", "多个以空格分隔"),
        *_LIMITS,
        Column("description", "string", "说明", free=True),
        Column("assumed", "boolean", "暂定", "没有公开资料的假定值"),
    ),
    key=("code",),
)
UNITS = Table(
    "units",
    "单位",
    "主办、协办单位的代码和名称。",
    (Column("code", "string", "单位代码"), Column("name", "string", "名称", free=True)),
    key=("code",),
)
AREAS = Table(
    "areas",
    "区域",
    "县、乡镇（街道）、社区（村）、网格的代码和名称；轮廓见 areas.geojson（允许显示地图时才有）。",
    (
        Column("code", "string", "区域代码", _CODE),
        Column("name", "string", "名称", free=True),
        Column("level", "string", "层级", "county、street、community、grid_cell"),
        Column("parent", "string", "上级代码"),
        Column("assumed", "boolean", "暂定", "没有公开资料的假定值"),
    ),
    key=("code",),
)
STATIONS = Table(
    "stations",
    "驿站",
    "驿站的位置、开放时间和设施；也有 stations.geojson。坐标为 WGS-84。",
    (
        Column("code", "string", "驿站代码"),
        Column("name", "string", "名称", free=True),
        Column("level", "string", "等级"),
        Column("area", "string", "所在区域代码", _CODE),
        Column("address", "string", "地址", free=True),
        Column("lat", "number", "纬度", "WGS-84"),
        Column("lon", "number", "经度", "WGS-84"),
        Column("amenities", "string", "设施代码", "多个以空格分隔"),
        Column("hours", "string", "开放时间", free=True),
        Column("phone", "string", "电话", free=True),
        Column("discount", "string", "优惠", free=True),
        Column("assumed", "boolean", "暂定", "没有公开资料的假定值"),
    ),
    key=("code",),
)
ROUNDS = Table(
    "rounds",
    "荣誉评选",
    "已评定的每一轮荣誉。",
    (
        Column("id", "string", "轮次"),
        Column("rule", "string", "荣誉代码"),
        Column("name", "string", "荣誉", free=True),
        Column("period", "string", "评选期间", "2026、2026-Q2 或 2026-05"),
        Column("measure", "string", "评选依据", "points 积分、reports_resolved 上报后办结的事项数"),
        Column("decided_on", "date", "评定日期"),
        Column("unnamed", "integer", "未公开姓名的人数"),
    ),
    key=("id",),
)
HONOURS = Table(
    "honours",
    "荣誉名单",
    "入选并同意公开的人，姓名按本人选择显示。",
    (
        Column("round", "string", "轮次", "见表 rounds"),
        Column("place", "integer", "名次"),
        Column("name", "string", "公开的称呼", free=True),
        Column("figure", "integer", "评选数值"),
    ),
)
STANDINGS = Table(
    "standings",
    "积分榜",
    "同意公开的人的积分，姓名按本人选择显示；与荣誉页所列相同。",
    (Column("name", "string", "公开的称呼", free=True), Column("points", "integer", "积分")),
)
MONTHLY = (CASES, MEASURES, FROZEN)  # a month that is not over has no frozen figures
WHOLE = (CORRECTIONS, CATEGORIES, UNITS, AREAS, STATIONS, ROUNDS, HONOURS, STANDINGS)
