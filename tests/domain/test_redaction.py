"""What redaction removes, in which forms, and what it leaves."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from suishou.domain.redaction import Finding, findings, redact

# All numbers, names and plates here are invented.
MOBILES = (
    "13800138000",
    "138 0013 8000",
    "138-0013-8000",
    "138—0013—8000",
    "138.0013.8000",
    "1 3 8 0 0 1 3 8 0 0 0",
    "１３８００１３８０００",
    "一三八零零一三八零零零",
    "幺三八〇〇幺三八〇〇〇",
    "壹叁捌零零壹叁捌零零零",
    "①③⑧⓪⓪①③⑧⓪⓪⓪",
    "❶❸❽⓿⓿❶❸❽⓿⓿⓿",
    "1️⃣3️⃣8️⃣0️⃣0️⃣1️⃣3️⃣8️⃣0️⃣0️⃣0️⃣",
    "138\u200b0013\u200b8000",
    "+86 13800138000",
    "0086-138-0013-8000",
    "8613800138000",
    "𝟏𝟑𝟖𝟎𝟎𝟏𝟑𝟖𝟎𝟎𝟎",
    "١٣٨٠٠١٣٨٠٠٠",
)


@pytest.mark.parametrize("number", MOBILES)
def test_a_mobile_number_is_gone_in_any_form(number: str) -> None:
    assert redact(f"请打{number}，谢谢") == "请打〔电话〕，谢谢"


@pytest.mark.parametrize(
    "number",
    (
        "0795-8722345",
        "0795 8722345",
        "（0795）8722345",
        "(0795)8722345",
        "0795—8722345",
        "0795---8722345",
        "0795- 8722345",
        "07958722345",
        "0795/8722345",
        "０７９５－８７２２３４５",
        "〇七九五八七二二三四五",
        "010-6655 4433",
        "0 7 9 5 8 7 2 2 3 4 5",
        "0795-8722345转8012",
        "0795-8722345-802",
        "0791-12333",
        "0000-00000000",
        "400-820-1234",
        "4008201234",
        "800 820 1234",
        "8722-3345",
    ),
)
def test_a_landline_is_gone_with_its_code_and_extension(number: str) -> None:
    assert redact(f"我局{number}，谢谢") == "我局〔电话〕，谢谢"


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        ("电话：8722345", "电话：〔电话〕"),
        ("电话：8722345 2018年1月", "电话：〔电话〕 2018年1月"),
        ("电话：0795-8722345 2018年1月", "电话：〔电话〕 2018年1月"),
        ("电话：8722345.2018年1月", "电话：〔电话〕.2018年1月"),
        ("住6栋2014年交房", "住〔门牌〕2014年交房"),
        ("联系方式 872 2345", "联系方式 〔电话〕"),
        ("（84 080766）请致电84 080766", "（84 080766）请致电〔电话〕"),
        ("身份证360926199003074217", "身份证〔证件号〕"),
        ("36092619900307421X", "〔证件号〕"),
        ("360926 19900307 421x", "〔证件号〕"),
        ("三六零九二六一九九零零三零七四二一七", "〔证件号〕"),
        ("360926900307421", "〔证件号〕"),
        ("护照E12345678", "护照〔证件号〕"),
        ("卡号6222021234567890128", "卡号〔银行卡号〕"),
        ("卡号 4111 1111 1111 1111", "卡号 〔银行卡号〕"),
        ("信访件201305200012", "信访件〔号码〕"),
        ("网友“UU0081661”您好", "网友“〔号码〕”您好"),
        ("赣C12345乱停", "〔车牌〕乱停"),
        ("赣C·12345", "〔车牌〕"),
        ("赣 c 1 2 3 4 5", "〔车牌〕"),
        ("赣CD12345占道", "〔车牌〕占道"),
        ("赣C12345F", "〔车牌〕"),
        ("粤Z1234港", "〔车牌〕"),
        ("赣ＣＡ８８８８", "〔车牌〕"),
        ("车牌号：C9K12挂", "车牌号：〔车牌〕挂"),
        ("写信到zhang.san@example.com吧", "写信到〔邮箱〕吧"),
        ("ｚｓ＠ｅｘａｍｐｌｅ．ｃｏｍ", "〔邮箱〕"),
        ("写信到1-b@example.com吧", "写信到〔邮箱〕吧"),
        ("单号ab1234567cd", "单号〔号码〕"),
        ("单号2756454a7788468", "单号〔号码〕〔号码〕"),  # the letter goes with the first
        ("微信：zhangsan_88", "微信：〔微信〕"),
        ("微信号zhangsan88", "微信号〔微信〕"),
        ("加V：abc12345", "加V：〔微信〕"),
        ("加微 abc12345", "加微 〔微信〕"),
        ("vx:abc12345", "vx:〔微信〕"),
        ("QQ:123456", "QQ:〔QQ〕"),
        ("QQ号 1234567890", "QQ号 〔QQ〕"),
        ("住3栋2单元501室", "住〔门牌〕"),
        ("住３栋二单元五〇一室", "住〔门牌〕"),
        ("12号楼1204", "〔门牌〕"),
        ("2单元301", "〔门牌〕"),
        ("17-1-301漏水", "〔门牌〕漏水"),
        ("解放路123号", "解放路〔门牌〕"),
        ("沿河巷12-3号", "沿河巷〔门牌〕"),
        ("五一路十二号", "五一路十二号"),  # 十 is a word, not a digit: left to whoever drafts
        ("王先生来电", "某先生来电"),
        ("李女士、张主任", "某女士、某主任"),
        ("尊敬的赵大山书记", "尊敬的某书记"),
        ("欧阳老师说", "某老师说"),
        ("联系人：张三", "联系人：〔姓名〕"),
        ("姓名:欧阳小明，男", "姓名:〔姓名〕，男"),
        ("经办人 李四，", "经办人 〔姓名〕，"),
        ("我叫王小二，住城东", "我叫〔姓名〕，住城东"),
        ("村主任刘大山、会计", "村主任〔姓名〕、会计"),
        ("联系人：张三 13800138000", "联系人：〔姓名〕 〔电话〕"),
    ),
)
def test_each_kind_has_its_own_mark(text: str, expected: str) -> None:
    assert redact(text) == expected


@pytest.mark.parametrize(
    "text",
    (
        "2015年3月12日，2015.3.12，2015-03-12，2015/3/12",
        "2013.1.25-2014.12.20",
        "（2016-2020年）规划",
        "〔2015〕12号、（2009）59号第5条、[2018]1号令",
        "GB50337-2003第4.2.3条，GB/T 30428-2013",
        "补偿1100963.27元，共2856000元",
        "¥8587030.53",
        "面积5024662平方米",
        "工资2000-2600元不等，规格120-135厘米",
        "拨打12345、110、119、12369",
        "106国道，3路公交车826/827",
        "早上8:30-12:00",
        "井盖破损，在解放路与建设路路口",
        "高度重视，关心群众，何时解决",
        "局长高度重视，请书记关心",
        "公安局长",
        "建了3栋楼房",
        "微信公众号",
        "一座桥，一路通畅",
        "",
        "〔电话〕〔姓名〕某先生",
    ),
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redact(text) == text


def test_the_rest_of_the_text_keeps_its_own_form() -> None:
    assert redact("Ｎｏ．１　路灯①坏，电话１３８００１３８０００！") == (
        "Ｎｏ．１　路灯①坏，电话〔电话〕！"
    )


def test_findings_point_into_the_original_text() -> None:
    assert findings("ﬃ 电 138\u200b00138000。") == (Finding("phone", 4, 16),)


def test_an_id_number_needs_a_real_birthday() -> None:
    assert findings("360926199013074217")[0].kind == "number"


PIECES = st.sampled_from(
    (
        *"0123456789一二三幺〇１②８ -—.·()转年月日元号栋室\n电话联系人：张王某先生〔〕￥\u200b⑩a@",
        *("138", "0795", "路", "微信", "QQ", "赣C", "x.cn", "2015", "主任", "单元"),
    )
)
DIGITS = str.maketrans("〇零一幺二三四五六七八九", "001123456789")
TELEPHONE = re.compile(
    r"1[3-9]\d{9}"  # a mobile number anywhere in a run
    r"|(?<!\d)1[ \-.—·]?[3-9](?:[ \-.—·]?\d){9}(?!\d)"  # or taken apart
    r"|(?<!\d)0\d{2,3}[ \-—)]{0,2}\d{7,8}(?!\d)"
    r"|\d{11}"
)


@settings(max_examples=400)
@given(st.lists(PIECES, max_size=40).map("".join))
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    once = redact(text)
    assert redact(once) == once


@settings(max_examples=400)
@given(st.lists(PIECES, max_size=40).map("".join))
@example("1300000.2015元")  # with its decimals an amount had room for eleven digits
@example("1.3800138000元")
@example("¥138001.38000")
def test_no_telephone_number_is_left(text: str) -> None:
    seen = unicodedata.normalize("NFKC", redact(text)).replace("\u200b", "").translate(DIGITS)
    assert TELEPHONE.search(seen) is None


@given(st.text(max_size=60))
def test_findings_lie_in_order_and_apart(text: str) -> None:
    position = 0
    for finding in findings(text):
        assert position <= finding.start < finding.end <= len(text)
        position = finding.end
