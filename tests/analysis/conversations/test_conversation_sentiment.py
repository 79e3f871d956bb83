"""The course of feelings, on dialogues whose scores are given and whose figures are worked out by hand."""

import numpy as np
import pandas as pd
import pytest

import csatext as ct

ROLES = {"c": "customer", "a": "agent", "b": "bot", "s": "system"}


def dialogue(doc_id, *turns):
    """Return turns from (letter of the role, text, score)."""
    return pd.DataFrame(
        {
            "doc_id": doc_id,
            "turn_id": range(len(turns)),
            "role": [ROLES[role] for role, _, _ in turns],
            "text": [text for _, text, _ in turns],
            "sentiment": [score for _, _, score in turns],
        }
    )


WON_BACK = dialogue(
    "won",
    ("a", "您好", 0.4),
    ("c", "包裹丢了", -0.5),
    ("a", "我来查", -0.1),
    ("c", "快点", -0.9),
    ("a", "已补发", 0.3),
    ("c", "可以", 0.6),
    ("c", "谢谢", 0.8),
)
ONE_SIDED = dialogue("one", ("c", "退款没到", -0.4))
DESK_ONLY = dialogue("desk", ("a", "您好，请讲", 0.4), ("s", "会话结束", -1.0))


@pytest.fixture(scope="module")
def course():
    table = pd.concat([WON_BACK, ONE_SIDED, DESK_ONLY]).sample(frac=1, random_state=3)
    ordered = pd.concat([table[table["doc_id"] == name] for name in ("won", "one", "desk")])
    return ct.conversation_sentiment(ordered)


def test_sides_are_kept_apart(course):
    won = course.loc["won"]
    assert won[["customer_start", "customer_worst", "customer_end"]].tolist() == [-0.5, -0.9, 0.8]
    assert won["customer_mean"] == pytest.approx((-0.5 - 0.9 + 0.6 + 0.8) / 4)
    assert won[["agent_start", "agent_worst", "agent_end"]].tolist() == [0.4, -0.1, 0.3]
    assert won["agent_mean"] == pytest.approx(0.2)
    assert won["recovery"] == pytest.approx(1.7)


def test_the_turn_parts_the_course_best(course):
    # Parted before the third score: 2 * 2 / 4 * (.7 + .7)**2 = 1.96; before the second .33, the fourth .85.
    assert course.loc["won", "turning_turn"] == 5
    assert course.loc["won", "turning_change"] == pytest.approx(1.4)


def test_a_small_change_is_no_turn():
    even = dialogue("x", ("c", "一", 0.0), ("a", "好", 0.0), ("c", "二", 0.34))
    turned = dialogue("x", ("c", "一", 0.0), ("a", "好", 0.0), ("c", "二", 0.35))
    assert pd.isna(ct.conversation_sentiment(even).loc["x", "turning_turn"])
    assert ct.conversation_sentiment(turned).loc["x", "turning_turn"] == 2


def test_of_equal_partings_the_first_counts():
    # 0, 1, 1, 0: before the second and before the fourth the gain is 3 / 4 * (2 / 3)**2 both times.
    talk = dialogue("x", *[("c", "话", score) for score in (0.0, 1.0, 1.0, 0.0)])
    assert ct.conversation_sentiment(talk).loc["x", "turning_turn"] == 1


def test_a_side_that_says_nothing_has_no_scores(course):
    assert course.loc["one", "customer_mean"] == -0.4
    assert course.loc["one", [c for c in course if c.startswith("agent_")]].isna().all()
    scores = ["customer_start", "customer_worst", "customer_end", "customer_mean"]
    assert course.loc["desk", scores].isna().all()
    assert pd.isna(course.loc["desk", "recovery"])
    assert not course.loc["desk", "escalated"]  # what a system says is nobody's feeling
    assert course.loc[["won", "one"], "predicted_satisfaction"].between(-2, 2).all()
    assert pd.isna(course.loc["desk", "predicted_satisfaction"])
    assert course.index.tolist() == ["won", "one", "desk"]


def escalated(*turns):
    return bool(ct.conversation_sentiment(dialogue("x", *turns))["escalated"].iloc[0])


@pytest.mark.parametrize(("end", "wanted"), [(-0.3, False), (-0.5, True), (-0.49, False), (-0.9, True)])
def test_a_course_that_falls_by_half_below_zero_is_escalated(end, wanted):
    assert escalated(("c", "在吗", 0.0), ("a", "在", 0.0), ("c", "怎么还没好", end)) == wanted


def test_falling_from_praise_to_calm_is_none():
    assert not escalated(("c", "太好了", 0.9), ("c", "就这样", 0.1))


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("再不处理我就找媒体曝光", True),
        ("我要去法院起诉", True),
        ("叫你们领导来", True),
        ("我不会找媒体曝光的", False),
        ("12315是做什么的？", False),
        ("订单号3151234的快递呢", False),
    ],
)
def test_threats_in_earnest_escalate(said, wanted):
    assert escalated(("c", said, -0.2), ("a", "马上处理", 0.0), ("c", "行", 0.0)) == wanted


def test_going_to_complain_is_a_threat_after_a_reply():
    assert not escalated(("c", "我要投诉快递员", -0.2), ("a", "请讲", 0.0), ("c", "他乱扔", -0.2))
    assert escalated(("c", "包裹破了", -0.2), ("a", "请讲", 0.0), ("c", "我要投诉", -0.2))
    assert not escalated(("c", "包裹破了", -0.2), ("a", "请讲", 0.0), ("c", "我不是要投诉", -0.2))
    assert escalated(("c", "我要去投诉你们，找媒体曝光", -0.2), ("a", "请讲", 0.0))


def test_what_the_agent_says_of_law_is_no_threat():
    assert not escalated(("c", "在吗", 0.0), ("a", "您可以去法院起诉", 0.0), ("c", "行", 0.0))


def test_buttons_cards_and_turns_without_words_do_not_count():
    talk = dialogue(
        "x",
        ("c", "转人工", -1.0),
        ("c", "……", -1.0),
        ("c", "", -1.0),
        ("c", "不能开机", -0.3),
        ("a", "好", 0),
    )
    course = ct.conversation_sentiment(talk).loc["x"]
    assert (course["customer_start"], course["customer_worst"]) == (-0.3, -0.3)
    marked = talk.assign(is_template=[False] * 4 + [True])
    assert np.isnan(ct.conversation_sentiment(marked).loc["x", "agent_mean"])


def test_scores_are_made_where_none_are_given():
    talk = dialogue("x", ("c", "态度太差了，垃圾", 0), ("a", "已为您退款", 0), ("c", "非常满意，谢谢", 0))
    course = ct.conversation_sentiment(talk.drop(columns="sentiment")).loc["x"]
    assert course["customer_start"] < -0.3 < 0.3 < course["customer_end"]
    corpus = ct.Vectorizer().fit_transform(talk["text"])
    scores = ct.Sentiment().transform(corpus)["sentiment"]
    assert course["customer_mean"] == pytest.approx((scores[0] + scores[2]) / 2)


def test_roles_may_be_missing_or_have_other_names():
    talk = WON_BACK.assign(role=WON_BACK["role"].map({"customer": "用户", "agent": "坐席"}))
    pd.testing.assert_frame_equal(ct.conversation_sentiment(talk), ct.conversation_sentiment(WON_BACK))
    unknown = dialogue("x", ("c", "退款还没到，怎么回事", -0.5), ("a", "您好，正在为您查询", 0.2))
    course = ct.conversation_sentiment(unknown.drop(columns="role")).loc["x"]
    assert (course["customer_mean"], course["agent_mean"]) == (-0.5, 0.2)


def test_result_joins_the_facts():
    table = pd.concat([WON_BACK, ONE_SIDED])
    contacts = ct.contacts_from_turns(table)
    facts = ct.build_facts(contacts, ct.conversation_sentiment(table))
    assert facts.loc["one", "customer_end"] == -0.4
    assert facts["escalated"].tolist() == [False, False]


def test_no_turns_give_no_rows():
    nothing = WON_BACK.iloc[:0]
    assert ct.conversation_sentiment(nothing).shape == (0, 15)


def test_wrong_arguments_are_named():
    with pytest.raises(ct.ParameterError, match="turns"):
        ct.conversation_sentiment("talk.csv")
    with pytest.raises(ct.ParameterError, match="satisfaction"):
        ct.conversation_sentiment(WON_BACK, satisfaction=3)
    with pytest.raises(ct.ParameterError, match="sentiment"):
        ct.conversation_sentiment(WON_BACK, sentiment="snownlp")
    with pytest.raises(ct.SchemaError, match="text"):
        ct.conversation_sentiment(WON_BACK.drop(columns="text"))
    with pytest.raises(ct.SchemaError, match="-1 到 1"):
        ct.conversation_sentiment(WON_BACK.assign(sentiment=5.0))


def effort(*turns, **columns):
    table = dialogue("x", *[(role, text, 0.0) for role, text in turns]).assign(**columns)
    return tuple(ct.conversation_sentiment(table).loc["x", ["customer_repeats", "transfers"]])


def test_what_is_said_again_after_a_reply_is_counted():
    said = "我的包裹三天还没到"
    assert effort(("c", said), ("a", "稍等"), ("c", "包裹三天还没到啊"), ("a", "稍等"), ("c", said)) == (2, 0)
    assert effort(("c", said), ("c", said), ("a", "好")) == (0, 0)  # sent twice by mistake
    assert effort(("c", "好的"), ("a", "请讲"), ("c", "好的")) == (0, 0)
    mask = "[手机号] [身份证号] [地址]"
    assert effort(("c", mask), ("a", "还有呢"), ("c", mask)) == (0, 0)
    assert effort(("c", said), ("a", said), ("c", "那我改成自提可以吗")) == (0, 0)


def test_being_passed_on_is_counted():
    assert effort(("b", "请描述问题"), ("c", "转人工"), ("a", "您好")) == (0, 1)
    assert effort(("a", "为您转接专席"), ("a", "正在为您转接"), ("c", "好"), ("a", "您好")) == (0, 1)
    speaker = ["甲", "客户", "乙", "客户", "甲"]
    turns = (("a", "您好"), ("c", "退款"), ("a", "您好"), ("c", "退款"), ("a", "好"))
    assert effort(*turns, speaker=speaker) == (0, 2)
    assert effort(*turns) == (0, 0)
