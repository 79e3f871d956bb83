"""Personal data is found where it stands, written and spoken, and nothing else is."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csatext.errors import ParameterError, SchemaError
from csatext.privacy.across_turns import find_pii_turns
from csatext.privacy.find import find_pii
from csatext.privacy.kinds import KIND_NAMES
from csatext.privacy.prefilter.prefilter import may_hold_pii
from csatext.privacy.redact import redact

FOUND = [
    ("我的手机是幺三八零零，幺三八零零零", [("mobile", "幺三八零零，幺三八零零零")]),
    ("打+86 138-0013-8000", [("mobile", "+86 138-0013-8000")]),
    ("0086-13800138000", [("mobile", "0086-13800138000")]),
    ("１３８－００１３－８０００", [("mobile", "１３８－００１３－８０００")]),
    ("一百三十八，零零一三，八零零零", [("mobile", "一百三十八，零零一三，八零零零")]),
    ("一三八嗯double零幺三那个八三个零", [("mobile", "一三八嗯double零幺三那个八三个零")]),
    ("138零零幺三8000", [("mobile", "138零零幺三8000")]),
    ("电话是一三八零零一三八零零零一个人用", [("mobile", "一三八零零一三八零零零")]),
    ("138****1234能联系到您吗", [("mobile", "138****1234")]),
    ("13800138000/13900139000", [("mobile", "13800138000"), ("mobile", "13900139000")]),
    ("（010）62345678转801", [("landline", "（010）62345678转801")]),
    ("零二一 五八八八 六六六六", [("landline", "零二一 五八八八 六六六六")]),
    ("家里电话62345678", [("landline", "62345678")]),
    ("身份证号110105 19491231 002x", [("id_card", "110105 19491231 002x")]),
    ("幺幺零幺零五幺九四九幺二三幺零零二叉", [("id_card", "幺幺零幺零五幺九四九幺二三幺零零二叉")]),
    ("身份证：110105491231002", [("id_card", "110105491231002")]),
    ("打到4111 1111 1111 1111吧", [("bank_card", "4111 1111 1111 1111")]),
    ("邮箱someone@example.com", [("email", "someone@example.com")]),
    ("邮箱someone艾特example点com", [("email", "someone艾特example点com")]),
    ("京A·12345和粤BD12345", [("plate", "京A·12345"), ("plate", "粤BD12345")]),
    ("税号91350100M000100Y43", [("uscc", "91350100M000100Y43")]),
    ("护照E12345678", [("passport", "E12345678")]),
    ("微信号abc_12345，QQ 12345678", [("account", "abc_12345"), ("account", "12345678")]),
    ("订单号2026051212345678，13800138000", [("order", "2026051212345678"), ("mobile", "13800138000")]),
    ("单号是二零二六零五一二 三天没动", [("order", "二零二六零五一二")]),
    ("快递SF1234567890123到哪了", [("order", "SF1234567890123")]),
    ("我住在朝阳区建国路88号阳光花园3栋2单元501室", [("address", "朝阳区建国路88号阳光花园3栋2单元501室")]),
    ("送到幸福小区三号楼二单元五零一", [("address", "幸福小区三号楼二单元五零一")]),
    ("我叫张三明天再打", [("name", "张三")]),
    ("请联系欧阳女士", [("name", "欧阳")]),
    ("免贵姓李", [("name", "李")]),
    ("收货人：赵某某 13800138000", [("name", "赵某某"), ("mobile", "13800138000")]),
    ("收件人：安娜·贝尔，电话13800138000", [("name", "安娜·贝尔"), ("mobile", "13800138000")]),
    ("请问是赵一一本人吗", [("name", "赵一一")]),
    ("赵一一，身份证号110105194912310021", [("name", "赵一一"), ("id_card", "110105194912310021")]),
    ('{"name":"赵一一","order_id":"TK2026015654"}', [("name", "赵一一"), ("order", "TK2026015654")]),
    ("我叫高峰，换成赵一一收", [("name", "高峰"), ("name", "赵一一")]),
    ("快递单号JD零九五五一二三四五六七", [("order", "JD零九五五一二三四五六七")]),
    ("座机+86 10 62345678", [("landline", "+86 10 62345678")]),
    ("电话010-62345678转分机8001", [("landline", "010-62345678转分机8001")]),
    (
        "幺三八，零零幺二，不对，零零幺三，八零零零",
        [("mobile", "幺三八，零零幺二，不对，零零幺三，八零零零")],
    ),
    ("车牌皖K•12345，京A1234学", [("plate", "皖K•12345"), ("plate", "京A1234学")]),
    ("邮箱someone(at)example.com", [("email", "someone(at)example.com")]),
    ("老家山东省临沂市石桥镇柳林村4组", [("address", "山东省临沂市石桥镇柳林村4组")]),
    ("订单号215403\n后面是8966", [("order", "215403\n后面是8966")]),
    ("车牌粤 B，呃，D幺二三 四五", [("plate", "粤 B，呃，D幺二三 四五")]),
    ("鄂C杠洞三二六拐续保", [("plate", "鄂C杠洞三二六拐")]),
    ("晋A12345 3点到", [("plate", "晋A12345")]),
    ("座机洞 五 幺 二，六 八 八 五，幺 幺 二 洞", [("landline", "洞 五 幺 二，六 八 八 五，幺 幺 二 洞")]),
    ("手机号前三位是138，后面的话1234，5678", [("mobile", "138，后面的话1234，5678")]),
    ("幺三八幺二三四，不对，幺二三五，五六七八", [("mobile", "幺三八幺二三四，不对，幺二三五，五六七八")]),
    ("税号9135 0100 M000 100Y 43", [("uscc", "9135 0100 M000 100Y 43")]),
    ("护照号是E，幺二三四，五六七八", [("passport", "E，幺二三四，五六七八")]),
    ("微信号abc下划线12345", [("account", "abc下划线12345")]),
    ("邮箱some下划线one艾特example点com", [("email", "some下划线one艾特example点com")]),
    ("IP地址是幺九二点幺六八点幺点二", [("ip", "幺九二点幺六八点幺点二")]),
    ("通知武先生，找孙女士，王女士表示满意", [("name", "武"), ("name", "孙"), ("name", "王")]),
    ("姓名：张 三，姓赵，叫赵一一", [("name", "张 三"), ("name", "赵"), ("name", "赵一一")]),
    ("手机13800138000a，手机号ab13800138000cd", [("mobile", "13800138000"), ("mobile", "13800138000")]),
    ("x13800138000，Y13800138000", [("mobile", "13800138000"), ("mobile", "13800138000")]),
    ("u_13800138000，客诉_13800138000_导出", [("mobile", "13800138000"), ("mobile", "13800138000")]),
    ("回拨13800138000.0，13900139000.00", [("mobile", "13800138000"), ("mobile", "13900139000")]),
    ("110105 1949-12-31 002X 本人", [("id_card", "110105 1949-12-31 002X")]),
    ("①③⑧⓪⓪①③⑧⓪⓪⓪", [("mobile", "①③⑧⓪⓪①③⑧⓪⓪⓪")]),
    ("①13800138000②13900139000", [("mobile", "13800138000"), ("mobile", "13900139000")]),
    (
        "找王经理，李老师说，欧阳主任，赵总，",
        [("name", "王"), ("name", "李"), ("name", "欧阳"), ("name", "赵")],
    ),
    ("联系人：老赵，我是小李，", [("name", "老赵"), ("name", "小李")]),
    ("地址是科苑路15号大楼3层", [("address", "科苑路15号大楼3层")]),
    ("登录IP：2001:db8::1:2f，10.0.0.200", [("ip", "2001:db8::1:2f"), ("ip", "10.0.0.200")]),
    ("账号（微信号）：test_8801，会员号(QQ)： 10001000", [("account", "test_8801"), ("account", "10001000")]),
    (
        "受理号码：138 0013 8000，预约号码010-12345678",
        [("mobile", "138 0013 8000"), ("landline", "010-12345678")],
    ),
    (
        "受理号码20260512000123，受理号138 0013 8000",
        [("order", "20260512000123"), ("order", "138 0013 8000")],
    ),
    (
        "订单编号：913500001000001262，税号913500001000001262",
        [("order", "913500001000001262"), ("uscc", "913500001000001262")],
    ),
    ("联系人就写张三电话", [("name", "张三")]),
    (
        "户主已变更为李四，收货人那栏请填上赵一一，收件人（必填）：王二",
        [("name", "李四"), ("name", "赵一一"), ("name", "王二")],
    ),
    ("那万女士您看，好的那文先生，今天明女士", [("name", "万"), ("name", "文"), ("name", "明")]),
    ("收货地址改成东城区锦绣苑2-1-106，谢谢", [("address", "东城区锦绣苑2-1-106")]),
    ("地址写锦绣里程8-2-1203", [("address", "锦绣里程8-2-1203")]),
]

NOTHING = [
    "打10086、95588、400-820-8820、12315，四零零八二零八八二零",
    "一三五限行，九九八十一，二零二六年，一百三十八块，三十八度",
    "花了13800元，2026-05-12 13:45:20下单，版本10.2.3.4，型号A12345678",
    "张家界和王者荣耀都好，师傅马上来，高兴，谢谢小姐姐，夏季女士凉鞋",
    "我是高级会员，我叫了外卖，联系人是谁，姓名和电话，任何先生",
    "海淀区不配送，地铁2号线，3号楼电梯坏了，7号下单9号到，我知道3号发货",
    "客服 上海·浦东，我们小区700户，签字盖章，姓名，辛苦了",
    "0.9473684210526315，链接https://example.com/item?id=678901234567",
    "对方先生，温先生活，夏季女士表，周大福的金价，机器编号SN202305120012",
    "新款A12345，川A到川B，京A级景区5个，产品批号942021115249735045",
    "a13800138000f0，AB13800138000，8f3a13800138000b，型号x13800138000",
    "基金经理，客户经理，班主任，李老师傅，退的钱总算到了，王总共买了3个，我是小白，我是老客户，老赵头",
    "13800138000.00元，¥13800138000.0，2026-05-12 0021",
    "编码13800138000，条码6901234567892",
    "地址要写清楚1-2-3楼，这车女士开方便吗，收货人就写清楚，联系人都没接，机主就是我，电池容量(mAh):500012345",
    "",
]


def values(text: str) -> list[tuple[str, str]]:
    return [(kind, text[start:end]) for start, end, kind in find_pii(text)]


@pytest.mark.parametrize(("text", "expected"), FOUND)
def test_values_are_found_exactly(text: str, expected: list[tuple[str, str]]) -> None:
    assert values(text) == expected


@pytest.mark.parametrize("text", NOTHING)
def test_what_is_not_personal_stays(text: str) -> None:
    assert values(text) == []


def test_transcript_in_one_text_gives_each_speaker_line_its_part() -> None:
    assert values("客户：幺三八零零\n客服：嗯\n客户：幺三八零零零") == [
        ("mobile", "幺三八零零"),
        ("mobile", "幺三八零零零"),
    ]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from([t for t, _ in FOUND] + NOTHING + ["，", "13", "8", "号", "嗯"]), max_size=5))
def test_spans_are_sorted_apart_and_rows_with_any_pass_the_prefilter(parts: list[str]) -> None:
    text = "。".join(parts)
    spans = find_pii(text)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert all(0 <= s.start < s.end <= len(text) and s.kind in KIND_NAMES for s in spans)
    assert not spans or may_hold_pii(pa.array([text])).to_pylist() == [True]


def call(*turns: tuple[str, str]) -> pd.DataFrame:
    return pd.DataFrame(
        [{"doc_id": "c", "turn_id": i, "role": role, "text": text} for i, (role, text) in enumerate(turns)]
    )


def found_in_turns(turns: pd.DataFrame) -> list[tuple[int, str, str]]:
    texts = turns.set_index("turn_id")["text"]
    table = find_pii_turns(turns)
    return [(r.turn_id, r.kind, texts[r.turn_id][r.start : r.end]) for r in table.itertuples()]


def test_a_number_over_two_turns_is_found_in_both() -> None:
    turns = call(
        ("customer", "我的号码幺三八零零"), ("agent", "嗯，您说"), ("customer", "那个，幺三八零零零，对")
    )
    assert found_in_turns(turns) == [(0, "mobile", "幺三八零零"), (2, "mobile", "幺三八零零零")]


@pytest.mark.parametrize(
    ("utterances", "expected"),
    [
        (
            [
                ("customer", "手机号是191-845。"),
                ("agent", "您慢一点，记下了"),
                ("customer", "后面，618-91。"),
            ],
            [(0, "mobile", "191-845"), (2, "mobile", "618-91")],
        ),
        (
            [("agent", "订单号？"), ("customer", "20260512"), ("customer", "13800138000")],
            [(1, "order", "20260512"), (2, "mobile", "13800138000")],
        ),
        (
            [("agent", "订单号？"), ("customer", "550-967，"), ("customer", "然后075-497")],
            [(1, "order", "550-967"), (2, "order", "075-497")],
        ),
        (
            [("customer", "车牌京A"), ("agent", "嗯"), ("customer", "12345")],
            [(0, "plate", "京A"), (2, "plate", "12345")],
        ),
        (
            [("customer", "税号91350100"), ("agent", "好"), ("customer", "M000100Y43")],
            [(0, "uscc", "91350100"), (2, "uscc", "M000100Y43")],
        ),
    ],
)
def test_halves_over_a_short_answer(
    utterances: list[tuple[str, str]], expected: list[tuple[int, str, str]]
) -> None:
    assert found_in_turns(call(*utterances)) == expected


def test_an_answer_in_between_keeps_the_turns_apart() -> None:
    turns = call(
        ("customer", "幺三八零零"),
        ("agent", "您的套餐本月已经扣费了，请问您还有什么别的问题需要我现在处理吗"),
        ("customer", "幺三八零零零"),
    )
    assert found_in_turns(turns) == []


def test_the_question_tells_the_kind_and_its_digits_are_not_joined() -> None:
    turns = call(("agent", "订单138请报一下订单号？"), ("customer", "二零二六零五一二三四"))
    assert found_in_turns(turns) == [(1, "order", "二零二六零五一二三四")]
    assert found_in_turns(call(("agent", "您怎么称呼？"), ("customer", "我姓赵"))) == [(1, "name", "赵")]


def test_turns_may_come_in_any_order_and_stay_unchanged() -> None:
    turns = call(("customer", "幺三八零零"), ("customer", "幺三八零零零")).iloc[::-1]
    before = turns.copy()
    assert len(find_pii_turns(turns)) == 2
    pd.testing.assert_frame_equal(turns, before)


def test_turns_without_a_column_and_unknown_kinds_are_refused() -> None:
    with pytest.raises(SchemaError, match="role"):
        find_pii_turns(call(("customer", "好")).drop(columns="role"))
    with pytest.raises(ParameterError, match="mobile"):
        find_pii_turns(call(("customer", "好")), kinds=["mobil"])


@pytest.mark.parametrize(
    "text",
    [
        "我叫左少甜，刚好",
        "三个人叫左大概五个菜",
        "由于疫情本人无法到店",
        "对于平安本人没有看法",
        "写明情况并陈述本人的想法",
        "未经允许和本人同意",
        "本人向南京银行申请",
        "平台名字叫安逸花的",
        "学生党福音，好用",
        "请问，小区27号楼的电梯坏了",
        "以陆羽的名字命名",
        "说我是老赖，天天打电话",
    ],
)
def test_words_that_look_like_names_next_to_trigger_words(text: str) -> None:
    assert find_pii(text) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("我叫左建国，要退款", "左建国"),
        ("我爸李建国本人来取", "李建国"),
        ("是王芳本人吗", "王芳"),
        ("于海洋本人签收", "于海洋"),
        ("有个名叫李明的客服", "李明"),
        ("本人向明，要退款", "向明"),
        ("负责人向晓云在去年答应过", "向晓云"),
    ],
)
def test_names_in_the_same_places(text: str, name: str) -> None:
    start = text.index(name)
    assert [tuple(found) for found in find_pii(text)] == [(start, start + len(name), "name")]


def test_one_account_keeps_one_token_in_any_case() -> None:
    one, other = (redact(text, pseudonymize="k") for text in ("微信号Wang_wu12", "微信wang_Wu12"))
    assert one.removeprefix("微信号") == other.removeprefix("微信")


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("我手机159，2449，2661，看错行了，后面是2601", "mobile", "159，2449，2661，看错行了，后面是2601"),
        ("号码177，5315，sorry，是，6357，7703", "mobile", "177，5315，sorry，是，6357，7703"),
        ("电话1591947，打错一位，应为13136347656", "mobile", "1591947，打错一位，应为13136347656"),
        ("手机号夭九八，八二一七，奇六久一", "mobile", "夭九八，八二一七，奇六久一"),
        ("聯絡電話+886-2-3649-0278", "mobile", "+886-2-3649-0278"),
        ("密码是六个八", "password", "六个八"),
        ("密码：大写A小写b1926", "password", "大写A小写b1926"),
        ("身份证后几位 315X", "id_card", "315X"),
        ("我是19920927出生的", "birth_date", "19920927"),
        ("655-9574099-9188762怎么还不发货", "order", "655-9574099-9188762"),
        ("合同编号2025年借字第2401号", "order", "2025年借字第2401号"),
        ("邮箱m y h下划线12 at qq点com", "email", "m y h下划线12 at qq点com"),
        ("我住御景园5#1227", "address", "御景园5#1227"),
    ],
)
def test_forms_of_other_authors(text: str, kind: str, value: str) -> None:
    assert [(text[found.start : found.end], found.kind) for found in find_pii(text)] == [(value, kind)]


def test_a_list_of_drawn_numbers_is_no_telephone() -> None:
    assert find_pii("大乐透 04 08 15 26 33 02 09") == []
