from __future__ import annotations

import pandas as pd
import pytest

import csatext as ct


def grouped(texts, **columns):
    contacts = pd.DataFrame({"doc_id": [f"c{n:02d}" for n in range(len(texts))], "text": texts, **columns})
    corpus = ct.Vectorizer().fit_transform(contacts)
    return ct.group_cases(corpus, ct.build_facts(corpus))


def days(*numbers):
    return pd.Timestamp("2026-05-01") + pd.to_timedelta(list(numbers), "D")


COPIED = "天河区从今早开始断网，到现在没有恢复，请尽快处理"


def test_copies_within_the_window_are_one_case():
    result = grouped([COPIED, COPIED + "！", COPIED, "退款没到账"], created_at=days(0, 2, 9, 0))
    assert result["case_id"].tolist() == ["c00", "c00", "c02", "c03"]
    assert result["case_size"].tolist() == [2, 2, 1, 1]
    assert result["case_weight"].sum() == 3
    assert result["is_first"].tolist() == [True, False, True, True]


def test_three_copies_are_a_burst():
    result = grouped([COPIED] * 3 + ["退款没到账"], created_at=days(0, 0, 1, 0), customer_id=list("abcd"))
    assert result["is_burst"].tolist() == [True, True, True, False]
    assert result["case_customers"].tolist() == [3, 3, 3, 1]


def test_a_customer_who_asks_again_about_the_same_is_one_case():
    texts = ["路由器红灯闪", "第二次打来，师傅还没来", "换一张发票"]
    result = grouped(texts, created_at=days(0, 1, 0), customer_id=["a", "a", "b"], product=["宽带"] * 3)
    assert result["case_size"].tolist() == [2, 2, 1]


def test_a_customer_s_contacts_about_two_products_are_two_cases_though_neither_is_classified():
    texts = ["路由器红灯闪", "换一张发票", "会员怎么关"]
    contacts = pd.DataFrame({"text": texts, "customer_id": list("aaa"), "product": ["宽带", "宽带", "会员"]})
    corpus = ct.Vectorizer().fit_transform(contacts)
    facts = ct.build_facts(corpus).assign(category="未归类")
    assert ct.group_cases(corpus, facts)["case_size"].tolist() == [2, 2, 1]


@pytest.mark.parametrize("texts", [[], ["", ""]])
def test_contacts_without_a_term(texts):
    corpus = ct.Vectorizer().fit_transform(["退款没到账", *texts])[1:]
    result = pd.DataFrame({"category": "未归类"}, index=corpus.doc_ids)
    assert ct.group_cases(corpus, result)["case_size"].tolist() == [1] * len(texts)
    assert f"{len(texts)} 条" in ct.suggest_categories(corpus, result).attrs["reason"]


def test_like_contacts_of_one_place_are_one_case_and_of_two_places_are_two():
    texts = ["小区光缆被挖断宽带断网", "光缆挖断整个小区断网了", "小区光缆挖断没网了", "今天发票抬头开错"]
    same = grouped(texts, created_at=days(0, 0, 0, 0), region=["甲", "甲", "甲", "甲"])
    assert same["case_size"].tolist() == [3, 3, 3, 1]
    other = grouped(texts, created_at=days(0, 0, 0, 0), region=["甲", "甲", "乙", "甲"])
    assert other["case_size"].tolist() == [2, 2, 1, 1]


def test_like_contacts_of_no_known_time_or_place_are_no_event():
    texts = ["小区光缆被挖断宽带断网", "光缆挖断整个小区断网了", "小区光缆挖断没网了", "今天发票抬头开错"]
    assert grouped(texts, region=["甲"] * 4)["case_size"].max() == 1
    assert grouped(texts, created_at=days(0, 0, 0, 0))["case_size"].max() == 1
    facts = pd.DataFrame({"case_id": ["a", "a"], "case_size": 2})
    assert ct.case_table(facts)[["first", "last"]].isna().all(axis=None)


def test_cases_do_not_depend_on_the_order_of_rows():
    contacts = pd.DataFrame(
        {
            "doc_id": list("dbca"),
            "text": [COPIED, "退款没到账", COPIED, COPIED],
            "created_at": days(2, 0, 1, 0),
        }
    )
    one, two = contacts, contacts.iloc[::-1]
    first, second = (
        ct.group_cases(corpus, ct.build_facts(corpus))
        for corpus in (ct.Vectorizer().fit_transform(given) for given in (one, two))
    )
    pd.testing.assert_frame_equal(first.sort_index(), second.sort_index())


def test_a_table_of_cases():
    facts = pd.DataFrame(
        {
            "case_id": ["a", "a", "b", "c", "c", "c"],
            "case_size": [2, 2, 1, 3, 3, 3],
            "created_at": days(0, 1, 0, 4, 2, 3),
            "channel": ["热线", "在线", "在线", "热线", "热线", None],
            "category": ["未归类", "未归类", "物流", "未归类", "物流", "物流"],
        }
    )
    table = ct.case_table(facts)
    assert table["case_categories"].tolist() == ["物流", "未归类"]
    assert table[["case_id", "n_contacts", "channels"]].values.tolist() == [
        ["c", 3, "热线"],
        ["a", 2, "在线、热线"],
    ]
    assert table["first"].tolist() == list(days(2, 0))
    assert table["last"].tolist() == list(days(4, 1))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [({"similarity": 0}, "similarity"), ({"window": "soon"}, "window"), ({"window": "-3D"}, "window")],
)
def test_arguments_that_cannot_be_used(arguments, message):
    corpus = ct.Vectorizer().fit_transform(["退款"])
    with pytest.raises(ct.ParameterError, match=message):
        ct.group_cases(corpus, ct.build_facts(corpus), **arguments)


@pytest.mark.parametrize("facts", [None, pd.DataFrame({"product": ["宽带"]})])
def test_facts_that_cannot_be_used(facts):
    corpus = ct.Vectorizer().fit_transform(["退款"])
    with pytest.raises(ct.CsatextError, match="facts"):
        ct.group_cases(corpus, facts, by="produkt")


CHARGERS = ["小区充电桩被油车占位", "充电桩总是被占位没人管", "充电桩占位严重"]
LIFTS = ["电梯里贴满广告", "电梯广告声音太吵", "电梯广告整天播放"]


def test_groups_of_unclaimed_complaints_and_their_rules():
    texts = [f"{text}{n}" for n in range(8) for text in (*CHARGERS, *LIFTS)] + ["快递丢了"] * 10
    corpus = ct.Vectorizer().fit_transform(texts)
    result = pd.DataFrame({"category": ["未归类"] * 48 + ["物流配送"] * 10}, index=corpus.doc_ids)
    groups = ct.suggest_categories(corpus, result, n_groups=2)
    assert groups["n_docs"].tolist() == [24, 24]
    assert groups["share"].tolist() == [0.5, 0.5]
    assert groups["recall"].tolist() == [1.0, 1.0]
    assert groups["precision"].tolist() == [1.0, 1.0]
    assert groups["n_claimed"].tolist() == [0, 0]


def test_too_few_unclaimed_complaints_are_a_reason():
    corpus = ct.Vectorizer().fit_transform(["快递丢了"] * 3)
    result = pd.DataFrame(
        {"category": "未归类", "kind": ["complaint", pd.NA, "inquiry"]}, index=corpus.doc_ids
    )
    groups = ct.suggest_categories(corpus, result)
    assert len(groups) == 0
    assert "2 条" in groups.attrs["reason"]


def test_frequent_questions_are_grouped_after_complaints():
    texts = CHARGERS * 5 + ["几点开门", "门店几点开门呢", "营业时间几点"] * 5
    corpus = ct.Vectorizer().fit_transform(texts)
    kinds = ["complaint"] * 15 + ["inquiry"] * 15
    result = pd.DataFrame({"category": "未归类", "kind": kinds}, index=corpus.doc_ids)
    groups = ct.suggest_categories(corpus, result, n_groups=2)
    assert groups["kind"].tolist() == sorted(groups["kind"])
    assert groups.groupby("kind")["n_docs"].sum().to_dict() == {"complaint": 15, "inquiry": 15}


def test_a_rule_below_the_stated_precision_is_withheld():
    # Tagged contacts hold the same words twice as often: no rule is right on more than a third.
    mine, lifts = ([f"{text}{n}" for n in range(8) for text in kind] for kind in (CHARGERS, LIFTS))
    texts = [*mine * 3, *lifts, *(f"快递丢了{n}" for n in range(96))]
    corpus = ct.Vectorizer().fit_transform(texts)
    categories = ["未归类"] * 24 + ["物业"] * 48 + ["未归类"] * 24 + ["物流"] * 96
    result = pd.DataFrame({"category": categories}, index=corpus.doc_ids)
    groups = ct.suggest_categories(corpus, result, n_groups=2).set_index("words")
    tagged = groups.index.str.contains("充电")
    assert groups.loc[tagged, "rule"].tolist() == [""]
    assert groups.loc[tagged, ["n_hits", "recall"]].values.tolist() == [[0, 0]]
    assert groups.loc[tagged, "precision"].isna().all()
    assert groups.loc[~tagged, "precision"].tolist() == [1.0]
    lenient = ct.suggest_categories(corpus, result, n_groups=2, precision=0.3)
    assert (lenient["rule"] != "").all()
    with pytest.raises(ct.ParameterError, match="precision"):
        ct.suggest_categories(corpus, result, precision=1.5)


def test_two_words_are_a_rule_where_neither_is_one():
    both = [f"电梯里的广告{n}号楼" for n in range(24)]
    one, other = [f"电梯坏了{n}号楼" for n in range(24)], [f"广告是假的{n}号楼" for n in range(24)]
    mine = [f"{text}{n}" for n in range(8) for text in CHARGERS]
    corpus = ct.Vectorizer().fit_transform([*both, *mine, *one, *other])
    result = pd.DataFrame({"category": ["未归类"] * 48 + ["物业"] * 48}, index=corpus.doc_ids)
    groups = ct.suggest_categories(corpus, result, n_groups=2)
    lifts = groups[groups["words"].str.contains("电梯")]
    assert lifts["rule"].str.contains("电梯 ..", regex=False).all()
    assert lifts[["n_hits", "n_claimed", "precision", "recall"]].values.tolist() == [[24, 0, 1, 1]]
