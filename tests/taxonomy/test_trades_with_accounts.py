"""Packs of trades whose customers have an account: telecom, banking, apps."""

from __future__ import annotations

from functools import cache

import pytest

import csatext as ct
from csatext.labels import UNCLASSIFIED
from csatext.lexicon import lexicon_path

PACKS = ("telecom", "banking", "apps")
SENTENCES = {
    "telecom": {
        "昨晚没怎么上网，两个G的流量一夜就没了": "计费与扣费",
        "刚充了五十块，今天还是停机": "计费与扣费",
        "小区宽带断了三天，报修也没人管": "网络通信",
        "在地下车库手机只剩一格信号": "网络通信",
        "补张卡非要我回老家办": "合同与办理",
        "宽带报装一个星期了还没人来装": "安装与维修",
        "没开通过彩铃，凭什么每月扣我六块": "计费与扣费",
    },
    "banking": {
        "卡里每个月都少二十块，我根本没开通过这个服务，不知情就扣费": "计费与扣费",
        "借了三万分三十六期，全部还完要五万二": "贷款与催收",
        "我还能接电话，他们却天天打给我爸妈和同事说我欠钱": "贷款与催收",
        "贷款提现时说卡号填错了，要先交六千解冻金": "贷款与催收",
        "失业半年了，想分六十期还款，银行不同意": "贷款与催收",
        "扫码付停车费，结果短信说投保成功，我没买过保险": "保险业务",
        "储蓄卡无故被冻结，去网点也不给解": "账户与安全",
        "转账显示成功，两天了对方还没到账": "订单交易",
    },
    "apps": {
        "一打开就闪退，重装三次都这样": "系统与应用",
        "更新以后登录不上，一直提示密码错误": "系统与应用",
        "开了会员还要看广告，还得再付钱看结局": "会员与权益",
        "孩子偷偷给主播充了三千块": "会员与权益",
        "连着几局排到挂机队友，举报也没人管": "游戏体验",
        "看个天气非要读取通讯录权限": "账户与安全",
    },
}
QUIET = {
    "telecom": ["宽带师傅很快就装好了，网速很快", "请问国际漫游怎么开通"],
    "banking": ["柜台办得很快，经理讲得清楚", "理赔三天就到账了，点赞"],
    "apps": ["界面清爽，用起来很方便", "更新以后快多了，越来越好用"],
}


@cache
def _taxonomy(pack: str) -> ct.Taxonomy:
    return ct.Taxonomy.load(pack)


@cache
def _classifier(pack: str) -> ct.RuleClassifier:
    return ct.RuleClassifier(_taxonomy(pack))


def _categories(pack: str, texts: list[str]) -> list[str]:
    corpus = ct.Vectorizer(tokenizer=ct.Tokenizer(lexicons=())).fit_transform(texts)
    return _classifier(pack).transform(corpus)["category"].tolist()


@pytest.mark.parametrize("pack", PACKS)
def test_what_the_trade_complains_of_has_its_category(pack):
    assert (
        dict(zip(SENTENCES[pack], _categories(pack, list(SENTENCES[pack])), strict=True)) == SENTENCES[pack]
    )


@pytest.mark.parametrize("pack", PACKS)
def test_praise_and_plain_questions_have_none(pack):
    assert _categories(pack, QUIET[pack]) == [UNCLASSIFIED] * len(QUIET[pack])


@pytest.mark.parametrize("pack", PACKS)
def test_each_leaf_says_what_belongs_to_it_and_who_answers(pack):
    taxonomy = _taxonomy(pack)
    leaves = [category for category in taxonomy.categories if category.parent]
    assert len(leaves) >= 50
    assert len({category.label_zh for category in taxonomy.categories}) == len(taxonomy)
    for leaf in leaves:
        assert leaf.id.startswith(f"{leaf.parent}.")
        assert leaf.definition
        assert leaf.examples
        assert leaf.counterexamples
        assert leaf.remedy
        assert leaf.stage
        assert leaf.cause
        assert taxonomy.owner(leaf.id)


@pytest.mark.parametrize(
    ("pack", "scheme", "level"),
    [("telecom", "miit", "类别"), ("banking", "jrt0169", "原因"), ("banking", "jrt0169", "披露原因")],
)
def test_each_leaf_has_a_class_in_the_scheme_of_its_regulator(pack, scheme, level):
    lines = lexicon_path(f"official/{scheme}.tsv").read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    assert rows[0] == ["category", "class", "code", "level"]
    classes = [(row[0], row[3]) for row in rows[1:]]
    assert len(set(classes)) == len(classes)
    taxonomy = _taxonomy(pack)
    assert {category for category, _ in classes} <= {category.id for category in taxonomy.categories}
    for leaf in taxonomy.categories:
        if leaf.parent:
            assert (leaf.id, level) in classes or (leaf.parent, level) in classes
