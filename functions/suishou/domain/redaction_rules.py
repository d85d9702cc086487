"""The number rules of redaction, in order: the surest first, the broadest last.

Each rule reads one view of the text (see `readable_digits.py`) and names the part to remove. KEPT
is what a number may harmlessly be: dates, ranges of years, amounts, standards. In doubt a number
is removed: a lost figure can be put back by whoever drafts, a telephone number cannot.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

Match = re.Match[str]


@dataclass(frozen=True)
class Rule:
    """`pattern` has a group `found`, the part to remove; `holds` may still say no. `then_keep`:
    after this rule the harmless numbers are set aside."""

    kind: str
    pattern: re.Pattern[str]
    holds: Callable[[Match], bool] | None = None
    in_digits: bool = True
    then_keep: bool = False


GAP = r"[\s\-‐‑‒–—―−_.·・•~*/]"  # what people put between digits
TIGHT_GAP = r"[ \t\-‐‑‒–—―−_.·・•*]"
YEAR = r"(?:19[5-9]|20[0-4])\d"
UNIT = r"[余多]?(?:[元块万亿平㎡米户吨亩斤次票]|m2|m²|人民币|公里|千米|立方|公顷)"
PHONE_LABEL = (
    r"(?:电话|手机|热线|传真|座机|固话|号码|联系方式|致电|拨打|来电|咨询|tel|phone|mobile|fax)"
)
ROOM = r"(?:\s?\d{1,2}\s?[楼层])?(?:\s?[A-Z]?\d{1,5}(?![\d年月])\s?[室号户房]?)?"
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领"


def _rule(kind: str, pattern: str, holds: Callable[[Match], bool] | None = None) -> Rule:
    return Rule(kind, re.compile(pattern, re.IGNORECASE), holds)


def _plain(kind: str, pattern: str, holds: Callable[[Match], bool] | None = None) -> Rule:
    return Rule(kind, re.compile(pattern, re.IGNORECASE), holds, in_digits=False)


def _only_digits(match: Match) -> str:
    return "".join(re.findall(r"\d", match.group("found")))


def _born(match: Match) -> bool:
    """GB 11643: digits 7-14 (7-12 of the old fifteen) are a birthday."""
    digits = re.sub(r"[^\dXx]", "", match.group("found"))
    day = digits[6:14] if len(digits) == 18 else "19" + digits[6:12]
    try:
        return date(int(day[:4]), int(day[4:6]), int(day[6:8])).year >= 1880
    except ValueError:
        return False


def _card(match: Match) -> bool:
    """ISO/IEC 7812: the last digit is the Luhn check digit."""
    total = 0
    for place, digit in enumerate(reversed(_only_digits(match))):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _two_digits(match: Match) -> bool:
    return len(_only_digits(match)) >= 2


def _not_a_range(match: Match) -> bool:
    """8362 031 or 8888-8888, but neither 2000-2600 nor 1200 1500."""
    first, second = int(match.group("first")), int(match.group("second"))
    round_numbers = first % 50 == 0 and second % 50 == 0
    return not (round_numbers and first < second)


def _no_year(match: Match) -> bool:
    return not re.fullmatch(YEAR, match.group("last"))


# Ten digits at most with the decimals, and no leading zero: too short to hide a telephone number.
AMOUNT = r"(?:[1-9]\d{0,7}\.\s?\d{1,2}|[1-9]\d{0,5}\.\s?\d{3,4}|[1-9]\d{0,9})"

KEPT = (
    _rule("", rf"(?<!\d)(?<!\d[-./])(?P<found>{YEAR}([-./—])[01]?\d\2[0-3]?\d)(?!\d)"),
    _rule("", rf"(?<!\d)(?<!\d[-./])(?P<found>{YEAR}[-–—~至]{{1,2}}{YEAR})(?![\d-])"),
    _rule("", rf"(?P<found>(?:GB|JGJ|CJJ|JTG|DBJ?|HJ)(?:/T)?\s?[A-Z]?\d{{1,5}}[-–—]+{YEAR})(?!\d)"),
    _rule("", rf"(?<![\d\-.])(?P<found>{AMOUNT})(?=\s?{UNIT})"),
    _rule("", rf"(?<=[¥￥$])(?P<found>{AMOUNT})(?![\d.])"),
)

NUMBER_RULES = (
    # Only where a run begins (likewise "number" below): what fails there fails at its every letter.
    _plain(
        "email",
        r"(?<![a-z0-9])(?P<found>[a-z0-9][\w.+\-]*\s?@\s?[a-z0-9\-]+(?:\s?\.\s?[a-z0-9\-]+)+)",
    ),
    _rule(
        "identity",
        rf"(?<!\d)(?P<found>[1-9](?:{TIGHT_GAP}?\d){{16}}{TIGHT_GAP}?[\dX])(?![\dA-Z])",
        _born,
    ),
    _rule("identity", r"(?<!\d)(?P<found>[1-9]\d{14})(?!\d)", _born),
    _rule("identity", r"(?<![A-Z\d])(?P<found>[EGHM]\d{8}(?:\d\d)?)(?!\d)"),  # passport, permit
    _rule("bank_card", r"(?<!\d)(?P<found>[3-9]\d{15,18})(?!\d)", _card),
    _rule(
        "bank_card",
        rf"(?<!\d)(?P<found>[3-9]\d{{3}}(?:{TIGHT_GAP}\d{{4}}){{3}}(?:{TIGHT_GAP}?\d{{1,3}})?)(?!\d)",
        _card,
    ),
    _rule(
        "plate",
        rf"(?P<found>[{PROVINCES}]\s?[A-HJ-NP-Z]\s?[·・•.\-]?\s?"
        rf"(?:[A-HJ-NP-Z\d]\s?){{4,5}}[A-HJ-NP-Z\d挂学警港澳])(?![A-Z\d])",
        _two_digits,
    ),
    _rule("plate", r"车牌号?码?[\s:为是]{0,3}(?P<found>[A-Z\d][A-Z\d·•.\-]{4,7})(?![A-Z\d])"),
    _plain(
        "wechat",
        r"(?:微信|薇信|威信|V信|weixin|wechat|(?<![a-z])[vw]x|加[v微薇])(?!公众)"
        r"(?:号码?|id)?[\s:是为=]{0,3}(?P<found>[a-z0-9][\w\-]{4,19})",
    ),
    Rule(
        "qq",
        re.compile(
            r"(?:QQ|扣扣|企鹅|群)(?:群?号?码?)[\s:是为=]{0,3}(?P<found>[1-9]\d{4,11})(?!\d)", re.I
        ),
        then_keep=True,
    ),
    _rule(
        "phone",
        rf"(?<!\d)(?P<found>(?:\+|00)?(?:86{GAP}{{0,2}})?1{GAP}{{0,2}}[3-9]"
        rf"(?:{GAP}{{0,2}}\d){{9}})(?!\d)",
    ),
    _rule("phone", rf"(?<!\d)(?P<found>[48]00{GAP}{{0,2}}\d{{3,4}}{GAP}{{0,2}}\d{{3,4}})(?!\d)"),
    _rule(
        "phone",
        rf"(?<!\d)(?P<found>(?:\+?86{GAP}{{0,2}})?(?:0\d{{2,3}}[-—])??\(?0(?:{TIGHT_GAP}?\d){{2,3}}\s?\)?{GAP}{{0,4}}"
        rf"(?:\d{{3,4}}{GAP}{{1,2}}\d{{4}}|\d{{5,8}}|\d(?:{TIGHT_GAP}\d){{6,7}})(?![\d年])"
        rf"(?:{GAP}{{0,2}}(?:转|分机|ext\.?){GAP}{{0,2}}\d{{1,6}}|[-—]\d{{1,6}}(?![\d年]))?)",
    ),
    _rule(
        "phone",
        rf"{PHONE_LABEL}[^\d\0\n]{{0,8}}(?P<found>\d(?:{TIGHT_GAP}{{0,2}}\d){{5,14}})(?![\d年])",
    ),
    _rule(
        "phone",
        rf"(?<!\d)(?P<found>(?P<first>[2-9]\d{{2,3}})[ \t\-–—]{{1,3}}(?P<second>\d{{4}}))"
        rf"(?!\d)(?!\s?{UNIT})",
        _not_a_range,
    ),
    _rule("number", rf"(?<!\d)(?P<found>\d(?:{TIGHT_GAP}\d){{6,}})(?!\d)"),
    _rule("number", r"(?P<found>(?:(?<![A-Z])[A-Z]+)?\d{7,}[A-Z]*)"),
    _rule(
        "house",
        rf"(?P<found>(?:(?:[A-Z]?\d{{1,3}}|(?<![A-Z])[A-Z])\s?(?:栋|幢|号楼|#[楼栋])"
        rf"|(?<![A-Z\d])[A-Z]\s?座)(?:\s?\d{{1,2}}\s?单元)?{ROOM})"
        r"(?!\s?(?:楼房|房屋|房子|居民楼|别墅|建筑|高层|住宅|商铺))",
    ),
    _rule("house", rf"(?P<found>\d{{1,2}}\s?单元{ROOM})"),
    _rule("house", r"(?<!教)(?<!会议)(?P<found>[A-Z]?\d{3,4}\s?[室户])"),
    _rule(
        "house",
        r"(?<![\d.\-])(?P<found>[A-Z]?\d{1,2}-\d{1,2}-(?P<last>\d{3,4}))(?![\d.\-])",
        _no_year,
    ),
    _rule(
        "house",
        r"(?:[路街巷弄道里村屯组坊]|胡同|大院)(?:门牌)?(?P<found>\d{1,4}(?:[-之]\d{1,3})?号)"
        r"(?![线文令机车桥国通批公])",
    ),
)
