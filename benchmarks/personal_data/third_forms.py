"""A third list of forms, written by another author who had read no recognizer and no word list."""

from __future__ import annotations

import random

from personal_data.first_forms import Form
from personal_data.made_values import (
    bank_card,
    chinese_name,
    foreign_name,
    hk_id,
    imei,
    latin_name,
    mac,
    macau_id,
    minority_name,
    pinyin_name,
    plate,
    spoken,
    surname,
    taiwan_id,
    traditional,
    uscc,
    vin,
)
from personal_data.sentences import digits, id_number, mobile

__all__ = ["THIRD_FORMS", "THIRD_TRAPS"]


def _cut(raw: str, *sizes: int) -> list[str]:
    parts = []
    for size in sizes:
        parts.append(raw[:size])
        raw = raw[size:]
    return [*parts, raw]


def _two_names(rng: random.Random) -> str:
    return rng.choice("、，/ ").join((chinese_name(rng), chinese_name(rng)))


def _surname_after_small(rng: random.Random) -> str:
    return rng.choice("小老") + surname(rng)


def _mixed_name(rng: random.Random) -> str:
    family = rng.choice(("Chen", "Lin", "Huang", "Zhao", "Xu"))
    return f"{rng.choice(('Vivian', 'Jason', 'Cindy', 'Leo', 'Fiona'))} {family}"


def _corrected_mobile(rng: random.Random) -> str:
    a, b, c = _cut(mobile(rng), 3, 4)
    wrong = digits(4, rng)
    slip = rng.choice(
        (
            "不对",
            "错了错了",
            "诶不是",
            "等下我说错了",
            "我重新说",
            "抱歉说反了",
            "啊念错了应该是",
            "sorry，是",
        )
    )
    return rng.choice(
        (
            f"{a}，{wrong}，{slip}，{b}，{c}",
            f"{a} {b} {wrong}，{slip}，{c}",
            f"{a}{b}{wrong}，{slip}{c}",
            f"{a}，{wrong}{slip}，{b}{c}",
        )
    )


def _restarted_mobile(rng: random.Random) -> str:
    right = mobile(rng)
    slip = rng.choice(("不对，重来，", "错了，是", "哦这是旧号，新的是", "打错一位，应为", "更正："))
    return f"{mobile(rng)[:7]}，{slip}{right}"


def _interrupted_mobile(rng: random.Random) -> str:
    a, b, c = _cut(mobile(rng), 3, 4)
    one, two = rng.sample(
        (
            "您拿笔记一下",
            "哎孩子别闹",
            "对，就是这样",
            "信号不好听得到吗",
            "我翻一下通讯录哈",
            "慢点说没关系的",
            "嗯后面四位是",
            "稍等我戴个眼镜",
        ),
        2,
    )
    return f"{a}，{one}，{b}，{two}，{c}"


def _military_mobile(rng: random.Random) -> str:
    said = spoken(mobile(rng), rng, military=True)
    return rng.choice((said, "，".join(_cut(said, 3, 4)), " ".join(_cut(said, 3, 4))))


_HEARD = {
    "1": "妖要腰夭",
    "2": "俩爱儿",
    "3": "散山",
    "4": "是事死",
    "5": "无吴舞",
    "6": "留陆刘",
    "7": "起奇气",
    "8": "吧把爸",
    "9": "就久旧",
    "0": "动冻东林",
}


def _misheard_mobile(rng: random.Random) -> str:
    raw = mobile(rng)
    said = list(spoken(raw, rng))
    said[0] = rng.choice(_HEARD["1"])
    for at in rng.sample(range(3, 11), 2):
        said[at] = rng.choice(_HEARD[raw[at]])
    joined = "".join(said)
    return rng.choice((joined, "，".join(_cut(joined, 3, 4))))


def _counted_mobile(rng: random.Random) -> str:
    a = mobile(rng)[:3]
    digit = rng.choice("0123456789")
    word = "零一二三四五六七八九"[int(digit)]
    return rng.choice(
        (
            f"{a}{digits(5, rng)}三个{word}",
            f"{a}，四个{word}，{digits(4, rng)}",
            f"{a}{digits(4, rng)}四个{digit}",
        )
    )


def _punctuated_mobile(rng: random.Random) -> str:
    return rng.choice((".", "_", "/", "—", " - ", "~", "·", "  ")).join(_cut(mobile(rng), 3, 4))


def _global_mobile(rng: random.Random) -> str:
    raw = mobile(rng)
    return rng.choice(
        (
            f"+86-{raw}",
            f"(+86){raw}",
            f"（86）{raw}",
            f"+86 {' '.join(_cut(raw, 3, 4))}",
            f"0086-{raw}",
            f"86{raw}",
        )
    )


def _extension(rng: random.Random) -> str:
    body = rng.choice("2345678") + digits(7, rng)
    area = rng.choice(("010", "021", "020", "027", "0532", "0592", "0731"))
    return rng.choice(
        (
            f"{area}-{body}转{digits(4, rng)}",
            f"{area}-{body}-{digits(3, rng)}",
            f"({area}){body}转{digits(3, rng)}",
            f"{area}{body}转{digits(4, rng)}分机"[:-2],
        )
    )


def _spoken_landline(rng: random.Random) -> str:
    area = rng.choice(("零二零", "零幺零", "零七五五", "零五七一", "零二八"))
    return area + rng.choice(("，", "，", "", " ")) + spoken(rng.choice("2345678") + digits(7, rng), rng)


def _taiwan_mobile(rng: random.Random) -> str:
    a, b, c = _cut("09" + digits(8, rng), 4, 3)
    return rng.choice(
        (
            a + b + c,
            f"{a}-{b}-{c}",
            f"{a} {b} {c}",
            f"{a}-{b}{c}",
            f"+886 {a[1:]} {b} {c}",
            f"+886-{a[1:]}-{b}-{c}",
            f"00886{a[1:]}{b}{c}",
        )
    )


def _taiwan_landline(rng: random.Random) -> str:
    area, size = rng.choice(
        (("02", 8), ("03", 7), ("04", 8), ("05", 7), ("06", 7), ("07", 7), ("08", 7), ("089", 6))
    )
    rest = rng.choice("2345678") + digits(size - 1, rng)
    return rng.choice(
        (
            f"{area}-{rest}",
            f"({area}) {rest[:-4]}-{rest[-4:]}",
            f"（{area}）{rest}",
            f"{area} {rest[:-4]} {rest[-4:]}",
            f"+886-{area[1:]}-{rest}",
            f"({area}){rest[:-4]}-{rest[-4:]}",
        )
    )


def _hk_phone(rng: random.Random) -> str:
    a, b = rng.choice("23569") + digits(3, rng), digits(4, rng)
    return rng.choice(
        (
            f"{a} {b}",
            f"{a}-{b}",
            f"+852 {a} {b}",
            f"852-{a}{b}",
            f"(852) {a} {b}",
            f"+852{a}{b}",
            f"00852 {a}{b}",
        )
    )


def _macau_phone(rng: random.Random) -> str:
    a, b = rng.choice(("66", "62", "68", "28")) + digits(2, rng), digits(4, rng)
    return rng.choice((f"+853 {a} {b}", f"+853{a}{b}", f"(853){a}{b}", f"853-{a}-{b}", f"00853-{a}{b}"))


def _birth_date(rng: random.Random) -> str:
    y, m, d = rng.randint(1948, 2009), rng.randint(1, 12), rng.randint(1, 28)
    year = "".join("零一二三四五六七八九"[int(c)] for c in str(y))
    said = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
    return rng.choice(
        (
            f"{y}年{m}月{d}日",
            f"{y}-{m:02d}-{d:02d}",
            f"{y}/{m}/{d}",
            f"{y}.{m}.{d}",
            f"{y}{m:02d}{d:02d}",
            f"{str(y)[2:]}年{m}月{d}号",
            f"{year}年{said[m - 1]}月{said[d % 10]}号",
        )
    )


def _last_digits(rng: random.Random) -> str:
    return rng.choice((digits(4, rng), digits(6, rng), digits(3, rng) + "X", digits(5, rng) + "X"))


def _code(rng: random.Random) -> str:
    raw = digits(rng.choice((4, 6, 6)), rng)
    return rng.choice(
        (raw, raw, spoken(raw, rng), " ".join(raw), f"{raw[:3]}-{raw[3:]}" if len(raw) == 6 else raw)
    )


def _secret(rng: random.Random) -> str:
    return rng.choice(
        (
            digits(6, rng),
            rng.choice(("abc", "qwe", "Love", "admin@", "Xx")) + digits(4, rng),
            spoken(digits(6, rng), rng),
            digits(8, rng),
            "六个" + rng.choice("零一六八"),
        )
    )


def _spoken_id(rng: random.Random) -> str:
    parts = _cut(id_number(rng), 6, 4, 4)
    return rng.choice(("，", " ", "，嗯，", "，然后", "")).join(
        spoken(p, rng).replace("X", rng.choice(("X", "艾克斯", "叉"))) for p in parts
    )


def _contract(rng: random.Random) -> str:
    y, n = rng.randint(2018, 2026), digits(rng.choice((3, 4, 6)), rng)
    return rng.choice(
        (
            f"GF〔{y}〕{n}号",
            f"粤房租〔{y}〕第{n}号",
            f"XS{y}{n}",
            f"DK-{y}-{n}-02",
            f"({y})沪贷字第{n}号",
            f"〔{y}〕服字{n}号",
            f"HT{y}{digits(8, rng)}",
            f"JK[{y}]{n}",
        )
    )


def _policy(rng: random.Random) -> str:
    return rng.choice(
        (
            "P" + digits(15, rng),
            "PDZA" + digits(18, rng),
            "8G" + digits(17, rng),
            digits(15, rng).replace("0", "3"),
            "AQIH" + digits(14, rng) + "E",
        )
    )


def _order(rng: random.Random) -> str:
    stamp = f"20{rng.randint(22, 26)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}"
    return rng.choice(
        (
            stamp + digits(10, rng),
            digits(19, rng).replace("0", "5"),
            "E" + stamp + digits(8, rng),
            "TB" + digits(12, rng),
            f"DD-{stamp}-{digits(5, rng)}",
            digits(3, rng).replace("0", "1") + "-" + digits(7, rng) + "-" + digits(7, rng),
        )
    )


def _parcel(rng: random.Random) -> str:
    return rng.choice(
        (
            "SF" + digits(13, rng),
            "YT" + digits(13, rng),
            "JDVA" + digits(11, rng),
            "78" + digits(12, rng),
            "43" + digits(11, rng),
            "ZTO" + digits(12, rng),
            "EB" + digits(9, rng) + "CN",
        )
    )


def _officer_card(rng: random.Random) -> str:
    return rng.choice("军海空政后装南沈北") + rng.choice(("字第{}号", "字{}号", "第{}号")).format(
        digits(rng.choice((7, 8)), rng)
    )


def _spoken_email(rng: random.Random) -> str:
    user = rng.choice(("xiaoyu", "lucky", "m y h", "zhangsan", "abc", "kevin")) + rng.choice(
        (digits(3, rng), digits(2, rng), "下划线" + digits(2, rng), "点" + digits(3, rng))
    )
    host = rng.choice(("qq", "163", "126", "gmail", "sina", "一六三", "hotmail"))
    sign = rng.choice((" 艾特 ", "艾特", " at ", "圈a", "小老鼠", " 圈A "))
    return user + sign + host + rng.choice(("点com", " 点 com", "点 康母", " dot com", "点扣母"))


def _email(rng: random.Random) -> str:
    user = rng.choice(("ying.zhao", "w_lin", "sunny-day", "13x", "service.cn", "Leo")) + digits(
        rng.choice((0, 2, 4)), rng
    )
    return (
        user
        + rng.choice(("@", "@", "＠", " @ ", "(at)", "[at]", "#")).replace("#", "@")
        + rng.choice(
            ("foxmail.com", "outlook.com", "sina.cn", "mail.test.edu.cn", "yahoo.com.tw", "icloud.com")
        )
    )


def _new_energy_plate(rng: random.Random) -> str:
    head = rng.choice("京沪粤浙苏川鄂渝湘闽") + rng.choice("ABCDEF")
    return (
        head
        + rng.choice(("", "·", " "))
        + rng.choice(
            (
                rng.choice("DFABC") + digits(5, rng),
                rng.choice("DF") + rng.choice("ABCGHJ") + digits(4, rng),
                digits(5, rng) + rng.choice("DF"),
            )
        )
    )


def _passport(rng: random.Random) -> str:
    return rng.choice(
        (
            "E" + digits(8, rng),
            "EJ" + digits(7, rng),
            "G" + digits(8, rng),
            "PE" + digits(7, rng),
            "SE" + digits(7, rng),
        )
    )


def _permit(rng: random.Random) -> str:
    return rng.choice(
        (
            "C" + digits(8, rng),
            "CB" + digits(7, rng),
            "H" + digits(8, rng),
            "M" + digits(8, rng),
            "W" + digits(8, rng),
        )
    )


def _wechat(rng: random.Random) -> str:
    return rng.choice(
        (
            "wxid_" + "".join(rng.choice("abcdefgh0123456789") for _ in range(14)),
            "xiaoyu" + digits(4, rng),
            "Ly_" + digits(6, rng),
            "mm-love" + digits(3, rng),
            "q" + digits(8, rng),
        )
    )


def _qq(rng: random.Random) -> str:
    return rng.choice("12345678") + digits(rng.randint(7, 9), rng)


def _address(rng: random.Random) -> str:
    road = rng.choice(
        ("新华路", "迎宾大道", "滨江东路", "环城西路", "锦绣街", "人民路", "香樟路", "天府三街", "望京街")
    )
    estate = rng.choice(
        (
            "翡翠湾",
            "御景园",
            "紫金华府",
            "桃源里小区",
            "时代名苑",
            "凤凰城",
            "梧桐苑",
            "铁路新村",
            "保利香槟国际",
        )
    )
    town = rng.choice(
        (
            "河南省郑州市金水区",
            "厦门市思明区",
            "长沙市岳麓区",
            "苏州吴中区",
            "重庆市渝北区",
            "青岛市市南区",
            "昆山市玉山镇",
            "佛山市顺德区大良街道",
        )
    )
    door = rng.choice(
        (
            f"{rng.randint(1, 20)}栋{rng.randint(1, 3)}单元{rng.randint(101, 3006)}室",
            f"{rng.randint(1, 20)}幢{rng.randint(101, 3006)}号",
            f"{rng.randint(1, 20)}号楼{rng.randint(1, 4)}门{rng.randint(101, 906)}",
            f"{rng.randint(1, 20)}座{rng.randint(101, 3006)}房",
            f"{rng.randint(1, 20)}#{rng.randint(101, 3006)}",
        )
    )
    number = f"{rng.randint(2, 880)}号"
    return rng.choice(
        (
            town + road + number + estate + door,
            road + number + estate + door,
            estate + door,
            town + estate + door,
            town + road + number + door,
        )
    )


def _village(rng: random.Random) -> str:
    town = rng.choice(
        ("安徽省阜阳市颍上县", "临沂市沂水县", "广西玉林市博白县", "河北省保定市清苑区", "湖南邵阳隆回县")
    )
    return (
        town
        + rng.choice(("王集镇", "石桥乡", "龙潭镇", "大庄镇"))
        + rng.choice(("李家村", "前进村", "小河村", "张庄村"))
        + rng.choice(
            (
                f"{rng.randint(1, 12)}组{rng.randint(1, 99)}号",
                f"{rng.randint(1, 300)}号",
                f"{rng.randint(1, 9)}队",
            )
        )
    )


def _taiwan_address(rng: random.Random) -> str:
    return (
        rng.choice(("台北市大安區", "新北市板橋區", "高雄市三民區", "台中市西屯區"))
        + rng.choice(("忠孝東路四段", "中山路一段", "建國路", "文化路二段"))
        + rng.choice(
            (
                f"{rng.randint(1, 300)}號{rng.randint(2, 15)}樓",
                f"{rng.randint(1, 90)}巷{rng.randint(1, 30)}號{rng.randint(2, 9)}樓之{rng.randint(1, 5)}",
                f"{rng.randint(1, 300)}號",
            )
        )
    )


def _hk_address(rng: random.Random) -> str:
    return (
        rng.choice(("九龍旺角彌敦道", "香港銅鑼灣軒尼詩道", "新界沙田正街", "九龍觀塘道"))
        + f"{rng.randint(1, 700)}號"
        + rng.choice(("金輝大廈", "海景閣", "恒豐中心"))
        + f"{rng.randint(2, 40)}樓{rng.choice('ABCDEF')}室"
    )


THIRD_FORMS = (
    # Third persons after offices and roles.
    Form(
        "office",
        "name",
        (
            "物业主管{}骂业主",
            "大堂经理{}让我等了两小时",
            "副店长{}亲自打来电话",
            "财务总监{}拖着不签字",
            "居委会书记{}推卸责任",
            "街道办主任{}不接电话",
            "分公司总经理{}承诺赔偿",
        ),
        chinese_name,
    ),
    Form(
        "police",
        "name",
        (
            "办案民警{}说让我等通知",
            "辅警{}态度蛮横",
            "派出所所长{}接待了我",
            "城管队员{}推搡老人",
            "交警{}开的罚单",
        ),
        chinese_name,
    ),
    Form(
        "school",
        "name",
        (
            "班主任{}当众批评孩子",
            "辅导员{}不批假",
            "副校长{}收礼",
            "幼儿园老师{}体罚学生",
            "驾校教练{}要红包",
            "教务处{}不给盖章",
        ),
        chinese_name,
    ),
    Form(
        "medical",
        "name",
        ("主治医师{}开错药", "护士长{}没有解释", "麻醉师{}迟到", "药师{}说没货", "科主任{}建议转院"),
        chinese_name,
    ),
    Form(
        "lawful",
        "name",
        ("审判长{}延期开庭", "法官{}判决不公", "仲裁员{}偏袒公司", "对方律师{}威胁我", "执行法官{}联系不上"),
        chinese_name,
    ),
    Form(
        "crew",
        "name",
        (
            "安装工{}乱收费",
            "装修工长{}偷工减料",
            "外卖骑手{}把汤洒了",
            "网约车司机{}绕路",
            "保洁员{}打碎花瓶",
            "快递小哥{}扔件",
        ),
        chinese_name,
    ),
    Form(
        "seller",
        "name",
        (
            "置业顾问{}承诺学区房",
            "理财经理{}误导购买",
            "保险代理人{}代签名",
            "健身教练{}不退课",
            "美容师{}强推办卡",
            "直播间主播{}夸大功效",
        ),
        chinese_name,
    ),
    Form(
        "villager",
        "name",
        ("村支书{}侵占土地", "村民{}家的鱼塘被填", "村主任{}打人", "包工头{}拖欠工资", "小组长{}不发补贴"),
        chinese_name,
    ),
    Form(
        "called",
        "name",
        (
            "店长叫{}",
            "那个业务员名叫{}",
            "有个叫{}的客服挂我电话",
            "接线的人自称{}",
            "中介名字叫{}，一直拖",
            "负责人姓名是{}",
        ),
        chinese_name,
    ),
    Form(
        "reported",
        "name",
        (
            "据{}反映，楼道灯坏了",
            "{}称已支付定金",
            "{}来电反映停水",
            "{}表示不接受方案",
            "接{}投诉",
            "{}反馈没收到货",
            "据{}称设备坏了",
        ),
        chinese_name,
    ),
    Form(
        "dispatched",
        "name",
        (
            "派单给{}",
            "已转{}跟进",
            "今日回访{}，无人接听",
            "此单由{}负责",
            "已安排{}上门",
            "工单移交{}处理",
            "交由{}核查",
        ),
        chinese_name,
    ),
    Form(
        "passed_on",
        "name",
        (
            "请转告{}明天来取",
            "麻烦通知{}尽快联系我",
            "帮我找一下{}",
            "@{} 请跟进",
            "我要投诉{}",
            "叫{}给我回电话",
            "让{}接电话",
        ),
        chinese_name,
    ),
    Form(
        "labelled",
        "name",
        (
            "处理人：{}",
            "回访人:{}",
            "受理员={}",
            "签收人：{}。",
            "紧急联系人：{}",
            "法定代表人：{}",
            "报修人 {}",
            "【申请人】{}",
            "收货人：{}，",
        ),
        chinese_name,
    ),
    Form(
        "party",
        "name",
        (
            "车主{}要求换车",
            "投保人{}申请退保",
            "被保险人{}住院",
            "借款人{}逾期",
            "患者{}家属",
            "乘客{}遗失手机",
            "租客{}不交水电",
            "房东{}不退押金",
            "户主{}不在家",
        ),
        chinese_name,
    ),
    Form(
        "account_holder",
        "name",
        ("转账给{}五千块", "户名{}", "开户名：{}", "持卡人{}本人", "钱打到{}的账上", "收款人是{}"),
        chinese_name,
    ),
    Form(
        "titled",
        "name",
        (
            "{}师傅修的空调",
            "{}老师教得好",
            "{}警官做的笔录",
            "{}律师没有回复",
            "{}医生出诊",
            "{}店长不讲理",
            "{}经理拒绝退款",
        ),
        chinese_name,
    ),
    Form(
        "self",
        "name",
        ("我叫{}，要投诉", "本人{}于上周购买", "我是{}，之前打过电话", "我的名字是{}", "您好我是业主{}"),
        chinese_name,
    ),
    Form(
        "signed",
        "name",
        ("望尽快解决，谢谢。{}", "此致敬礼 {}", "投诉人签字：{}", "——{}", "落款：{}"),
        chinese_name,
    ),
    Form(
        "kinship",
        "name",
        (
            "我老公{}的身份证",
            "我爱人{}办的卡",
            "我女儿{}的学籍",
            "他父亲{}去世了",
            "孩子{}的疫苗本",
            "我朋友{}推荐的",
        ),
        chinese_name,
    ),
    Form("pair", "name", ("客服{}态度都差", "参会人员：{}", "处理人员{}", "业主代表{}签字"), _two_names),
    Form(
        "delivered",
        "name",
        ("寄给{}", "收件人写{}", "快递是{}签收的", "帮我改成{}收", "发票抬头个人{}"),
        chinese_name,
    ),
    Form(
        "acted",
        "name",
        (
            "{}把我拉黑了",
            "{}骂我是骗子",
            "{}没有给我开发票",
            "{}收了我的押金",
            "{}一直在推脱",
            "是{}给我办理的",
        ),
        chinese_name,
    ),
    Form(
        "master",
        "name",
        (
            "{}师傅手艺不错",
            "找{}姐续费",
            "{}哥开的车",
            "客服{}小姐",
            "{}工过来看过",
            "{}总答应的",
            "{}女士要求退款",
        ),
        surname,
    ),
    Form(
        "small_old",
        "name",
        ("客服{}接的电话", "让{}来修", "物业{}不管事", "{}说今天能到"),
        _surname_after_small,
    ),
    Form(
        "minority",
        "name",
        ("客户{}来电", "乘客{}投诉绕路", "{}反映停电", "收件人：{}", "店长{}态度恶劣", "我叫{}"),
        minority_name,
    ),
    Form(
        "foreign",
        "name",
        ("住客{}要求换房", "{}先生投诉噪音", "外籍员工{}工资未发", "联系人：{}"),
        foreign_name,
    ),
    Form(
        "latin",
        "name",
        (
            "客人{}要求退房",
            "Guest name: {}",
            "联系人 {}",
            "外教{}没来上课",
            "{}先生投诉早餐",
            "我是{}",
            "Dear {}, ",
        ),
        latin_name,
    ),
    Form(
        "pinyin",
        "name",
        ("乘机人{}", "护照姓名{}", "Passenger: {}", "旅客 {} 改签", "持卡人姓名拼音 {}"),
        pinyin_name,
    ),
    Form("mixed", "name", ("客服{}没有回复", "顾问{}跟进", "My agent is {}", "店员{}很热情"), _mixed_name),
    Form(
        "traditional",
        "name",
        (
            "客戶{}來電投訴",
            "請{}回覆",
            "收件人：{}",
            "店長{}態度惡劣",
            "{}小姐要求退費",
            "專員{}說會處理",
            "師傅{}沒有來",
            "據{}反映",
        ),
        lambda rng: traditional(chinese_name(rng)),
    ),
    # Telephone numbers.
    Form(
        "mobile_corrected",
        "mobile",
        ("我手机{}", "电话{}", "你记一下，{}", "号码是{}，谢谢"),
        _corrected_mobile,
    ),
    Form("mobile_restarted", "mobile", ("电话{}", "我的号码{}", "联系方式：{}"), _restarted_mobile),
    Form(
        "mobile_interrupted",
        "mobile",
        ("电话是{}", "我手机号{}", "打我这个{}", "你拨{}"),
        _interrupted_mobile,
    ),
    Form("mobile_military", "mobile", ("电话{}", "手机号{}", "请拨{}", "我的号{}"), _military_mobile),
    Form("mobile_misheard", "mobile", ("手机号{}", "我电话是{}", "联系电话{}"), _misheard_mobile),
    Form("mobile_counted", "mobile", ("手机号{}", "我电话{}", "号码是{}"), _counted_mobile),
    Form("mobile_punctuated", "mobile", ("手机{}", "请联系{}", "加微信 {}", "{}这个号"), _punctuated_mobile),
    Form("mobile_global", "mobile", ("手机{}", "WhatsApp {}", "请回电{}", "电话：{}"), _global_mobile),
    Form(
        "landline_extension", "landline", ("请打{}", "办公室电话{}", "座机：{}", "回拨{}没人接"), _extension
    ),
    Form("landline_spoken", "landline", ("座机{}", "家里电话是{}", "打到{}"), _spoken_landline),
    Form(
        "taiwan_mobile",
        "mobile",
        ("手机{}", "我的電話是{}", "請撥{}", "行動電話：{}", "连络电话 {}"),
        _taiwan_mobile,
    ),
    Form(
        "taiwan_landline",
        "landline",
        ("市話{}", "公司電話：{}", "请打台湾电话{}", "聯絡電話{}"),
        _taiwan_landline,
    ),
    Form(
        "hongkong_phone",
        "mobile",
        ("香港电话{}", "請致電{}", "聯絡電話：{}", "手提{}", "whatsapp {}"),
        _hk_phone,
    ),
    Form("macau_phone", "mobile", ("澳门手机{}", "電話{}", "聯絡：{}"), _macau_phone),
    # Identity and secrets.
    Form(
        "taiwan_id",
        "id_card",
        ("身分證字號{}", "台湾身份证{}", "證號：{}", "我的身分證是{}", "ID {}"),
        taiwan_id,
    ),
    Form("hongkong_id", "id_card", ("身份證號碼{}", "香港身份证{}", "HKID: {}", "證件號{}"), hk_id),
    Form("macau_id", "id_card", ("澳门身份证{}", "澳門居民身份證號{}", "BIR {}", "證件號碼：{}"), macau_id),
    Form("id_spoken", "id_card", ("身份证{}", "我的身份证号是{}", "证件号{}"), _spoken_id),
    Form(
        "id_tail",
        "id_card",
        (
            "身份证后四位是{}",
            "证件尾号{}",
            "身份证后六位{}",
            "身份证末六位：{}",
            "身分證後四碼{}",
            "证件号最后几位 {}",
        ),
        _last_digits,
    ),
    Form(
        "birth",
        "birth_date",
        ("出生日期{}", "我是{}出生的", "生日是{}", "{}出生", "出生年月日：{}", "DOB: {}"),
        _birth_date,
    ),
    Form(
        "otp",
        "otp",
        (
            "验证码是{}",
            "验证码{}，请勿告诉他人",
            "动态码 {}",
            "收到的校验码{}",
            "我念给你，验证码{}",
            "驗證碼：{}",
            "code: {}",
        ),
        _code,
    ),
    Form(
        "password",
        "password",
        (
            "密码是{}",
            "我的登录密码{}",
            "查询密码：{}",
            "取件密码{}",
            "初始密码为{}",
            "开机密码{}你试试",
            "密碼{}",
        ),
        _secret,
    ),
    Form(
        "passport",
        "passport",
        ("护照号{}", "护照：{}", "passport no. {}", "護照號碼{}", "持护照{}入住"),
        _passport,
    ),
    Form("permit", "passport", ("港澳通行证{}", "通行证号{}", "台胞证号码{}", "回乡证{}"), _permit),
    Form(
        "officer_card",
        "officer",
        ("军官证{}", "军官证号：{}", "证件是军官证 {}", "我用军官证{}登记"),
        _officer_card,
    ),
    # Codes.
    Form(
        "contract",
        "order",
        ("合同号{}", "合同编号：{}", "贷款合同{}", "租赁合同编号{}", "根据合同{}"),
        _contract,
    ),
    Form("policy", "order", ("保单号{}", "保单{}", "保险单号：{}", "车险保单号是{}", "保單號碼{}"), _policy),
    Form(
        "order_bare",
        "order",
        ("{}怎么还不发货", "{} 这单退了吧", "麻烦查下{}", "{}，我要退款", "帮我看看{}到哪了"),
        _order,
    ),
    Form(
        "order_worded",
        "order",
        ("订单{}", "订单编号：{}", "我的订单号是{}", "訂單編號{}", "交易流水号{}"),
        _order,
    ),
    Form("parcel", "order", ("快递单号{}", "运单{}", "{}三天没动了", "物流单号：{}", "查一下{}"), _parcel),
    Form("imei", "device", ("IMEI {}", "手机串号{}", "IMEI码：{}", "串号是{}", "设备识别码{}"), imei),
    Form("mac", "device", ("MAC地址{}", "mac：{}", "路由器MAC是{}", "设备物理地址{}", "光猫mac {}"), mac),
    Form(
        "vin",
        "vin",
        ("车架号{}", "VIN码{}", "车辆识别代号：{}", "车架号是{}", "vin: {}", "{}这台车召回吗"),
        vin,
    ),
    Form("plate", "plate", ("车牌{}", "我的车{}被刮了", "{}违停", "车号：{}", "司机车牌号是{}"), plate),
    Form(
        "plate_green", "plate", ("车牌{}", "新能源车{}充不上电", "{}占用充电位", "绿牌{}"), _new_energy_plate
    ),
    Form(
        "card",
        "bank_card",
        ("银行卡{}", "卡号{}被盗刷", "工资卡：{}", "退到{}", "账号{}", "信用卡号 {}"),
        lambda rng: (
            lambda c: rng.choice((c, " ".join(c[i : i + 4] for i in range(0, len(c), 4)), spoken(c, rng)))
        )(bank_card(rng)),
    ),
    Form(
        "wechat",
        "account",
        ("微信号{}", "加我微信{}", "微信：{}", "wx：{}", "我的微信是{}", "V信{}"),
        _wechat,
    ),
    Form("qq", "account", ("QQ{}", "QQ号{}", "加q {}", "扣扣{}", "我的qq是{}", "企鹅号{}"), _qq),
    Form(
        "licence",
        "uscc",
        ("营业执照号{}", "统一社会信用代码：{}", "税号{}", "信用代码{}", "纳税人识别号 {}", "開票稅號{}"),
        uscc,
    ),
    Form(
        "address",
        "address",
        ("地址{}", "我住{}", "送到{}", "寄到{}，谢谢", "{}漏水没人管", "住址：{}", "上门地址是{}"),
        _address,
    ),
    Form("village", "address", ("收货地址{}", "我家在{}", "家住{}", "{}停电了", "户籍地址：{}"), _village),
    Form("taiwan_address", "address", ("地址{}", "寄到{}", "收件地址：{}", "我住{}"), _taiwan_address),
    Form("hongkong_address", "address", ("地址：{}", "送到{}", "住在{}"), _hk_address),
    Form("email", "email", ("邮箱{}", "发到{}", "email: {}", "電郵：{}", "联系邮箱是{}"), _email),
    Form("email_spoken", "email", ("邮箱是{}", "我的邮箱{}", "你发到{}", "电子邮箱{}"), _spoken_email),
    # Two speakers in one cell.
    Form(
        "cell_mobile",
        "mobile",
        (
            "A：请问您的手机号？\nC：{}\nA：好的",
            "A：电话留一下 C：{}",
            "客服：号码多少？客户：{}，客服：收到",
            "坐席：请报手机 用户：{}",
        ),
        mobile,
    ),
    Form(
        "cell_name",
        "name",
        (
            "A：请问您贵姓？\nC：我叫{}\nA：好的",
            "客服：您的姓名？客户：{}。客服：好的",
            "A：怎么称呼 C：{}",
            "坐席：联系人是？\n用户：{}",
        ),
        chinese_name,
    ),
    Form(
        "cell_spoken",
        "mobile",
        ("A：请问手机号码\nC：{}", "客服：您说\n客户：电话{}", "A：报一下号码\nC：{}\nA：嗯"),
        lambda rng: spoken(mobile(rng), rng),
    ),
)
"""Places for a value, the kind it has and what makes it."""

THIRD_TRAPS = (
    "高兴得不得了",
    "方便的话回个电话",
    "安全员不在岗",
    "马上处理",
    "周末休息吗",
    "白天没人在家",
    "黄金会员有什么权益",
    "金额不对",
    "师傅您好",
    "任何人都不能代签",
    "经理说明天退",
    "校长说不知道",
    "客服小姐姐很温柔",
    "店长高度重视",
    "物业经理常常不在",
    "司机师傅安全送达",
    "业主方代表没有来",
    "老师安排的作业太多",
    "医生说白了就是推",
    "法官应该公平",
    "教练严厉",
    "民警及时到场",
    "村民都知道",
    "财务总监办公室",
    "顾问费三千",
    "前台小妹",
    "保安亭",
    "处理人：待定",
    "处理人：无",
    "联系人：本人",
    "姓名：同上",
    "回访成功",
    "回访用户满意",
    "派单给维修",
    "派单给站点师傅",
    "请转告相关部门",
    "据反映属实",
    "据了解没有此事",
    "据客户反映",
    "该用户称未收到",
    "商家称已发货",
    "平台称不支持",
    "由厂家处理",
    "由门店负责",
    "移交给有关部门",
    "我老公很生气",
    "我妈妈不会用",
    "我朋友推荐的",
    "于是我就退了",
    "于先前的问题",
    "毛衣起球",
    "毛利率低",
    "石头砸了玻璃",
    "白色的那件",
    "黄色款没货",
    "金色手机",
    "花费太高",
    "钱包丢了",
    "钱都退了",
    "水管漏水",
    "温度太高",
    "华为手机",
    "小米电视",
    "海尔冰箱",
    "李宁运动鞋",
    "周大福项链",
    "张裕红酒",
    "王者荣耀",
    "马自达",
    "江铃汽车",
    "方特门票",
    "高德地图",
    "高铁票",
    "高速公路",
    "高级会员",
    "高度近视",
    "夏天太热",
    "冬天没暖气",
    "陈旧设备",
    "成都发货",
    "江苏镇江",
    "安徽安庆",
    "宁夏银川",
    "石家庄",
    "张家界景区",
    "周口市",
    "徐州东站",
    "广州南站",
    "万达广场",
    "和平小区",
    "阳光100",
    "幸福里",
    "平安保险",
    "泰康人寿",
    "国寿财险",
    "民生银行",
    "招商银行信用卡中心",
    "顺丰速运",
    "共收到13900001111元",
    "营业额1380万5000元",
    "一共15012345678个字节",
    "阅读量18612345678",
    "累计13345678901次点击",
    "流水17,712,345,678元",
    "双色球红球01 09 17 22 28 31",
    "大乐透 03 12 19 25 30 05 11",
    "福彩3D 789",
    "排列五 12345",
    "库存20261231件",
    "数量100000000个",
    "订购500件每件12.5元",
    "买一送一 2件8折",
    "满300减50",
    "2026年3月5日下单",
    "3月5日10:20分",
    "2026-03-05至2026-03-12",
    "早上8点到晚上10点",
    "12345热线",
    "95588客服",
    "10086营业厅",
    "400-810-1234转2",
    "110报警",
    "型号KFR-35GW/NhA1",
    "型号WH-1000XM5",
    "ThinkPad X1 Carbon",
    "RTX4090显卡",
    "iPhone 15 Pro",
    "USB3.0接口",
    "GB/T 19001-2016",
    "SKU 8820-11",
    "批号20260101",
    "保质期12个月",
    "第3期第5题",
    "3室2厅1卫",
    "面积120.5平方米",
    "路由器重启三次",
    "占比33.3333333%",
    "坐标120.123456",
    "版本号10.2.3.4567",
    "利率4.35%",
    "比例1:1.5",
    "成绩98 97 96 95",
    "1 2 3 4 5 6 7 8 9 10",
    "00:01:23",
    "工作996",
    "一二三四五六七",
    "三三两两",
    "一五一十",
    "七七八八",
    "五六七八个人",
    "十几二十个",
    "验证码错误",
    "验证码过期了",
    "密码输错五次被锁",
    "密码太简单",
    "身份证复印件",
    "身份证丢了",
    "生日礼物",
    "出生率",
    "合同纠纷",
    "保单到期",
    "保单续费",
    "车牌识别错误",
    "车架变形",
    "护照过期",
    "军人优先",
    "微信支付",
    "微信公众号",
    "QQ音乐",
    "邮箱收不到",
    "地址错误",
    "地址不详",
    "送到家门口",
    "住在一楼",
    "小区大门",
    "二单元电梯坏了",
    "A：您好 C：你好",
    "客服：请讲 客户：退款",
    "A：好的",
    "谢谢，再见",
    "OK",
    "VIP",
    "Hello",
    "Thank you",
    "Happy New Year",
    "Best Regards",
    "Good Service",
    "Coca Cola",
    "Harry Potter",
    "客戶服務中心",
    "請稍候",
    "謝謝您的來電",
    "師傅沒來",
    "經理不在",
    "老闆人很好",
    "高雄分店",
    "張記麵館",
    "台北101",
    "香港迪士尼",
    "澳門旅遊",
)
"""Sentences without personal data."""
