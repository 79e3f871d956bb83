from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from csatext.datasets.simulate import simulate_center
from csatext.ingest.dialogues.role_inference import infer_roles, likely_sides
from csatext.ingest.dialogues.roles import ROLES, flag_role, map_roles, role_of
from csatext.lexicon import Lexicon

NA = pd.array([pd.NA], dtype="str")[0]


@pytest.mark.parametrize(
    ("role", "labels"),
    [
        (
            "customer",
            "客户 用户 买家 顾客 來電人 [用户] 用户_123 CUSTOMER user12 客户A caller 访客7 某某（客户）",
        ),
        (
            "agent",
            "客服 坐席 座席 话务员 人工客服 客服小美 坐席001 客服-小云 helpdesk Agent_7 商家 客户经理",
        ),
        ("bot", "机器人 智能客服 智能客服小云 IVR bot 语音助手 客服机器人"),
        ("system", "系统 系统消息 system 系统提示"),
    ],
)
def test_names_of_roles(role, labels):
    assert {label: role_of(label) for label in labels.split()} == dict.fromkeys(labels.split(), role)


@pytest.mark.parametrize("label", ["A", "SPEAKER 1", "说话人2", "小美", "", "x" * 80, "13800000000", "主题"])
def test_labels_that_name_no_role(label):
    assert role_of(label) is None


def test_keys_of_records_must_be_whole_names():
    assert role_of("客服意图", whole=True) is None
    assert role_of("客服", whole=True) == "agent"


def test_the_list_is_sorted_and_knows_only_our_roles():
    table = Lexicon.load("roles").table
    assert set(table["role"]) <= set(ROLES)
    assert set(table["kind"]) == {"name", "direction", "flag", "origin"}
    assert set(Lexicon.load("dialogue_cues").table["role"].dropna()) <= {"agent", "customer"}


def test_directions_only_where_all_are():
    assert map_roles(pd.Series(["in", "out", None])).tolist()[:2] == ["customer", "agent"]
    assert map_roles(pd.Series(["发送", "客服"])).tolist()[1] == "agent"


def test_flags_say_which_side():
    roles = flag_role("from_customer", pd.Series(["1", "0", None]))[1]
    assert roles.tolist()[:2] == ["customer", "agent"]
    assert roles.isna().tolist() == [False, False, True]
    assert flag_role("is_robot", pd.Series(["1", "0"]))[1].isna().tolist() == [False, True]
    assert flag_role("is_agent", pd.Series(["小美", "0"])) is None
    assert flag_role("agent_id", pd.Series(["1", "0"])) is None


def hidden(turns, labels):
    part = turns[["doc_id", "text"]].copy()
    part["label"] = pd.Series(labels, index=turns.index, dtype="str")
    part["role"] = pd.Series(NA, index=turns.index, dtype="str")
    return part


@pytest.fixture(scope="module")
def talk():
    turns = simulate_center(800, random_state=4).turns
    return turns[turns["role"].isin(["customer", "agent"])].reset_index(drop=True)


def test_letters_that_mean_another_side_in_each_dialogue(talk):
    swap = pd.factorize(talk["doc_id"])[0] % 2 == 1
    letters = np.where(talk["role"].eq("agent") ^ swap, "B", "A")
    roles, inferred = infer_roles(hidden(talk, letters))
    assert inferred.all()
    assert (roles == talk["role"]).mean() > 0.97


def test_the_usual_side_of_a_label_decides_where_words_do_not():
    texts = ["您好，很高兴为您服务", "我要退款"] * 5 + ["嗯", "对"]
    turns = pd.DataFrame({"doc_id": np.repeat([str(i) for i in range(6)], 2), "text": texts})
    roles, _ = infer_roles(hidden(turns, ["S1", "S2"] * 6))
    assert roles.tolist() == ["agent", "customer"] * 6


def test_the_other_side_of_a_known_one():
    turns = pd.DataFrame({"doc_id": "1", "text": ["在", "在", "好"]})
    part = hidden(turns, ["客服", "小云", "小云"])
    part["role"] = pd.array(["agent", NA, NA], dtype="str")
    roles, inferred = infer_roles(part)
    assert roles.tolist() == ["agent", "customer", "customer"]
    assert inferred.tolist() == [False, True, True]


def test_turns_without_labels(talk):
    chats = talk[talk["channel"].ne("电话")] if "channel" in talk else talk
    roles, _ = infer_roles(hidden(chats, None))
    assert (roles == chats["role"]).mean() > 0.75


def test_input_stays_as_it_is(talk):
    part = hidden(talk, np.where(talk["role"].eq("agent"), "B", "A"))
    before = part.copy()
    infer_roles(part)
    pd.testing.assert_frame_equal(part, before)


def brute(odds):
    """Best of all paths by trying each."""
    best = None
    for code in range(2 ** len(odds)):
        path = [(code >> i) & 1 for i in range(len(odds))]
        score = sum(o for o, s in zip(odds, path, strict=True) if s)
        score += sum(np.log(0.8 if a != b else 0.2) for a, b in pairwise(path))
        best = max(best or (-np.inf, []), (score, path))
    return [bool(s) for s in best[1]]


def test_the_path_is_the_best_of_all_paths():
    rng = np.random.default_rng(0)
    lengths = rng.integers(1, 8, 40)
    dialogue = np.repeat(np.arange(40), lengths)
    scores = rng.normal(0, 3, len(dialogue)).round(2) + 0.001
    found = likely_sides(dialogue, scores, np.zeros(len(dialogue), dtype=np.int64))
    for number in range(40):
        assert found[dialogue == number].tolist() == brute(0.5 * scores[dialogue == number])
