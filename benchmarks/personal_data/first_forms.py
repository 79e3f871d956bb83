"""Forms of personal data that the sentences of ``sentences.tsv`` do not have, equal numbers each.

Every value is made up when the script runs; check digits are those of the published standards.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import NamedTuple

import opencc
from personal_data.sentences import (
    GIVEN,
    SURNAMES,
    digits,
    email,
    id_number,
    mobile,
    name,
    order,
    say,
)

__all__ = ["FORMS", "TRAPS", "Form"]

Maker = Callable[[random.Random], str]


class Form(NamedTuple):
    """A form of one kind: sentences with a place for the value, and what makes the value."""

    form: str
    kind: str
    sentences: tuple[str, ...]
    make: Maker


def _groups(raw: str, *cuts: int) -> list[str]:
    return [raw[a:b] for a, b in zip((0, *cuts), (*cuts, len(raw)), strict=True)]


def _corrected(rng: random.Random) -> str:
    a, b, c = _groups(mobile(rng), 3, 7)
    wrong = digits(4, rng)
    words = rng.choice(
        ["哎说错了", "不对不对", "啊不好意思念错了", "等等，错了", "哦不是", "口误", "更正一下，是"]
    )
    return f"{a}，{wrong}，{words}，{b}，{c}" if rng.random() < 0.6 else f"{a}，{b}，{wrong}，{words}，{c}"


def _interrupted(rng: random.Random) -> str:
    a, b, c = _groups(mobile(rng), 3, 7)
    words = [
        "那个你等一下啊我看看",
        "后面是什么来着，哦",
        "等会儿我找找手机啊",
        "你记好了没有啊，然后是",
        "让我想想，嗯，应该是",
    ]
    one, two = rng.sample(words, 2)
    return f"{a}，{one}，{b}，{rng.choice(['', '嗯，', two + '，'])}{c}"


_HOMOPHONES = {
    "1": "要腰",
    "2": "二儿",
    "3": "山三",
    "4": "四思",
    "5": "五武",
    "6": "六溜",
    "7": "七期",
    "8": "八巴",
    "9": "九酒",
    "0": "零铃",
}


def _misheard(rng: random.Random) -> str:
    raw = mobile(rng)
    said = ["零一二三四五六七八九"[int(c)] for c in raw]
    said[0] = rng.choice("要腰幺药")
    for at in rng.sample(range(2, 10), 2):
        said[at] = _HOMOPHONES[raw[at]][1]
    a, b, c = _groups("".join(said), 3, 7)
    return rng.choice([a + b + c, f"{a}，{b}，{c}"])


def _tw_mobile(rng: random.Random) -> str:
    rest = digits(8, rng)
    return rng.choice(
        [
            f"09{rest}",
            f"09{rest[:2]}-{rest[2:5]}-{rest[5:]}",
            f"+886-9{rest[:2]}-{rest[2:5]}-{rest[5:]}",
            f"09{rest[:2]} {rest[2:5]} {rest[5:]}",
            f"+8869{rest}",
            f"09{rest[:2]}-{rest[2:]}",
        ]
    )


def _tw_landline(rng: random.Random) -> str:
    area, size = rng.choice([("02", 8), ("04", 8), ("07", 7), ("03", 7), ("06", 7), ("049", 7), ("037", 6)])
    rest = rng.choice("2345678") + digits(size - 1, rng)
    return rng.choice(
        [
            f"({area}){rest[:-4]}-{rest[-4:]}",
            f"{area}-{rest[:-4]}-{rest[-4:]}",
            f"{area}-{rest}",
            f"（{area}）{rest}",
        ]
    )


def _hk_phone(rng: random.Random) -> str:
    rest = rng.choice("569") + digits(7, rng)
    return rng.choice([rest, f"{rest[:4]} {rest[4:]}", f"{rest[:4]}-{rest[4:]}"])


def _hk_abroad(rng: random.Random) -> str:
    code = rng.choice(["852", "853"])
    rest = ("6" if code == "853" else rng.choice("569")) + digits(7, rng)
    return rng.choice(
        [
            f"+{code} {rest[:4]} {rest[4:]}",
            f"+{code}{rest}",
            f"{code}-{rest}",
            f"(852) {rest[:4]} {rest[4:]}" if code == "852" else f"00853 {rest}",
        ]
    )


_TW_LETTERS = {
    **dict(zip("ABCDEFGH", range(10, 18), strict=True)),
    "J": 18,
    "K": 19,
    "L": 20,
    "M": 21,
    "N": 22,
    "P": 23,
    "Q": 24,
    "R": 25,
    "S": 26,
    "T": 27,
    "U": 28,
    "V": 29,
    "X": 30,
    "Y": 31,
    "W": 32,
    "Z": 33,
    "I": 34,
    "O": 35,
}


def _tw_id(rng: random.Random) -> str:
    letter = rng.choice(sorted(_TW_LETTERS))
    body = rng.choice("12") + digits(7, rng)
    first = _TW_LETTERS[letter]
    total = (
        first // 10 + 9 * (first % 10) + sum(int(c) * w for c, w in zip(body, range(8, 0, -1), strict=True))
    )
    return letter + body + str(-total % 10)


def _hk_id(rng: random.Random) -> str:
    letter, body = rng.choice("ABCDEGHKPRVYZ"), digits(6, rng)
    total = (
        36 * 9 + (ord(letter) - 55) * 8 + sum(int(c) * w for c, w in zip(body, range(7, 1, -1), strict=True))
    )
    check = "0123456789A"[-total % 11]
    return rng.choice([f"{letter}{body}({check})", f"{letter}{body}（{check}）"])


def _macau_id(rng: random.Random) -> str:
    return f"{rng.choice('157')}{digits(6, rng)}({rng.choice('0123456789')})"


def _born(rng: random.Random) -> str:
    y, m, d = rng.randint(1955, 2006), rng.randint(1, 12), rng.randint(1, 28)
    return rng.choice(
        [
            f"{y}年{m}月{d}日",
            f"{y}-{m:02d}-{d:02d}",
            f"{y}.{m}.{d}",
            f"{y}{m:02d}{d:02d}",
            f"{y % 100}年{m}月{d}号" if y < 2000 else f"{y}年{m}月{d}号",
            f"{y}/{m}/{d}",
        ]
    )


def _contract(rng: random.Random) -> str:
    year, number = rng.randint(2019, 2026), digits(rng.choice([3, 4, 5]), rng)
    return rng.choice(
        [
            f"GF-{year}-{number}",
            f"GF（{year}）{number}号",
            f"GF〔{year}〕{number}号",
            f"商租〔{year}〕第{number}号",
            f"HT{year}-{number}-A",
            f"XS[{year}]{number}号",
            f"京租字〔{year}〕{number}号",
        ]
    )


def _policy(rng: random.Random) -> str:
    return rng.choice(
        [
            f"P{digits(15, rng)}",
            f"PICC{digits(14, rng)}",
            f"{digits(10, rng)}-{digits(6, rng)}",
            f"AMH{digits(12, rng)}",
            f"粤保〔{rng.randint(2020, 2026)}〕{digits(6, rng)}号",
        ]
    )


def _bare_order(rng: random.Random) -> str:
    day = f"2026{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}"
    return rng.choice(
        [
            digits(3, rng).replace("0", "7") + digits(9, rng),
            day + digits(10, rng),
            "3" + digits(17, rng),
            f"TB{day}{digits(6, rng)}",
            f"WO-{day}-{digits(4, rng)}",
        ]
    )


def _imei(rng: random.Random) -> str:
    body = rng.choice(["86", "35"]) + digits(12, rng)
    total = sum(sum(divmod(int(c) * (1 + i % 2), 10)) for i, c in enumerate(body))
    return body + str(-total % 10)


def _mac(rng: random.Random) -> str:
    raw = "".join(rng.choice("0123456789ABCDEF") for _ in range(12))
    pairs = _groups(raw, 2, 4, 6, 8, 10)
    return rng.choice([":".join(pairs), "-".join(pairs), ":".join(pairs).lower()])


_VIN_VALUES = dict(
    zip(
        "ABCDEFGHJKLMNPRSTUVWXYZ",
        [1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9],
        strict=True,
    )
)


def _vin(rng: random.Random) -> str:
    chars = [rng.choice("ABCDEFGHJKLMNPRSTUVWXYZ0123456789") for _ in range(17)]
    chars[0] = "L"
    chars[12:] = list(digits(5, rng))
    weights = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
    total = sum(
        w * (int(c) if c.isdecimal() else _VIN_VALUES[c]) for w, c in zip(weights, chars, strict=True)
    )
    chars[8] = "0123456789X"[total % 11]
    return "".join(chars)


def _officer(rng: random.Random) -> str:
    return (
        rng.choice(["军字第", "南字第", "政字第", "海字第"])
        + digits(rng.choice([7, 8]), rng)
        + rng.choice(["", "号"])
    )


def _spoken_email(rng: random.Random) -> str:
    user = rng.choice(["zhangsan", "lily", "wang", "sunny"]) + digits(3, rng)
    at = rng.choice(["艾特", " at ", "圈a", "小老鼠", " 艾特 ", "爱特", "@"])
    host = rng.choice(
        [
            "qq点com",
            "163点com",
            " 163 点 com",
            "幺六三点com",
            "gmail点com",
            "一二六点com",
            "qq dot com",
            "sina点com点cn",
            "foxmail.com",
        ]
    )
    return user + at + host


def _minority(rng: random.Random) -> str:
    first = ["买买提", "阿依古丽", "吐尔逊", "古丽娜尔", "努尔买买提", "艾合买提", "热依汗", "阿不都热合曼"]
    second = ["艾力", "买买提", "库尔班", "吾买尔", "阿布拉", "肉孜", "依明", "托合提"]
    return f"{rng.choice(first)}{rng.choice('·•・')}{rng.choice(second)}"


def _latin(rng: random.Random) -> str:
    first = ["John", "Emily", "Michael", "Grace", "Tony", "Vivian"]
    last = ["Smith", "Wong", "Brown", "Miller", "Lam", "Walker"]
    return f"{rng.choice(first)} {rng.choice(last)}"


def _pinyin(rng: random.Random) -> str:
    first = ["Wei", "Xiaoming", "Jie", "Yuting", "Haoran"]
    return f"{rng.choice(['Zhang', 'Wang', 'Li', 'Chen', 'Huang', 'Zhou'])} {rng.choice(first)}"


_TRADITIONAL = opencc.OpenCC("s2t").convert


def _traditional_name(rng: random.Random) -> str:
    return _TRADITIONAL(name(rng))


def _surname(rng: random.Random) -> str:
    return rng.choice("王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗")


def _full(rng: random.Random) -> str:
    return rng.choice(SURNAMES[:60]) + rng.choice(GIVEN)


def _spoken_mobile(rng: random.Random) -> str:
    return say(mobile(rng), rng)


FORMS = (
    Form(
        "office",
        "name",
        (
            "物业经理{}骂人，态度恶劣",
            "销售顾问{}承诺送保养，结果不认账",
            "店长叫{}，根本不解决问题",
            "前台主管{}把我电话挂了",
            "大堂经理{}一直推诿",
            "区域经理{}说没办法",
            "售后总监{}承诺三天内答复",
        ),
        _full,
    ),
    Form(
        "authority",
        "name",
        (
            "办案民警{}说要等通知",
            "法官{}已经判了",
            "村支书{}不给开证明",
            "村民{}反映路灯坏了",
            "城管队员{}推了我一把",
            "社区主任{}让我再等等",
            "局长{}批示过了",
        ),
        _full,
    ),
    Form(
        "school",
        "name",
        (
            "校长{}拒绝退学费",
            "班主任{}要求家长买资料",
            "教练{}辱骂学员",
            "辅导员{}不批假",
            "培训老师{}收了钱不上课",
            "教授{}的课取消了",
        ),
        _full,
    ),
    Form(
        "medical",
        "name",
        ("主治医生{}开错了药", "护士长{}态度很差", "科室主任{}不在", "药师{}把药发错了", "院长{}出面道歉了"),
        _full,
    ),
    Form(
        "money",
        "name",
        (
            "财务总监{}不给报销",
            "客户经理{}骗我买理财",
            "理赔员{}一直拖着",
            "信贷员{}收了手续费",
            "会计{}把账算错了",
            "保险代理人{}隐瞒条款",
        ),
        _full,
    ),
    Form(
        "worker",
        "name",
        (
            "外卖员{}把餐洒了",
            "保安{}不让进门",
            "维修工{}来了两次没修好",
            "保洁阿姨{}很负责",
            "司机{}绕路",
            "美容师{}把我脸弄伤了",
            "装修工人{}偷工减料",
            "网格员{}没来过",
        ),
        _full,
    ),
    Form(
        "owner",
        "name",
        (
            "业主{}说漏水了",
            "租客{}要退押金",
            "房东{}不退钱",
            "死者家属{}来访",
            "证人{}已经到场",
            "学员{}要求退费",
            "患者{}投诉挂不上号",
        ),
        _full,
    ),
    Form(
        "callback",
        "name",
        ("请回访{}，了解满意度", "已回访{}，客户满意", "回访人{}确认已解决", "明天再回访{}一次"),
        _full,
    ),
    Form(
        "assigned",
        "name",
        (
            "工单派单给{}",
            "已派给{}处理",
            "处理人：{}，状态：已完成",
            "转派给{}跟进",
            "跟进人：{}",
            "责任人{}",
            "由{}负责处理",
        ),
        _full,
    ),
    Form(
        "according",
        "name",
        (
            "据{}反映，小区停水两天",
            "据{}称，商家拒绝退款",
            "接到{}投诉，噪音扰民",
            "应{}要求办理退费",
            "经{}同意后关单",
            "根据{}的描述",
        ),
        _full,
    ),
    Form(
        "says",
        "name",
        (
            "{}称已经付过款",
            "{}反映电梯常坏",
            "{}来电咨询账单",
            "{}表示不接受方案",
            "{}投诉快递丢件",
            "{}要求赔偿损失",
        ),
        _full,
    ),
    Form(
        "tell",
        "name",
        (
            "请转告{}，东西到了",
            "麻烦通知{}来取件",
            "帮我告诉{}一声",
            "请转达{}，我同意了",
            "让{}给我回电话",
            "联系一下{}",
        ),
        _full,
    ),
    Form(
        "master",
        "name",
        ("{}师傅来修过", "上次是{}师傅装的", "让{}师傅给我回个话", "预约了{}师傅上门", "是{}师傅吗"),
        _surname,
    ),
    Form(
        "elder",
        "name",
        (
            "{}姐说可以退",
            "找{}哥处理的",
            "{}阿姨帮我看的",
            "是{}姐接的电话",
            "{}叔把钥匙拿走了",
            "前台的{}姐很热情",
        ),
        _surname,
    ),
    Form(
        "office_after",
        "name",
        (
            "{}经理说可以退",
            "{}老师一直没回复",
            "找{}主任签字",
            "{}医生的号挂不上",
            "{}律师给我发了函",
            "{}师傅上门量了尺寸",
        ),
        _full,
    ),
    Form(
        "minority",
        "name",
        (
            "联系人{}，电话打不通",
            "我叫{}，想退票",
            "{}反映宽带断了",
            "旅客{}的行李丢了",
            "请通知{}来办手续",
            "患者{}已出院",
        ),
        _minority,
    ),
    Form(
        "latin",
        "name",
        (
            "我叫{}，订了两间房",
            "联系人：{}",
            "收件人 {} 没收到",
            "乘客{}要改签",
            "My name is {}",
            "姓名：{}，护照过期了",
        ),
        _latin,
    ),
    Form("pinyin", "name", ("乘机人{}名字拼错了", "护照姓名{}", "name: {}", "我叫{}", "持卡人{}"), _pinyin),
    Form(
        "traditional_name",
        "name",
        (
            "聯絡人：{}",
            "我叫{}，想取消訂單",
            "收件人{}沒收到貨",
            "經理{}態度很差",
            "請轉告{}，謝謝",
            "業主{}投訴漏水",
        ),
        _traditional_name,
    ),
    Form(
        "family",
        "name",
        (
            "我老公{}的卡",
            "我儿子{}在你们那上课",
            "户主是我父亲{}",
            "我同事{}也遇到了",
            "用我妻子{}的名字买的",
            "邻居{}天天吵",
        ),
        _full,
    ),
    Form(
        "signed",
        "name",
        ("特此投诉。投诉人：{}", "此致敬礼 {}", "望尽快处理，{}敬上", "——{}", "署名{}"),
        _full,
    ),
    Form(
        "spaced_label",
        "name",
        (
            "姓  名：{}",
            "【姓名】{}",
            "客户姓名|{}|已核实",
            "name={}&type=2",
            "收件人（{}）",
            "联系人/{}/电话",
        ),
        _full,
    ),
    Form(
        "corrected_mobile",
        "mobile",
        ("我的手机是{}", "电话{}", "你记一下，{}", "号码是{}，麻烦快点", "联系方式{}"),
        _corrected,
    ),
    Form("interrupted_mobile", "mobile", ("我的手机号是{}", "电话是{}", "号码{}", "你打{}"), _interrupted),
    Form("misheard_mobile", "mobile", ("我的电话是{}", "手机号{}", "你打{}", "号码{}，对"), _misheard),
    Form(
        "spoken_mobile",
        "mobile",
        ("打{}找我", "我的号{}", "{}这个号没信号", "回我电话{}就行"),
        _spoken_mobile,
    ),
    Form(
        "mobile_noise",
        "mobile",
        ("加我{}微信同步", "{}（同微信）", "手机号:{}，谢谢", "call我{}", "滴滴{}", "尽快联系{}！！！"),
        mobile,
    ),
    Form(
        "tw_mobile",
        "mobile",
        ("我的手機是{}", "聯絡電話：{}", "请打{}", "行動電話{}", "{} 請回電"),
        _tw_mobile,
    ),
    Form(
        "tw_landline",
        "landline",
        ("市話{}", "公司電話：{}", "电话{}，分机不用", "請撥{}", "家裡電話是{}"),
        _tw_landline,
    ),
    Form(
        "hk_phone",
        "mobile",
        ("香港电话{}", "聯絡電話{}", "我電話係{}", "手提電話：{}", "WhatsApp {}", "打{}搵我"),
        _hk_phone,
    ),
    Form(
        "hk_abroad", "mobile", ("我的号码{}", "电话 {}", "請致電{}", "{}打不通", "whatsapp: {}"), _hk_abroad
    ),
    Form(
        "tw_id",
        "id_card",
        ("身分證字號{}", "我的身份证是{}", "台湾身份证号：{}", "{}這個證號查不到", "證號{}"),
        _tw_id,
    ),
    Form(
        "hk_id", "id_card", ("香港身份證{}", "身份证号码{}", "HKID: {}", "{}登記的", "身份證號碼：{}"), _hk_id
    ),
    Form("macau_id", "id_card", ("澳门身份证{}", "澳門身份證號碼{}", "身份证{}", "BIR {}"), _macau_id),
    Form(
        "id_tail",
        "id_card",
        (
            "身份证后四位{}",
            "身份证尾号是{}",
            "身份证后四位是{}，你核对下",
            "证件号末四位{}",
            "身份證後四碼{}",
        ),
        lambda rng: digits(3, rng) + rng.choice("0123456789X"),
    ),
    Form(
        "id_tail6",
        "id_card",
        ("身份证后六位{}", "身份证号最后六位是{}", "我身份证的后6位：{}", "证件后六位{}"),
        lambda rng: digits(5, rng) + rng.choice("0123456789X"),
    ),
    Form(
        "id_tail_spoken",
        "id_card",
        ("身份证后四位{}", "身份证尾号{}", "身份证后四位，{}"),
        lambda rng: say(digits(4, rng), rng, plain=True),
    ),
    Form(
        "born",
        "birth_date",
        ("出生日期{}", "我的生日是{}", "{}出生", "生于{}", "出生年月日：{}", "{}生的"),
        _born,
    ),
    Form(
        "otp",
        "otp",
        (
            "验证码{}",
            "验证码是{}，发给他了",
            "短信收到的校验码：{}",
            "动态码{}提示错误",
            "他让我念{}这个验证码",
            "驗證碼是{}",
        ),
        lambda rng: digits(rng.choice([4, 6]), rng),
    ),
    Form(
        "otp_spoken",
        "otp",
        ("验证码是{}", "收到的验证码{}", "校验码，{}"),
        lambda rng: say(digits(6, rng), rng, plain=True),
    ),
    Form(
        "password",
        "password",
        ("密码是{}", "登录密码{}不对", "我的密码设的{}", "初始密码：{}", "交易密码是{}", "密碼是{}"),
        lambda rng: rng.choice(
            [digits(6, rng), "abc" + digits(5, rng), "Qwe@" + digits(4, rng), "Zx" + digits(6, rng) + "!"]
        ),
    ),
    Form(
        "password_spoken",
        "password",
        ("密码是{}", "卡密码{}", "查询密码，{}"),
        lambda rng: say(digits(6, rng), rng, plain=True),
    ),
    Form(
        "contract",
        "order",
        ("合同号{}", "合同编号：{}", "租赁合同号{}到期", "签的合同{}", "购房合同编号为{}"),
        _contract,
    ),
    Form("policy", "order", ("保单号{}", "保单{}要退保", "保险单号：{}", "我的保单号是{}"), _policy),
    Form(
        "bare_order",
        "order",
        (
            "帮我查下{}到哪了",
            "{}，就是这个单",
            "{}还没发货",
            "{} 怎么还不退款",
            "麻烦看一下{}",
            "我买的{}一直没收到",
        ),
        _bare_order,
    ),
    Form(
        "bare_order_spoken",
        "order",
        ("{}，就是这个单", "帮我查一下{}", "{}到哪了"),
        lambda rng: say(digits(3, rng).replace("0", "6") + digits(9, rng), rng, plain=True),
    ),
    Form(
        "order_word",
        "order",
        ("退款编号{}", "取件单{}", "物流{}两天没动", "服务请求号{}", "票务订单：{}"),
        order,
    ),
    Form(
        "imei", "device", ("IMEI：{}", "手机串号{}", "IMEI号是{}", "设备识别码{}", "IMEI {}查不到保修"), _imei
    ),
    Form("mac", "device", ("MAC地址{}", "mac：{}", "路由器{}掉线", "物理地址是{}", "机顶盒MAC {}"), _mac),
    Form("vin", "vin", ("车架号{}", "VIN码：{}", "车辆识别代号{}", "vin {}", "{}这台车召回吗"), _vin),
    Form(
        "officer",
        "officer",
        ("军官证{}", "军官证号：{}", "证件是军官证{}", "{}的军官证", "士兵证号{}"),
        _officer,
    ),
    Form("spoken_email", "email", ("邮箱是{}", "发到{}", "我的邮箱{}", "电子邮件{}"), _spoken_email),
    Form("email", "email", ("抄送{}", "联系{}", "{}收不到", "寄{}吧"), email),
    Form(
        "id_groups",
        "id_card",
        ("证件{}", "身份证号{}，本人", "ID：{}", "身分證{}"),
        lambda rng: " ".join(_groups(id_number(rng), 6, 10, 14)),
    ),
    Form(
        "cell_labels",
        "mobile",
        ("A：请问电话多少 C：{}", "C：我电话{} A：好的", "Q：您的手机？A：{}", "甲：你电话呢\n乙：{}"),
        mobile,
    ),
)

TRAPS = (
    "一共13846404500条记录",
    "流水13,812,345,678元",
    "双色球03 08 15 22 27 31",
    "大乐透05 11 19 23 34 02 08",
    "总共15912345678次播放",
    "营业额18,612,345,678.00元",
    "点击量达13912345678次",
    "今年人口13812345678人",
    "经理态度很差",
    "客服高度重视",
    "法官公正",
    "校长安排得好",
    "教练严格要求",
    "村民反映强烈",
    "司机平安到达",
    "老师温柔",
    "医生方案不错",
    "师傅来修过",
    "维修师傅很好",
    "快递师傅没来",
    "姐姐推荐的",
    "小哥态度好",
    "大哥帮帮忙",
    "阿姨很热情",
    "老板常年不在",
    "店长万分抱歉",
    "业主全部同意",
    "物业经理从不露面",
    "销售顾问强烈推荐",
    "保安严格检查",
    "房东和我沟通过",
    "会计计算有误",
    "验证码收不到",
    "密码忘了",
    "密码是多少",
    "密码错误三次",
    "修改密码失败",
    "验证码一直不发",
    "身份证后四位忘了",
    "出生日期填错",
    "生日快乐",
    "合同号找不到",
    "合同到期了",
    "车架号在哪看",
    "IMEI怎么查",
    "军官证优惠吗",
    "军官证可以买票吗",
    "MAC地址在哪里看",
    "价格涨到13800块",
    "据了解情况属实",
    "据说要涨价",
    "据客服称已发货",
    "经核实无误",
    "应客户要求",
    "接到通知",
    "由专人负责",
    "由客服跟进",
    "请转告客服",
    "通知用户来取",
    "回访客户满意",
    "回访时间三点",
    "派单给师傅",
    "处理人未填写",
    "联系一下客服",
    "让人给我回电话",
    "2026年5月12日购买",
    "订于2026-05-12发货",
    "2026-05-12 13:45:20提交的",
    "国办发〔2026〕12号",
    "一号店二号楼",
    "第三季度1234万",
    "身高175体重65",
    "比分21:18",
    "股票600519",
    "A4纸100张",
    "高铁G1234次",
    "航班CA1234",
    "9.9元包邮",
    "24小时热线4008123123",
    "打12345反映",
    "从3月1日到5月10日",
    "3楼5号柜台",
    "二手车12万公里",
    "iPhone 15 Pro Max 256G",
    "型号ABC-12345678",
    "条码6901234567892",
    "货号2026051234",
    "序列号C02XL0THJGH5",
    "平均每人2000元",
    "买了1个2个3个",
    "2019 2020 2021 2022",
    "10 20 30 40 50 60",
    "12期每期1234.56元",
    "评分4.8 4.9 5.0",
    "色号#FF8800",
    "王老吉不好喝",
    "张小泉菜刀不错",
    "周黑鸭太辣",
    "李宁的鞋",
    "康师傅方便面",
    "老干妈",
    "张家口的酒店",
    "石家庄的网点",
    "马鞍山发货慢",
    "平顶山的快递",
    "陈皮糖很好吃",
    "金华火腿",
    "欧莱雅·巴黎护肤",
    "上海·浦东店",
    "星巴克（万达店）",
    "Apple Watch很好用",
    "Air Max断码了",
    "联系人 VIP",
    "姓名 OK",
    "收件人信息有误",
    "Windows Update失败",
    "My name is wrong",
    "要不要三分钟",
    "要六个七个都行",
    "路由器掉线",
    "坐三路二十分钟",
    "山西武汉都去过",
    "五一七天乐",
    "久久不回复",
    "巴黎四日游",
    "妻子六月生的",
    "二期五号线",
    "艾特我一下",
    "at last",
    "点com域名",
    "今天是13号星期五",
    "数量13812345678个",
    "合计13,999,888,777.00",
    "阅读13812345678",
    "满分100考了98",
    "一二三四五六七八九十",
    "编号A-1-2",
    "8点到20点",
    "三四五六月份",
    "转账500给我",
    "余额13812.34元",
)
"""Sentences without personal data."""
