"""Short values, papers and devices: found after trigger words or by check digits, left without them."""

from __future__ import annotations

import pytest

from csatext.privacy.find import find_pii

FOUND = [
    ("身份证后四位302X，核对一下", [("id_card", "302X")]),
    ("身份证尾号是幺二三四", [("id_card", "幺二三四")]),
    ("身份证后六位 31002X", [("id_card", "31002X")]),
    ("出生日期1990年3月7日", [("birth_date", "1990年3月7日")]),
    ("我是1990-03-07出生的", [("birth_date", "1990-03-07")]),
    ("验证码是385120", [("otp", "385120")]),
    ("他让我念385120这个验证码", [("otp", "385120")]),
    ("密码设的Abc12345", [("password", "Abc12345")]),
    ("查询密码，三八五幺二零", [("password", "三八五幺二零")]),
    ("军官证号：军字第1234567号", [("officer", "军字第1234567号")]),
    ("IMEI：860123456789012", [("device", "860123456789012")]),
    ("路由器00:1A:2B:3C:4D:5E掉线", [("device", "00:1A:2B:3C:4D:5E")]),
    ("车架号1M8GDM9AXKP042788", [("vin", "1M8GDM9AXKP042788")]),
    ("1M8GDM9AXKP042788这台车召回吗", [("vin", "1M8GDM9AXKP042788")]),
    ("身分證字號A123456789", [("id_card", "A123456789")]),
    ("香港身份证A123456(3)", [("id_card", "A123456(3)")]),
    ("澳门身份证5123456(7)", [("id_card", "5123456(7)")]),
    ("合同号GF〔2026〕118号到期", [("order", "GF〔2026〕118号")]),
    ("行動電話0912-345-678", [("mobile", "0912-345-678")]),
    ("公司電話(02)2345-6789", [("landline", "(02)2345-6789")]),
    ("请致电+853 6612 3456", [("mobile", "+853 6612 3456")]),
    ("聯絡電話9123 4567", [("mobile", "9123 4567")]),
    ("帮我查下872540999031到哪了", [("order", "872540999031")]),
    ("178，9718，哎说错了，9772，0400", [("mobile", "178，9718，哎说错了，9772，0400")]),
    ("手机138，你等一下啊我看看，0013，8000", [("mobile", "138，你等一下啊我看看，0013，8000")]),
    ("电话要三八零零一三巴零零零", [("mobile", "要三八零零一三巴零零零")]),
    ("邮箱lily520爱特163点com", [("email", "lily520爱特163点com")]),
]
NOTHING = [
    "验证码收不到，密码忘了，密码错误三次，身份证后四位忘了，生日快乐，军官证优惠吗，IMEI怎么查",
    "一共13846404500条记录，流水13,812,345,678元",
    "双色球03 08 15 22 27 31",
    "国办发〔2026〕12号，0731-12315投诉，序列号C02XL0THJGH5",
    "坐16路、21路、59路、69路都到",
]


@pytest.mark.parametrize(("text", "expected"), FOUND)
def test_values_are_found_exactly(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(kind, text[start:end]) for start, end, kind in find_pii(text)] == expected


@pytest.mark.parametrize("text", NOTHING)
def test_what_is_not_personal_stays(text: str) -> None:
    assert find_pii(text) == []
