"""A fourth list of forms, written after the recognizers were mended for the third, measured before more."""

from __future__ import annotations

import random

from personal_data.first_forms import Form
from personal_data.made_values import (
    bank_card,
    given_name,
    hk_id,
    imei,
    mac,
    minority_name,
    plate,
    spoken,
    surname,
    taiwan_id,
    traditional,
    uscc,
    vin,
)
from personal_data.sentences import SURNAMES, digits, id_number, mobile

__all__ = ["FOURTH_FORMS", "FOURTH_TRAPS"]


def _person(rng: random.Random) -> str:
    return (rng.choice(SURNAMES) if rng.random() < 0.85 else surname(rng)) + given_name(rng)


def _family(rng: random.Random) -> str:
    return rng.choice(SURNAMES[:60])


def _three(raw: str) -> tuple[str, str, str]:
    return raw[:3], raw[3:7], raw[7:]


def _twice_corrected(rng: random.Random) -> str:
    a, b, c = _three(mobile(rng))
    return rng.choice(
        (
            f"{a}，{b}，{digits(4, rng)}，嗯不对应该是{c}",
            f"{a}{b}{digits(4, rng)}，后四位错了，是{c}",
            f"{a}，{digits(4, rng)}，报串了，{b}，{c}",
            f"{a} {digits(4, rng)} 打住 重说 {a} {b} {c}",
            f"{a}，{b[:2]}，{digits(2, rng)}，哦不，{b[2:]}，{c}",
        )
    )


def _slow(rng: random.Random) -> str:
    a, b, c = _three(spoken(mobile(rng), rng))
    one, two = rng.sample(
        (
            "您写下来没有",
            "嗯对的然后呢",
            "我看看啊有点花",
            "别急啊慢慢来",
            "有噪音您听清了吗",
            "好嘞那接下来就是",
        ),
        2,
    )
    return f"{a}，{one}，{b}，{two}，{c}"


def _wrong_ear(rng: random.Random) -> str:
    raw = mobile(rng)
    said = list(spoken(raw, rng))
    said[0] = rng.choice("幺腰要药摇")
    ears = {
        "0": "灵另岭",
        "1": "要腰遥",
        "2": "儿而两",
        "3": "三伞",
        "4": "四事斯",
        "5": "午舞武",
        "6": "流刘柳",
        "7": "七期骑",
        "8": "吧罢扒",
        "9": "酒九救",
    }
    for at in rng.sample(range(3, 11), 3):
        said[at] = rng.choice(ears[raw[at]])
    return "".join(said)


def _mixed_digits(rng: random.Random) -> str:
    raw = mobile(rng)
    return (
        f"{raw[:3]}{spoken(raw[3:7], rng)}{raw[7:]}"
        if rng.random() < 0.5
        else f"{spoken(raw[:3], rng)} {raw[3:]}"
    )


def _hong_kong(rng: random.Random) -> str:
    a, b = rng.choice("5697") + digits(3, rng), digits(4, rng)
    return rng.choice((a + b, f"{a} {b}", f"+852-{a}-{b}", f"（852）{a}{b}"))


def _taiwan(rng: random.Random) -> str:
    raw = "9" + digits(8, rng)
    return rng.choice(
        (
            f"0{raw}",
            f"0{raw[:3]} {raw[3:6]} {raw[6:]}",
            f"(+886) {raw}",
            f"0{raw[:3]}.{raw[3:6]}.{raw[6:]}",
            spoken("0" + raw, rng),
        )
    )


def _taipei(rng: random.Random) -> str:
    rest = rng.choice("2678") + digits(7, rng)
    return rng.choice(
        (
            f"(02){rest}",
            f"02-{rest[:4]}-{rest[4:]}",
            f"02 {rest}",
            f"+886 2 {rest[:4]} {rest[4:]}",
            f"(02) {rest[:4]}-{rest[4:]}#{digits(3, rng)}",
        )
    )


def _born(rng: random.Random) -> str:
    y, m, d = rng.randint(1950, 2006), rng.randint(1, 12), rng.randint(1, 28)
    return rng.choice(
        (
            f"{y}年{m:02d}月{d:02d}日",
            f"{y}{m:02d}{d:02d}",
            f"{y % 100}年{m}月",
            f"{y}-{m}-{d}",
            f"{m}月{d}号",
            f"民国{max(1, y - 1911)}年{m}月{d}日",
            f"{y}年农历{m}月",
        )
    )


def _tail(rng: random.Random) -> str:
    raw = digits(4, rng)
    return rng.choice((raw, raw[:3] + "x", " ".join(raw), spoken(raw, rng), digits(6, rng)))


def _said_secret(rng: random.Random) -> str:
    return rng.choice(
        (
            spoken(digits(6, rng), rng),
            digits(6, rng),
            "大写A小写b" + digits(4, rng),
            "Qwer" + digits(4, rng) + "!",
            digits(3, rng) + "，" + digits(3, rng),
            "三个八三个六",
        )
    )


def _agreement(rng: random.Random) -> str:
    y = rng.randint(2016, 2026)
    return rng.choice(
        (
            f"GF-{y}-{digits(4, rng)}",
            f"京租字〔{y}〕第{digits(5, rng)}号",
            f"{y}年借字第{digits(4, rng)}号",
            f"ZL-{digits(8, rng)}-{digits(2, rng)}",
            f"（{y}）房字{digits(4, rng)}号",
            f"BX{y}{digits(7, rng)}",
        )
    )


def _shop_order(rng: random.Random) -> str:
    return rng.choice(
        (
            digits(18, rng).replace("0", "4"),
            "MT" + digits(14, rng),
            "2026" + digits(12, rng),
            "XM" + digits(10, rng) + "A",
            f"{rng.randint(100, 999)}-{digits(7, rng)}-{digits(7, rng)}",
        )
    )


def _waybill(rng: random.Random) -> str:
    return rng.choice(
        (
            "SF" + digits(12, rng),
            "JT" + digits(13, rng),
            "YT" + digits(13, rng),
            "77" + digits(13, rng),
            "9" + digits(12, rng),
        )
    )


def _room(rng: random.Random) -> str:
    street = rng.choice(("解放东路", "长安街", "育才巷", "东风大道", "二七路", "湖滨南路"))
    estate = rng.choice(("荣盛华府", "碧水云天", "和平里小区", "蓝湾半岛", "中海国际社区", "水木清华苑"))
    city = rng.choice(
        ("石家庄市裕华区", "合肥市蜀山区", "南宁市青秀区", "兰州市城关区", "无锡滨湖区", "福建省泉州市丰泽区")
    )
    door = rng.choice(
        (
            f"{rng.randint(1, 30)}栋{rng.randint(1, 4)}单元{rng.randint(1, 32)}楼{rng.randint(1, 8)}号",
            f"{rng.randint(1, 30)}号楼{rng.randint(101, 3302)}",
            f"{rng.randint(1, 9)}期{rng.randint(1, 30)}栋{rng.randint(101, 3302)}室",
            f"{rng.choice('ABCD')}栋{rng.randint(101, 2802)}",
            f"{rng.randint(1, 30)}座{rng.randint(1, 3)}梯{rng.randint(101, 2802)}房",
        )
    )
    return rng.choice(
        (
            f"{city}{street}{rng.randint(1, 600)}号{estate}{door}",
            f"{estate}{door}",
            f"{city}{estate}{door}",
            f"{street}{rng.randint(1, 600)}号{door}",
        )
    )


def _mail(rng: random.Random) -> str:
    user = rng.choice(("wang.lei", "hello_kitty", "mmx", "lily-z", "jack")) + digits(rng.randint(0, 4), rng)
    return user + "@" + rng.choice(("163.com", "aliyun.com", "corp.example.cn", "hotmail.com", "189.cn"))


def _mail_said(rng: random.Random) -> str:
    user = rng.choice(("jack", "annie", "wangli", "cat")) + digits(rng.randint(2, 4), rng)
    return (
        user
        + rng.choice(("艾特", "圈a", " at ", "@"))
        + rng.choice(("163点com", "qq点com", "126 点 com", "新浪点com", "gmail dot com", "139点康姆"))
    )


def _english(rng: random.Random) -> str:
    given = rng.choice(("Robert", "Linda", "Jason", "Tiffany", "Victor", "Helen"))
    return f"{given} {rng.choice(('Brown', 'Lee', 'Chow', 'Garcia', 'Walker', 'Liu'))}"


def _romanized(rng: random.Random) -> str:
    given = rng.choice(("Yifan", "Jing", "Zhiqiang", "Xinyi", "Bo", "Meiling"))
    return f"{rng.choice(('Li', 'Zhu', 'Song', 'Deng', 'Tang', 'Peng'))} {given}"


FOURTH_FORMS = (
    Form(
        "desk",
        "name",
        (
            "收银员{}多收了钱",
            "服务员{}摔盘子",
            "柜员{}不给取钱",
            "大堂副理{}冷笑",
            "值班长{}敷衍我",
            "库管{}弄丢货",
        ),
        _person,
    ),
    Form(
        "public",
        "name",
        (
            "街道办科员{}推脱",
            "镇长{}来过现场",
            "副局长{}批示过",
            "检察官{}退卷",
            "信访办主任{}躲着不见",
            "消防员{}救了我家猫",
        ),
        _person,
    ),
    Form(
        "campus",
        "name",
        (
            "数学老师{}补课收费",
            "宿管{}半夜查房",
            "系主任{}压着不签",
            "舞蹈老师{}打学生手心",
            "园长{}承诺退园费",
            "学长{}骗押金",
        ),
        _person,
    ),
    Form(
        "ward",
        "name",
        ("牙医{}拔错牙", "护工{}虐待老人", "骨科专家{}手术失败", "导诊台{}爱答不理", "影像科{}报告写错"),
        _person,
    ),
    Form(
        "gig",
        "name",
        (
            "代驾{}撞了车",
            "跑腿小哥{}偷吃",
            "搬家师傅{}坐地起价",
            "家政阿姨{}偷东西",
            "开锁师傅{}要八百",
            "装修队长{}跑路了",
        ),
        _person,
    ),
    Form(
        "trade",
        "name",
        (
            "房产中介{}隐瞒漏水",
            "二手车贩子{}调表",
            "团长{}不发货",
            "卖家{}发假货",
            "供应商{}断货",
            "加盟商{}欠款不还",
        ),
        _person,
    ),
    Form(
        "neighbour",
        "name",
        ("楼上{}天天跺脚", "对门{}养了三条狗", "邻居{}占车位", "隔壁老板{}半夜唱歌", "业委会{}贪污"),
        _person,
    ),
    Form(
        "told",
        "name",
        (
            "{}告诉我下周二",
            "{}答应给我补偿",
            "{}跟我说没货",
            "{}让我自己联系厂家",
            "{}昨天打过电话",
            "{}今天又没来",
        ),
        _person,
    ),
    Form(
        "according",
        "name",
        ("根据{}的描述", "按{}的说法", "据客户{}讲", "经{}确认", "应{}要求改期", "听{}说已经修好"),
        _person,
    ),
    Form(
        "assign",
        "name",
        ("请{}联系客户", "指派{}处理", "抄送{}", "已通知{}到场", "转交{}", "安排{}明早上门", "催{}尽快"),
        _person,
    ),
    Form(
        "call_back",
        "name",
        (
            "回访{}，对方表示满意",
            "致电{}未接",
            "联系{}关机",
            "与{}沟通后撤诉",
            "答复{}三天内处理",
            "给{}打过三次电话",
        ),
        _person,
    ),
    Form(
        "label",
        "name",
        (
            "责任人：{}",
            "跟单员：{}",
            "维修师傅:{}",
            "开票人 {}",
            "监护人：{}",
            "投诉对象：{}",
            "主办：{}，",
            "审核人={}",
        ),
        _person,
    ),
    Form(
        "relative",
        "name",
        (
            "我妹夫{}的手机",
            "我奶奶{}住院了",
            "我侄女{}今年高考",
            "亡夫{}的账户",
            "我室友{}报的警",
            "前女友{}用我的号",
        ),
        _person,
    ),
    Form(
        "register",
        "name",
        ("登记在{}名下", "房本写的{}", "营业执照是{}的", "户口本上叫{}", "车在{}名下", "以{}的名义贷款"),
        _person,
    ),
    Form(
        "closing",
        "name",
        ("盼回复。\n{}", "投诉人{}敬上", "业主{}\n2026年3月", "此致\n敬礼\n{}", "写信人：{}"),
        _person,
    ),
    Form(
        "introduce",
        "name",
        ("你好我叫{}", "我是车主{}", "您好，这里是{}", "鄙人{}", "我姓名{}", "叫我{}就行"),
        _person,
    ),
    Form(
        "polite",
        "name",
        (
            "{}阿姨摔倒了",
            "{}大爷不会用手机",
            "{}主任批准了",
            "{}同学没到校",
            "{}大夫看的病",
            "{}队长带人来的",
        ),
        _person,
    ),
    Form(
        "short",
        "name",
        (
            "{}姐跟我说的",
            "{}哥拉的货",
            "{}师傅没来",
            "{}老板不退钱",
            "{}老师没批作业",
            "{}太太很生气",
            "{}总签的字",
        ),
        _family,
    ),
    Form(
        "young_old",
        "name",
        ("{}说好了的", "找{}就行", "师傅{}没来", "客服{}挂电话"),
        lambda rng: rng.choice("小老") + rng.choice("王李张刘陈杨赵周吴徐孙朱郭"),
    ),
    Form(
        "names",
        "name",
        ("涉事员工{}", "在场的有{}", "办案民警{}没出示证件"),
        lambda rng: "、".join(_person(rng) for _ in range(3)),
    ),
    Form("dotted", "name", ("司机{}拒载", "我是{}", "业主{}投诉", "{}要求退款", "收货人 {}"), minority_name),
    Form(
        "english",
        "name",
        ("经理{}很无礼", "投诉人{}", "我叫{}", "Mr. {}", "房客{}漏水", "{}女士来电"),
        _english,
    ),
    Form(
        "romanized",
        "name",
        ("旅客姓名：{}", "Name: {}", "乘客{}误机", "持票人 {}", "My name is {}"),
        _romanized,
    ),
    Form(
        "old_script",
        "name",
        (
            "投訴人{}",
            "請通知{}小姐",
            "{}先生表示不滿",
            "經理{}沒有回覆",
            "聯絡人：{}",
            "職員{}態度差",
            "由{}負責跟進",
        ),
        lambda rng: traditional(_person(rng)),
    ),
    Form("twice", "mobile", ("我电话{}", "手机{}", "号码：{}", "打{}"), _twice_corrected),
    Form("slow", "mobile", ("手机号是{}", "电话{}", "你记我号{}"), _slow),
    Form("ear", "mobile", ("电话{}", "手机号码{}", "我号码是{}"), _wrong_ear),
    Form("half_said", "mobile", ("电话{}", "联系我{}", "手机{}"), _mixed_digits),
    Form("hong_kong", "mobile", ("致電 {}", "電話號碼{}", "WhatsApp：{}", "我的香港手机号{}"), _hong_kong),
    Form("taiwan", "mobile", ("手機號碼：{}", "台湾手机{}", "請打{}", "電話{}"), _taiwan),
    Form("taipei", "landline", ("公司電話{}", "客服回撥 {}", "市話：{}", "聯絡電話 {}"), _taipei),
    Form("taiwan_id", "id_card", ("身份證字號：{}", "身分證{}", "我的证件号是{}"), taiwan_id),
    Form("hk_id", "id_card", ("香港身份證 {}", "HKID號碼{}", "身份证号：{}"), hk_id),
    Form("id", "id_card", ("{}这是我身份证", "实名认证{}", "证件号：{}", "身份證號{}"), id_number),
    Form(
        "tail",
        "id_card",
        ("身份证尾号{}", "证件后四位 {}", "身份证最后四位是{}", "核对一下身份证后几位{}"),
        _tail,
    ),
    Form("born", "birth_date", ("出生于{}", "我{}出生", "生日：{}", "出生日期是{}", "本人{}生"), _born),
    Form(
        "otp",
        "otp",
        ("验证码{}", "短信验证码是{}", "收到一个码，验证码{}", "校验码：{}", "您的验证码：{}，五分钟内有效"),
        lambda rng: rng.choice((digits(6, rng), digits(4, rng), spoken(digits(6, rng), rng))),
    ),
    Form(
        "secret",
        "password",
        ("密码是{}", "登录密码{}", "支付密码我设的{}", "密码：{}", "WiFi密码{}"),
        _said_secret,
    ),
    Form(
        "agreement",
        "order",
        ("合同号{}", "合同编号{}", "保单号：{}", "协议号{}", "租赁合同号 {}"),
        _agreement,
    ),
    Form(
        "shop", "order", ("{}这个单子一直没动静", "订单号{}", "我要退{}", "单号：{}", "查询{}"), _shop_order
    ),
    Form("waybill", "order", ("快递{}丢了", "{}显示派送中", "运单号：{}", "物流{}不更新"), _waybill),
    Form("device", "device", ("IMEI是{}", "串码{}", "imei：{}", "机器IMEI {}"), imei),
    Form("mac", "device", ("MAC：{}", "网卡地址{}", "光猫MAC地址 {}"), mac),
    Form("chassis", "vin", ("VIN {}", "车架号码{}", "识别代号{}", "车辆VIN：{}"), vin),
    Form(
        "soldier",
        "officer",
        ("军官证号{}", "军官证：{}", "士兵证{}"),
        lambda rng: rng.choice("军海空南") + f"字第{digits(8, rng)}号",
    ),
    Form("plate", "plate", ("{}堵住出口", "车牌是{}", "那辆{}", "车牌号：{}"), plate),
    Form("card", "bank_card", ("银行卡号{}", "打到{}", "储蓄卡{}", "卡号是{}"), bank_card),
    Form("tax", "uscc", ("税号：{}", "信用代码是{}", "开票税号{}", "营业执照编号{}"), uscc),
    Form(
        "room",
        "address",
        ("送货到{}", "家庭地址：{}", "我家住{}", "麻烦寄{}", "地址改成{}", "{}没水了"),
        _room,
    ),
    Form("mail", "email", ("邮箱：{}", "发票发{}", "Email {}", "抄送{}"), _mail),
    Form("mail_said", "email", ("邮箱{}", "我邮箱是{}", "发到{}"), _mail_said),
    Form(
        "account",
        "account",
        ("微信{}", "微信号是{}", "加QQ {}", "QQ号码{}"),
        lambda rng: rng.choice("23456789") + digits(rng.randint(7, 9), rng),
    ),
)
"""Places for a value, the kind it has and what makes it."""

FOURTH_TRAPS = (
    "高兴坏了",
    "方便面坏了",
    "安全出口堵了",
    "马上到账",
    "周末不上班",
    "白天黑夜都吵",
    "黄金会员到期",
    "师傅您好请问到哪了",
    "任何人不得入内",
    "经理说不行",
    "校长说会改",
    "老板高价卖票",
    "店长万般推脱",
    "前台从来不接",
    "服务员白眼翻上天",
    "客服全程冷漠",
    "医生高明",
    "老师常常迟到",
    "司机方向盘打滑",
    "快递员马虎",
    "保安时常睡觉",
    "房东任意涨价",
    "师傅于昨天到达",
    "业主应当知情",
    "邻居家漏水",
    "楼上施工",
    "对门装修",
    "家属区停电",
    "民警处理及时",
    "法官裁定",
    "由相关部门处理",
    "由于天气原因",
    "据通报",
    "据媒体报道",
    "经协商一致",
    "经查属实",
    "应业主要求",
    "请联系客服",
    "请相关人员到场",
    "通知如下",
    "转交财务",
    "抄送领导",
    "责任人：不详",
    "联系人：客服",
    "维修师傅：未派",
    "签收人：门卫",
    "已联系商家",
    "与商家沟通",
    "回访未接通",
    "给客户致歉",
    "小时候",
    "小高层",
    "小龙虾很新鲜",
    "小米手机",
    "小康社会",
    "老白干",
    "老干部",
    "老路封了",
    "小马达响",
    "小区停电",
    "施工队",
    "工程款",
    "总共三次",
    "总是这样",
    "陈年旧账",
    "金秋十月",
    "钱不退",
    "钱花了没用",
    "石材有裂纹",
    "温水都没有",
    "毛毯起球",
    "马路对面",
    "高峰期堵车",
    "林地被占",
    "江水上涨",
    "叶片断了",
    "白菜涨价",
    "黄豆酱",
    "梅花糕",
    "唐三彩",
    "宋城演出",
    "苏打饼干",
    "平安夜",
    "万达影城",
    "海底捞",
    "周生生项链",
    "王府井百货",
    "李锦记蚝油",
    "张飞牛肉",
    "诸葛亮",
    "路易威登",
    "苹果手机",
    "罗技鼠标",
    "康师傅",
    "万科物业",
    "龙湖物业",
    "华润燃气",
    "金龙客车",
    "一共花了18888888888元",
    "编号001到100",
    "点赞13577779999个",
    "卖出13800000000件",
    "双色球 02 11 15 23 29 32 07",
    "大乐透 04 08 15 26 33 02 09",
    "2026年全年",
    "20260101至20260331",
    "十二点半",
    "下午三点二十五分",
    "第二十八条",
    "七上八下",
    "九九八十一",
    "一两二钱",
    "四五百块",
    "三五天",
    "客服电话95555",
    "热线4006668888",
    "服务热线12315",
    "拨打110",
    "邮编100000",
    "区号0571",
    "型号XQG100-14",
    "芯片i7-13700K",
    "内存16GB+512GB",
    "电池5000mAh",
    "屏幕2560x1440",
    "频率2.4GHz",
    "尺寸190x80x60",
    "货号A1234567",
    "生产批号20251108A",
    "执行标准GB/T 22239-2019",
    "工号：无",
    "密码不对",
    "密码被改了",
    "验证码收不到",
    "验证码五分钟内有效",
    "身份证过期了",
    "生日当天",
    "出生证办理",
    "合同到期",
    "保单退保",
    "车架锈蚀",
    "护照办理",
    "微信群",
    "邮箱满了",
    "地址不对",
    "住址变更",
    "三楼大厅",
    "五号楼前面",
    "A座大堂",
    "二单元楼道",
    "请问贵姓",
    "您怎么称呼",
    "客服：您好 客户：你好",
    "A：在吗 B：在",
    "Sorry",
    "Wifi Only",
    "Apple Store",
    "Burger King",
    "Air Jordan",
    "Old Navy",
    "Best Buy",
    "New York",
    "Hong Kong",
    "Made In China",
    "店員好",
    "經理室",
    "請稍等",
    "師傅很好",
    "高雄港",
    "台中店",
    "香港仔",
)
"""Sentences without personal data."""
