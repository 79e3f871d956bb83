from functools import partial

import pandas as pd
import pytest

import csatext as ct
from csatext.analysis import chunk_pass
from csatext.analysis.chunk_pass import run_passes
from csatext.analysis.kinds.contact_kind import kind_pass
from csatext.analysis.rules.rule_classifier import rule_pass
from csatext.analysis.sentiment.score import sentiment_pass
from csatext.analysis.signals.service_signals import signal_pass
from csatext.text.clauses.clause_reading import ClauseReading
from csatext.text.joined_texts import joined_chunks

TEXTS = [
    "快递三天了还没到，打了三次电话没人管，再不解决我就投诉到12315",
    "好吃，就是送得有点慢，下次还会再来",
    "请问怎么办理停机",
    "",
    "非常感谢，客服态度很好，问题解决了",
    "没有乱收费，也没有断网",
    "信号太差，客服态度恶劣，凭什么扣我的钱",
    "快递很快，包装也好，很满意，比上次慢的时候强多了",
    "希望增加夜间班车",
    "APP闪退，打不开，垃圾软件",
]


@pytest.fixture(scope="module")
def corpus():
    return ct.Vectorizer().fit_transform(TEXTS)


@pytest.fixture(scope="module")
def taxonomy():
    return ct.Taxonomy.load()


def all_passes(corpus, taxonomy):
    rules = ct.RuleClassifier(taxonomy)
    rule = rule_pass(rules, corpus, fit=True)
    kind = kind_pass(ct.ContactKind(taxonomy), corpus, fit=True, compiled=rules.compiled())
    return [sentiment_pass(ct.Sentiment(), corpus), signal_pass(corpus), kind, rule]


@pytest.mark.parametrize("characters", [1, 60])
def test_analyses_say_together_what_each_says_alone(corpus, taxonomy, characters, monkeypatch):
    monkeypatch.setattr(chunk_pass, "joined_chunks", partial(joined_chunks, characters=characters))
    together = run_passes(corpus, all_passes(corpus, taxonomy))
    monkeypatch.undo()
    alone = [
        ct.Sentiment().transform(corpus),
        ct.ServiceSignals().transform(corpus),
        ct.ContactKind(taxonomy).fit_transform(corpus),
        ct.RuleClassifier(taxonomy).fit(corpus).transform(corpus),
    ]
    for one, other in zip(together, alone, strict=True):
        pd.testing.assert_frame_equal(one, other, rtol=1e-12)


def test_clauses_of_a_chunk_are_read_once_for_all_analyses(corpus, taxonomy, monkeypatch):
    read = []
    init = ClauseReading.__init__
    monkeypatch.setattr(ClauseReading, "__init__", lambda self, joined: read.append(init(self, joined)))
    run_passes(corpus, all_passes(corpus, taxonomy))
    assert len(read) == 1


def test_a_corpus_without_documents_has_tables_without_rows(corpus, taxonomy):
    none = corpus[:0]
    assert [len(table) for table in run_passes(none, all_passes(none, taxonomy))] == [0, 0, 0, 0]


def test_a_score_adapts_within_the_pass_as_it_does_alone():
    texts = [
        f"{word}，{end}" for word in ("菜难吃", "味道很好") for end in ("位置靠窗", "人不多", "点了鱼")
    ] * 20
    corpus = ct.Vectorizer().fit_transform(texts)
    alone = ct.Sentiment().fit(corpus)
    together = run_passes(corpus, [sentiment_pass(ct.Sentiment(), corpus, fit=True)])[0]
    assert alone.adaptation_.positive is not None
    pd.testing.assert_frame_equal(together, alone.transform(corpus))
