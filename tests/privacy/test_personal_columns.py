"""Metadata columns: names, numbers and addresses go, groups and joins stay."""

import numpy as np
import pandas as pd
import pytest

import csatext as ct
from csatext.privacy.personal_columns import are_agents, are_orders, mask_columns, mask_values

PHONE, OTHER = "13812345678", "15987654321"
AGENTS = ["林小雨", "A012", "郑爱国", "林小雨", "售后一组", None, "zhangwei", "1001", f"客服{PHONE}"]


def test_names_of_agents_become_labels_and_codes_stay():
    masked = mask_columns(pd.DataFrame({"坐席": AGENTS}))["坐席"]
    assert masked.iloc[[0, 1, 2, 3, 4, 6, 7, 8]].tolist() == [
        "坐席-1",
        "A012",
        "坐席-2",
        "坐席-1",
        "售后一组",
        "坐席-3",
        "1001",
        "坐席-4",
    ]
    assert masked.isna().tolist() == pd.Series(AGENTS).isna().tolist()


def test_numbers_of_agents_are_no_names():
    made = pd.DataFrame({"工号": [1001, 1002], "agent_id": [1001.0, np.nan]})
    pd.testing.assert_frame_equal(mask_columns(made), made)


def test_orders_are_pseudonymized_and_can_be_joined():
    made = pd.DataFrame({"订单号": [20240501123456, 7, 20240501123456], "order_id": [1.0, np.nan, 3.0]})
    masked = mask_columns(made)
    assert masked["订单号"].tolist() == ["单号-1", "单号-2", "单号-1"]
    assert masked["order_id"].tolist()[::2] == ["单号-1", "单号-2"]
    assert pd.isna(masked["order_id"][1])
    pd.testing.assert_frame_equal(mask_columns(made, orders=False), made)


@pytest.mark.parametrize("header", ["customer_id", "user_id", "会员号", "客户号", "用户ID"])
def test_customers_do_not_fall_together(header):
    made = pd.DataFrame({header: [PHONE, OTHER, "U7", PHONE, None, "客户-4"]})
    masked = mask_columns(made)
    assert masked[header].tolist()[:4] == ["客户-5", "客户-6", "U7", "客户-5"]
    assert masked[header].isna().tolist() == [False] * 4 + [True, False]
    pd.testing.assert_frame_equal(mask_columns(masked), masked)
    keyed = mask_columns(made, key="k")[header]
    assert keyed[0] == ct.redact(PHONE, pseudonymize="k") == keyed[3] != keyed[1]
    numbers = mask_columns(pd.DataFrame({header: [int(PHONE), int(OTHER), int(PHONE)]}))[header]
    assert numbers.tolist() == ["客户-1", "客户-2", "客户-1"]


def test_long_identifiers_of_customers_stay_different():
    chance = np.random.default_rng(0)
    made = pd.DataFrame({"customer_id": chance.integers(10**17, 10**18, 300).astype(str)})
    masked = mask_columns(made)["customer_id"]
    assert masked.nunique() == made["customer_id"].nunique()
    assert masked.str.startswith("客户-").any()


def test_qq_as_number_and_as_text():
    made = pd.DataFrame({"QQ": [123456789, 45678], "客户qq号": ["123456", None], "渠道": ["QQ", "电话"]})
    masked = mask_columns(made)
    assert masked["QQ"].tolist() == ["[已脱敏]"] * 2
    assert masked["客户qq号"].tolist()[0] == "[已脱敏]"
    assert masked["渠道"].tolist() == ["QQ", "电话"]


def test_a_key_gives_the_same_tokens_in_every_frame_and_in_texts():
    one = mask_columns(pd.DataFrame({"坐席": ["林小雨", "郑爱国"]}), key="k")["坐席"]
    other = mask_columns(pd.DataFrame({"坐席": ["郑爱国", "林小雨"]}), key=b"k")["坐席"]
    assert one.tolist() == other.tolist()[::-1]
    assert one[0] == ct.redact("我叫林小雨", pseudonymize="k").removeprefix("我叫")
    assert mask_columns(pd.DataFrame({"坐席": ["林小雨"]}), key="z")["坐席"][0] != one[0]


@pytest.mark.parametrize("key", [None, "k"])
def test_masked_twice_is_masked_once_and_kept_columns_stay(key):
    made = pd.DataFrame(
        {
            "坐席": AGENTS,
            "订单号": range(9),
            "备注": [f"回电{PHONE}"] * 9,
            "联系人": ["甲某"] * 9,
            "d": [["x"]] * 9,
        }
    )
    before = made.copy()
    once = mask_columns(made, key=key)
    pd.testing.assert_frame_equal(mask_columns(once, key=key), once)
    pd.testing.assert_frame_equal(mask_columns(made, keep=made.columns), made)
    pd.testing.assert_frame_equal(made, before)
    assert mask_columns(made, keep=["坐席"])["坐席"].tolist()[0] == "林小雨"


def test_types_without_personal_data_stay():
    made = pd.DataFrame(
        {
            "flag": pd.array([True, None], dtype="boolean"),
            "day": pd.to_datetime(["2026-05-01", None]),
            "zone": pd.to_datetime(["2026-05-01", None], utc=True),
            "period": pd.PeriodIndex(["2026-05", "2026-06"], freq="M"),
            "wait": pd.to_timedelta([5, 6], unit="s"),
            "level": pd.Categorical(["a", "b"]),
            "parts": [["a"], ("b",)],
            "手机型号": ["甲型", "乙型"],
            "template": ["甲", "乙"],
        }
    )
    pd.testing.assert_frame_equal(mask_columns(made), made)


def test_names_of_files_in_a_column():
    made = pd.DataFrame({"source": [f"客诉{PHONE}导出.csv", "20260501.csv", None]})
    assert mask_columns(made)["source"].tolist()[:2] == ["客诉[手机号]导出.csv", "20260501.csv"]


def test_headers():
    agents = [
        "agent_id",
        "坐席",
        "客服姓名",
        "处理人",
        "受理坐席",
        "坐席工号",
        "Agent Name",
        "接待客服",
        "handled_by",
    ]
    others = [
        "客服评价",
        "客服态度",
        "坐席组",
        "operator",
        "处理结果",
        "agent_reply",
        "联系人",
        "客服回复内容",
    ]
    assert [name for name in agents if not are_agents(name)] == []
    assert [name for name in others if are_agents(name)] == []
    assert all(map(are_orders, ["订单号", "order_id", "运单号", "快递单号", "tracking_no"]))
    assert not any(map(are_orders, ["订单金额", "工单号", "order_count", "doc_id"]))


def test_values():
    assert mask_values(pd.Series([True, False])).tolist() == [True, False]
    assert mask_values(pd.Series([1.5, float(PHONE)])).tolist() == ["1.5", "[手机号]"]


def test_the_vectorizer_stores_no_personal_column():
    contacts = pd.DataFrame(
        {
            "doc_id": ["a", "b"],
            "text": ["退款太慢", "一直不退款"],
            "phone": [PHONE, OTHER],
            "备注": [f"李四{PHONE}", "无"],
            "agent_id": ["林小雨", "A012"],
            "order_id": ["20260501123456", "20260501123457"],
        }
    )
    docs = ct.Vectorizer().fit_transform(contacts).docs
    assert docs["phone"].tolist() == ["[已脱敏]"] * 2
    assert docs["备注"].tolist() == ["李四[手机号]", "无"]
    assert docs["agent_id"].tolist() == ["坐席-1", "A012"]
    assert docs["order_id"].tolist() == contacts["order_id"].tolist()
    assert ct.Vectorizer(keep=["agent_id"]).fit_transform(contacts).docs["agent_id"].iloc[0] == "林小雨"
    assert ct.Vectorizer(redact=False).fit_transform(contacts).docs["phone"].iloc[0] == PHONE


@pytest.mark.parametrize("key", ["secretK", b"secretK"])
def test_a_key_is_shown_and_saved_nowhere(key, tmp_path):
    vectorizer = ct.Vectorizer(pseudonymize=key, min_df=2)
    assert "secretK" not in repr(vectorizer)
    assert "min_df=2" in repr(vectorizer)
    vectorizer.fit([f"电话{PHONE}太慢", "太慢"])
    saved = ct.save(vectorizer, tmp_path / "v.csatext").read_bytes()
    assert b"secretK" not in saved
    assert PHONE.encode() not in saved


def test_a_corpus_with_the_texts_as_read_cannot_be_saved(tmp_path):
    corpus = ct.Vectorizer().fit_transform([f"电话{PHONE}太慢"])
    with pytest.raises(ct.ParameterError):
        ct.save(corpus, tmp_path / "c.csatext")
    assert list(tmp_path.iterdir()) == []


PEOPLE = ["赵一鸣", "钱小雨", "孙立", "李海燕", "周国强"]


@pytest.mark.parametrize(
    "header",
    [
        *(
            "投诉人",
            "来电人",
            "诉求人",
            "师傅",
            "Sender",
            "联系人",
            "经办人",
            "报修人",
            "业主",
            "收件人",
            "聯絡人",
        ),
        *(
            "收貨人",
            "投訴人",
            "客户",
            "患者",
            "安装师傅",
            "销售顾问",
            "Reporter",
            "complainant",
            "甲",
            "字段3",
            "x",
        ),
    ],
)
def test_a_column_of_persons_shows_none_under_any_header(header):
    masked = mask_columns(pd.DataFrame({header: PEOPLE}))[header]
    assert not masked.isin(PEOPLE).any()


@pytest.mark.parametrize(
    "values",
    [
        ["王老吉", "康师傅", "李宁", "张小泉", "周黑鸭"],
        ["洗衣机", "空调", "毛巾", "黄金糕"],
        ["江苏", "徐州", "高邮", "黄山", "温州", "安阳", "金华"],
        ["万达店", "和平店", "高新店"],
        ["电话", "在线", "微信", "小程序"],
        ["customer", "agent", "Customer", "Agent"],
        ["是", "否"],
        ["高尔夫", "宝来", "朗逸", "帕萨特"],
    ],
)
@pytest.mark.parametrize("header", ["甲", "产品", "门店", "Sender", "会员"])
def test_products_places_and_kinds_stay_under_any_header(header, values):
    made = pd.DataFrame({header: values})
    pd.testing.assert_frame_equal(mask_columns(made), made)


def test_a_header_of_a_thing_keeps_what_sounds_like_a_name():
    made = pd.DataFrame({"品牌": PEOPLE})
    pd.testing.assert_frame_equal(mask_columns(made), made)


def test_columns_are_masked_together_as_each_alone() -> None:
    columns = {
        "备注": ["回电13800138000", None, "无"],
        "数量": [3, 4, 5],
        "电话号": [13800138000, 13900139000, 5],
        "说明": ["无", "家住上海市浦东新区世纪大道100号", "无"],
        "混合": [1, "回电13800138000", None],
        "空": [None, None, None],
    }
    contacts = pd.DataFrame({name: pd.Series(values) for name, values in columns.items()})
    together = mask_columns(contacts)
    for name in columns:
        pd.testing.assert_series_equal(together[name], mask_columns(contacts[[name]])[name])
    assert together["备注"].tolist()[0] == "回电[手机号]"
    assert together["数量"].tolist() == [3, 4, 5]
