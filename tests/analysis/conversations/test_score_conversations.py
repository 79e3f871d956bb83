"""Scorecards: points, vetoes and evidence of invented talks whose answers are known."""

import pandas as pd
import pytest

import csatext as ct
from csatext.schema.feelings import QA_SCORES, QA_TOTALS

ROLES = {"c": "customer", "a": "agent", "b": "bot"}
CARD = {
    "name": "shop",
    "version": "3",
    "items": [
        {"id": "hello", "label_zh": "问候", "said": ["您好|你好"], "first": 1, "weight": 10},
        {
            "id": "sorry",
            "label_zh": "致歉",
            "said": ["抱歉|对不起"],
            "only_if": [{"words": "太差|投诉", "role": "客户"}],
            "within": 1,
            "weight": 30,
        },
        {"id": "number", "label_zh": "核对", "said": ["手机号|电话 ..14.. 吗"], "weight": 20},
        {"id": "guess", "label_zh": "猜测", "said": ["应该是吧"], "forbidden": True, "weight": 40},
        {"id": "rude", "label_zh": "忌语", "said": ["烦不烦"], "forbidden": True, "veto": True},
    ],
}


def talk(doc_id, *turns, agents=("A",)):
    frame = pd.DataFrame([(ROLES[role], text) for role, text in turns], columns=["role", "text"])
    speakers = iter([*agents, *[agents[-1]] * len(turns)])
    names = [next(speakers) if role == "agent" else None for role in frame["role"]]
    return frame.assign(doc_id=doc_id, turn_id=range(len(turns)), agent_id=names)


TURNS = pd.concat(
    [
        talk("1", ("a", "您好"), ("c", "服务太差"), ("a", "抱歉，您的电话是13812345678吗"), ("c", "是")),
        talk("2", ("a", "说"), ("c", "几点开门"), ("a", "九点应该是吧")),
        talk("3", ("a", "您好"), ("c", "我要投诉"), ("a", "你烦不烦"), agents=("A", "B")),
        talk("4", ("c", "在吗"), ("b", "您好，请稍等")),
    ],
    ignore_index=True,
)


@pytest.fixture(scope="module")
def scores():
    return ct.score_conversations(TURNS, ct.QAScorecard.load(CARD))


def test_items_are_judged_with_points_and_words(scores):
    pd.testing.assert_frame_equal(ct.conform(scores, QA_SCORES), scores)
    found = scores.set_index(["doc_id", "item"])
    assert found.loc["1", "passed"].tolist() == [True] * 5
    assert found.loc["1", "points"].tolist()[:4] == [10, 30, 20, 40]
    assert pd.isna(found.loc[("1", "rude"), "points"])  # a veto has none
    assert found.loc[("2", "hello"), ["passed", "points", "max_points"]].tolist() == [False, 0, 10]
    assert pd.isna(found.loc[("2", "sorry"), "passed"])  # nobody complained
    assert found.loc[("2", "guess"), ["passed", "evidence", "turn", "start", "end"]].tolist() == [
        False, "应该是吧", 2, 2, 6,
    ]  # fmt: skip
    assert found.loc["4", "passed"].isna().all()  # a bot is not judged
    assert found.loc["4", "evidence"].isna().all()


def test_words_of_the_evidence_hold_no_personal_data(scores):
    words = scores.set_index(["doc_id", "item"]).loc[("1", "number"), "evidence"]
    assert words == "电话是[手机号]吗"


def test_an_item_is_of_the_agent_who_said_it_else_of_the_one_who_speaks_most(scores):
    found = scores.set_index(["doc_id", "item"])["agent_id"]
    assert (found["3", "rude"], found["3", "hello"], found["1", "rude"]) == ("B", "A", "A")
    assert found["4"].isna().all()


def test_totals_by_hand(scores):
    totals = ct.qa_totals(scores)
    pd.testing.assert_frame_equal(ct.conform(totals, QA_TOTALS), totals)
    # 1: all 100 points. 2: none of greeting 10, number 20, guess 40. 3: 50 of 100, and a veto. 4: not due.
    assert totals["qa_score"].tolist()[:3] == [100, 0, 0]
    assert totals["qa_points"].tolist() == [100, 0, 50, 0]
    assert totals["qa_max_points"].tolist() == [100, 70, 100, 0]
    assert pd.isna(totals.loc["4", "qa_score"])
    assert totals["qa_vetoes"].tolist() == [0, 0, 1, 0]
    assert totals["qa_vetoed"].astype(object).where(totals["qa_vetoed"].notna(), None).tolist() == [
        False, False, True, None,
    ]  # fmt: skip
    assert totals.loc["2", "qa_evidence"] == "应该是吧"
    assert pd.isna(totals.loc["2", "qa_sorry"])


def test_flags_are_measures_of_facts(scores):
    contacts = pd.DataFrame({"doc_id": ["1", "2", "3", "4"], "team": ["甲", "甲", "甲", "乙"]})
    facts = ct.build_facts(contacts, ct.qa_totals(scores))
    table = ct.breakdown(facts, "team", "qa_hello", min_n=1).set_index("team")
    assert table.loc["甲", ["numerator", "denominator"]].tolist() == [2, 3]


def test_the_shipped_card_stands_on_the_shipped_script(tmp_path):
    card = ct.QAScorecard.load()
    assert (card.name, card.version, len(card)) == ("general", "1", 15)
    assert sum(item.weight for item in card.items if not item.veto) == 100
    assert all(item.definition for item in card.items)
    path = tmp_path / "ours.yaml"
    path.write_text("script: service\nitems:\n- id: closing\n  weight: 4\n", encoding="utf-8")
    (item,) = ct.QAScorecard.load(path).items
    assert (item.weight, item.last, item.label_zh) == (4, 3, "结束语")
    assert list(ct.QAScorecard.load(path).flags) == ["qa_closing"]


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ({"items": [{"id": "a"}]}, ct.LexiconError, "id 和 said"),
        ({"items": [{"id": "score", "said": ["好"]}]}, ct.LexiconError, "score"),
        ({"items": [{"id": "a", "said": ["好"], "veto": "是"}]}, ct.LexiconError, "veto 应是 true 或 false"),
        ({"items": [{"id": "a", "said": ["好"]}], "item": 1}, ct.LexiconError, "不认识的键"),
        ({"script": "nowhere.yaml", "items": [{"id": "a"}]}, ct.InputError, "nowhere.yaml"),
        ({"items": []}, ct.LexiconError, "评分项的列表"),
        (7, ct.ParameterError, "评分表"),
        ("nowhere.yaml", ct.InputError, "nowhere.yaml"),
    ],
)
def test_a_card_that_cannot_be_used_says_why(given, error, said):
    with pytest.raises(error, match=said):
        ct.QAScorecard.load(given)


def test_wrong_types_are_sentences():
    with pytest.raises(ct.ParameterError, match="QAScorecard"):
        ct.score_conversations(TURNS, "general")
    with pytest.raises(ct.ParameterError, match="items"):
        ct.QAScorecard(["greeting"])


FORBIDDEN = {
    "items": [
        {"id": "promise", "said": ["保本|稳赚不赔|保证收益"], "forbidden": True, "veto": True},
        {"id": "code", "said": ["说|提供|报|发 ..6.. 密码|验证码"], "forbidden": True},
        {"id": "rude", "said": ["烦不烦|听不懂吗"], "forbidden": True},
        {"id": "threat", "said": ["把您 ..4.. 拉黑", "后果自负"], "forbidden": True},
    ]
}


@pytest.mark.parametrize(
    ("said", "broken"),
    [
        ("这款产品保本，放心", "promise"),
        ("您不是问保本吗，这个就保本", "promise"),
        ("麻烦您报一下密码", "code"),
        ("你烦不烦", "rude"),
        ("您听不懂吗", "rude"),
        ("您再投诉我就把您拉黑", "threat"),
        ("要是再打来后果自负", "threat"),
        ("理财不保本", ""),
        ("我们不能保证收益", ""),
        ("我行没有保本理财", ""),
        ("您问的是不是保本", ""),
        ("任何人说保本都是骗人的", ""),
        ("您是说上次客服对您说“烦不烦”，对吗", ""),
        ("我们不会让您提供密码", ""),
        ("如果有人让您说出密码，请立即报警", ""),
        ("千万别提供验证码", ""),
        ("我们不会把您拉黑", ""),
    ],
)
def test_forbidden_words_count_where_they_are_used_not_where_they_are_mentioned(said, broken):
    turns = pd.DataFrame({"doc_id": "a", "turn_id": [0, 1], "role": ["agent", "customer"]})
    turns["text"] = [said, "你们说保本，烦不烦，让我提供验证码"]
    found = ct.score_conversations(turns, ct.QAScorecard.load(FORBIDDEN))
    assert "".join(found.loc[~found["passed"].astype(bool), "item"]) == broken
