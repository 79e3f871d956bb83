from __future__ import annotations

import pandas as pd
import pytest

import csatext as ct
from csatext.taxonomy import Category


def tag(text, taxonomy=None):
    corpus = ct.Vectorizer().fit_transform([text])
    return ct.RuleClassifier(taxonomy).fit_transform(corpus).iloc[0]


@pytest.mark.parametrize(
    ("text", "subcategory"),
    [
        ("我的快递等了五天还没到", "配送延误"),
        ("显示已签收可是我根本没收到", "丢件错投"),
        ("箱子压扁了里面的杯子碎了", "运输破损"),
        ("用了两天就坏了", "质量缺陷"),
        ("退款申请半个月还没到账", "退款迟缓"),
        ("同一笔订单扣了两次钱", "重复与多扣"),
        ("没开通过却被扣费", "擅自扣费"),
        ("客服说话很不耐烦，态度恶劣", "态度恶劣"),
        ("几个部门互相踢皮球", "敷衍推诿"),
        ("热线一直打不通", "联系不上"),
        ("宽带经常掉线", "断网无信号"),
        ("升级以后App老是闪退", "闪退与故障"),
        ("验证码一直收不到", "登录与验证"),
        ("天天接到骚扰电话", "骚扰与隐私"),
        ("师傅约好今天上门又没来", "上门与预约"),
        ("小区电梯三天两头故障", "物业管理"),
        ("工地夜间施工扰民", "噪音与污染"),
        ("老板拖欠工资三个月", "劳动与工资"),
        ("商家不给开票", "开票问题"),
        ("銀行卡被盜刷了", "盗用与诈骗"),
    ],
)
def test_default_taxonomy(text, subcategory):
    assert tag(text)["subcategory"] == subcategory


def test_no_rule_no_category():
    row = tag("请问营业厅几点开门")
    assert (row["category"], row["subcategory"], row["n_categories"]) == ("未归类", "未归类", 0)


def test_slots_stay_within_a_sentence():
    taxonomy = ct.Taxonomy([Category("a", "甲", patterns=("快递 .. 丢",))])
    assert tag("快递怎么丢了", taxonomy)["category"] == "甲"
    assert tag("快递到了。钥匙丢了", taxonomy)["category"] == "未归类"
    assert tag("快递" + "啊" * 11 + "丢了", taxonomy)["category"] == "未归类"


def test_exceptions_cancel():
    taxonomy = ct.Taxonomy([Category("a", "甲", patterns=("坏",), exceptions=("没坏",))])
    assert tag("屏幕坏了", taxonomy)["category"] == "甲"
    assert tag("屏幕没坏", taxonomy)["category"] == "未归类"


def test_the_longest_words_win_then_the_order():
    taxonomy = ct.Taxonomy(
        [Category("a", "甲", patterns=("退款",)), Category("b", "乙", patterns=("退款太慢", "慢"))]
    )
    assert tag("退款太慢", taxonomy)["category"] == "乙"
    same = ct.Taxonomy([Category("a", "甲", patterns=("退款",)), Category("b", "乙", patterns=("太慢",))])
    assert tag("退款太慢", same)["category"] == "甲"


def test_matches_point_into_the_text_as_it_was_read():
    source = "您好，，，，我的快遞 三天了還沒到；客服態度差"
    corpus = ct.Vectorizer().fit_transform([source])
    matches = ct.RuleClassifier().fit(corpus).matches(corpus)
    found = {row.subcategory: source[row.start : row.end] for row in matches.itertuples()}
    assert found["态度恶劣"] == "態度差"
    assert found["配送延误"].startswith("快遞")
    assert found["配送延误"].endswith("沒到")
    assert matches["start"].is_monotonic_increasing


def test_taxonomy_of_a_wrong_type_is_refused(corpus):
    with pytest.raises(ct.ParameterError, match="Taxonomy"):
        ct.RuleClassifier("taxonomy.yaml").fit(corpus)


def test_a_text_column_in_several_chunks_is_read_as_one_in_one():
    halves = [pd.DataFrame({"doc_id": [side], "text": [f"快递{side}件三天没到"]}) for side in "ab"]
    contacts = pd.concat(halves, ignore_index=True)
    assert contacts["text"].array._pa_array.num_chunks == 2
    corpus = ct.Vectorizer().fit_transform(contacts)
    rules = ct.RuleClassifier().fit(corpus)
    assert rules.transform(corpus)["category"].tolist() == ["物流配送", "物流配送"]
    assert rules.matches(corpus)["doc_id"].tolist() == ["a", "b"]
    assert len(ct.concordance(corpus, "快递")) == 2


def test_patterns_that_hit_nothing_stand_first():
    taxonomy = ct.Taxonomy(
        [Category("a", "甲"), Category("a.b", "乙", "a", patterns=("快递|包裹", "退款 .. 慢", "无人机"))]
    )
    corpus = ct.Vectorizer().fit_transform(["快递丢了", "包裹没到", "退款太慢"])
    hits = ct.RuleClassifier(taxonomy).pattern_hits(corpus)
    assert hits.to_numpy().tolist() == [
        ["甲", "乙", "无人机", 0],
        ["甲", "乙", "退款 .. 慢", 1],
        ["甲", "乙", "快递|包裹", 2],
    ]


def test_the_lead_of_the_main_category_is_told():
    taxonomy = ct.Taxonomy(
        [Category("slow", "物流", patterns=("快递慢",)), Category("rude", "服务", patterns=("客服凶",))]
    )
    corpus = ct.Vectorizer().fit_transform(["快递慢，客服凶", "快递慢", "你好"])
    lead = ct.RuleClassifier(taxonomy).transform(corpus)["category_lead"]
    # Of seven characters the first hit begins at 0 (weight 1.5), the second at 4 (1 + .5 * 3 / 7).
    assert lead.tolist()[:2] == pytest.approx([1 - (1 + 1.5 / 7) / 1.5, 1.0])
    assert pd.isna(lead.iloc[2])
