"""A fifth list of forms: records of hotlines, chats of shops and calls, in longer sentences."""

from __future__ import annotations

import random

from personal_data.first_forms import Form
from personal_data.made_values import (
    bank_card,
    foreign_name,
    hk_id,
    imei,
    mac,
    macau_id,
    minority_name,
    plate,
    spoken,
    taiwan_id,
    traditional,
    uscc,
    vin,
)
from personal_data.sentences import digits, id_number, mobile

__all__ = ["FIFTH_FORMS", "FIFTH_TRAPS"]

_FAMILY = (
    "王王王李李李张张张刘刘陈陈杨杨黄黄赵赵吴吴周周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾"
    "肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫"
    "段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_GIVEN = (
    "子涵",
    "浩宇",
    "梓萱",
    "宇轩",
    "诗涵",
    "欣怡",
    "俊杰",
    "雨泽",
    "思远",
    "佳怡",
    "秀兰",
    "桂英",
    "建华",
    "志强",
    "国强",
    "丽娟",
    "晓燕",
    "春梅",
    "海燕",
    "玉梅",
    "小军",
    "红霞",
    "建平",
    "德明",
    "文博",
    "天宇",
    "雅静",
    "梦琪",
    "婉婷",
    "嘉豪",
    "家辉",
    "美玲",
    "淑芬",
    "永福",
    "长河",
    "金凤",
    "素珍",
    "庆丰",
    "学文",
    "卫东",
    "新民",
    "伟",
    "芳",
    "娜",
    "敏",
    "静",
    "磊",
    "洋",
    "艳",
    "勇",
    "杰",
    "涛",
    "超",
    "明",
    "刚",
    "平",
    "辉",
    "玲",
    "鹏",
    "斌",
    "雪",
    "琳",
    "慧",
    "倩",
    "颖",
    "婷",
    "蕾",
    "凯",
    "旭",
    "晨",
    "浩",
    "欢",
    "璐",
    "瑶",
    "莹",
    "萌",
)


def _who(rng: random.Random) -> str:
    family = rng.choice(("欧阳", "司徒", "诸葛", "上官")) if rng.random() < 0.03 else rng.choice(_FAMILY)
    return family + rng.choice(_GIVEN)


def _kin(rng: random.Random) -> str:
    return rng.choice("王李张刘陈杨黄赵吴周徐孙马朱胡郭林罗郑梁谢宋唐韩冯邓曹彭")


def _cut(raw: str, *sizes: int) -> list[str]:
    parts = []
    for size in sizes:
        parts.append(raw[:size])
        raw = raw[size:]
    return [*parts, raw]


def _oops(rng: random.Random) -> str:
    a, b, c = _cut(mobile(rng), 3, 4)
    bad = digits(4, rng)
    return rng.choice(
        (
            f"{a}，{bad}，哎说错了，{b}，{c}",
            f"{a}，{b}，{bad}，不对不对，{c}",
            f"{a}{bad}，啊不，{a}{b}{c}",
            f"{a} {bad} 呃 应该是 {b} {c}" if rng.random() < 0.3 else f"{a}，{bad}，我说错了哈，是{b}，{c}",
            f"{a}，{b}，{bad}，看错行了，后面是{c}",
            f"{a}{b}{bad}，最后四位不对，改成{c}",
        )
    )


def _long_pause(rng: random.Random) -> str:
    a, b, c = _cut(mobile(rng), 3, 4)
    if rng.random() < 0.5:
        a, b, c = (spoken(part, rng) for part in (a, b, c))
    words = (
        "你稍微等我一下",
        "我把手机拿远点看",
        "能听见吧",
        "对对对没错",
        "旁边有点吵",
        "那个什么来着",
        "喂喂听得到吗",
        "我老花眼看不清",
    )
    one, two = rng.sample(words, 2)
    return rng.choice((f"{a}，{one}，{b}，{c}", f"{a}，{b}，{two}，{c}", f"{a}，{one}，{b}，{two}，{c}"))


_SOUND = {
    "0": "洞零林",
    "1": "幺妖要",
    "2": "两二儿",
    "3": "三山",
    "4": "四死",
    "5": "五武",
    "6": "六留",
    "7": "拐七气",
    "8": "八爸",
    "9": "勾九酒",
}


def _by_ear(rng: random.Random) -> str:
    raw = mobile(rng)
    said = [_SOUND[c][rng.random() < 0.25 and 1] for c in raw]
    said[0] = rng.choice("幺妖要")
    return rng.choice(
        ("".join(said), "，".join(_cut("".join(said), 3, 4)), " ".join(_cut("".join(said), 3, 4)))
    )


def _east(rng: random.Random) -> str:
    kind = rng.randrange(3)
    if kind == 0:
        raw = "09" + digits(8, rng)
        return rng.choice(
            (
                raw,
                f"{raw[:4]}-{raw[4:7]}-{raw[7:]}",
                f"+886{raw[1:]}",
                f"+886 {raw[1:4]} {raw[4:7]} {raw[7:]}",
            )
        )
    if kind == 1:
        a, b = rng.choice("5679") + digits(3, rng), digits(4, rng)
        return rng.choice((f"{a} {b}", f"{a}{b}", f"+852 {a} {b}", f"852{a}{b}"))
    a, b = "6" + digits(3, rng), digits(4, rng)
    return rng.choice((f"+853 {a}{b}", f"+853-{a}-{b}", f"00853{a}{b}"))


def _east_line(rng: random.Random) -> str:
    area, size = rng.choice((("02", 8), ("03", 7), ("04", 8), ("06", 7), ("07", 7)))
    rest = rng.choice("2345678") + digits(size - 1, rng)
    return rng.choice(
        (
            f"{area}-{rest}",
            f"({area}){rest}",
            f"{area}-{rest[:-4]}-{rest[-4:]}",
            f"（{area}）{rest[:-4]}-{rest[-4:]}",
            f"+886-{area[1:]}-{rest[:-4]}-{rest[-4:]}",
        )
    )


def _birthday(rng: random.Random) -> str:
    y, m, d = rng.randint(1945, 2012), rng.randint(1, 12), rng.randint(1, 28)
    return rng.choice(
        (
            f"{y}年{m}月{d}日",
            f"{y}年{m}月",
            f"{y}{m:02d}{d:02d}",
            f"{y}/{m:02d}/{d:02d}",
            f"{y}-{m}-{d}",
            f"{y}.{m:02d}.{d:02d}",
            f"{y % 100:02d}年{m}月{d}日",
        )
    )


def _deal(rng: random.Random) -> str:
    y = rng.randint(2017, 2026)
    return rng.choice(
        (
            f"GF〔{y}〕{digits(3, rng)}号",
            f"GF-{y}-0171-{digits(3, rng)}",
            f"〔{y}〕京房字第{digits(5, rng)}号",
            f"CF{y}{digits(10, rng)}",
            f"NO.{y}{digits(6, rng)}",
            f"LN{digits(12, rng)}",
        )
    )


def _purchase(rng: random.Random) -> str:
    day = f"20{rng.randint(23, 26)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}"
    return rng.choice(
        (
            day + digits(8, rng),
            digits(16, rng).replace("0", "2"),
            f"PO{day}{digits(4, rng)}",
            f"{rng.randint(100, 999)}-{digits(7, rng)}-{digits(7, rng)}",
            "JD" + digits(13, rng),
            "SF" + digits(13, rng),
            "WX" + day + digits(6, rng),
        )
    )


def _home(rng: random.Random) -> str:
    area = rng.choice(
        (
            "上海市徐汇区",
            "江苏省南京市鼓楼区",
            "广州市天河区",
            "昆明市五华区",
            "哈尔滨市南岗区",
            "温州市瓯海区",
            "成都高新区",
        )
    )
    road = (
        rng.choice(("漕溪路", "中山南路", "体育西路", "人民西路", "红旗大街", "瓯海大道", "益州大道中段"))
        + f"{rng.randint(2, 1800)}号"
    )
    estate = rng.choice(("锦绣江南", "世纪花园", "丽景苑", "绿城百合", "金色家园", "城市之星小区", "阳光里"))
    door = rng.choice(
        (
            f"{rng.randint(1, 40)}栋{rng.randint(1, 4)}单元{rng.randint(101, 3305)}",
            f"{rng.randint(1, 40)}号楼{rng.randint(101, 3305)}室",
            f"{rng.randint(1, 40)}幢{rng.randint(1, 3)}单元{rng.randint(101, 3305)}室",
            f"{rng.randint(1, 9)}座{rng.randint(101, 3305)}",
        )
    )
    return rng.choice((area + road + estate + door, area + estate + door, area + road + door, estate + door))


def _said_mail(rng: random.Random) -> str:
    user = rng.choice(("tony", "xiaomei", "linda", "wy")) + rng.choice(("", "下划线", "点")) + digits(3, rng)
    return (
        user
        + rng.choice(("艾特", " 艾特 ", "圈a", " at ", "爱特"))
        + rng.choice(("163", "qq", "126", "foxmail", "outlook"))
        + rng.choice(("点com", " 点 com", "点康姆", " dot com"))
    )


def _abroad(rng: random.Random) -> str:
    given = ("Michael", "Jessica", "Thomas", "Rebecca", "Eric", "Angela", "Chris", "Joyce")
    family = ("Johnson", "Miller", "Lopez", "Anderson", "Ho", "Leung", "Tanaka", "Kim")
    return f"{rng.choice(given)} {rng.choice(family)}"


def _on_ticket(rng: random.Random) -> str:
    family = rng.choice(("WANG", "LI", "ZHANG", "LIU", "CHEN", "YANG", "WU"))
    given = rng.choice(("XIAOMING", "JIANHUA", "LIJUAN", "HAOYU", "XINYI", "LEI"))
    return rng.choice((f"{family}/{given}", f"{family} {given}", f"{family.title()} {given.title()}"))


FIFTH_FORMS = (
    Form(
        "record",
        "name",
        (
            "市民{}来电反映路灯不亮",
            "居民{}投诉楼下烧烤油烟",
            "来电人{}称小区停水三天",
            "群众{}咨询医保报销",
            "用户{}反馈宽带断网",
            "热心市民{}建议增设斑马线",
        ),
        _who,
    ),
    Form(
        "culprit",
        "name",
        (
            "物业经理{}骂人",
            "销售顾问{}说好送保养",
            "店长叫{}，态度特别差",
            "办案民警{}说要等",
            "村民{}在河边倒垃圾",
            "财务总监{}扣着工资",
            "法官{}迟迟不判",
        ),
        _who,
    ),
    Form(
        "school",
        "name",
        (
            "校长{}乱收补课费",
            "班主任{}打学生",
            "我孩子的语文老师{}体罚",
            "教练{}收了钱不教",
            "教导主任{}不让孩子进校门",
            "学校保安{}推了家长",
        ),
        _who,
    ),
    Form(
        "hospital",
        "name",
        (
            "主任医师{}没有看片子",
            "护士{}扎了三针",
            "收费处{}多收钱",
            "院长{}承诺调查",
            "药房{}发错药",
            "实习医生{}态度冷淡",
        ),
        _who,
    ),
    Form(
        "workers",
        "name",
        (
            "水电工{}半夜施工",
            "施工队长{}拖欠工钱",
            "监理{}从不到场",
            "瓦工{}贴的砖全空鼓",
            "木工师傅{}手受伤了",
            "装修公司老板{}失联",
        ),
        _who,
    ),
    Form(
        "couriers",
        "name",
        (
            "快递员{}不送上门",
            "外卖小哥{}撞了人",
            "站点负责人{}说没办法",
            "网点老板{}骂我",
            "送货司机{}强行收费",
            "骑手{}把餐放错了地方",
        ),
        _who,
    ),
    Form(
        "traders",
        "name",
        (
            "卖家{}拒绝退货",
            "客服{}一直敷衍",
            "主播{}说假一赔十",
            "店主{}拉黑我",
            "房东{}扣我押金",
            "中介{}收了两份钱",
            "车商{}隐瞒事故",
        ),
        _who,
    ),
    Form(
        "handled",
        "name",
        (
            "由{}跟进处理",
            "处理人：{}",
            "派单给{}",
            "已分派至{}",
            "经办人{}已联系用户",
            "{}已上门处理完毕",
            "此件转{}阅办",
            "值班员{}记录",
        ),
        _who,
    ),
    Form(
        "revisit",
        "name",
        (
            "回访{}表示认可",
            "已回访{}，用户满意",
            "多次联系{}均无人接听",
            "电话联系{}核实情况",
            "向{}解释政策",
            "与{}取得联系",
            "告知{}耐心等待",
        ),
        _who,
    ),
    Form(
        "relay",
        "name",
        (
            "请转告{}明早九点到",
            "麻烦让{}回个电话",
            "请{}尽快到营业厅办理",
            "帮我转给{}",
            "叫{}来接我",
            "我找{}，他是你们经理",
            "联系不上{}",
        ),
        _who,
    ),
    Form(
        "saying",
        "name",
        (
            "据{}反映，电梯坏了",
            "{}称从未收到通知",
            "{}说已经退款了",
            "{}表示会起诉",
            "{}认为收费不合理",
            "{}要求当面道歉",
            "据{}介绍，该路段事故多",
        ),
        _who,
    ),
    Form(
        "doing",
        "name",
        (
            "{}把我的车刮了",
            "{}在电梯里抽烟",
            "{}欠我两万块",
            "{}拿走了我的快递",
            "{}骗了我妈的养老钱",
            "{}对我大吼大叫",
            "{}已经离职了",
        ),
        _who,
    ),
    Form(
        "family",
        "name",
        (
            "我老婆{}生完孩子",
            "我爸{}摔伤了",
            "儿子{}在读初二",
            "我岳母{}的社保卡",
            "我丈夫{}的工资卡",
            "我同事{}也遇到过",
            "死者{}的家属",
        ),
        _who,
    ),
    Form(
        "papers",
        "name",
        (
            "房主是{}",
            "户名：{}",
            "法人{}",
            "车主姓名{}",
            "投保人为{}",
            "开户人{}",
            "承租人：{}，",
            "乙方：{}",
            "收款人 {}",
        ),
        _who,
    ),
    Form(
        "greeting",
        "name",
        (
            "尊敬的{}先生",
            "{}女士您好",
            "{}，您的快递到了",
            "您是{}吗",
            "请问是{}本人吗",
            "我是{}，尾号忘了",
            "你好，{}，这里是客服",
        ),
        _who,
    ),
    Form(
        "ends",
        "name",
        (
            "请领导重视！举报人：{}",
            "谢谢！{}",
            "申请人：{}\n2026年4月2日",
            "此致 敬礼 {}",
            "联系人：{}，谢谢",
        ),
        _who,
    ),
    Form(
        "family_name",
        "name",
        (
            "{}师傅挺负责",
            "楼管{}姐不开门",
            "{}哥给我送的货",
            "我找{}老师",
            "{}主任不在",
            "客户{}女士催单",
            "物业{}经理推脱",
            "保安{}叔帮忙了",
        ),
        _kin,
    ),
    Form(
        "many",
        "name",
        ("参与打人的有{}", "业主代表{}到场", "投诉人{}反映", "责任人：{}"),
        lambda rng: f"{_who(rng)}、{_who(rng)}",
    ),
    Form(
        "west",
        "name",
        ("村民{}反映", "客户{}要求改签", "司机{}拒绝打表", "我叫{}", "学生{}没有课本"),
        minority_name,
    ),
    Form(
        "film",
        "name",
        ("外籍住户{}投诉", "外教{}请假", "客人{}退房", "旅客{}行李丢了", "联系人：{}"),
        foreign_name,
    ),
    Form(
        "abroad",
        "name",
        (
            "客户{}投诉",
            "Guest {} complained",
            "外籍员工{}离职",
            "联系人：{}",
            "租客{}欠租",
            "{}女士要求换房",
            "Dear {},",
        ),
        _abroad,
    ),
    Form(
        "ticket",
        "name",
        ("乘机人：{}", "旅客{}误机", "姓名拼音{}", "乘客 {} 退票", "Passenger {}"),
        _on_ticket,
    ),
    Form(
        "island",
        "name",
        (
            "客戶{}反映",
            "聯絡人{}",
            "{}小姐來電查詢",
            "職員{}態度惡劣",
            "請{}先生回電",
            "店員{}多收費",
            "據{}表示",
            "負責人：{}",
        ),
        lambda rng: traditional(_who(rng)),
    ),
    Form("oops", "mobile", ("我电话{}", "手机号是{}", "号码{}，麻烦记下", "联系电话{}"), _oops),
    Form("pause", "mobile", ("电话是{}", "手机{}", "我报一下号码，{}", "打我手机{}"), _long_pause),
    Form("by_ear", "mobile", ("手机{}", "电话号码是{}", "你记一下{}", "联系方式{}"), _by_ear),
    Form("east", "mobile", ("手机：{}", "联系电话 {}", "電話{}", "請聯絡{}", "WhatsApp {}"), _east),
    Form("east_line", "landline", ("公司电话{}", "聯絡電話：{}", "市話{}", "座机{}"), _east_line),
    Form(
        "east_id",
        "id_card",
        ("身份证号{}", "證件號碼：{}", "身分證字號{}", "身份證{}"),
        lambda rng: rng.choice((taiwan_id, hk_id, macau_id))(rng),
    ),
    Form(
        "id",
        "id_card",
        ("身份证号码{}", "证件号{}", "本人{}", "身份证：{}"),
        lambda rng: rng.choice(
            (id_number(rng), spoken(id_number(rng)[:17], rng) + "X", " ".join(_cut(id_number(rng), 6, 8)))
        ),
    ),
    Form(
        "id_end",
        "id_card",
        ("身份证后四位{}", "身份证号后六位是{}", "证件尾号{}", "身份证最后四位：{}", "后四位身份证{}"),
        lambda rng: rng.choice(
            (digits(4, rng), digits(3, rng) + "X", digits(6, rng), spoken(digits(4, rng), rng))
        ),
    ),
    Form(
        "birthday",
        "birth_date",
        ("出生日期：{}", "我是{}出生的", "生日{}", "出生年月{}", "{}出生，男"),
        _birthday,
    ),
    Form(
        "code",
        "otp",
        ("验证码{}", "验证码是{}", "我收到的验证码：{}", "动态码{}", "短信里写的验证码{}"),
        lambda rng: rng.choice(
            (digits(6, rng), digits(4, rng), spoken(digits(6, rng), rng), " ".join(digits(6, rng)))
        ),
    ),
    Form(
        "secret",
        "password",
        ("密码{}", "密码是{}", "我的密码是{}", "登录密码：{}", "密码改成了{}"),
        lambda rng: rng.choice(
            (
                digits(6, rng),
                "abc" + digits(5, rng),
                spoken(digits(6, rng), rng),
                "Aa" + digits(6, rng) + "@",
                digits(4, rng),
            )
        ),
    ),
    Form("deal", "order", ("合同号{}", "合同编号：{}", "保单号码{}", "协议编号{}", "合同{}"), _deal),
    Form(
        "purchase",
        "order",
        ("订单{}还没发货", "订单号：{}", "{}什么时候能到", "帮我查{}", "单号{}", "{}这个订单我要取消"),
        _purchase,
    ),
    Form("gadget", "device", ("IMEI：{}", "手机IMEI{}", "串号：{}", "IMEI号是{}"), imei),
    Form("net", "device", ("MAC地址：{}", "mac地址是{}", "路由MAC {}"), mac),
    Form("chassis", "vin", ("车架号：{}", "VIN：{}", "车架号{}的车", "车辆VIN码{}"), vin),
    Form(
        "army",
        "officer",
        ("军官证{}", "军官证号{}", "军官证号码：{}"),
        lambda rng: rng.choice(("军字第{}号", "海字第{}号", "空字第{}号", "武字第{}号")).format(
            digits(rng.choice((7, 8)), rng)
        ),
    ),
    Form(
        "travel",
        "passport",
        ("护照{}", "护照号码：{}", "护照号是{}", "通行证{}"),
        lambda rng: rng.choice(
            ("E" + digits(8, rng), "EB" + digits(7, rng), "G" + digits(8, rng), "C" + digits(8, rng))
        ),
    ),
    Form(
        "car",
        "plate",
        ("车牌{}", "{}乱停车", "车牌号是{}", "我的{}被贴条", "车辆{}占用消防通道"),
        lambda rng: rng.choice(
            (plate(rng), rng.choice("京沪粤浙苏川") + "A" + rng.choice("DF") + digits(5, rng))
        ),
    ),
    Form("bank", "bank_card", ("银行卡号{}", "卡号：{}", "打款到{}", "我的卡{}被冻结", "账户{}"), bank_card),
    Form("firm", "uscc", ("统一社会信用代码{}", "税号：{}", "营业执照{}", "纳税人识别号：{}"), uscc),
    Form(
        "chat",
        "account",
        ("微信号{}", "我微信{}", "加微信：{}", "QQ：{}", "QQ号{}"),
        lambda rng: rng.choice("123456789") + digits(rng.randint(7, 9), rng),
    ),
    Form(
        "home",
        "address",
        ("地址：{}", "住在{}", "送到{}", "家住{}，水管爆了", "{}的业主投诉", "安装地址{}", "请寄到{}"),
        _home,
    ),
    Form("said_mail", "email", ("邮箱{}", "邮箱是{}", "发我邮箱{}", "我的电子邮箱是{}"), _said_mail),
    Form(
        "cell",
        "mobile",
        ("A：您好，请问电话？\nC：{}", "A：手机号报一下。C：{}。A：好的", "坐席：联系电话？\n客户：{}"),
        lambda rng: rng.choice((mobile(rng), spoken(mobile(rng), rng), " ".join(_cut(mobile(rng), 3, 4)))),
    ),
    Form(
        "cell_name",
        "name",
        (
            "A：请问您贵姓\nC：我叫{}",
            "A：您的姓名？C：{}",
            "A：收件人是？\nC：{}\nA：好的",
            "坐席：请问怎么称呼？\n客户：{}",
        ),
        _who,
    ),
)
"""Places for a value, the kind it has and what makes it."""

FIFTH_TRAPS = (
    "一共13846404500条记录",
    "流水13,812,345,678元",
    "双色球03 08 15 22 27 31",
    "市民来电反映",
    "居民投诉噪音",
    "群众反映强烈",
    "经理高度重视此事",
    "客服方面没有答复",
    "店长安排人来",
    "老师常说的话",
    "法官任性判决",
    "村民全都反对",
    "销售顾问钱多事少",
    "处理人：系统",
    "派单给当地网点",
    "回访结果：满意",
    "请转告当事人",
    "据了解，该小区已停气",
    "据悉明天恢复供水",
    "称重不准",
    "称呼不当",
    "师傅辛苦了",
    "师傅马上就到",
    "姐姐说好看",
    "哥哥常用",
    "我妈高兴",
    "我爸于去年买的",
    "我同事万分感谢",
    "房主不同意",
    "户名不符",
    "法人变更",
    "乙方违约",
    "尊敬的客户您好",
    "先生您好",
    "女士请稍等",
    "举报人：匿名",
    "谢谢！",
    "此致 敬礼",
    "申请人：见附件",
    "楼管不开门",
    "保安叔叔",
    "快递小哥人好",
    "外卖小哥辛苦",
    "主播推荐",
    "房东太太",
    "中介费",
    "高温补贴",
    "黄牛票",
    "白条逾期",
    "钱款未到",
    "金条回收",
    "毛重5斤",
    "石膏板",
    "马赛克瓷砖",
    "温馨提示",
    "华为商城",
    "万科城市花园",
    "方正电脑",
    "安踏鞋",
    "康宝奶粉",
    "雷柏键盘",
    "江小白",
    "金立手机",
    "连花清瘟",
    "何况是周末",
    "许多人",
    "任意门",
    "应届毕业生",
    "时间太长",
    "常温配送",
    "单位证明",
    "管理费",
    "计划生育",
    "易碎品",
    "盛夏时节",
    "成功付款",
    "关于退款",
    "于是投诉",
    "向上反映",
    "项目经理部",
    "单元门坏了",
    "车位被占",
    "车牌识别",
    "房屋漏水",
    "水费异常",
    "电费13.5元",
    "5月12日",
    "2026-04-01 10:00",
    "3月15日至4月15日",
    "10:30-11:30",
    "满199减100",
    "第3次投诉",
    "共3人",
    "12345转5",
    "96110来电",
    "10010客服",
    "400-800-8888",
    "95533",
    "020区",
    "邮编518000",
    "G123次列车",
    "CA1501航班",
    "3号线",
    "K8路公交",
    "5G套餐",
    "128G",
    "A4纸",
    "ISO14001",
    "GB2312",
    "Q1销量",
    "SKU12345",
    "V2.3.1",
    "192M带宽",
    "100%",
    "1/3",
    "3:2",
    "-5度",
    "37.2度",
    "身高180",
    "血压120/80",
    "1千克",
    "500毫升",
    "2万公里",
    "排量1.5T",
    "12V",
    "220V",
    "密码忘记了",
    "密码锁没电",
    "验证码不正确",
    "验证码在哪",
    "身份证没带",
    "身份证后四位不对",
    "生日优惠",
    "出生医学证明",
    "合同丢失",
    "保单在哪看",
    "车架号看不清",
    "IMEI在哪查",
    "MAC地址怎么看",
    "军官证能用吗",
    "护照照片",
    "微信转账",
    "QQ登录不了",
    "邮箱验证",
    "地址写错了",
    "住在楼上",
    "三单元没电",
    "一栋二栋都停水",
    "请问几号楼",
    "A：请问 C：嗯",
    "客户：你好",
    "坐席：您好",
    "Happy Birthday",
    "Black Friday",
    "Face ID",
    "Time Out",
    "Coca Cola Zero",
    "Hello Kitty",
    "Starbucks Coffee",
    "Google Play",
    "Windows Defender",
    "客戶滿意",
    "職員專業",
    "經理說可以",
    "請回電",
    "店員推薦",
    "老闆娘",
    "台中火鍋",
    "新北市",
    "九龍灣",
    "高雄捷運",
)
"""Sentences without personal data."""
