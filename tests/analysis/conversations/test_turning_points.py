"""What turns a talk: planted phrases are found, noise is none, the case mix does not speak."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from statsmodels.stats.contingency_tables import StratifiedTable

import csatext as ct
from csatext.analysis.conversations.agent_phrases import frequent_phrases
from csatext.analysis.conversations.stratified_keyness import stratified_keyness
from csatext.schema.feelings import TURNING_POINTS

WORDS = ["已经登记", "请提供订单", "帮您查询", "需要核实", "稍后回电", "转给仓库", "联系快递", "看一下记录"]


def simulated(seed, n=400, planted=0.0, angry_hear=0.5, product=None):
    """Return dialogues of two replies each, in some of which the agent says 给您申请补偿.

    ``planted`` is what the phrase adds to the probability of a recovery, ``angry_hear`` the share of angry
    customers to whom it is said; of the others half hear it.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for doc in range(n):
        before = rng.choice([-0.9, -0.4])
        for reply in range(2):
            hears = rng.random() < (angry_hear if before == -0.9 else 0.5)
            chance = (0.7 if before == -0.9 else 0.3) + planted * hears
            after = 0.5 if rng.random() < chance else rng.choice([-0.9, -0.4])
            words = "，".join(rng.choice(WORDS, 3)) + ("，给您申请补偿" if hears else "")
            rows += [
                (doc, 2 * reply, "customer", "怎么办", before),
                (doc, 2 * reply + 1, "agent", words, 0.0),
            ]
            before = after
        rows.append((doc, 4, "customer", "知道", after))
    return pd.DataFrame(rows, columns=["doc_id", "turn_id", "role", "text", "sentiment"])


def test_a_planted_phrase_is_found_whole():
    result = ct.turning_points(simulated(1, planted=0.3))
    pd.testing.assert_frame_equal(ct.conform(result, TURNING_POINTS), result)
    top = result.iloc[0]
    assert (top["phrase"], top["direction"]) == ("给您申请补偿", "recovery")
    assert top["q"] < 0.001
    assert top["low"] > 1
    assert top["recovered"] > top["expected"]
    assert "给您申请补偿" in top["example"]
    told = result[result["q"] < 0.05]
    assert all(phrase in "给您申请补偿" for phrase in told["phrase"])


def test_a_phrase_that_drives_customers_away_is_a_loss():
    top = ct.turning_points(simulated(2, planted=-0.3)).iloc[0]
    assert (top["phrase"], top["direction"]) == ("给您申请补偿", "loss")
    assert top["high"] < 1


def test_noise_names_nothing_more_often_than_it_should():
    alarms = [bool((ct.turning_points(simulated(seed, n=100))["q"] < 0.05).any()) for seed in range(30, 45)]
    # Of 15 draws at 5 % more than 3 come about with probability .005.
    assert sum(alarms) <= 3


def test_outcomes_dealt_anew_name_nothing():
    table = simulated(3, planted=0.3)
    rng = np.random.default_rng(0)
    alarms = 0
    for _ in range(6):
        dealt = table.copy()
        last = dealt["turn_id"] == 4
        dealt.loc[last, "sentiment"] = rng.permutation(dealt.loc[last, "sentiment"].to_numpy())
        dealt = dealt[~dealt["turn_id"].isin([1, 2])]  # the dealt score alone decides
        alarms += bool((ct.turning_points(dealt)["q"] < 0.05).any())
    assert alarms <= 2


def test_what_is_said_to_the_angriest_is_compared_among_them():
    # The angriest recover more often whatever is said, and hear the phrase more often: 9 in 10 against half.
    table = simulated(4, n=800, angry_hear=0.9)
    found = ct.turning_points(table).set_index("phrase").loc["给您申请补偿"]
    assert found["p"] > 0.05
    replies = table[table["role"] == "agent"]
    hears = replies["text"].str.contains("补偿").to_numpy()
    after = table["sentiment"].to_numpy()[np.flatnonzero(table["role"] == "agent") + 1]
    rates = [(after[hears] > 0).mean(), (after[~hears] > 0).mean()]
    assert rates[0] - rates[1] > 0.1  # the difference that strata take away


def test_kinds_of_case_are_compared_apart():
    easy, hard = simulated(5, n=300), simulated(6, n=300)
    easy, hard = easy.assign(category="咨询"), hard.assign(category="投诉", doc_id=hard["doc_id"] + 1000)
    # Easy cases recover always and hear the phrase always; hard ones neither.
    easy.loc[easy["role"] == "agent", "text"] += "，给您申请补偿"
    easy.loc[(easy["role"] == "customer") & (easy["turn_id"] > 0), "sentiment"] = 0.6
    hard["text"] = hard["text"].str.replace("，给您申请补偿", "")
    table = pd.concat([easy, hard])
    assert ct.turning_points(table).set_index("phrase").loc["给您申请补偿", "q"] < 0.001
    assert ct.turning_points(table, adjust="category").set_index("phrase").loc["给您申请补偿", "p"] == 1


def test_strata_agree_with_statsmodels():
    rng = np.random.default_rng(7)
    tables = [np.array([[12, 5], [7, 9]]), np.array([[4, 8], [3, 14]]), np.array([[9, 2], [6, 6]])]
    x, outcome, stratum = [], [], []
    for at, table in enumerate(tables):
        for value, row in zip((1, 0), table, strict=True):
            x += [value] * int(row.sum())
            outcome += [True] * int(row[0]) + [False] * int(row[1])
            stratum += [at] * int(row.sum())
    order = rng.permutation(len(x))
    x, outcome, stratum = (np.array(values)[order] for values in (x, outcome, stratum))
    held = sparse.csr_array(x[:, None].astype(float))
    found = stratified_keyness(held, outcome, stratum, np.arange(len(x)))
    other = StratifiedTable(tables)
    assert found.odds_ratio[0] == pytest.approx(other.oddsratio_pooled)
    assert (found.low[0], found.high[0]) == pytest.approx(other.oddsratio_pooled_confint())
    assert found.observed[0] == 25
    assert found.expected[0] == pytest.approx(17 * 19 / 33 + 12 * 7 / 29 + 11 * 15 / 23)
    # The spread of sums over clusters of one is the smaller one here.
    assert found.p[0] == pytest.approx(other.test_null_odds(correction=True).pvalue)


def test_copies_of_a_reply_in_one_dialogue_count_once():
    rng = np.random.default_rng(8)
    x = np.repeat(rng.random(60) < 0.5, 10)
    outcome = np.repeat(rng.random(60) < 0.5, 10) ^ (x & (rng.random(600) < 0.1))
    held = sparse.csr_array(x[:, None].astype(float))
    one = np.zeros(600, np.int64)
    apart = stratified_keyness(held, outcome, one, np.arange(600)).p[0]
    together = stratified_keyness(held, outcome, one, np.repeat(np.arange(60), 10)).p[0]
    # Sixty dialogues say as little as sixty replies would.
    alone = stratified_keyness(held[::10], outcome[::10], one[:60], np.arange(60)).p[0]
    assert apart < together
    assert together == pytest.approx(alone, abs=0.35)


def test_phrases_are_runs_that_no_longer_run_replaces():
    corpus = ct.Vectorizer(stop_words=None).fit_transform(
        ["我们马上安排退款", "我们马上安排退款", "马上安排师傅", "安排123退款", "安排。退款"]
    )
    held, phrases = frequent_phrases(corpus, 2)
    counts = dict(zip(phrases, held.sum(axis=0).tolist(), strict=True))
    assert counts["安排"] == 5
    assert counts["马上安排"] == 3  # 马上 stands nowhere else
    assert "马上" not in counts
    assert counts["我们马上安排退款"] == 2  # numbers and marks end a run


def test_personal_data_is_masked_in_what_is_shown():
    table = simulated(9, n=60, planted=0.3)
    table.loc[table["role"] == "agent", "text"] += "，请拨打13812345678"
    shown = ct.turning_points(table)
    assert not shown["example"].str.contains("13812345678").any()
    assert shown["example"].str.contains(r"\[手机号\]").all()


def test_nothing_to_compare_is_said():
    table = simulated(10, n=30)
    alone = table[table["role"] == "agent"]
    assert "没有可比的回复" in ct.turning_points(alone).attrs["reason"]
    assert "min_docs" in ct.turning_points(table, min_docs=1000).attrs["reason"]
    assert ct.turning_points(table.iloc[:0]).empty


def test_wrong_arguments_are_named():
    table = simulated(11, n=10)
    with pytest.raises(ct.ParameterError, match="min_docs"):
        ct.turning_points(table, min_docs=0)
    with pytest.raises(ct.SchemaError, match="kind"):
        ct.turning_points(table, adjust="kind")
    with pytest.raises(ct.ParameterError, match="adjust"):
        ct.turning_points(table, adjust=3)
