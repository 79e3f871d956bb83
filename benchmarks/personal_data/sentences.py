"""Made-up values for the personal-data benchmark, in the forms they take in writing and speech."""

from __future__ import annotations

import csv
import random
from pathlib import Path

from csatext.privacy.recognizers.checksums import is_id18, is_luhn, is_uscc

__all__ = [
    "CARRIERS",
    "GIVEN",
    "SURNAMES",
    "TRAPS",
    "TURN_CARRIERS",
    "digits",
    "email",
    "id_number",
    "mobile",
    "name",
    "order",
    "say",
    "values",
]

with Path(__file__).with_suffix(".tsv").open(encoding="utf-8", newline="") as _lines:
    _ROWS = [(row["kind"], row["sentence"]) for row in csv.DictReader(_lines, delimiter="\t")]
TRAPS = [sentence for kind, sentence in _ROWS if kind == "none"]
CARRIERS: dict[str, list[str]] = {}
for _kind, _sentence in _ROWS:
    if _kind != "none":
        CARRIERS.setdefault(_kind, []).append(_sentence)

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜"
    "崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严"
)
_SINGLE = "伟芳娜敏静丽强磊军洋勇艳杰涛明超慧鑫宁璐倩波辉刚健凯琳颖萍"
_DOUBLE = (
    "秀英桂英建国志强小红文静浩然子轩雨桐欣怡梓涵国庆海燕春梅晓东玉兰家豪思远佳琪婷婷一诺俊杰丹丹红梅立新永强"
)
GIVEN = [*_SINGLE, *(_DOUBLE[i : i + 2] for i in range(0, len(_DOUBLE), 2))]
_COMPOUND = ("欧阳", "上官", "司马", "诸葛", "皇甫", "令狐")

TURN_CARRIERS = {
    "mobile": [
        ("请问您的手机号是多少？", "我手机是", "嗯", True),
        ("您好，请讲", "我的号码是", "", True),
        ("麻烦报一下电话", "", "好的", True),
        ("联系电话留一下", "", "您说", False),
        ("怎么联系您呢", "嗯，你记一下，", "", True),
    ],
    "id_card": [("请报一下您的身份证号", "", "嗯嗯", True), ("身份证号码多少", "是", "好的，继续", False)],
    "bank_card": [("请问银行卡号是多少", "", "嗯", True), ("卡号报一下", "我念给你听，", "", False)],
    "order": [("请提供订单号", "", "好的", True), ("单号是多少呢？", "是", "", False)],
}

_SPOKEN = ("零幺二三四五六七八九", "零一二三四五六七八九")
_AREAS = ("010", "021", "022", "0755", "0571", "0512", "028", "0431", "0871")
_CITIES = [
    "北京市朝阳区",
    "上海市浦东新区",
    "浙江省杭州市西湖区",
    "广东省深圳市南山区",
    "四川省成都市武侯区",
    "江苏省苏州市工业园区",
    "湖北省武汉市洪山区",
    "海淀区",
    "西安市雁塔区",
    "山东济南历下区",
    "",
]
_ROADS = [
    "建国路{}号",
    "中山北路{}号",
    "文三路{}号",
    "解放大道{}号",
    "和平街{}号",
    "长江路{}弄",
    "学院路{}号",
    "人民南路三段{}号",
    "科苑路{}号",
]
_ESTATES = (
    "阳光花园",
    "幸福小区",
    "翠苑新村",
    "金地公寓",
    "万科城",
    "龙湖家园",
    "和谐佳苑",
    "国贸大厦",
    "绿地广场",
)


def digits(n: int, rng: random.Random) -> str:
    return "".join(rng.choice("0123456789") for _ in range(n))


def mobile(rng: random.Random) -> str:
    return "1" + rng.choice("3456789") + digits(9, rng)


def id_number(rng: random.Random) -> str:
    head = rng.choice(["110101", "310104", "330106", "440305", "510107", "420111", "370102", "610113"])
    birth = f"{rng.randint(1950, 2008)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}"
    body = head + birth + digits(3, rng)
    return next(body + c for c in "0123456789X" if is_id18(body + c))


def _card(rng: random.Random) -> str:
    body = rng.choice(["622202", "621700", "622848", "625965", "436742", "518710", "955880", "603367"])
    body += digits(rng.choice([9, 12, 12]), rng)
    return next(body + c for c in "0123456789" if is_luhn(body + c))


def say(value: str, rng: random.Random, plain: bool = False) -> str:
    """Return the digits as they are said, with pauses and fillers unless ``plain``."""
    table = rng.choice(_SPOKEN)
    said = [table[int(c)] if c.isdecimal() else c for c in value]
    if plain:
        return "".join(said)
    style = rng.random()
    if style < 0.3:
        return "".join(said)
    if style < 0.4 and len(value) == 11 and value[0] == "1":
        return f"一百{table[int(value[1])].replace('幺', '一')}十{table[int(value[2])]}".replace(
            "十零", "十"
        ) + "".join(said[3:])
    if style < 0.5:
        return value[:3] + "".join(said[3:])
    gap = rng.choice(["，", " ", "嗯", " 那个 ", "、", "，嗯，", "，然后", " 呃 ", "..."])
    cuts = [3, 7] if len(value) == 11 else list(range(4, len(value), 4))
    parts = ["".join(said[a:b]) for a, b in zip([0, *cuts], [*cuts, len(said)], strict=True)]
    return gap.join(parts)


def name(rng: random.Random) -> str:
    surname = rng.choice(_COMPOUND) if rng.random() < 0.08 else rng.choice(SURNAMES)
    return surname + rng.choice(GIVEN)


def _address(rng: random.Random) -> str:
    door = rng.choice(
        [
            f"{rng.randint(1, 30)}栋{rng.randint(1, 4)}单元{rng.randint(1, 30)}0{rng.randint(1, 6)}室",
            f"{rng.randint(1, 30)}号楼{rng.randint(101, 2806)}室",
            f"{rng.randint(1, 30)}幢{rng.randint(101, 2806)}",
            f"{rng.choice('ABC')}座{rng.randint(101, 2806)}室",
            f"{rng.randint(1, 30)}-{rng.randint(1, 4)}-{rng.randint(101, 2806)}",
        ]
    )
    road = rng.choice(_ROADS).format(rng.randint(1, 999))
    style = rng.random()
    if style < 0.3:
        return rng.choice(_CITIES[:-1]) + road
    return rng.choice(_CITIES) + (road if style < 0.6 else "") + rng.choice(_ESTATES) + door


def _account(rng: random.Random) -> str:
    if rng.random() < 0.5:
        return rng.choice(["wx_", "lily", "sunny", "cs-", "abc", "Tom_"]) + digits(rng.randint(4, 8), rng)
    return rng.choice("23456789") + digits(rng.randint(6, 10), rng)


def order(rng: random.Random) -> str:
    head = rng.choice(["", "", "SF", "YT", "JD", "GD", "2026", "WO-2026", "TS", "75"])
    return head + digits(rng.randint(9, 14), rng)


def _plate(rng: random.Random) -> str:
    start = rng.choice("京沪粤浙苏川鄂鲁豫皖") + rng.choice("ABCDEF") + rng.choice(["", "", "·"])
    number = digits(5, rng)
    return start + rng.choice([number, "D" + number, rng.choice("ABCFK") + number[1:], number + "F"])


def _uscc(rng: random.Random) -> str:
    body = "91" + rng.choice(["110105", "310115", "440300"]) + "MA" + digits(2, rng)
    body += rng.choice("ABCDE") + digits(4, rng)
    return next(body + c for c in "0123456789ABCDEFGHJKLMNPQRTUWXY" if is_uscc(body + c))


def _landline(rng: random.Random) -> str:
    return rng.choice(_AREAS) + rng.choice("2345678") + digits(7, rng)


def _ip(rng: random.Random) -> str:
    if rng.random() < 0.8:
        return f"{rng.randint(32, 223)}." + ".".join(str(rng.randint(1, 254)) for _ in range(3))
    return f"2001:db8::{rng.randint(4096, 65535):x}:{rng.randint(4096, 65535):x}"


def email(rng: random.Random) -> str:
    user = rng.choice(["zhang.san", "li_si88", "w123456", "kefu-test", "138abc"])
    return f"{user}@{rng.choice(['qq.com', '163.com', 'example.com.cn', 'mail.example.org', '126.com'])}"


def _passport(rng: random.Random) -> str:
    if rng.random() < 0.8:
        return rng.choice("EGHM") + digits(8, rng)
    return "E" + rng.choice("ABCDEF") + digits(7, rng)


_MAKERS = {
    "mobile": mobile,
    "landline": _landline,
    "id_card": id_number,
    "bank_card": _card,
    "email": email,
    "plate": _plate,
    "uscc": _uscc,
    "passport": _passport,
    "account": _account,
    "order": order,
    "address": _address,
    "name": name,
    "ip": _ip,
    "otp": lambda rng: digits(6, rng),
    "password": lambda rng: "Zx" + digits(6, rng),
    "birth_date": lambda rng: f"{rng.randint(1955, 2006)}年{rng.randint(1, 12)}月{rng.randint(1, 28)}日",
    "device": lambda rng: "86" + digits(13, rng),
    "vin": lambda rng: "LSV" + digits(14, rng),
    "officer": lambda rng: f"军字第{digits(7, rng)}号",
}


def _written(kind: str, raw: str) -> list[str]:
    """Return the forms in which a number is written."""
    fours = [raw[i : i + 4] for i in range(0, len(raw), 4)]
    area, local = raw[:-8], raw[-8:]
    wide = "".join(chr(ord(char) + 0xFEE0) for char in raw)
    groups = [raw[:3], raw[3:7], raw[7:]]
    forms = {
        "mobile": [
            raw,
            raw,
            " ".join(groups),
            "-".join(groups),
            f"+86{raw}",
            f"+86 {raw}",
            f"86-{raw}",
            wide,
            f"{raw[:3]}****{raw[7:]}",
            f"0086 {raw}",
        ],
        "landline": [
            f"{area}-{local}",
            f"({area}){local}",
            f"（{area}）{local}",
            f"{area} {local}",
            raw,
            f"{area}-{local[:4]}-{local[4:]}",
        ],
        "id_card": [raw, raw, f"{raw[:6]} {raw[6:14]} {raw[14:]}", raw.lower(), raw[:6] + raw[8:17]],
        "bank_card": [raw, raw, " ".join(fours), "-".join(fours)],
    }
    return forms.get(kind, [raw])


def values(kind: str, rng: random.Random, spoken: bool | None = None, plain: bool = False) -> str:
    """Return a made-up value of a kind; ``plain`` leaves out pauses and separators."""
    raw = _MAKERS[kind](rng)
    if kind in ("mobile", "landline", "id_card", "bank_card", "order"):
        if rng.random() < 0.4 if spoken is None else spoken:
            dictated = "2026" + digits(10, rng) if kind == "order" else raw
            return say(dictated, rng, plain)
        return raw if plain else rng.choice(_written(kind, raw))
    return raw
