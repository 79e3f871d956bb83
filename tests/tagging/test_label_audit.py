import numpy as np
import pandas as pd
import pytest

import csatext as ct

SAID = {
    "物流": ("快递太慢了", "包裹还没到", "物流信息不更新", "快递员不送上门", "包裹丢了没人管"),
    "退款": ("退款没到账", "一直不给退钱", "退款金额不对", "申请退款被拒绝", "钱什么时候退回来"),
    "服务": ("客服态度很差", "客服听不懂人话", "客服一直推诿", "坐席挂我电话", "客服说话难听"),
}


def tagged(flipped, seed=0, n=300):
    rng = np.random.default_rng(seed)
    labels = rng.choice(list(SAID), n)
    texts = [
        f"{SAID[one][rng.integers(5)]}，{SAID[one][rng.integers(5)]}，第{at}次"
        for at, one in enumerate(labels)
    ]
    given = labels.astype(object)
    wrong = rng.choice(n, flipped, replace=False)
    for at in wrong:
        given[at] = [one for one in SAID if one != labels[at]][rng.integers(2)]
    contacts = pd.DataFrame({"doc_id": [f"c{at}" for at in range(n)], "text": texts})
    corpus = ct.Vectorizer().fit_transform(contacts)
    return corpus, pd.DataFrame({"doc_id": contacts["doc_id"], "category": given}), labels, wrong


def test_flipped_labels_come_first_with_the_right_one():
    corpus, tags, truth, wrong = tagged(30)
    table = ct.label_audit(corpus, tags)
    first = table.head(30)
    found = {int(doc[1:]) for doc in first["doc_id"]} & set(wrong)
    assert len(found) >= 27
    right = [
        truth[int(doc[1:])] == suggested
        for doc, suggested in zip(first["doc_id"], first["suggested"], strict=True)
    ]
    assert np.mean(right) > 0.9
    assert table["rank"].tolist() == list(range(1, len(table) + 1))


def test_clean_labels_are_left_alone():
    corpus, tags, _, _ = tagged(0)
    assert len(ct.label_audit(corpus, tags)) <= 3


def test_one_text_with_several_labels_is_shown_whatever_the_model_says():
    texts = ["快递太慢了"] * 5 + ["退款没到账"] * 4 + ["包裹还没到"] * 2
    labels = ["物流"] * 4 + ["退款"] + ["退款"] * 4 + ["物流", "退款"]
    contacts = pd.DataFrame({"doc_id": range(11), "text": texts})
    corpus = ct.Vectorizer().fit_transform(contacts)
    table = ct.label_audit(corpus, contacts[["doc_id"]].assign(category=labels))
    same = table[table["check"] == "same_text"]
    # Outvoted four to one; and two labels that are even are both in doubt.
    assert set(same["doc_id"]) == {"4", "9", "10"}
    assert same.set_index("doc_id").loc["4", ["label", "suggested"]].tolist() == ["退款", "物流"]
    assert "物流 4 条、退款 1 条" in same.set_index("doc_id").loc["4", "detail"]


def test_too_few_labels_are_refused_and_rare_ones_counted():
    corpus, tags, _, _ = tagged(0, n=30)
    with pytest.raises(ct.ParameterError, match="两个类别"):
        ct.label_audit(corpus, tags.assign(category="物流"))
    with pytest.raises(ct.SchemaError, match="缺少列"):
        ct.label_audit(corpus, tags, label="none")
    tags.loc[0, "category"] = "其他"
    assert ct.label_audit(corpus, tags).attrs["n_left_out"] == 1
