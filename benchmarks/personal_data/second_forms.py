"""A second list of forms, written after the recognizers and measured before any of them was mended for it."""

from __future__ import annotations

import random

import opencc
from personal_data.first_forms import Form
from personal_data.sentences import GIVEN, SURNAMES, digits, id_number, mobile, name, order, say

traditional = opencc.OpenCC("s2t").convert

__all__ = ["MORE_FORMS", "MORE_TRAPS"]


def _full(rng: random.Random) -> str:
    return rng.choice(SURNAMES) + rng.choice(GIVEN)


def _date(rng: random.Random) -> str:
    return f"{rng.randint(1960, 2004)}年{rng.randint(1, 12)}月{rng.randint(1, 28)}日"


MORE_FORMS = (
    Form(
        "clerk",
        "name",
        ("柜台的{}说不能办", "窗口办事员{}让我回去等", "值班经理{}已经道歉", "楼栋管家{}从来不回消息"),
        _full,
    ),
    Form(
        "trade",
        "name",
        ("木工{}把柜子做歪了", "健身私教{}卷款跑了", "育儿嫂{}打孩子", "导游{}强制购物", "主播{}虚假宣传"),
        _full,
    ),
    Form(
        "court",
        "name",
        ("原告{}撤诉", "被告{}没有到庭", "书记员{}打电话通知我", "承办法官{}一直不排期"),
        _full,
    ),
    Form(
        "kin",
        "name",
        ("我姐夫{}的号", "我外婆{}不会用手机", "前夫{}还在用我的卡", "我表弟{}代我签的字"),
        _full,
    ),
    Form("by", "name", ("由{}经手", "{}签收的", "{}代签了包裹", "交给{}保管", "被{}骗了三千"), _full),
    Form(
        "wants",
        "name",
        ("{}希望尽快退款", "{}拒绝调解", "{}电话反映噪音", "{}申请撤单", "{}购买了两台"),
        _full,
    ),
    Form(
        "polite",
        "name",
        ("{}女士您好", "{}先生反馈已处理", "感谢{}的耐心", "找一下{}经理", "{}主任批了"),
        _full,
    ),
    Form(
        "aunt",
        "name",
        ("楼下{}阿姨投诉", "物业{}姐收的钱", "保安{}叔不让进", "{}大哥帮我搬的"),
        lambda rng: rng.choice("王李张刘陈杨赵黄周吴"),
    ),
    Form(
        "field",
        "name",
        ("投诉对象：{}", "办理人={}", "经办：{}", "当事人：{}；", "操作员 {}", "姓名/{}"),
        _full,
    ),
    Form(
        "mobile_after",
        "mobile",
        ("{}打这个", "我电话换了现在是{}", "短信发{}", "尾号别弄错{}", "whatsapp同号{}"),
        mobile,
    ),
    Form(
        "mobile_words",
        "mobile",
        ("手机{}", "号码是{}", "记一下{}"),
        lambda rng: "、".join(say(mobile(rng), rng, plain=True)),
    ),
    Form(
        "mobile_twice",
        "mobile",
        ("电话{}", "我的手机{}"),
        lambda rng: (lambda m: f"{m[:3]}，{m[:3]}，{m[3:7]}，{m[7:]}")(mobile(rng)),
    ),
    Form(
        "mobile_slip",
        "mobile",
        ("号码{}", "我手机号{}"),
        lambda rng: (lambda m: f"{m[:3]}，{m[3:7]}，{digits(4, rng)}，不好意思报错了，是{m[7:]}")(
            mobile(rng)
        ),
    ),
    Form(
        "mobile_sorry",
        "mobile",
        ("电话{}",),
        lambda rng: (lambda m: f"{m[:3]}，{digits(4, rng)}，呃不是，{m[3:7]}，{m[7:]}")(mobile(rng)),
    ),
    Form(
        "taiwan",
        "mobile",
        ("手機{}", "門號{}", "{}請撥打"),
        lambda rng: f"09{digits(2, rng)}-{digits(6, rng)}",
    ),
    Form(
        "taiwan_call",
        "landline",
        ("公司{}", "市內電話{}", "聯絡{}"),
        lambda rng: f"(02){rng.choice('2345')}{digits(3, rng)}-{digits(4, rng)}",
    ),
    Form(
        "hongkong",
        "mobile",
        ("電話：{}", "聯絡號碼 {}", "手機 {}"),
        lambda rng: f"{rng.choice('569')}{digits(3, rng)} {digits(4, rng)}",
    ),
    Form(
        "last_four",
        "id_card",
        ("证件后四位{}", "核对身份证最后四位 {}", "身份证末四位为{}"),
        lambda rng: digits(4, rng),
    ),
    Form("birthday", "birth_date", ("{}生人", "出生年月{}", "我{}生", "孩子生日{}"), _date),
    Form(
        "sms_code",
        "otp",
        ("短信码{}", "验证码填{}还是错", "收到{}这个验证码", "你的验证码为{}"),
        lambda rng: digits(6, rng),
    ),
    Form(
        "secret",
        "password",
        ("支付密码是{}", "密码：{}", "wifi密码{}", "默认密码{}"),
        lambda rng: digits(6, rng),
    ),
    Form(
        "deed",
        "order",
        ("借款合同〔编号{}〕", "协议编号{}", "合同编号是{}", "签订的合同号：{}"),
        lambda rng: f"HT-{rng.randint(2019, 2026)}-{digits(6, rng)}",
    ),
    Form(
        "case",
        "order",
        ("案号{}", "案号：{}"),
        lambda rng: f"（{rng.randint(2019, 2026)}）粤0106民初{digits(4, rng)}号",
    ),
    Form(
        "parcel",
        "order",
        ("{}卡在中转站", "{} 显示已签收但没收到", "帮忙催一下{}", "{}退款怎么还没到"),
        lambda rng: digits(1, rng).replace("0", "4") + digits(13, rng),
    ),
    Form(
        "engine",
        "vin",
        ("大架号{}", "VIN：{}", "车架号是{}"),
        lambda rng: "LFV" + digits(1, rng) + "A" + digits(12, rng),
    ),
    Form(
        "soldier",
        "officer",
        ("士官证{}", "军官证号码{}", "持军官证{}"),
        lambda rng: f"空字第{digits(8, rng)}号",
    ),
    Form(
        "mail_said",
        "email",
        ("邮箱{}", "发我邮箱{}", "邮箱地址是{}"),
        lambda rng: (
            rng.choice(["tom", "amy", "leo"])
            + digits(3, rng)
            + rng.choice([" at 163.com", "艾特126点com", "@ qq.com", "艾特outlook点com"])
        ),
    ),
    Form("id_plain", "id_card", ("{}是我的证", "本人身份证{}", "实名{}"), id_number),
    Form(
        "order_said",
        "order",
        ("订单后面几位{}", "单号报给你{}", "物流号{}"),
        lambda rng: say("2026" + digits(10, rng), rng),
    ),
    Form("order_mixed", "order", ("受理单{}", "服务单{}一直没人", "退货申请{}"), order),
    Form(
        "traditional",
        "name",
        ("客服專員{}態度差", "聯絡人是{}", "{}先生來電", "請通知{}領取"),
        lambda rng: traditional(name(rng)),
    ),
)
MORE_TRAPS = (
    "客户要求退款",
    "司机师傅很热情",
    "和平路店服务好",
    "高考成绩查询",
    "万一收不到怎么办",
    "任何人都能用",
    "安全生产",
    "师傅说明天来",
    "老师布置作业",
    "法官依法判决",
    "保安大叔人好",
    "业主大会",
    "教练费三千",
    "院长信箱",
    "经理室",
    "店长推荐",
    "医生开的药",
    "护士姐姐",
    "会员日打折",
    "学生证丢了",
    "密码锁坏了",
    "验证码60秒内有效",
    "合同2026年到期",
    "车架生锈",
    "军官优惠",
    "生日蛋糕2磅",
    "出生证明",
    "身份证到期",
    "编号看不清",
    "单号没有",
    "1234567次",
    "共计12345678人次",
    "成交额98,765,432元",
    "彩票01 07 12 18 25 33",
    "10 11 12 13 14 15 16",
    "2023 2024 2025 2026",
    "3.14159265",
    "1024x768",
    "温度38.5度",
    "比分101:99",
    "12:30-13:30休息",
    "2026/05/12",
    "GB18030编码",
    "ISO9001认证",
    "H2O",
    "A股3000点",
    "90后",
    "第110中学",
    "318国道",
    "G60高速",
    "清华同方电脑",
    "东方财富",
    "华润万家",
    "欧阳修的诗",
    "白居易",
    "安慕希酸奶",
    "金龙鱼油",
    "康佳电视",
    "方太油烟机",
    "雷克萨斯",
)
"""Sentences without personal data."""
