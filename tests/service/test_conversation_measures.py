"""Measures of dialogues: by hand, and against loops on random dialogues."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from service_loops import RANDOM_CENTRES, agent_loop, dialogue_loop

import csatext as ct

COUNTS = [f"n_{role}_{what}" for role in ("customer", "agent", "bot") for what in ("messages", "turns")]
LOOPED = [
    *COUNTS,
    "n_questions",
    "n_responses",
    "n_timed_responses",
    "response_seconds",
    "slowest_response_seconds",
    "slow",
    "replied",
    "replied_human",
    "first_response_seconds",
    "first_response_seconds_human",
    "span_seconds",
    "span_without_gaps_seconds",
    "n_handovers",
    "n_canned",
]


def chat(*said, doc="a", start="2026-05-01 23:58:00"):
    """Return turns of (seconds, role, agent, canned)."""
    begin = pd.Timestamp(start)
    return pd.DataFrame(
        [
            {
                "doc_id": doc,
                "turn_id": i,
                "role": role,
                "agent_id": agent,
                "is_template": canned,
                "text": f"第{i}句",
                "started_at": begin + pd.Timedelta(seconds=seconds),
            }
            for i, (seconds, role, agent, canned) in enumerate(said)
        ]
    )


HAND = chat(
    (0, "agent", "甲", True),  # a greeting before the customer speaks is no reply
    (10, "customer", None, False),
    (15, "customer", None, False),  # one turn with the line before
    (20, "bot", None, False),  # first reply: 10 seconds, by a bot
    (30, "agent", "甲", True),  # canned: no person yet
    (50, "agent", "甲", False),  # a person, 40 seconds after the first question; past midnight at 120
    (130, "customer", None, False),
    (205, "agent", "乙", False),  # 75 seconds: slow; 乙 took over from 甲
    (1000, "customer", None, False),  # a pause of 795 seconds, over longest_wait; nobody answers
)


def test_a_dialogue_worked_out_by_hand():
    found = ct.conversation_measures(HAND).loc["a"]
    assert found[COUNTS].tolist() == [4, 3, 4, 3, 1, 1]
    assert found["contacted_at"] == pd.Timestamp("2026-05-01 23:58:10")
    assert (found["n_questions"], found["n_responses"], found["n_handovers"], found["n_canned"]) == (
        3,
        2,
        1,
        2,
    )
    assert (found["first_response_seconds"], found["first_response_seconds_human"]) == (10, 40)
    assert (found["response_seconds"], found["mean_response_seconds"]) == (10 + 75, 42.5)
    assert (found["slowest_response_seconds"], found["slow"]) == (75, True)
    assert (found["span_seconds"], found["span_without_gaps_seconds"]) == (1000, 205)
    assert found["canned_share"] == 0.5
    assert (found["replied"], found["replied_human"], found["self_service"]) == (True, True, False)


def test_by_agent_a_reply_counts_for_who_gave_it_and_time_for_who_had_the_contact():
    table = ct.conversation_measures(HAND, unit="agent").fillna({"agent_id": "无"}).set_index("agent_id")
    first, second, bot = table.loc["甲"], table.loc["乙"], table.loc["无"]
    # 甲 holds everything until 乙 speaks but the ten seconds after the bot: three lines of the customer
    assert (first["n_customer_messages"], second["n_customer_messages"]) == (3, 1)
    assert (first["n_agent_messages"], second["n_agent_messages"], bot["n_bot_messages"]) == (3, 1, 1)
    assert (first["span_seconds"], second["span_seconds"], bot["span_seconds"]) == (195, 795, 10)
    assert (first["span_without_gaps_seconds"], second["span_without_gaps_seconds"]) == (195, 0)
    # the bot answered the first question, 乙 the second; the third was left with 乙
    assert (bot["first_response_seconds"], bot["response_seconds"]) == (10, 10)
    assert first[["first_response_seconds", "response_seconds"]].isna().all()
    assert (first["first_response_seconds_human"], second["response_seconds"]) == (40, 75)
    assert (first["n_responses"], second["n_responses"], bot["n_responses"]) == (0, 1, 1)
    assert (first["n_questions"], second["n_questions"], bot["n_questions"]) == (0, 2, 1)
    assert (first["n_handovers"], second["n_handovers"]) == (1, 0)
    assert table["contacted_at"].nunique() == 1


def test_a_contact_nobody_answers_counts_for_the_agent_it_was_given_to():
    turns = chat((0, "customer", "丙", False))
    table = ct.conversation_measures(turns, unit="agent")
    assert table[["agent_id", "replied"]].values.tolist() == [["丙", False]]


def test_speech_of_calls_has_silence_overlap_and_rate():
    turns = pd.DataFrame(
        {
            "doc_id": "a",
            "turn_id": range(4),
            "role": ["customer", "agent", "customer", "agent"],
            "text": ["我的宽带又断了", "我来查", "快点", "好的好的好的"],
            "agent_id": "甲",
            "is_template": False,
            "start_seconds": [0.0, 8.0, 12.0, 13.0],
            "end_seconds": [10.0, 11.0, 14.0, 19.0],
        }
    )
    found = ct.conversation_measures(turns).loc["a"]
    # the agent begins at 8, the customer ends at 10: 2 s; 13 against 14: 1 s; silence from 11 to 12
    assert (found["overlap_seconds"], found["n_interruptions"], found["silence_seconds"]) == (3, 2, 1)
    assert (found["agent_talk_seconds"], found["customer_talk_seconds"], found["talk_share"]) == (
        9,
        12,
        9 / 21,
    )
    assert found["characters_per_minute"] == 60 * (3 + 6) / 9
    assert pd.isna(found["contacted_at"])


def test_a_question_asked_again_and_self_service():
    turns = pd.DataFrame(
        {
            "doc_id": ["a"] * 4 + ["b"] * 2,
            "turn_id": [0, 1, 2, 3, 0, 1],
            "role": ["customer", "bot", "customer", "bot", "customer", "bot"],
            "text": ["怎么退款？", "请看帮助", "怎么退款!!", "请看帮助", "在吗", "您好"],
            "started_at": pd.date_range("2026-05-01", periods=6, freq="min"),
        }
    )
    found = ct.conversation_measures(turns)
    assert found["n_reasked"].tolist() == [1, 0]
    assert found["self_service"].tolist() == [False, True]


def test_templates_are_learnt_where_nobody_marked_them():
    docs = [f"d{i}" for i in range(5)]
    answers = ["今天已经寄出", "钱退到原卡里了", "换货要先填表", "师傅下午上门", "发票在订单页下载"]
    turns = pd.concat(
        [
            chat(
                (0, "customer", None, False), (5, "agent", "甲", None), (30, "agent", "甲", None), doc=doc
            ).assign(text=[f"问题{doc}是什么", "您好，这里是在线客服，请说说您的问题", own])
            for doc, own in zip(docs, answers, strict=True)
        ]
    ).drop(columns="is_template")
    found = ct.conversation_measures(turns)
    assert found["n_canned"].tolist() == [1] * 5
    assert found["first_response_seconds"].tolist() == [5] * 5
    assert found["first_response_seconds_human"].tolist() == [30] * 5


@pytest.mark.parametrize("shuffled", [False, True])
def test_dirty_clocks_and_double_rows_are_left_out_and_counted(shuffled):
    turns = chat(
        (0, "customer", None, False),
        (-30, "agent", "甲", False),
        (40, "customer", None, False),
        (60, "agent", "甲", False),
    )
    turns = pd.concat([turns, turns.iloc[[1]]])
    if shuffled:
        turns = turns.sample(frac=1, random_state=3)
    found = ct.conversation_measures(turns)
    assert found.attrs["repairs"] == {"重复的行": 1, "倒退的时间": 1}
    row = found.loc["a"]
    assert (row["n_agent_messages"], row["n_responses"], row["n_timed_responses"]) == (2, 2, 1)
    assert np.isnan(row["first_response_seconds"])
    assert (row["response_seconds"], row["span_seconds"]) == (20, 90)


def test_a_zone_becomes_beijing_time():
    turns = chat((0, "customer", None, False), (9, "agent", "甲", False), start="2026-05-01 18:00:00")
    turns["started_at"] = turns["started_at"].dt.tz_localize("UTC")
    assert ct.conversation_measures(turns)["contacted_at"].tolist() == [pd.Timestamp("2026-05-02 02:00")]


def test_bad_input_is_told_in_one_sentence_that_says_what_to_do():
    with pytest.raises(ct.SchemaError, match=r"没有 role 列.*ct\.read_turns"):
        ct.conversation_measures(HAND.drop(columns="role"))
    with pytest.raises(ct.SchemaError, match=r"不能读成时间.*上午九点半左右.*请先改正"):
        ct.conversation_measures(HAND.assign(started_at="上午九点半左右"))
    with pytest.raises(ct.SchemaError, match="agent_id"):
        ct.conversation_measures(HAND.drop(columns="agent_id"), unit="agent")
    with pytest.raises(ct.ParameterError, match="unit"):
        ct.conversation_measures(HAND, unit="team")
    with pytest.raises(ct.ParameterError, match="slow_seconds"):
        ct.conversation_measures(HAND, slow_seconds=0)
    untimed = ct.conversation_measures(HAND.drop(columns="started_at"))
    assert untimed.attrs["absent"]["first_response_seconds"] == "started_at"
    assert "导出带发送时间的聊天记录" in untimed.attrs["reason"]
    assert untimed["n_agent_messages"].tolist() == [4]
    one_sided = ct.conversation_measures(HAND[HAND["role"] == "customer"])
    assert "同一种角色（客户）" in one_sided.attrs["reason"]
    nothing = ct.conversation_measures(HAND.iloc[:0])
    assert "没有数据行" in nothing.attrs["reason"]
    assert len(nothing) == 0


def test_times_written_as_text_are_read():
    written = HAND.assign(started_at=HAND["started_at"].dt.strftime("%Y年%m月%d日 %H:%M:%S"))
    assert ct.conversation_measures(written)["first_response_seconds"].tolist() == [10]


MESSAGE = st.tuples(
    st.sampled_from(["customer", "agent", "bot", "system"]),
    st.sampled_from(["甲", "乙"]),
    st.integers(-5, 700),
    st.booleans(),
)


def random_turns(dialogues, backwards):
    rows = []
    for doc, said in enumerate(dialogues):
        clock = pd.Timestamp("2026-05-01 23:50:00")
        for i, (role, agent, step, canned) in enumerate(said):
            clock += pd.Timedelta(seconds=step if backwards else abs(step))
            rows.append(
                {
                    "doc_id": f"d{doc}",
                    "turn_id": i,
                    "role": role,
                    "text": f"{doc}-{i}",
                    "agent_id": agent if role == "agent" else None,
                    "is_template": canned,
                    "started_at": clock,
                }
            )
    return pd.DataFrame(rows)


@settings(max_examples=RANDOM_CENTRES, deadline=None)
@given(st.lists(st.lists(MESSAGE, min_size=1, max_size=9), min_size=1, max_size=6))
def test_random_dialogues_equal_the_loop(dialogues):
    turns = random_turns(dialogues, backwards=True)
    found, wanted = ct.conversation_measures(turns), dialogue_loop(turns)
    for doc, row in wanted.items():
        for name in LOOPED:
            got, want = found.loc[doc, name], row[name]
            assert (pd.isna(got) and pd.isna(want)) or got == pytest.approx(want), (doc, name)
        assert (
            found.loc[doc, "contacted_at"] is row["contacted_at"]
            or found.loc[doc, "contacted_at"] == row["contacted_at"]
        )


@settings(max_examples=RANDOM_CENTRES, deadline=None)
@given(st.lists(st.lists(MESSAGE, min_size=1, max_size=9), min_size=1, max_size=6))
def test_random_dialogues_by_agent_equal_the_loop_and_add_up(dialogues):
    turns = random_turns(dialogues, backwards=False)
    table = ct.conversation_measures(turns, unit="agent").fillna({"agent_id": ""})
    table = table.set_index(["doc_id", "agent_id"])
    for key, row in agent_loop(turns).items():
        got = table.loc[key]
        for name, want in row.items():
            assert got[name] == pytest.approx(want), (key, name)
    whole = ct.conversation_measures(turns)
    added = [
        "n_customer_messages",
        "n_agent_messages",
        "n_questions",
        "n_responses",
        "response_seconds",
        "span_seconds",
        "n_handovers",
    ]
    sums = table.groupby("doc_id")[added].sum().reindex(whole.index).fillna(0)
    for name in added:
        assert sums[name].to_dict() == pytest.approx(whole[name].fillna(0).to_dict())
