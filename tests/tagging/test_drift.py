import numpy as np
import pandas as pd
import pytest
from scipy import stats

import csatext as ct


def test_label_mix_and_confidence_are_tested():
    rng = np.random.default_rng(0)
    before = pd.DataFrame(
        {"category": ["物流"] * 300 + ["退款"] * 100, "confidence": rng.normal(0.8, 0.1, 400)}
    )
    after = pd.DataFrame(
        {"category": ["物流"] * 150 + ["退款"] * 150, "confidence": rng.normal(0.7, 0.1, 300)}
    )
    table = ct.drift(before, after)
    mix = table[table["what"] == "label_mix"].set_index("name")
    assert mix.loc["退款", ["before", "after"]].tolist() == [0.25, 0.5]
    # Pearson's chi-square of 100 of 400 against 150 of 300.
    wanted = stats.chi2_contingency([[100, 300], [150, 150]], correction=False).pvalue
    assert mix.loc["退款", "p"] == pytest.approx(wanted, rel=1e-9)
    sure = table[table["what"] == "confidence"].iloc[0]
    assert sure["p"] == pytest.approx(
        stats.ttest_ind(before["confidence"], after["confidence"], equal_var=False).pvalue
    )
    assert sure["difference"] == pytest.approx(after["confidence"].mean() - before["confidence"].mean())


def test_new_words_are_found_where_they_are_new():
    old = [f"快递太慢第{at}次" for at in range(60)]
    new = [f"快递太慢第{at}次" for at in range(30)] + [f"直播间优惠券用不了第{at}次" for at in range(30)]
    frames = [
        pd.DataFrame({"doc_id": range(60), "text": texts, "channel": ["电话"] * 30 + ["在线"] * 30})
        for texts in (old, new)
    ]
    before, after = (ct.Vectorizer(keep=("channel",)).fit_transform(frame) for frame in frames)
    table = ct.drift(before, after, by="channel")
    terms = table[table["what"] == "term"]
    whole = terms[terms["group"].isna()].set_index("name")
    assert whole.loc["优惠券", ["before", "after"]].tolist() == [0, 0.5]
    online = terms[terms["group"] == "渠道=在线"].set_index("name")
    assert online.loc["优惠券", "after"] == 1
    assert "优惠券" not in set(terms.loc[terms["group"] == "渠道=电话", "name"])
    assert (terms.loc[terms["group"] == "渠道=电话", "q"] > 0.05).all()


def test_the_same_contacts_have_not_changed():
    facts = pd.DataFrame({"category": ["物流", "退款"] * 50, "confidence": [0.5, 0.9] * 50})
    table = ct.drift(facts, facts)
    assert (table["difference"] == 0).all()
    assert (table["p"] > 0.99).all()


def test_other_things_are_refused_and_nothing_to_compare_is_said():
    with pytest.raises(ct.ParameterError, match="两个 Corpus"):
        ct.drift(pd.DataFrame({"category": ["a"]}), "b")
    assert "没有可以比较" in ct.drift(pd.DataFrame({"x": [1]}), pd.DataFrame({"x": [1]})).attrs["reason"]
