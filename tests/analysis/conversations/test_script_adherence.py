"""Was it said, by whom, at the right moment: invented talks whose answers are known."""

import pandas as pd
import pytest

import csatext as ct
from csatext.schema.feelings import SCRIPT_ADHERENCE, SCRIPT_RATES

ROLES = {"c": "customer", "a": "agent", "b": "bot", "s": "system"}
SCRIPT = [
    {"id": "hello", "label_zh": "问候", "said": ["您好|你好"], "first": 1},
    {"id": "check", "label_zh": "核对", "said": ["请问|提供 ..4.. 订单号"], "before": "solve"},
    {
        "id": "sorry",
        "label_zh": "致歉",
        "said": ["抱歉|对不起"],
        "only_if": [{"words": "太差|投诉", "role": "客户"}],
        "within": 1,
    },
    {"id": "solve", "label_zh": "方案", "said": ["为您 ..4.. 退款|补发"], "weight": 2},
    {"id": "bye", "label_zh": "结束", "said": ["再见|祝您愉快"], "last": 1, "after": "solve"},
    {"id": "push", "label_zh": "推诿", "said": ["不归我们管"], "forbidden": True},
]


def talk(*turns, doc_id="1"):
    """Return turns from letter of the role and text."""
    frame = pd.DataFrame({"role": [ROLES[role] for role, _ in turns], "text": [text for _, text in turns]})
    return frame.assign(doc_id=doc_id, turn_id=range(len(turns)))


GOOD = talk(
    ("a", "您好"),
    ("c", "退款太慢，服务太差"),
    ("a", "抱歉，请问订单号？"),
    ("c", "8801"),
    ("a", "已为您办理退款"),
    ("c", "好"),
    ("a", "祝您愉快"),
)
BAD = talk(
    ("a", "什么事"),
    ("c", "我要投诉"),
    ("a", "不归我们管"),
    ("c", "那找谁"),
    ("a", "再见"),
    ("a", "您好，抱歉，为您补发，请提供订单号"),
    ("c", "晚了"),
    doc_id="2",
)


def row(turns, item, script=SCRIPT):
    table = ct.script_adherence(turns, script)
    return table[table["item"] == item].iloc[0]


def test_a_talk_that_keeps_to_the_script():
    table = ct.script_adherence(GOOD, SCRIPT)
    pd.testing.assert_frame_equal(ct.conform(table, SCRIPT_ADHERENCE), table)
    assert table["item"].tolist() == [item["id"] for item in SCRIPT]
    assert table["kept"].tolist() == [True] * 6
    assert table["turn"].tolist()[:5] == [0, 2, 2, 4, 6]
    assert table["by"].tolist()[:5] == ["agent"] * 5
    assert pd.isna(table["by"].iloc[5])
    assert table["in_time"].isna().tolist() == [False] * 5 + [True]


def test_a_talk_that_does_not():
    table = ct.script_adherence(BAD, SCRIPT).set_index("item")
    assert table["said"].all()
    assert table.loc["hello", ["in_time", "turn"]].tolist() == [False, 5]  # not in the first turn
    assert table.loc["check", "in_time"] == False  # noqa: E712, after the solution of the same turn
    assert table.loc["sorry", "in_time"] == False  # noqa: E712, three turns after the complaint
    assert table.loc["bye", "in_time"] == False  # noqa: E712, before the solution, and not the last turn
    assert table.loc["push", ["in_time", "kept"]].tolist() == [True, False]
    assert table["kept"].sum() == 1  # the solution


def test_rates_by_hand():
    rates = ct.script_rates(ct.script_adherence(pd.concat([GOOD, BAD]), SCRIPT))
    pd.testing.assert_frame_equal(ct.conform(rates, SCRIPT_RATES), rates)
    assert rates.loc["1"].tolist() == [5, 5, 1, 0]
    assert rates.loc["2"].tolist() == [5, 1, pytest.approx(2 / 6), 1]
    facts = ct.build_facts(ct.contacts_from_turns(pd.concat([GOOD, BAD])), rates)
    assert facts["script_forbidden"].tolist() == [0, 1]


def test_spans_lead_to_the_words_as_they_were_read():
    turns = talk(("a", "  【客服】您好！！！！  請問訂單號是多少？"), ("c", "13812345678"))
    text = turns["text"].iloc[0]
    found = row(turns, "check")
    assert text[found["start"] : found["end"]] == "請問訂單號"
    found = row(turns, "hello")
    assert text[found["start"] : found["end"]] == "您好"


def test_who_says_it():
    assert row(talk(("b", "您好"), ("c", "退款"), ("a", "请讲")), "hello")[["said", "by"]].tolist() == [
        False,
        "bot",
    ]
    nobody = row(talk(("c", "您好"), ("a", "请讲")), "hello")
    assert (nobody["said"], nobody["kept"]) == (False, False)
    assert pd.isna(nobody["by"])
    assert pd.isna(nobody["turn"])
    customer = [{"id": "ask", "said": ["转人工"], "role": "客户"}]
    assert row(talk(("c", "我要转人工服务"), ("a", "好")), "ask", customer)["by"] == "customer"
    either = [{"id": "hello", "said": ["您好"], "role": ["agent", "bot"]}]
    assert row(talk(("b", "您好"), ("c", "退款")), "hello", either)["kept"]


def test_an_item_nobody_could_say_or_nothing_called_for_is_not_due():
    silent = ct.script_adherence(talk(("c", "有人吗")), SCRIPT)
    assert not silent["due"].any()
    assert silent["kept"].isna().all()
    rates = ct.script_rates(silent)
    assert rates["script_due"].tolist() == [0]
    assert rates["script_rate"].isna().all()
    calm = row(talk(("a", "您好"), ("c", "想问下价格")), "sorry")
    assert (calm["due"], calm["said"]) == (False, False)
    denied = row(talk(("a", "您好"), ("c", "我不是要投诉")), "sorry")
    assert not denied["due"]  # what the customer denies calls for nothing


def test_only_the_answer_to_a_call_is_in_time():
    late = talk(("a", "抱歉"), ("c", "我要投诉"), ("a", "请讲"), ("a", "对不起"))
    assert row(late, "sorry")[["said", "in_time", "turn"]].tolist() == [True, False, 0]
    prompt = talk(("a", "抱歉"), ("c", "我要投诉"), ("a", "对不起"))
    assert row(prompt, "sorry")[["in_time", "turn"]].tolist() == [True, 2]
    again = talk(("c", "我要投诉"), ("a", "请讲"), ("c", "太差了"), ("a", "抱歉"))
    assert row(again, "sorry")["in_time"]


def test_a_call_of_another_dialogue_calls_for_nothing():
    first = talk(("a", "您好"), ("c", "我要投诉"), doc_id="1")
    second = talk(("a", "抱歉"), ("c", "太差了"), doc_id="2")
    table = ct.script_adherence(pd.concat([first, second]), SCRIPT)
    assert not table.loc[(table["doc_id"] == "2") & (table["item"] == "sorry"), "in_time"].item()


def test_turns_may_stand_in_any_order():
    both = pd.concat([GOOD, BAD])
    shuffled = both.sample(frac=1, random_state=0)
    once = ct.script_adherence(both, SCRIPT).sort_values(["doc_id", "item"], ignore_index=True)
    again = ct.script_adherence(shuffled, SCRIPT).sort_values(["doc_id", "item"], ignore_index=True)
    pd.testing.assert_frame_equal(once, again)


def test_rules_of_taxonomies_can_be_used():
    script = [{"id": "twice", "said": [{"words": "您", "repeat": 2}]}]
    assert row(talk(("a", "您说，我听您说"), ("c", "好")), "twice", script)["said"]
    assert not row(talk(("a", "您说"), ("c", "好")), "twice", script)["said"]


def test_shipped_script():
    table = ct.script_adherence(
        talk(
            ("a", "您好，很高兴为您服务"),
            ("c", "我的快递一直没到，你们太差了"),
            ("a", "非常抱歉给您带来不便，请提供一下订单号"),
            ("c", "1234"),
            ("a", "已经为您加急处理了"),
            ("c", "行"),
            ("a", "请问还有其他可以帮您的吗？"),
            ("c", "没有"),
            ("a", "感谢您的来电，祝您生活愉快，再见"),
        )
    ).set_index("item")
    counted = table[~table["optional"]]
    assert counted["kept"].tolist() == [True] * len(counted)
    rude = ct.script_adherence(talk(("c", "退款呢"), ("a", "这个不归我们管，我也没办法"))).set_index("item")
    assert rude.loc["refusal", ["said", "kept"]].tolist() == [True, False]


def test_a_file_is_read(tmp_path):
    path = tmp_path / "script.yaml"
    path.write_text("items:\n- id: hello\n  label_zh: 问候\n  said: [您好]\n", encoding="utf-8")
    assert row(GOOD, "hello", path)["label"] == "问候"


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ([{"id": "a"}], "第 1 项.*said"),
        ([{"id": "a", "said": ["x"], "wenn": 1}], "wenn"),
        ([{"id": "a", "said": ["x"], "first": 0}], "first"),
        ([{"id": "a", "said": ["x"], "within": 2}], "only_if"),
        ([{"id": "a", "said": ["x"], "before": "b"}], "「b」"),
        ([{"id": "a", "said": ["x"]}, {"id": "a", "said": ["y"]}], "重复"),
        ([{"id": "a", "said": ["x"], "role": "路人"}], "路人"),
        ([{"id": "a", "said": ["re:("]}], "正则"),
        ([{"id": "a", "said": [{"category": "refund"}]}], "category"),
        ([{"id": "a", "said": ["x"], "weight": 0}], "weight"),
        ([{"id": "a", "said": ["x"], "forbidden": "yes"}], "forbidden"),
    ],
)
def test_a_script_that_cannot_be_used_is_refused(script, message):
    with pytest.raises(ct.LexiconError, match=message):
        ct.script_adherence(GOOD, script)


def test_wrong_arguments_are_named():
    with pytest.raises(ct.ParameterError, match="script"):
        ct.script_adherence(GOOD, 3)
    with pytest.raises(ct.ParameterError, match="adherence"):
        ct.script_rates("x")
    with pytest.raises(ct.InputError):
        ct.script_adherence(GOOD, "nowhere.yaml")
    assert ct.script_adherence(GOOD.iloc[:0], SCRIPT).empty
