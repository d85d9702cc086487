"""Synthetic cases for `bench.build`: functions of their number alone, the same in every run.

In: how many. Out: `PublicRow`s as the services would leave them (closed, shown, without photos),
written into a public table with their month and dirty rows. They are made of the programme's codes
and of stock sentences; nothing here is a real event.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from suishou.domain.programme import Programme
from suishou.domain.public_row import PublicClock, PublicRow, Step, to_json
from suishou.storage import public_keys as keys
from suishou.storage.table import ACTIONS_MAX, Action, Insert, Replace, Table

FIRST_DAY = date(2024, 7, 1)
DAYS = 24 * 30  # two years of cases, whatever their number
ACTIONS_A_CASE = 3
ROADS = "定江东路 城南大道 沿河步道 秀江巷 丰田路 站前街 桥头街 文昌路 新塘巷 环城北路".split()
SPOTS = "菜市场旁 小学门口 公交站台 桥头 路口 河堤 停车场入口 背街".split()
SENTENCES = (
    "巡查时发现此处存在隐患，影响行人和非机动车正常通行",
    "到场核实后拍照取证，并报街道安排处置",
    "夜间照明不足，周边居民希望尽快解决",
    "边缘松动，需要整体切割重铺",
    "处置过程中设置围挡和警示标志，未影响早晚高峰",
    "雨后积水明显，商户门前台阶被淹",
    "附近学校上下学时段人流密集，请优先安排处理",
    "该点位列入重点关注清单，后续每周复查一次",
    "已联系产权单位更换同规格部件",
)
RESULTS = (
    "已更换并加固，现场恢复通行。",
    "已清理完毕，并安排每周复查。",
    "已修复，经现场核查合格。",
)


def cases(number: int, programme: Programme) -> Iterator[PublicRow]:
    """The first `number` cases, oldest first."""
    for index in range(number):
        yield case(index, FIRST_DAY + timedelta(days=index * DAYS // number), programme)


def case(index: int, day: date, programme: Programme) -> PublicRow:
    """One case, reported on `day` and closed three days later."""
    digest = hashlib.sha256(str(index).encode()).digest()
    categories = list(programme.categories.values())
    category = categories[digest[0] % len(categories)]
    community = programme.communities[digest[1] % len(programme.communities)].code
    on = [(day + timedelta(days=days)).isoformat() for days in range(4)]
    late = digest[2] % 10 == 0
    chosen = [SENTENCES[byte % len(SENTENCES)] for byte in digest[3:8]]
    place = ROADS[digest[8] % len(ROADS)] + SPOTS[digest[9] % len(SPOTS)]
    return PublicRow(
        id=base64.b32encode(digest).decode().lower()[:20],
        version=8,
        kind=category.kind,
        category=category.code,
        dictionary=category.dictionary,
        national_code=category.national_code,
        urgency=category.urgency,
        source=("rider", "resident", "window")[digest[10] % 3],
        street=community[:9],
        community=community,
        grid_cell="",
        month=on[0][:7],
        reported_on=on[0],
        changed_on=on[3],
        resolved_on=on[2],
        closed_on=on[3],
        stage="closed",
        lead_unit=category.lead_unit,
        assisting_units=category.assisting_units,
        clocks={
            "first_response": PublicClock(on[0], 5 + digest[11], True, False),
            "resolution": PublicClock(on[2], 2_900 + digest[12], not late, False),
        },
        outcome="settled",
        satisfied=(None, True, True, False)[digest[13] % 4],
        escalation_level=int(late),
        returned_count=0,
        reopened_count=0,
        extended_count=0,
        rework_count=0,
        merged_into="",
        duplicates=(),
        timeline=(
            Step("reported", on[0], ""),
            Step("registered", on[0], community[:9]),
            Step("dispatched", on[0], community[:9]),
            Step("claimed", on[1], community),
            Step("accepted", on[1], category.lead_unit),
            Step("resolved", on[2], category.lead_unit),
            Step("verified", on[3], community[:9]),
            Step("closed", on[3], ""),
        ),
        shown=True,
        title=f"{place}{category.name}",
        text="。".join(chosen) + "。",
        result=RESULTS[digest[14] % len(RESULTS)],
    )


def changed(row: PublicRow, times: int = 1) -> PublicRow:
    """The same case after another look at it."""
    text = f"{row.text}（复查 {times} 次：现场完好。）"
    return replace(row, version=row.version + times, text=text)


def insert_rows(table: Table, rows: Sequence[PublicRow]) -> None:
    """What `publish_case` writes for a case that is new."""
    batch: list[Action] = []
    for month in sorted({row.month for row in rows}):
        table.write([Insert(keys.MONTHS, month, {})])
    for row in rows:
        batch += [
            Insert(keys.public(row.id), keys.ROW, to_json(row)),
            Insert(keys.month(row.month, row.id), row.id, {}),
            Insert(keys.dirty(row.id), row.id, {}),
        ]
        if len(batch) > ACTIONS_MAX - ACTIONS_A_CASE:
            table.write(batch)
            batch = []
    if batch:
        table.write(batch)


def replace_rows(table: Table, rows: Sequence[PublicRow]) -> None:
    """What `publish_case` writes for a case that changed after a build."""
    for row in rows:
        standing = table.get(keys.public(row.id), keys.ROW)
        assert standing is not None  # noqa: S101 - inserted above
        key = (keys.public(row.id), keys.ROW, standing.version)
        table.write([Replace(*key, to_json(row)), Insert(keys.dirty(row.id), row.id, {})])
