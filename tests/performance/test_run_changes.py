"""Two runs compared: numbers by hand or by scipy, false findings at the promised rate, odd pairs said."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from csatext.performance.run_changes import RunSide, _corrected, run_changes
from csatext.schema import conform
from csatext.schema.service import RUN_COMPARISON


def facts(n, bad, first=None, days=0, **columns):
    """n contacts of which the first ``bad`` are negative; with a first day, spread evenly over days."""
    table = pd.DataFrame(
        {"is_negative": np.arange(n) < bad, **columns}, index=pd.RangeIndex(n, name="doc_id")
    )
    if first is not None:
        table["created_at"] = pd.Timestamp(first) + pd.to_timedelta(np.arange(n) % days, unit="D")
    return table


def changes(old, new, by=(), tables=({}, {}), **given):
    sides = RunSide(old, tables[0]), RunSide(new, tables[1])
    return run_changes(*sides, measure=given.pop("measure", "is_negative"), by=list(by), **given)


def row(table, section, item=None):
    found = table[table["section"] == section]
    return (found if item is None else found[found["item"] == item]).iloc[0]


def test_a_rate_by_hand():
    # Score test: pooled .375, error sqrt(.375 * .625 * 2 / 100) = .068465, z = 2.19089. Newcombe: Wilson's
    # intervals of 30/100 and 45/100 are (.21895, .39585) and (.35614, .54760).
    found = row(changes(facts(100, 30), facts(100, 45)), "measure")
    assert found[["before", "after", "status", "good", "unit"]].tolist() == [
        0.3,
        0.45,
        "rose",
        "down",
        "share",
    ]
    assert found["p"] == pytest.approx(0.02846, abs=1e-5)
    assert found["low"] == pytest.approx(0.15 - np.hypot(0.45 - 0.35614, 0.39585 - 0.3), abs=1e-4)
    assert found["high"] == pytest.approx(0.15 + np.hypot(0.5476 - 0.45, 0.3 - 0.21895), abs=1e-4)
    assert found[["numerator_after", "denominator_after"]].tolist() == [45, 100]


def test_days_that_differ_are_the_sampling_units():
    # Of ten days all contacts are negative on three, then on five: by contacts p is 1e-9, by days .39.
    day = np.arange(500) % 10
    old, new = facts(500, 0, "2026-05-01", 10), facts(500, 0, "2026-06-01", 10)
    old["is_negative"], new["is_negative"] = day < 3, day < 5
    found = row(changes(old, new), "measure")
    welch = stats.ttest_ind([1.0] * 5 + [0.0] * 5, [1.0] * 3 + [0.0] * 7, equal_var=False)
    assert found["p"] == pytest.approx(welch.pvalue) and found["status"] == "unclear"
    interval = welch.confidence_interval()
    assert found[["low", "high"]].tolist() == pytest.approx([interval.low, interval.high])


def test_contacts_a_day():
    counts = [8, 12, 10, 9, 11, 10, 20], [30, 28, 33, 31, 29, 27, 32, 30]
    sides = []
    for month, days in zip(("05", "06"), counts, strict=True):
        times = pd.date_range(f"2026-{month}-01", periods=len(days)).repeat(days)
        sides.append(facts(len(times), 0).assign(created_at=times))
    found = row(changes(*sides), "volume")
    assert found[["before", "after"]].tolist() == pytest.approx([80 / 7, 30.0])
    welch = stats.ttest_ind(counts[1], counts[0], equal_var=False)
    assert found["p"] == pytest.approx(welch.pvalue)
    assert found[["status", "denominator_before", "numerator_after"]].tolist() == ["rose", 7, 240]


def test_scores_are_compared_as_means():
    rng = np.random.default_rng(0)
    old, new = facts(200, 60, csat=rng.integers(1, 6, 200)), facts(300, 90, csat=rng.integers(2, 6, 300))
    table = changes(old, new)
    found = row(table, "kpi", "csat")
    assert found["before"] == old["csat"].mean() and found["after"] == new["csat"].mean()
    interval = stats.ttest_ind(new["csat"], old["csat"], equal_var=False).confidence_interval()
    assert found[["low", "high"]].tolist() == pytest.approx([interval.low, interval.high], abs=1e-3)
    assert found["status"] == "rose" and found["good"] == "up" and found["label"] == "满意度（分）"
    by_channel = [side.assign(channel=np.arange(len(side)) % 2) for side in (old, new)]
    cells = changes(*by_channel, ["channel"], measure="csat")
    assert row(cells, "cell", "1")["after"] == new["csat"].to_numpy()[1::2].mean()
    assert row(cells, "measure", "csat")["change"] == pytest.approx(found["change"])


def test_sections_have_the_same_weight_by_hand():
    # Two sections of one and four p values, five in all: times 1 * 2 / 5 and 4 * 2 / 5, which gives .008,
    # .016, .32, .8, 1; of these Benjamini and Hochberg make .04, .04, .533, 1, 1.
    p = {"measure": [0.02], "category": [0.01, 0.2, 0.5, 0.9]}
    rows = [
        {"section": name, "item": str(at), "p": value, "change": 1.0}
        for name, values in p.items()
        for at, value in enumerate(values)
    ]
    table = _corrected(pd.DataFrame(rows, columns=[column.name for column in RUN_COMPARISON.columns]), 0.05)
    assert table["q"].tolist() == pytest.approx([0.04, 0.04, 0.32 * 5 / 3, 1.0, 1.0])
    assert table["status"].tolist() == ["rose", "rose", "unclear", "unclear", "unclear"]


def test_the_change_is_taken_apart_by_a_dimension():
    # The example of decompose: 10 of 100 and 30 of 100, then 20 of 150 and 20 of 50.
    def side(phone, online):
        parts = [facts(n, bad, channel=name) for name, (n, bad) in (("电话", phone), ("在线", online))]
        return pd.concat(parts, ignore_index=True).rename_axis("doc_id")

    table = changes(side((100, 10), (100, 30)), side((150, 20), (50, 20)), ["channel"])
    effects = ["mix_effect", "rate_effect", "entry_effect"]
    assert row(table, "cell", "在线")[effects].tolist() == pytest.approx([-0.0375, 0.0375, 0])
    assert row(table, "cell", "电话")[effects].tolist() == pytest.approx([-1 / 48, 1 / 48, 0])
    assert row(table, "effects")[["change", *effects]].tolist() == pytest.approx(
        [0, -0.0583333, 0.0583333, 0]
    )
    assert row(table, "mix", "电话")[["before", "after", "status"]].tolist() == [0.5, 0.75, "rose"]
    with_new = changes(side((100, 10), (0, 0)), side((100, 10), (100, 30)), ["channel"])
    assert (
        row(with_new, "cell", "在线")["status"] == "new" and row(with_new, "mix", "在线")["status"] == "new"
    )
    assert row(with_new, "mix", "在线")["q"] < 0.05
    whole = with_new[with_new["section"] == "effects"].iloc[0]
    assert whole[effects].sum() == pytest.approx(whole["change"]) and whole["entry_effect"] > 0


@pytest.mark.parametrize("dated", [True, False])
def test_false_findings_stay_at_the_promised_rate_and_planted_changes_are_found(dated):
    rng = np.random.default_rng(5)

    def month(first, shift=0.0):
        n = 800
        table = pd.DataFrame(
            {
                "channel": rng.choice(["电话", "在线", "邮件"], n),
                "product": rng.choice(list("甲乙丙丁戊己庚辛"), n),
                "category": rng.choice(["物流", "计费", "质量", "未归类"], n, p=[0.2, 0.1, 0.1, 0.6]),
                "signal_anger": rng.random(n) < 0.05,
            },
            index=pd.RangeIndex(n, name="doc_id"),
        )
        if dated:
            table["created_at"] = pd.Timestamp(first) + pd.to_timedelta(rng.integers(0, 28 * 24, n), unit="h")
        rate = 0.3 + shift * (table["product"] == "丙")
        return table.assign(is_negative=rng.random(n) < rate)

    false = 0
    for _ in range(12):
        table = changes(month("2026-05-01"), month("2026-06-01"), ["channel", "product"])
        false += (table["q"] < 0.05).any()
    assert false <= 2  # .6 expected; more than two of twelve has a probability of 2 %
    table = changes(month("2026-05-01"), month("2026-06-01", 0.4), ["channel", "product"])
    assert row(table, "cell", "丙")["status"] == "rose"


def test_contacts_that_both_runs_hold_count_once():
    both = facts(400, 120, "2026-05-01", 60)
    old = both[both["created_at"] < "2026-06-01"]
    grown = changes(old, both)  # an export that goes on where the other ended
    assert grown.attrs["n_after"] == len(both) - len(old) and grown.attrs["span_after"][0] == "2026-06-01"
    assert "只算在前一次里" in grown.attrs["notes"][0]
    inside = changes(both, old)
    assert inside.attrs["n_before"] == len(both) - len(old) and "从前一次里去掉" in " ".join(
        inside.attrs["notes"]
    )
    same = changes(both, both)
    assert "完全相同" in same.attrs["notes"][0] and not (same["q"] < 1).any()
    assert same["change"].dropna().eq(0).all()
    # Row numbers that begin anew are other contacts.
    later = facts(400, 120, "2026-05-20", 60)
    assert any("没有相同的联络" in note for note in changes(both, later).attrs["notes"])
    assert any("先后" in note for note in changes(later, facts(50, 9, "2026-01-01", 9)).attrs["notes"])


def test_what_cannot_be_compared_is_said():
    old = facts(
        60, 20, channel="电话", signal_anger=True, is_complaint=True, agent_id=["坐席-1", "坐席-2"] * 30
    )
    new = facts(60, 20, region="广东", agent_id=["坐席-1", "坐席-2"] * 30)
    table = changes(old, new, ["channel", "region", "agent_id"])
    said = " ".join(table.attrs["notes"])
    for words in (
        "「channel」只在前",
        "「region」只在后",
        "「signal_anger」只在前",
        "「is_complaint」只在前",
        "化名",
    ):
        assert words in said
    assert "检验只按联络计算" in said and row(table, "volume")["status"] == "not_compared"
    empty = changes(facts(60, 0), facts(60, 20))
    assert row(empty, "measure")[["before", "status"]].tolist() == [0.0, "rose"]
    missing = changes(
        facts(60, 0).assign(is_negative=pd.NA).astype({"is_negative": "boolean"}), facts(60, 20)
    )
    assert row(missing, "measure")["status"] == "not_compared" and "前一次" in row(missing, "measure")["note"]
    blank = changes(
        facts(60, 9, channel=["无", "电话"] * 30), facts(60, 9, channel=["电话"] * 60), ["channel"]
    )
    assert pd.isna(row(blank, "mix", "无")["q"]) and row(blank, "mix", "电话")["q"] < 0.05
    conform(blank, RUN_COMPARISON)


def test_other_taxonomies_and_topics_are_said():
    tree = pd.DataFrame({"id": ["a", "b"], "label_zh": ["物流", "计费"], "n_patterns": [3, 4]})
    other = pd.DataFrame({"id": ["a", "c"], "label_zh": ["物流", "质量"], "n_patterns": [5, 4]})
    old = facts(90, 9, category=["物流", "计费", "未归类"] * 30)
    new = facts(90, 9, category=["物流", "质量", "未归类"] * 30)
    table = changes(old, new, tables=({"taxonomy": tree}, {"taxonomy": other}))
    statuses = table[table["section"] == "category"].set_index("item")["status"].to_dict()
    assert statuses == {
        "物流": "unclear",
        "未归类": "unclear",
        "计费": "not_compared",
        "质量": "not_compared",
    }
    assert "分类体系不同" in " ".join(table.attrs["notes"])
    alike = changes(old, new, tables=({"taxonomy": tree}, {"taxonomy": tree}))
    assert (
        row(alike, "category", "质量")["status"] == "new"
        and row(alike, "category", "计费")["status"] == "gone"
    )

    def topics(*words):
        rows = [(at, f"主题{at}", term) for at, terms in enumerate(words) for term in terms]
        return {"topics": pd.DataFrame(rows, columns=["topic", "label", "term"])}

    sides = [facts(90, 9, topic=pd.array(values, "Int64")) for values in ([0, 1, 1] * 30, [0, 0, 1] * 30)]
    same = changes(*sides, tables=(topics("快递慢", "退款钱"), topics("快递慢", "退款钱")))
    assert row(same, "topic", "0")[["label", "before", "after"]].tolist() == ["主题0", 1 / 3, 2 / 3]
    apart = changes(*sides, tables=(topics("快递慢", "退款钱"), topics("退款钱", "快递慢")))
    assert row(apart, "topic")["status"] == "not_compared" and "--model" in row(apart, "topic")["note"]
    assert "不能比较" in row(changes(*sides), "topic")["note"]


def test_words_are_compared_by_the_contacts_that_hold_them():
    def words(**n_docs):
        table = pd.DataFrame({"term": list(n_docs), "n_docs": list(n_docs.values())})
        return {"vocabulary": table.assign(doc_rate=table["n_docs"] / 200)}

    tables = words(快递=60, 退款=20, 旧词=40), words(快递=62, 退款=50, 新词=30, 少=5)
    table = changes(facts(200, 9), facts(200, 9), tables=tables)
    words_of = table[table["section"] == "keyword"].set_index("item")
    assert words_of["status"].to_dict() == {
        "退款": "rose", "旧词": "gone", "新词": "new", "快递": "unclear", "少": "new",
    }  # fmt: skip
    chi2 = stats.chi2_contingency([[20, 180], [50, 150]], correction=False).pvalue
    assert words_of.loc["退款", "p"] == pytest.approx(chi2)
    # A word that is not listed is in fewer contacts than the rarest listed one: 19 before, 4 after.
    at_most = stats.chi2_contingency([[19, 181], [30, 170]], correction=False).pvalue
    assert words_of.loc["新词", "p"] == pytest.approx(at_most) and pd.isna(words_of.loc["新词", "before"])
    assert words_of.loc["少", "p"] == 1
