from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import csatext as ct
from csatext.analysis.kinds.contact_kind import _shares

TEXTS = {
    "complaint": ["快递丢了没人管", "客服态度太差了", "没有解决断网的问题", "不是不满意，是非常不满意"],
    "inquiry": ["请问怎么办理停机", "流量套餐多少钱"],
    "request": ["帮我预约周六上门移机", "我想办一张新卡，谢谢"],
    "suggestion": ["建议增加夜班客服"],
    "praise": ["师傅很专业，非常满意", "包装很好，推荐购买"],
}


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, given in TEXTS.items() for text in given])
def test_kinds_without_training(kind, text):
    corpus = ct.Vectorizer().fit_transform([text])
    result = ct.ContactKind().transform(corpus).iloc[0]
    assert result["kind"] == kind
    assert result["is_complaint"] == (kind == "complaint")


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("request", "帮我把账单地址换成新家的"),
        ("request", "请给我补寄一本说明书"),
        ("request", "我想补办一张门禁卡"),
        ("inquiry", "过户需要带哪些证件"),
        ("inquiry", "境外取现怎么收手续费"),
        ("suggestion", "希望儿童阅览室能延长开放"),
        ("suggestion", "最好加个批量打印的按钮"),
    ],
)
def test_constructions_tell_the_other_kinds_as_well(kind, text):
    corpus = ct.Vectorizer().fit_transform([text])
    assert ct.ContactKind().transform(corpus)["kind"].tolist() == [kind]
    evidence = ct.ContactKind().evidence(corpus)
    found = evidence[evidence["kind"] == kind]
    assert len(found)
    assert all(text[row.start : row.end] == row.term for row in found.itertuples())


@pytest.mark.parametrize(
    "text", ["师傅很好，没有乱收费", "质量没问题", "快递没有延误", "请问是不是会断网", ""]
)
def test_what_is_denied_or_asked_is_no_complaint(text):
    corpus = ct.Vectorizer().fit_transform([text])
    assert not ct.ContactKind().transform(corpus)["is_complaint"].iloc[0]


def test_an_empty_contact_is_other():
    result = ct.ContactKind().transform(ct.Vectorizer().fit_transform(["", "  "]))
    assert result["kind"].tolist() == ["other", "other"]
    assert result["kind_probability"].tolist() == [1.0, 1.0]


def test_points_of_a_text_without_a_mark_at_its_end():
    corpus = ct.Vectorizer().fit_transform(["快递丢了没人管", "希望尽快赔偿"])
    points = ct.ContactKind().points(corpus)
    assert points[["point", "sentence"]].values.tolist() == [
        ["痛点", "快递丢了没人管"],
        ["期望", "希望尽快赔偿"],
    ]
    assert points["end"].tolist() == [7, 6]


def test_shares_are_those_of_maximum_likelihood_with_the_prior():
    # Certain documents: the shares are the counts plus 20, over n plus 120.
    certain = np.eye(6)[[0] * 30 + [1] * 10]
    wanted = (np.array([30, 10, 0, 0, 0, 0]) + 20) / (40 + 120)
    np.testing.assert_allclose(_shares(certain), wanted)


def test_complaints_only_are_recognised():
    corpus = ct.Vectorizer().fit_transform([f"快递丢了没人管，客服态度太差{n}" for n in range(600)])
    kinds = ct.ContactKind().fit(corpus)
    assert kinds.complaints_only_
    assert kinds.transform(corpus).attrs["complaints_only"]
    mixed = ct.Vectorizer().fit_transform(["快递丢了没人管", "请问怎么办理停机", "非常感谢"] * 100)
    assert not ct.ContactKind().fit(mixed).complaints_only_


def test_labels_adapt_it(tmp_path):
    texts = ["转接班长"] * 30 + ["请问几点开门"] * 30
    corpus = ct.Vectorizer().fit_transform(texts)
    labels = ["投诉"] * 30 + ["咨询"] * 30
    assert not ct.ContactKind().transform(corpus)["is_complaint"].iloc[0]
    kinds = ct.ContactKind().fit(corpus, labels)
    assert kinds.transform(corpus)["kind"].tolist() == ["complaint"] * 30 + ["inquiry"] * 30
    ct.save(kinds, tmp_path / "m.csatext")
    pd.testing.assert_frame_equal(ct.load(tmp_path / "m.csatext").transform(corpus), kinds.transform(corpus))


@pytest.mark.parametrize(
    ("labels", "message"),
    [(["好", "坏"], "labels"), (["投诉", "投诉"], "两种"), ([["投诉"], ["咨询"]], "一列")],
)
def test_labels_that_are_no_kinds_are_refused(labels, message):
    corpus = ct.Vectorizer().fit_transform(["快递丢了", "请问"])
    with pytest.raises(ct.ParameterError, match=message):
        ct.ContactKind().fit(corpus, labels)


def test_evidence_and_points_stand_in_the_text_as_it_was_read():
    source = "您好，，，快遞丟了沒人管，希望儘快賠償。"
    corpus = ct.Vectorizer().fit_transform([source])
    points = ct.ContactKind().points(corpus)
    assert points["point"].tolist() == ["痛点", "期望"]
    spans = [source[a:b] for a, b in zip(points["start"], points["end"], strict=True)]
    assert spans == ["快遞丟了沒人管", "希望儘快賠償"]
    evidence = ct.ContactKind().evidence(corpus)
    assert {"丟了", "希望儘快"} <= {
        source[a:b] for a, b in zip(evidence["start"], evidence["end"], strict=True)
    }


def test_the_simulated_centre():
    center = ct.simulate_center(3000, random_state=5)
    corpus = ct.Vectorizer().fit_transform(center.contacts)
    found = ct.ContactKind().fit(corpus).transform(corpus)["is_complaint"]
    truth = center.truth["is_complaint"].reindex(found.index)
    assert found[truth].mean() >= 0.90
    assert truth[found].mean() >= 0.88
