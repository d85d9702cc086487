"""The name rules of redaction: a name beside a title, or behind a label such as 联系人.

In: the NFKC view of a text. Out: rules in the form of `redaction_rules.py`. Names that stand free
in a sentence are not found: that is what the person who drafts is for.
"""

from __future__ import annotations

import re

from suishou.domain.redaction_rules import Match, Rule

# The commonest surnames (公安部 2020 names report), without those that are everyday words.
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶"
    "程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛"
    "郝顾龚邵万覃武钱戴严莫孔汤温尤殷申涂柯欧阮凌翁柳易邢俞庞樊兰聂章鲁葛关柏齐倪季管庄辛岳"
    "詹梅祝耿文伍盛左牛霍安施向常包路符喻霞甘翟祁游舒裴翦臧卜卓苗曲骆焦米巫屈缪麦简谷费戚阳"
)
DOUBLE = "欧阳|上官|司马|诸葛|皇甫|尉迟|东方|令狐|司徒|夏侯|公孙|慕容|端木"
SURNAME = rf"(?:{DOUBLE}|[{SURNAMES}])"
GIVEN = r"[\u4e00-\u9fff*×]"
TITLES = (
    r"先生|女士|小姐|太太|老师|师傅|主任|副主任|书记|副书记|支书|局长|副局长|科长|处长|所长|站长"
    r"|镇长|乡长|县长|市长|区长|村长|社长|组长|队长|校长|院长|园长|会长|部长|经理|老板|医生|律师"
    r"|法官|警官|阿姨|大爷|大妈|大叔|大姐|大哥|同志|某"
)
# What may stand right before a name: anything not Han, or a word that introduces somebody.
BEFORE = (
    r"(?:^|(?<=[^\u4e00-\u9fff])|(?<=[的是和与由给找向对叫请问及为跟让被位了到])|(?<=居民)|(?<=网友)"
    r"|(?<=业主)|(?<=村民)|(?<=住户))"
)
END = r"(?![\u4e00-\u9fff])"
LABELS = (
    r"联系人|姓名|经办人|负责人|投诉人|举报人|当事人|反映人|问政人|报案人|申请人|受害人|承办人"
    r"|责任人|户主|业主姓名|法人代表|法定代表人|署名|收件人"
)
NOT_NAMES = re.compile(
    r"高[度速级]|关[心注于]|何[时处种人]|任[何职命课组务]|安[排全徽静]|方[面式]|常[常年]|向上|于[是该此]"
    r"|曾[经拨到在被向与和去来]|明确|严[格肃]|包括|申请|施工|管理|文[件明具字]|石头|马上|黄[金色]|金[额融]|江边|路[上边口]"
    r"|简单|盛世|温馨|武装|祝[愿您]|许[多可]|易于|程序|段时|白天|左右|游客|时候|辛苦|.*[店厂校课局院司人]$"
)


def _no_word(match: Match) -> bool:
    return NOT_NAMES.match(match.group("found")) is None


def _rule(kind: str, pattern: str) -> Rule:
    return Rule(kind, re.compile(pattern), _no_word, in_digits=False)


NAME_RULES = (
    # With a colon the field says it all, whatever the surname.
    _rule("name", rf"(?:{LABELS})\s?[::]\s?(?P<found>(?!\W){GIVEN}{{2,4}}){END}"),
    _rule("name", rf"(?:{LABELS})\s?[::]?\s?(?P<found>{SURNAME}{GIVEN}{{1,2}}){END}"),
    _rule("name", rf"(?:我叫|我是|本人|名叫)(?P<found>{SURNAME}{GIVEN}{{1,2}})(?=[,。,.;;\s]|$)"),
    _rule("titled_name", rf"{BEFORE}(?P<found>{SURNAME}{GIVEN}{{0,2}}?)(?={TITLES})"),
    _rule("name", rf"(?:{TITLES})[::]?(?P<found>{SURNAME}{GIVEN}{{1,2}}){END}"),
)
