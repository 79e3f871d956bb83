import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import csatext as ct
from csatext.datasets.simulate import simulate_center
from csatext.ingest.dialogues.fillers import EDGE, kept_characters
from csatext.ingest.dialogues.templates import find_templates, mark_templates
from csatext.ingest.turns import turn_spans
from csatext.schema import conform
from csatext.schema.contacts import CONTACTS, TEMPLATES, TURN_SPANS


def without_padding(text):
    padded = f"{EDGE}{text}{EDGE}"
    return "".join(c for c, kept in zip(padded, kept_characters(padded), strict=True) if kept).strip(EDGE)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("嗯，那个，我想退款", "我想退款"),
        ("退款，就是说，还没到", "退款，还没到"),
        ("退款没到，那个。", "退款没到。"),
        ("快递，你知道吧，丢了", "快递，丢了"),
        ("嗯我想问", "我想问"),
        ("呃，额外收费", "额外收费"),
        ("没到，是吧，我等了三天", "没到，我等了三天"),
        ("我我我想退", "我想退"),
        ("我，我，我想退", "我想退"),
        ("我想我想退", "我想退"),
        ("退退款", "退款"),
        ("我要投投诉", "我要投诉"),
        ("那个那个产品坏了", "那个产品坏了"),
        ("这这这个不行", "这个不行"),
        ("嗯嗯。", ""),
    ],
)
def test_fillers_and_stutters_go(text, left):
    assert without_padding(text) == left


@pytest.mark.parametrize(
    "text",
    [
        *("那个产品坏了", "这个", "就是这个问题", "额度不够", "哈尔滨", "嗯？", "？？？", "哈哈哈"),
        *("看看", "问问题", "谢谢", "好好说话", "对对对", "不对不对，是昨天", "没到，是不是？", "好吧，算了"),
        *(
            "成都都没货",
            "现在在家",
            "考虑考虑",
            "妈妈",
            "天天等",
            "发发票",
            "慢慢来",
            "他给我我就要",
            "等一下，别挂",
        ),
        *("然后他们扣了钱", "反正我要退", "你看着办", "问题是没人管"),
    ],
)
def test_meaningful_words_stay(text):
    assert without_padding(text) == text


@settings(max_examples=100, deadline=None)
@given(st.text("嗯那个，。我想退款就是说 _？a\n😀", max_size=30))
def test_only_pauses_and_listed_characters_go(text):
    left = without_padding(text)
    it = iter(text)
    assert all(c in it for c in left)
    assert not set(text) - set(left) - set("嗯那个，。我想退款就是说 _\n")


def turns_of(*dialogues, **columns):
    rows = [
        (str(n), i, role, text)
        for n, dialogue in enumerate(dialogues, start=1)
        for i, (role, text) in enumerate(dialogue)
    ]
    return pd.DataFrame(rows, columns=["doc_id", "turn_id", "role", "text"]).assign(**columns)


CALL = [
    ("agent", "您好"),
    ("customer", "嗯，快递丢了"),
    ("customer", "赔钱"),
    ("agent", "好"),
    ("customer", "快点"),
]


def test_one_row_a_dialogue():
    turns = turns_of(CALL, [("agent", "您好"), ("customer", "表扬")], channel="电话")
    contacts = ct.contacts_from_turns(turns)
    assert contacts["doc_id"].tolist() == ["1", "2"]
    assert contacts["text"].tolist() == ["快递丢了\n赔钱\n快点", "表扬"]
    assert contacts[["n_turns", "n_customer_turns", "n_agent_turns"]].values.tolist() == [
        [5, 3, 2],
        [2, 1, 1],
    ]
    assert contacts["channel"].tolist() == ["电话", "电话"]
    assert conform(contacts, CONTACTS).equals(contacts)


def test_order_of_rows_does_not_matter_and_input_stays():
    turns = turns_of(CALL, CALL)
    before = turns.copy()
    contacts = ct.contacts_from_turns(turns.sample(frac=1, random_state=1)).sort_values("doc_id")
    assert contacts["text"].tolist() == ct.contacts_from_turns(turns)["text"].tolist()
    pd.testing.assert_frame_equal(turns, before)


def test_times_are_the_first_start_and_the_last_end():
    started = pd.to_datetime(["2026-05-01 09:00", "2026-05-01 09:01", None, "2026-05-01 09:03", None])
    turns = turns_of(CALL, started_at=started, ended_at=started + pd.Timedelta(seconds=5))
    contacts = ct.contacts_from_turns(turns)
    assert str(contacts["created_at"].iloc[0]) == "2026-05-01 09:00:00"
    assert str(contacts["ended_at"].iloc[0]) == "2026-05-01 09:03:05"
    assert "started_at" not in contacts


def test_dialogues_without_the_side_are_rejects():
    turns = turns_of(CALL, [("agent", "您好"), ("customer", " ")], [("bot", "请按一")])
    contacts = ct.contacts_from_turns(turns)
    assert contacts.attrs["rows"] == 3
    assert [row["raw"] for row in contacts.attrs["rejects"]] == ["2", "3"]
    none = ct.contacts_from_turns(turns, roles=("system",))
    assert (len(none), len(none.attrs["rejects"])) == (0, 3)
    assert len(turn_spans(turns, roles=("system",))) == 0


def test_other_roles_and_kept_fillers():
    turns = turns_of(CALL)
    assert ct.contacts_from_turns(turns, roles=("agent",))["text"].tolist() == ["您好\n好"]
    both = ct.contacts_from_turns(turns, roles=("customer", "agent"), keep_fillers=True)
    assert both["text"].tolist() == ["\n".join(text for _, text in CALL)]
    with pytest.raises(ct.ParameterError, match="roles"):
        ct.contacts_from_turns(turns, roles=("客户",))
    with pytest.raises(ct.ParameterError, match="roles"):
        ct.contacts_from_turns(turns, roles="customer")
    with pytest.raises(ct.SchemaError, match="role"):
        ct.contacts_from_turns(turns.drop(columns="role"))


def test_never_all_that_was_said_is_left_out():
    turns = turns_of(
        [("customer", "嗯"), ("agent", "您好")], [("customer", "转人工"), ("customer", "人工客服")]
    )
    assert ct.contacts_from_turns(turns)["text"].tolist() == ["嗯", "转人工\n人工客服"]


def test_a_column_of_the_turn_is_no_column_of_the_contact():
    turns = turns_of(CALL, CALL, waiter_send=[1, 0, 0, 1, 0] * 2, agent_id=[None, "A1", None, None, "A1"] * 2)
    contacts = ct.contacts_from_turns(turns)
    assert "waiter_send" not in contacts
    assert contacts["agent_id"].tolist() == ["A1", "A1"]


def check_spans(turns, **options):
    contacts = ct.contacts_from_turns(turns, **options)
    spans = turn_spans(turns, **options)
    assert conform(spans, TURN_SPANS).equals(spans)
    text = contacts.set_index("doc_id")["text"]
    texts = turns.set_index(["doc_id", "turn_id"])["text"]
    covered = {name: np.zeros(len(value), dtype=bool) for name, value in text.items()}
    for row in spans.itertuples():
        assert (
            text[row.doc_id][row.start : row.end]
            == texts[row.doc_id, row.turn_id][row.turn_start : row.turn_end]
        )
        assert not covered[row.doc_id][row.start : row.end].any()
        covered[row.doc_id][row.start : row.end] = True
    for name, mask in covered.items():
        assert {text[name][i] for i in np.flatnonzero(~mask)} <= {"\n"}
    return contacts


@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("123"),
            st.sampled_from(["customer", "agent"]),
            st.text("嗯那个，。我我退款😀𠮷 \n\x1e?转人工", max_size=12),
        ),
        min_size=1,
        max_size=12,
    ),
    st.booleans(),
)
def test_spans_lead_back_to_the_words(rows, keep):
    turns = pd.DataFrame(rows, columns=["doc_id", "role", "text"])
    turns.insert(1, "turn_id", turns.groupby("doc_id").cumcount())
    contacts = check_spans(turns, keep_fillers=keep, keep_templates=keep)
    assert len(contacts) + len(contacts.attrs["rejects"]) == turns["doc_id"].nunique()


def test_a_simulated_centre_goes_through():
    center = simulate_center(400, random_state=2)
    contacts = check_spans(center.turns)
    assert contacts["doc_id"].tolist() == center.contacts["doc_id"].tolist()
    whole = ct.contacts_from_turns(center.turns, keep_fillers=True, keep_templates=True)
    assert whole["text"].tolist() == center.contacts["text"].tolist()


NAMES = "美丽云芳静兰梅英玉霞"


def desk(n=10):
    return [
        [
            ("bot", f"您好，当前排队{i + 2}人，正在为您转接人工客服"),
            ("agent", f"您好，客服小{NAMES[i]}很高兴为您服务，请问有什么可以帮您？"),
            ("customer", "转人工"),
            ("customer", f"[订单编号：{i}3344，下单时间：2026-05-0{i + 1}]"),
            ("customer", "订单编号怎么还不更新"),
            (
                "agent",
                ["查到了，明天到货", "这个要换一件", "已经退回去了", "师傅在路上"][i % 4] + "啊" * (i // 4),
            ),
            ("agent", f"您的包裹已由配送员赵{NAMES[-i - 1]}{NAMES[i]}派送请保持电话畅通谢谢配合"),
            ("agent", "感谢您的来电，祝您生活愉快，再见！"),
            ("system", "请对本次服务作出评价"),
        ]
        for i in range(n)
    ]


def test_templates_are_learnt_with_their_slots():
    found = find_templates(turns_of(*desk()))
    assert conform(found, TEMPLATES).equals(found)
    by = found.set_index("template")
    assert by.loc[
        "您好，客服＊很高兴为您服务，请问有什么可以帮您？", ["role", "kind", "n", "n_dialogues"]
    ].tolist() == [*("agent", "greeting", 10, 10)]
    assert by.loc["感谢您的来电，祝您生活愉快，再见！", "kind"] == "closing"
    assert by.loc["请对本次服务作出评价", ["role", "kind"]].tolist() == ["system", "survey"]
    assert by.loc["您好，当前排队＊人，正在为您转接人工客服", "kind"] == "transfer"
    assert by.loc["转人工", ["role", "kind"]].tolist() == ["customer", "button"]
    assert any("派送请保持电话畅通" in template for template in by.index)
    assert not any("换一件" in template or "怎么还不更新" in template for template in by.index)


def test_turns_are_marked_and_the_customers_words_stay():
    turns = turns_of(*desk())
    marked = mark_templates(turns)
    assert marked["is_template"].tolist() == [True, True, True, True, False, False, True, True, True] * 10
    assert ct.contacts_from_turns(turns)["text"].tolist() == ["订单编号怎么还不更新"] * 10
    assert ct.contacts_from_turns(turns, roles=("agent",))["text"].iloc[0] == "查到了，明天到货"


def test_templates_of_one_month_mark_the_next():
    learnt = find_templates(turns_of(*desk()))
    fresh = turns_of(
        [("agent", "您好，客服小琴很高兴为您服务，请问有什么可以帮您？"), ("agent", "快递丢了会赔")]
    )
    assert mark_templates(fresh, learnt)["is_template"].tolist() == [True, False]
    assert mark_templates(fresh)["is_template"].tolist() == [False, False]


def test_what_many_customers_ask_is_no_template():
    turns = turns_of(*[[("customer", "我的快递三天了怎么还没有到货")]] * 30)
    assert not mark_templates(turns)["is_template"].any()


def test_a_card_with_a_question_is_the_customers():
    card = "咨询订单号：A123 商品编号：778"
    turns = turns_of(*[[("customer", card), ("customer", f"{card} 为什么还没有发货")]] * 5)
    assert mark_templates(turns)["is_template"].tolist() == [True, False] * 5


@pytest.mark.parametrize(("option", "value"), [("min_dialogues", 1), ("min_share", 2)])
def test_thresholds_are_checked(option, value):
    with pytest.raises(ct.ParameterError, match=option):
        find_templates(turns_of(CALL), **{option: value})


@pytest.mark.parametrize("unit", ["嗯", "嗯，", "我", "我，", "那个", "，", "就是", "退，"])
def test_time_grows_with_the_length_alone(unit):
    text = EDGE + unit * 40_000 + EDGE
    assert len(kept_characters(text)) == len(text)
