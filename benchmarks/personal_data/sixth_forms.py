"""A sixth list of forms: notes of dispatchers, reviews, letters, calls, measured before any change."""

from __future__ import annotations

import random

from personal_data.fifth_forms import FIFTH_TRAPS
from personal_data.first_forms import Form
from personal_data.made_values import (
    bank_card,
    hk_id,
    imei,
    mac,
    minority_name,
    plate,
    spoken,
    taiwan_id,
    traditional,
    uscc,
    vin,
)
from personal_data.sentences import digits, id_number, mobile

__all__ = ["SIXTH_FORMS", "SIXTH_TRAPS"]

_FAMILY = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾萧田董潘袁蔡蒋余于杜叶程魏"
    "苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵"
    "万覃武钱戴严莫孔向常"
)
_GIVEN = (
    "一鸣 雨桐 子墨 可馨 紫萱 梦瑶 志远 世杰 立新 建军 国庆 秀芳 秀珍 桂兰 凤英 丽华 晓明 晓东 文静 玉兰 "
    "海涛 少华 永强 春生 冬梅 金花 宏伟 振华 学军 家豪 俊熙 佳琪 思琪 艺涵 沐阳 若曦 "
    "亮 琴 红 霞 丹 琳 兵 波 鑫 燕 莉 峰 龙 宁 岩 彬 楠 媛 蓉 薇 慧 帆 佳 乐"
)


def _name(rng: random.Random) -> str:
    return rng.choice(_FAMILY) + rng.choice(_GIVEN.split())


def _family(rng: random.Random) -> str:
    return rng.choice(_FAMILY[:50])


def _parts(raw: str) -> tuple[str, str, str]:
    return raw[:3], raw[3:7], raw[7:]


def _mended(rng: random.Random) -> str:
    a, b, c = _parts(mobile(rng))
    bad = digits(4, rng)
    return rng.choice(
        (
            f"{a}，{bad}，诶不对，{b}，{c}",
            f"{a}，{b}，{bad}，错了错了，是{c}",
            f"{a}{b}，然后{bad}，哦念错了，{c}",
            f"{a}，{bad}，口误口误，应该是{b}，{c}",
            f"{a}，{bad}，等等我看一下，不是这个，{b}，{c}",
        )
    )


def _broken_off(rng: random.Random) -> str:
    a, b, c = _parts(mobile(rng))
    words = (
        "你别催我啊",
        "我念慢一点",
        "哎呀门铃响了等一下",
        "这个屏幕太暗了",
        "后面还有呢别挂",
        "嗯你说你说",
    )
    one, two = rng.sample(words, 2)
    return f"{a}，{one}，{b}，{two}，{c}"


def _heard(rng: random.Random) -> str:
    raw = mobile(rng)
    wrong = {
        "1": "腰",
        "2": "两",
        "3": "伞",
        "4": "寺",
        "5": "午",
        "6": "刘",
        "7": "期",
        "8": "吧",
        "9": "酒",
        "0": "灵",
    }
    said = list(spoken(raw, rng))
    said[0] = "幺"
    for at in rng.sample(range(3, 11), rng.choice((0, 1, 2, 3))):
        said[at] = wrong[raw[at]]
    return "".join(said)


def _regional(rng: random.Random) -> str:
    return rng.choice(
        (
            f"09{digits(2, rng)}-{digits(3, rng)}-{digits(3, rng)}",
            f"+886 9{digits(2, rng)} {digits(3, rng)} {digits(3, rng)}",
            f"{rng.choice('569')}{digits(3, rng)}-{digits(4, rng)}",
            f"+852 {rng.choice('569')}{digits(7, rng)}",
            f"+853 6{digits(3, rng)} {digits(4, rng)}",
        )
    )


def _day(rng: random.Random) -> str:
    y, m, d = rng.randint(1950, 2010), rng.randint(1, 12), rng.randint(1, 28)
    return rng.choice((f"{y}年{m}月{d}日", f"{y}{m:02d}{d:02d}", f"{y}-{m:02d}-{d:02d}", f"{y}年{m}月{d}号"))


def _bond(rng: random.Random) -> str:
    y = rng.randint(2018, 2026)
    return rng.choice(
        (
            f"GF〔{y}〕{digits(4, rng)}号",
            f"HT-{y}{digits(4, rng)}",
            f"PA{digits(14, rng)}",
            f"{y}字第{digits(5, rng)}号",
            f"YD{digits(10, rng)}",
        )
    )


def _purchase(rng: random.Random) -> str:
    return rng.choice(
        (
            "2025" + digits(14, rng),
            "3" + digits(18, rng),
            "DD" + digits(12, rng),
            "SF" + digits(12, rng),
            "JT" + digits(13, rng),
        )
    )


def _flat(rng: random.Random) -> str:
    where = rng.choice(
        ("天津市和平区南京路", "济南市历城区花园路", "贵阳市南明区遵义路", "大连市中山区人民路")
    )
    estate = rng.choice(("香榭丽舍小区", "阳光丽景", "福泽园", "滨江一号"))
    door = rng.choice(
        (
            f"{rng.randint(1, 20)}号楼{rng.randint(1, 4)}单元{rng.randint(101, 2805)}",
            f"{rng.randint(1, 20)}栋{rng.randint(101, 2805)}室",
            f"{rng.choice('AB')}座{rng.randint(101, 2805)}室",
        )
    )
    return rng.choice(
        (
            f"{where}{rng.randint(1, 300)}号{estate}{door}",
            f"{estate}{door}",
            f"{where}{rng.randint(1, 300)}号{door}",
        )
    )


SIXTH_FORMS = (
    Form(
        "note",
        "name",
        (
            "已电联{}，其表示周末再议",
            "现场与{}核对无误",
            "用户{}不在家，改约",
            "工程师{}已到达现场",
            "派{}前往处理",
            "{}接单后未联系用户",
        ),
        _name,
    ),
    Form(
        "review",
        "name",
        (
            "点名表扬{}",
            "感谢技师{}的耐心",
            "导购{}推荐得很到位",
            "2号窗口的{}脸色难看",
            "客服小姐姐{}很专业",
            "给{}点个赞",
        ),
        _name,
    ),
    Form(
        "letter",
        "name",
        (
            "我是退休教师{}",
            "本人{}，现住城东",
            "反映人{}，男，五十岁",
            "被反映人{}系村会计",
            "此事由副镇长{}分管",
            "望书记责成{}道歉",
        ),
        _name,
    ),
    Form(
        "court",
        "name",
        (
            "原告{}诉称",
            "被告{}拒不到庭",
            "书记员{}通知延期",
            "案件由{}法官承办",
            "代理律师{}收费不办事",
            "申请人{}不服裁决",
        ),
        _name,
    ),
    Form(
        "police",
        "name",
        (
            "派出所{}警官做笔录",
            "民警{}调解未果",
            "所长{}亲自接待",
            "报警人{}称被打",
            "嫌疑人{}已抓获",
            "协警{}动手打人",
        ),
        _name,
    ),
    Form(
        "clinic",
        "name",
        (
            "患者{}术后感染",
            "主刀医生{}解释不清",
            "家属{}情绪激动",
            "护士长{}当面道歉",
            "病人{}要求出院",
            "给我看病的是{}",
        ),
        _name,
    ),
    Form(
        "class",
        "name",
        (
            "学生{}被孤立",
            "家长{}投诉食堂",
            "体育老师{}罚跑十圈",
            "教务主任{}推卸责任",
            "我儿子{}被同学打了",
            "辅导机构老师{}失联",
        ),
        _name,
    ),
    Form(
        "shop",
        "name",
        (
            "店员{}算错账",
            "店长{}拒绝退款",
            "老板{}把我轰出去",
            "客户经理{}私自开卡",
            "理财顾问{}承诺保本",
            "销售{}说能退",
        ),
        _name,
    ),
    Form(
        "road",
        "name",
        ("司机{}闯红灯", "师傅{}半路甩客", "乘客{}晕倒", "骑手{}逆行", "代驾{}把车蹭了", "车主{}不挪车"),
        _name,
    ),
    Form(
        "estate",
        "name",
        (
            "楼长{}组织签字",
            "物业{}态度嚣张",
            "业主{}违建",
            "住户{}家漏水",
            "租客{}半夜蹦迪",
            "管家{}不回信息",
        ),
        _name,
    ),
    Form(
        "verb",
        "name",
        (
            "{}收了我三千块没开票",
            "{}打电话骂我",
            "{}把押金吞了",
            "{}不承认签过字",
            "{}带人堵门",
            "{}承诺三天修好",
        ),
        _name,
    ),
    Form(
        "passive",
        "name",
        ("被{}骗走两万", "跟{}说过好几次", "找{}也没用", "让{}给个说法", "对{}的处理不满", "和{}发生争执"),
        _name,
    ),
    Form(
        "field",
        "name",
        (
            "投诉人：{}",
            "受理员：{}",
            "姓名:{}",
            "责任民警：{}",
            "维修员：{}；",
            "审批：{}",
            "联系人={}",
            "办件人 {}",
        ),
        _name,
    ),
    Form(
        "kin",
        "name",
        (
            "我妈{}七十了",
            "老公{}出差",
            "我侄子{}上初中",
            "我婆婆{}摔了一跤",
            "我男朋友{}的手机",
            "我爷爷{}是老党员",
        ),
        _name,
    ),
    Form(
        "surname",
        "name",
        (
            "{}姓男子",
            "叫{}姐来",
            "{}工说修不了",
            "{}老师请假了",
            "前台{}小姐",
            "{}警官接的警",
            "{}医生不在",
            "{}总说了算",
        ),
        _family,
    ),
    Form(
        "pet",
        "name",
        ("{}负责这片", "客服{}没回", "问{}就知道", "{}送的货"),
        lambda rng: rng.choice("小老") + rng.choice("王李张刘陈杨赵吴徐孙朱郭郑谢"),
    ),
    Form("dotted", "name", ("牧民{}来电", "客户{}投诉", "我叫{}", "司机{}"), minority_name),
    Form(
        "island",
        "name",
        ("顧客{}投訴", "經理{}敷衍", "請轉告{}", "{}先生來電", "負責人{}", "承辦人：{}"),
        lambda rng: traditional(_name(rng)),
    ),
    Form(
        "latin",
        "name",
        ("住客{}投诉", "我叫{}", "Contact: {}", "老师{}迟到", "乘客{}转机"),
        lambda rng: (
            rng.choice(("Steven", "Nicole", "Frank", "Sherry", "Julia"))
            + " "
            + rng.choice(("Wang", "Martin", "Evans", "Lam", "Khan"))
        ),
    ),
    Form("mended", "mobile", ("电话{}", "我手机号{}", "号码是{}"), _mended),
    Form("broken_off", "mobile", ("电话{}", "手机号{}", "我的号码是{}"), _broken_off),
    Form("heard", "mobile", ("电话{}", "手机号是{}", "号码{}"), _heard),
    Form("regional", "mobile", ("电话：{}", "手機{}", "WhatsApp {}", "聯絡電話 {}"), _regional),
    Form(
        "regional_id",
        "id_card",
        ("身份证：{}", "證件號碼{}", "身分證字號 {}"),
        lambda rng: rng.choice((taiwan_id, hk_id))(rng),
    ),
    Form("id", "id_card", ("身份证号{}", "证件号码：{}", "我身份证{}"), id_number),
    Form(
        "tail",
        "id_card",
        ("身份证后四位{}", "身份证后六位：{}", "证件号后四位是{}"),
        lambda rng: rng.choice((digits(4, rng), digits(6, rng), digits(3, rng) + "X")),
    ),
    Form("day", "birth_date", ("出生日期{}", "生日是{}", "{}出生", "我{}生的"), _day),
    Form(
        "code",
        "otp",
        ("验证码{}", "验证码是{}", "短信码：{}"),
        lambda rng: rng.choice((digits(6, rng), digits(4, rng), spoken(digits(6, rng), rng))),
    ),
    Form(
        "secret",
        "password",
        ("密码是{}", "支付密码{}", "密码：{}"),
        lambda rng: rng.choice((digits(6, rng), "hy" + digits(6, rng), spoken(digits(6, rng), rng))),
    ),
    Form("bond", "order", ("合同号{}", "保单号：{}", "合同编号是{}"), _bond),
    Form("purchase", "order", ("订单号{}", "{}还没发货", "查一下{}", "运单号{}"), _purchase),
    Form("imei", "device", ("IMEI：{}", "串号{}"), imei),
    Form("mac", "device", ("MAC地址：{}", "mac是{}"), mac),
    Form("chassis", "vin", ("车架号：{}", "VIN码：{}"), vin),
    Form(
        "officer",
        "officer",
        ("军官证{}", "军官证号：{}"),
        lambda rng: f"{rng.choice('军海空')}字第{digits(7, rng)}号",
    ),
    Form("plate", "plate", ("车牌{}", "{}占道", "牌照{}"), plate),
    Form("card", "bank_card", ("银行卡{}", "卡号是{}", "账号：{}"), bank_card),
    Form("tax", "uscc", ("税号{}", "信用代码：{}"), uscc),
    Form("flat", "address", ("地址：{}", "我住{}", "送到{}", "{}断水了"), _flat),
    Form(
        "wechat",
        "account",
        ("微信号：{}", "QQ{}", "加我微信{}"),
        lambda rng: rng.choice(("ab" + digits(6, rng), rng.choice("12345") + digits(8, rng))),
    ),
)
"""Places for a value, the kind it has and what makes it."""

SIXTH_TRAPS = FIFTH_TRAPS
