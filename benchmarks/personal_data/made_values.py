"""Made-up values of personal data as other authors write them: wide names, regional numbers, speech.

Check digits are those of the published standards, computed here and not by the package.
"""

from __future__ import annotations

import random

import opencc
from personal_data.sentences import digits

traditional = opencc.OpenCC("s2t").convert

_FAMILY = (
    "赵钱孙李周吴郑王冯陈蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜戚谢邹苏潘葛范彭鲁马方任袁柳唐费廉薛雷贺倪汤罗毕郝"
    "常于傅卞齐康伍余卜顾孟黄穆萧尹姚邵汪祁毛米戴宋庞熊纪舒屈项祝董梁杜阮季强贾江童颜郭梅林钟徐邱骆高夏蔡田胡凌"
    "霍万柯卢莫房解应宗丁邓洪包左石崔吉龚程邢裴陆翁甘武刘龙叶黎白蒲赖卓池乔温庄晏柴阎连易廖耿匡文寇欧沃利师巩聂"
    "敖冷辛阚简饶曾沙游盖单牛尚侯佟商牟佘伊墨岳涂桂尤"
)
_MALE = (
    "伟强磊军勇杰涛斌浩宇鹏飞辉刚健峰波林平建国志明文俊海龙东亮宏远超群晨旭阳泽睿博翰霖铭昊轩恒逸嘉诚瑞祥坤"
)
_FEMALE = (
    "芳娜敏静丽艳娟霞秀兰英梅玲桂香玉萍红婷雪琳颖倩莉慧洁燕薇蕾佳欣怡梓涵诗雅琪妍可馨月思彤妙语晴岚璇筱茜"
)
_DOUBLE = (
    "欧阳",
    "司马",
    "上官",
    "诸葛",
    "东方",
    "皇甫",
    "尉迟",
    "公孙",
    "慕容",
    "夏侯",
    "令狐",
    "司徒",
    "端木",
    "长孙",
)

__all__ = [
    "bank_card",
    "chinese_name",
    "foreign_name",
    "given_name",
    "hk_id",
    "imei",
    "latin_name",
    "mac",
    "macau_id",
    "minority_name",
    "pinyin_name",
    "plate",
    "spoken",
    "surname",
    "taiwan_id",
    "traditional",
    "uscc",
    "vin",
]


def surname(rng: random.Random) -> str:
    """Return a surname of one character."""
    return rng.choice(_FAMILY)


def given_name(rng: random.Random) -> str:
    """Return a given name of one or two characters."""
    pool = rng.choice((_MALE, _FEMALE))
    return rng.choice(pool) if rng.random() < 0.25 else "".join(rng.sample(pool, 2))


def chinese_name(rng: random.Random) -> str:
    """Return surname and given name; one in twenty surnames has two characters."""
    return (rng.choice(_DOUBLE) if rng.random() < 0.05 else surname(rng)) + given_name(rng)


def minority_name(rng: random.Random) -> str:
    """Return a name with an interpunct as Uygur, Kazakh, Yi and Tibetan people write it."""
    first = (
        "买买提",
        "阿依努尔",
        "古丽娜尔",
        "艾力",
        "吾买尔",
        "热依汗",
        "叶尔江",
        "玛依拉",
        "吉克",
        "巴哈尔",
        "扎西",
        "帕提古丽",
    )
    last = (
        "艾合买提",
        "吐尔逊",
        "玉素甫",
        "肉孜",
        "卡德尔",
        "木合塔尔",
        "赛买提",
        "达吾提",
        "伊木",
        "努尔兰",
        "尼亚孜",
    )
    return rng.choice(first) + rng.choice("··•・") + rng.choice(last)


def foreign_name(rng: random.Random) -> str:
    """Return a name of another language in Chinese characters with an interpunct."""
    first = ("约翰", "玛丽", "迈克尔", "安娜", "大卫", "索菲亚", "亚历山大", "伊万")
    last = ("史密斯", "布朗", "彼得罗夫", "威廉姆斯", "加西亚", "穆勒", "安德森")
    return rng.choice(first) + "·" + rng.choice(last)


def latin_name(rng: random.Random) -> str:
    """Return an English given name and a surname in Latin letters."""
    first = (
        "James",
        "Emily",
        "Oliver",
        "Sophia",
        "Daniel",
        "Grace",
        "Henry",
        "Alice",
        "Kevin",
        "Laura",
        "Peter",
        "Nancy",
    )
    last = (
        "Wilson",
        "Taylor",
        "Clark",
        "Baker",
        "Murphy",
        "Chan",
        "Wong",
        "Tan",
        "Lim",
        "Nguyen",
        "Schmidt",
        "Rossi",
    )
    return f"{rng.choice(first)} {rng.choice(last)}"


def pinyin_name(rng: random.Random) -> str:
    """Return a Chinese name in pinyin, in the orders and cases of forms and passports."""
    family = rng.choice(
        ("Zhang", "Wang", "Liu", "Chen", "Yang", "Zhao", "Huang", "Zhou", "Xu", "Sun", "Guo", "He")
    )
    given = rng.choice(
        ("Wei", "Xiaoyu", "Jianguo", "Lihua", "Mengting", "Zihan", "Haoran", "Yuting", "Min", "Qiang")
    )
    return rng.choice(
        (
            f"{family} {given}",
            f"{given} {family}",
            f"{family.upper()} {given.upper()}",
            f"{family.upper()}/{given.upper()}",
        )
    )


_TAIWAN_LETTERS = dict(zip("ABCDEFGHJKLMNPQRSTUVXYWZIO", range(10, 36), strict=True))


def taiwan_id(rng: random.Random) -> str:
    """Return a letter, sex, seven digits and the check digit of a national identity number of Taiwan."""
    letter = rng.choice("ABCDEFHKNPRT")
    body = rng.choice("12") + digits(7, rng)
    code = _TAIWAN_LETTERS[letter]
    total = code // 10 + code % 10 * 9 + sum(int(c) * w for c, w in zip(body, range(8, 0, -1), strict=True))
    return f"{letter}{body}{-total % 10}"


def hk_id(rng: random.Random) -> str:
    """Return a Hong Kong identity number: letter, six digits, check digit in brackets."""
    letter, body = rng.choice("ABCDEGHKMPRVYZ"), digits(6, rng)
    total = (
        36 * 9 + (ord(letter) - 55) * 8 + sum(int(c) * w for c, w in zip(body, range(7, 1, -1), strict=True))
    )
    check = "0123456789A"[-total % 11]
    return letter + body + rng.choice((f"({check})", f"（{check}）", check))


def macau_id(rng: random.Random) -> str:
    """Return a resident identity number of Macau: 1, 5 or 7, six digits, one in brackets."""
    return rng.choice("157") + digits(6, rng) + rng.choice(("({})", "/{}", "（{}）")).format(digits(1, rng))


def _luhn(body: str) -> str:
    doubled = [int(c) * (2 - at % 2) for at, c in enumerate(reversed(body))]
    return body + str(-sum(n // 10 + n % 10 for n in doubled) % 10)


def imei(rng: random.Random) -> str:
    """Return 15 digits with a valid check digit, plain or in the groups of a settings page."""
    raw = _luhn(rng.choice(("86", "35", "99")) + digits(12, rng))
    return rng.choice(
        (
            raw,
            raw,
            f"{raw[:2]} {raw[2:8]} {raw[8:14]} {raw[14]}",
            f"{raw[:6]}-{raw[6:8]}-{raw[8:14]}-{raw[14]}",
        )
    )


def bank_card(rng: random.Random) -> str:
    """Return a card number of 16 or 19 digits with a valid check digit."""
    return _luhn(
        rng.choice(("621226", "622588", "623058", "621483", "622700", "621081", "428911", "531693"))
        + digits(rng.choice((9, 12)), rng)
    )


def mac(rng: random.Random) -> str:
    """Return six pairs of hexadecimal digits."""
    pairs = ["".join(rng.choice("0123456789ABCDEF") for _ in range(2)) for _ in range(6)]
    joined = rng.choice((":", "-", "")).join(pairs)
    if joined.isdecimal():
        joined = "A" + joined[1:]
    return rng.choice((joined, joined.lower()))


def vin(rng: random.Random) -> str:
    """Return a vehicle identification number with the check digit of its ninth place."""
    weights = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
    values = dict(
        zip(
            "ABCDEFGHJKLMNPRSTUVWXYZ",
            (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9),
            strict=True,
        )
    )
    letters = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
    head = rng.choice(("LVS", "LGB", "LFM", "LBV", "LE4", "WBA", "JTD", "5YJ", "LRW")) + "".join(
        rng.choice(letters) for _ in range(5)
    )
    tail = rng.choice("ABCDEFGHJKLMNPR") + rng.choice(letters) + digits(6, rng)
    total = sum(
        (int(c) if c.isdecimal() else values[c]) * w for c, w in zip(head + "0" + tail, weights, strict=True)
    )
    return head + "0123456789X"[total % 11] + tail


def uscc(rng: random.Random) -> str:
    """Return a unified social credit code with its check character."""
    signs = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    body = (
        rng.choice(("91", "92", "93"))
        + rng.choice(("110108", "320205", "440106", "510104"))
        + "MA"
        + "".join(rng.choice(signs) for _ in range(7))
    )
    total = sum(signs.index(c) * pow(3, at, 31) for at, c in enumerate(body))
    return body + signs[-total % 31]


def plate(rng: random.Random) -> str:
    """Return a plate of a petrol car."""
    head = rng.choice("京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云陕甘青宁新") + rng.choice("ABCDEFGH")
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
    tail = rng.choice(
        (
            digits(5, rng),
            rng.choice(letters) + digits(4, rng),
            digits(2, rng) + rng.choice(letters) + digits(2, rng),
            rng.choice(letters) + rng.choice(letters) + digits(3, rng),
        )
    )
    return head + rng.choice(("", "", "·", " ", "-")) + tail


_SAID = {
    "1": "一幺",
    "2": "二两",
    "3": "三",
    "4": "四",
    "5": "五",
    "6": "六",
    "7": "七拐",
    "8": "八",
    "9": "九勾",
    "0": "零洞",
}


def spoken(raw: str, rng: random.Random, military: bool = False) -> str:
    """Return digits in Chinese characters; ``military`` uses 幺, 两, 拐, 勾, 洞."""
    return "".join(_SAID[c][-1 if military else 0] if c.isdecimal() else c for c in raw)
